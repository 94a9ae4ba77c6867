"""What goes wrong around a project while somebody works: no acknowledged change is lost."""

import os
import shutil
import subprocess
import time

import numpy as np
import pytest
from project_steps import SIZE, blank, painted, record
from unprivileged import close, place_with_rights, reopen

from segstudio.project import backups, writer
from segstudio.project.checking import check
from segstudio.project.project import Project


class Work:
    """A project in which steps are made, with what its images must look like."""

    def __init__(self, root) -> None:
        self.images, self.home = root / "photos", root / "home"
        self.images.mkdir(exist_ok=True)
        self.planes = {}
        self.index = 0
        self.random = np.random.default_rng(5)
        self.open()

    def open(self) -> None:
        self.project = Project(self.images, self.home)

    def step(self, name="a.png"):
        planes = self.planes.setdefault(name, blank())
        top = int(self.random.integers(0, SIZE[0] - 1))
        self.index = (self.index + 1) % 200
        patch = painted(planes, self.index, slice(top, top + 1))
        return self.project.keep_step(record(name, planes), patch)

    def steps(self, count) -> None:
        assert all(self.step().wait(20) for _ in range(count)), self.project.state

    def is_all_there(self) -> bool:
        found = Project(self.images, self.home)
        return check(found.file) == [] and all(
            np.array_equal(found.load(name).planes.labels, planes.labels)
            for name, planes in self.planes.items()
        )

    def reopened(self) -> bool:
        self.project.end()
        return self.is_all_there()


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "RETRY_S", 0.05)
    made = Work(tmp_path)
    yield made
    made.project.end()


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.name == "nt" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def until(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_full_disk_keeps_changes_until_there_is_room(small_disk, tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "RETRY_S", 0.05)
    work = Work(small_disk)
    work.steps(3)
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            pass
    tickets = [work.step() for _ in range(200)]
    until(lambda: work.project.state.problem)
    assert "full" in work.project.state.problem
    assert not tickets[-1].is_stored
    ballast.unlink()
    assert tickets[-1].wait(20), work.project.state
    assert work.reopened()


def test_a_limit_of_sqlite_keeps_changes_until_there_is_room(work):
    work.steps(2)
    with work.project.paused():
        connection = work.project._written.connection
        connection.execute("PRAGMA max_page_count = 1").fetchone()  # as many as there are
    tickets = [work.step() for _ in range(100)]
    until(lambda: work.project.state.problem)
    assert "full" in work.project.state.problem
    with work.project.paused():
        connection.execute("PRAGMA max_page_count = 100000").fetchone()
    assert tickets[-1].wait(20), work.project.state
    assert work.reopened()


def test_a_file_deleted_under_us_is_written_again(work):
    work.steps(5)
    for path in work.images.iterdir():
        path.unlink()
    work.steps(5)
    assert work.reopened()


def test_a_folder_moved_away_and_back_costs_nothing(work):
    work.steps(3)
    away = work.images.with_name("away")
    work.images.rename(away)
    ticket = work.step()
    until(lambda: work.project.state.problem)
    assert "gone" in work.project.state.problem
    away.rename(work.images)
    assert ticket.wait(20), work.project.state
    assert work.reopened()


def test_a_file_replaced_under_us_is_left_alone_and_said(work, tmp_path):
    work.steps(3)
    other = Work(tmp_path / "photos")
    other.steps(1)
    other.project.end()
    content = other.project.file.read_bytes()
    other.project.file.replace(work.project.file)
    ticket = work.step()
    until(lambda: work.project.state.problem)
    assert "replaced" in work.project.state.problem
    assert not ticket.is_stored
    assert work.project.file.read_bytes() == content


@pytest.mark.parametrize("jump", [-10 * 86400, 10 * 86400, -3 * 365 * 86400])
def test_a_jump_of_the_clock_costs_nothing(work, monkeypatch, jump):
    work.steps(2)
    backups.make(work.project.file, work.project.backups)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + jump)
    work.steps(2)
    assert backups.make(work.project.file, work.project.backups).number == 2
    monkeypatch.setattr(time, "time", lambda: now)
    work.steps(2)
    assert work.reopened()
    work.open()
    assert not work.project.held_by
    work.steps(1)
    assert work.reopened()


def test_a_read_only_folder_sends_the_project_to_the_users_folder():
    with place_with_rights() as place:
        (place / "photos").mkdir()
        close(place / "photos")
        work = Work(place)
        work.steps(3)
        assert work.project.moved_from == work.images
        assert work.reopened()


def test_a_right_taken_away_while_working_costs_nothing():
    with place_with_rights() as place:
        work = Work(place)
        work.steps(3)
        close(work.images)
        work.steps(3)
        assert work.reopened()
        work.open()
        work.steps(3)
        assert work.project.moved_from == work.images
        assert work.reopened()


def test_a_log_that_was_left_is_read_where_nothing_can_be_written():
    with place_with_rights() as place:
        work = Work(place)
        work.steps(4)
        left = place / "left" / "photos"
        shutil.copytree(work.images, left)  # as if killed: with its log
        work.project.end()
        assert (left / "project.segstudio-wal").stat().st_size
        for kept in (("-wal", "-shm"), ("-wal",)):
            for path in left.iterdir():
                if path.suffix == ".segstudio-shm" and "-shm" not in kept:
                    path.unlink()
            close(left)
            found = Project(left, work.home).load("a.png")
            assert np.array_equal(found.planes.labels, work.planes["a.png"].labels), kept
            reopen(left)


def test_a_second_window_only_looks_until_the_first_is_gone(workshop):
    child, _ = workshop.start(1)
    until(workshop.file.exists)
    second = Project(workshop.images, workshop.home)
    until(lambda: Project(workshop.images, workshop.home).held_by)
    second = Project(workshop.images, workshop.home)
    assert "has had this project open in another window since" in second.held_by
    assert not second.keep_value("mine", 1).wait(5)
    assert second.state.is_over
    workshop.kill(child)
    third = Project(workshop.images, workshop.home)
    assert third.held_by == ""
    assert third.ended_badly
    assert third.keep_value("mine", 1).wait(5)
    for project in (second, third):
        project.end()
    assert check(workshop.file) == []
