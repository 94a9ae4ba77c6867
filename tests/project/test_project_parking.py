"""A change that can never be stored holds back what builds on it, and nothing else."""

import sqlite3
from contextlib import closing

import pytest
from project_steps import blank, painted, record

from segstudio.core.errors import StorageError
from segstudio.project import writer
from segstudio.project.project import Project
from segstudio.project.saving_copies import save_copy


def poison(project, name="a.png", **touches):
    def work(connection):
        connection.execute("UPDATE image SET note = 'half'")
        raise KeyError("mistake")

    return project._writer.put(name, work, **touches)


@pytest.fixture
def project(places, make_step):
    made = places.project()
    make_step(made)
    return made


def notes(file):
    with closing(sqlite3.connect(file)) as connection:
        return dict(connection.execute("SELECT name, note FROM image"))


def test_other_images_go_on(project, make_step):
    bad = poison(project)
    later = project.keep_record(record(note="later"))
    make_step(project, "b.png", 2)
    assert project.keep_value("x", 1).wait(5)
    assert not later.wait(5)
    assert not bad.is_stored
    assert later.error == project.state.problem
    assert "Not saved: a.png ('mistake')" in project.state.problem
    assert "Not saved: a.png" in project.flush(5)
    assert (project.is_waiting("a.png"), project.is_waiting("b.png")) == (True, False)
    assert (project.load("b.png").planes.labels[0] == 2).all()


def test_nothing_of_it_is_stored_and_its_image_is_not_read_meanwhile(project, places):
    poison(project).wait(5)
    assert len(project.step_ids("a.png")) == 1
    with pytest.raises(StorageError, match="before what was done last is saved"):
        project.load("a.png")
    project.end()
    assert (places.project().load("a.png").planes.labels[0] == 1).all()


def test_what_comes_later_of_that_image_waits_with_it(project, places):
    poison(project).wait(5)
    ticket = project.keep_step(record(), painted(blank(), 2))
    assert not ticket.wait(5)
    assert "a.png" in ticket.error
    assert "a.png" in project.flush(5)
    assert project.waiting == 2
    project.end()
    reopened = places.project()
    assert (reopened.load("a.png").planes.labels[0] == 1).all()
    assert reopened.keep_record(record(note="again")).wait(5)


def test_a_rename_of_what_is_parked_waits_with_all_that_it_touches(project, make_step):
    make_step(project, "b.png")
    poison(project).wait(5)
    assert not project.rename({"a.png": "c.png"}).wait(5)
    assert not project.keep_record(record("c.png")).wait(5)
    assert project.keep_record(record("b.png", note="goes on")).wait(5)
    assert set(project.records()) == {"a.png", "b.png"}


def test_a_copy_has_what_is_parked_where_it_applies(project, places, tmp_path):
    poison(project)
    assert not project.keep_record(record(note="later")).wait(5)
    target = tmp_path / "copy.segstudio"
    assert save_copy(project, target) == ("a.png",)
    assert notes(target) == {"a.png": "later"}
    assert notes(places.file) == {"a.png": ""}


def test_a_change_that_is_taken_back_holds_nothing_back(project):
    bad = poison(project, "")
    assert not project.is_stored(bad, 5)
    assert bad.error == "It was taken back."
    assert project.keep_value("x", 1).wait(5)
    assert (project.flush(5), project.state.problem) == ("", "")


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("disk"), OSError("disk"), MemoryError("disk")]
)
def test_a_disk_that_refuses_in_the_middle_parks_nothing(project, monkeypatch, error):
    monkeypatch.setattr(writer, "RETRY_S", 0.02)
    refusals = [error]

    def work(_connection):
        if refusals:
            raise refusals.pop()

    assert project._writer.put("a.png", work).wait(5)
    assert project.flush(5) == ""


def test_housekeeping_that_fails_is_not_missed(project):
    ticket = poison(project, writer.HOUSEKEEPING)
    assert not ticket.wait(5)
    assert project.flush(5) == ""
    assert project.keep_record(record(note="goes on")).wait(5)


def test_a_disk_that_refuses_first_changes_nothing_of_it(project, monkeypatch, places):
    monkeypatch.setattr(writer, "RETRY_S", 0.02)
    refusals = [StorageError("full"), StorageError("full")]
    transact = Project._transact

    def refuse_first(owner, tickets):
        if refusals:
            raise refusals.pop()
        transact(owner, tickets)

    monkeypatch.setattr(Project, "_transact", refuse_first)
    poison(project)
    assert project.keep_record(record("b.png", note="stored")).wait(5)
    assert notes(places.file) == {"a.png": "", "b.png": "stored"}
