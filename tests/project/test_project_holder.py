"""Who may write a project: one window at a time, and none over what another stored meanwhile."""

import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from project_steps import blank, painted, record

from segstudio.project import holder


@pytest.fixture(autouse=True)
def nothing_seen(monkeypatch):
    monkeypatch.setattr(holder, "_last_seen", {})


def held_elsewhere(places, **fields):
    """Leave the project as a window on another computer has it."""
    there = replace(
        holder.this_window(), token="there", person="Ann", host="lab-3", pid=1, **fields
    )
    with closing(sqlite3.connect(places.file)) as file, file:
        file.execute("DELETE FROM holder")
        row = (there.token, there.person, there.host, there.pid, 0.0, there.since, there.beat)
        file.execute("INSERT INTO holder VALUES (1, ?, ?, ?, ?, ?, ?, ?)", row)


def beat(places, moment):
    with closing(sqlite3.connect(places.file)) as file, file:
        file.execute("UPDATE holder SET beat = ?", (moment,))


def begun(places, make_step):
    project = places.project()
    make_step(project)
    project.end()


def test_who_slept_while_another_wrote_and_left_writes_no_more(places, make_step, monkeypatch):
    asleep = places.project()
    planes = make_step(asleep)
    other = places.project()
    with monkeypatch.context() as long_after:
        long_after.setattr(holder.Holder, "is_alive", lambda _holder: False)
        theirs = make_step(other, index=2, rows=slice(4, 8))
        other.end()
    ticket = asleep.keep_step(record(), painted(planes, 0, slice(2, 6)))
    ticket.wait(5)
    assert (ticket.is_stored, ticket.error) == (False, holder.CHANGED)
    assert asleep.held_by == holder.CHANGED
    assert np.array_equal(places.project().load("a.png").planes.labels, theirs.labels)


def test_who_was_put_aside_and_finds_nothing_changed_goes_on(places, make_step):
    project = places.project()
    make_step(project)
    with closing(sqlite3.connect(places.file)) as file, file:
        file.execute("DELETE FROM holder")
    make_step(project, index=2)
    assert project.held_by == ""


@pytest.mark.parametrize("hours", [-5, 0, 5])
def test_the_clock_of_another_computer_tells_nothing(places, make_step, hours):
    begun(places, make_step)
    held_elsewhere(places, beat=time.time() + hours * 3600)
    project = places.project()
    assert "Ann on lab-3" in project.held_by
    assert "until lab-3 has been silent for 3 minutes" in project.held_by


def test_a_computer_seen_to_be_silent_is_followed_by_the_next_change(
    places, make_step, monkeypatch
):
    begun(places, make_step)
    held_elsewhere(places)
    project = places.project()
    assert project.held_by
    monkeypatch.setattr(holder, "SILENT_S", 0.0)
    assert project.held_by == ""
    make_step(project, index=2)
    reopened = places.project()
    assert (reopened.load("a.png").planes.labels[:6] == 2).all()


def test_a_computer_that_goes_on_is_not_taken_for_silent(places, make_step, monkeypatch):
    begun(places, make_step)
    held_elsewhere(places, beat=1.0)
    project = places.project()
    now = time.monotonic()
    monkeypatch.setattr(holder.time, "monotonic", lambda: now + holder.SILENT_S)
    beat(places, 2.0)
    assert "Ann on lab-3" in project.held_by
    monkeypatch.setattr(holder.time, "monotonic", lambda: now + 3 * holder.SILENT_S)
    # Silent by now, but it was at work after we looked.
    assert project.held_by == holder.CHANGED
    assert places.project().held_by == ""


def test_what_a_holder_stored_and_left_after_a_look_is_not_written_over(
    places, make_step, monkeypatch
):
    begun(places, make_step)
    held_elsewhere(places)
    project = places.project()
    with closing(sqlite3.connect(places.file)) as file, file:
        file.execute("DELETE FROM holder")
    monkeypatch.setattr(holder, "SILENT_S", 0.0)
    assert project.held_by == holder.CHANGED
    ticket = project.keep_step(record(), painted(blank(), 2))
    assert not ticket.wait(5)


def test_every_change_is_seen_by_those_who_watch(places, make_step):
    project = places.project()
    make_step(project)
    with closing(sqlite3.connect(places.file)) as file:
        first = holder.read(file)
    make_step(project, index=2)
    with closing(sqlite3.connect(places.file)) as file:
        assert holder.read(file).beat != first.beat
