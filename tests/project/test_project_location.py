"""Two files of one project: the one that goes on from the other is opened, whatever their times."""

import os
import shutil
import sqlite3

import pytest
from project_steps import record

from segstudio.project import connection, location
from segstudio.project.lineage import read
from segstudio.project.location import Location


@pytest.fixture
def refusing(places, monkeypatch):
    """Return a function that makes the folder of the images read-only, or not any more."""
    connect = connection.connect
    refused = sqlite3.OperationalError("attempt to write a readonly database")
    refused.sqlite_errorcode = sqlite3.SQLITE_READONLY
    is_on = []

    def refuse(path, **named):
        if is_on and path == places.file:
            raise refused
        return connect(path, **named)

    monkeypatch.setattr(location, "connect", refuse)
    return lambda on: is_on.append(1) if on else is_on.clear()


def written(places, note):
    project = places.project()
    assert project.keep_record(record(f"{note}.png", note=note)).wait(5), project.state
    project.end()
    return project


def notes(project):
    return {known.note for known in project.records().values()}


def forked(places, refusing):
    """Write beside the images, then in the user's folder."""
    written(places, "first")
    refusing(True)
    project = written(places, "fork")
    refusing(False)
    assert project.file == Location.of(places.images, places.home).elsewhere
    return project.file


def touch(file, moment=2e9):
    os.utime(file, (moment, moment))


def test_a_touched_file_does_not_hide_newer_labels(places, refusing):
    elsewhere = forked(places, refusing)
    touch(places.file)
    project = places.project()
    assert (project.file, project.other) == (elsewhere, None)
    assert notes(project) == {"first", "fork"}


def test_a_copy_brought_beside_by_hand_is_used_from_then_on(places, refusing):
    elsewhere = forked(places, refusing)
    shutil.copyfile(elsewhere, places.file)
    touch(elsewhere)
    assert (places.project().file, places.project().other) == (places.file, None)
    written(places, "later")
    touch(elsewhere, 3e9)
    project = places.project()
    assert (project.file, project.other) == (places.file, None)
    assert notes(project) == {"first", "fork", "later"}


def test_files_that_both_went_on_are_told_of(places, refusing):
    elsewhere = forked(places, refusing)
    aside = elsewhere.with_name("aside")
    elsewhere.rename(aside)
    written(places, "beside")
    aside.rename(elsewhere)
    touch(elsewhere)
    project = places.project()
    assert (project.file, project.other) == (places.file, elsewhere)
    assert notes(project) == {"first", "beside"}


def test_a_second_refusal_keeps_what_is_in_the_users_folder(places, refusing):
    elsewhere = forked(places, refusing)
    aside = elsewhere.with_name("aside")
    elsewhere.rename(aside)
    written(places, "beside")
    aside.rename(elsewhere)
    refusing(True)
    written(places, "again")
    project = places.project()
    assert project.file == elsewhere
    assert notes(project) == {"first", "beside", "again"}
    assert project.other is not None
    with sqlite3.connect(project.other) as file:
        kept = {note for (note,) in file.execute("SELECT note FROM image")}
    file.close()
    assert kept == {"first", "fork"}


def test_every_session_that_writes_is_noted_once(places):
    for number in range(1, 4):
        project = places.project()
        for note in "ab":
            assert project.keep_record(record(note=note)).wait(5)
        project.end()
        assert len(read(places.file)) == number


def test_of_a_damaged_file_the_time_decides_and_the_other_is_told(places, refusing):
    elsewhere = forked(places, refusing)
    elsewhere.write_bytes(b"no project" * 1000)
    touch(places.file)
    project = places.project()
    assert (project.file, project.other) == (places.file, elsewhere)
