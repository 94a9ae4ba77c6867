"""Backups: made in time, bounded, whole, and never in the way."""

import shutil
import time
from collections import namedtuple
from contextlib import closing

import pytest

from segstudio.core.errors import StorageError
from segstudio.project import backups
from segstudio.project.connection import connect_to_read
from segstudio.project.copying import snapshot
from segstudio.project.reader import Reader

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def project(places, make_step):
    made = places.project()
    make_step(made)
    return made


def test_a_backup_is_the_project_at_that_moment(places, project, make_step):
    with snapshot(project.file) as source:
        make_step(project, index=2)
        backup = backups.make_from(source, project.backups)
    assert len(project.step_ids("a.png")) == 2
    assert len(Reader(backup.path).step_ids("a.png")) == 1
    assert backups.is_usable(backup)
    assert [p.name for p in project.backups.iterdir()] == [backup.path.name]


def test_nobody_holds_a_backup(project):
    backup = backups.make(project.file, project.backups)
    with closing(connect_to_read(backup.path)) as connection:
        assert connection.execute("SELECT count(*) FROM holder").fetchone() == (0,)


def test_only_the_last_five_stay(project):
    made = [backups.make(project.file, project.backups) for _ in range(7)]
    assert backups.found_in(project.backups) == [
        backups.Backup(b.path, b.number, pytest.approx(b.moment, abs=1)) for b in made[:1:-1]
    ]


def test_backups_take_a_tenth_of_the_free_space_at_most(project, monkeypatch):
    size = project.file.stat().st_size
    backups.make(project.file, project.backups)
    held = backups.found_in(project.backups)[0].path.stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 25 * max(size, held)))
    for _ in range(4):
        backups.make(project.file, project.backups)
    assert len(backups.found_in(project.backups)) == 2
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, size))
    assert backups.make(project.file, project.backups) is None
    assert len(backups.found_in(project.backups)) == 2


def test_the_order_does_not_depend_on_the_clock(project, monkeypatch):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 10 * 86400)
    ahead = backups.make(project.file, project.backups)
    monkeypatch.setattr(time, "time", lambda: now)
    assert backups.is_due(project.backups), "the last one is of a time that is not yet"
    later = backups.make(project.file, project.backups)
    assert [b.path for b in backups.found_in(project.backups)] == [later.path, ahead.path]
    assert not backups.is_due(project.backups)
    monkeypatch.setattr(time, "time", lambda: now + 3700)
    assert backups.is_due(project.backups)


def test_a_backup_that_cannot_be_made_leaves_the_old_ones(project):
    first = backups.make(project.file, project.backups)

    def stop():
        raise StorageError("stop")

    with pytest.raises(StorageError):
        backups.make(project.file, project.backups, going_on=stop)
    assert list(project.backups.iterdir()) == [first.path]


def test_a_damaged_backup_is_not_usable(project):
    backup = backups.make(project.file, project.backups)
    data = bytearray(backup.path.read_bytes())
    data[4096:8192] = bytes(4096)
    backup.path.write_bytes(data)
    assert not backups.is_usable(backup)


def test_the_first_change_of_a_session_is_announced_before_it_is_stored(places, project, make_step):
    project.end()
    again = places.project()
    seen = []
    again.about_to_write = lambda file: seen.append(len(Reader(file).step_ids("a.png")))
    make_step(again, index=2)
    make_step(again, index=1)
    assert seen == [1]
