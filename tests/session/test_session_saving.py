"""When labels go to disk, and what happens when the disk refuses."""

import os
import sqlite3
import threading

import pytest
from disk import Disk

from segstudio.editing.tool import Modifiers
from segstudio.project import connection, location, reader, writer
from segstudio.project import project as project_module
from segstudio.project.project import Project
from segstudio.session import opening, saving


@pytest.fixture
def disk(monkeypatch):
    disk = Disk(monkeypatch)
    yield disk
    disk.go.set()


@pytest.fixture
def full_disk(disk):
    disk.fill()
    return disk


@pytest.fixture
def slow_disk(disk):
    disk.hold()
    return disk


def on_disk(person, name="photo.png", folder=None):
    """Return the label map that is really in the file."""
    file = (folder or person.session.root) / "project.segstudio"
    if not file.is_file():
        return None
    project = Project(file.parent, file.parent / "nowhere")
    stored = project.load(name)
    project.end()
    return stored.planes.labels if stored is not None else None


def states_of(person):
    seen = []
    person.session.saver.state_changed.connect(seen.append)
    return seen


def test_looking_writes_nothing(person, photos):
    folder = photos("a.png", "b.png")
    person.open(folder)
    person.show(1)
    person.show(0)
    person.session.save()
    person.idle()
    assert person.session.close() == ""
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "b.png"]


def test_a_stroke_is_on_disk_when_the_button_comes_up(person, photo, monkeypatch):
    monkeypatch.setattr(saving, "ACKNOWLEDGED_S", 10.0)
    person.open(photo)
    person.paint(20, 20)
    assert person.session.saver.last_ticket.is_stored
    assert on_disk(person)[20, 20] == 0


def test_a_slow_disk_does_not_hold_the_hand(person, photo, slow_disk):
    person.open(photo)
    person.paint(20, 20)
    assert not person.session.saver.last_ticket.is_stored
    person.paint(60, 60)
    slow_disk.go.set()
    person.until(lambda: not person.session.saver.has_unsaved)
    assert on_disk(person)[20, 20] == on_disk(person)[60, 60] == 0


def test_one_file_is_all_that_is_left_beside_the_images(begin, photo):
    person = begin()
    person.open(photo)
    person.paint(20, 20)
    person.idle()
    assert person.session.close() == ""
    assert sorted(path.name for path in photo.parent.iterdir()) == [
        "photo.png",
        "project.segstudio",
    ]


def test_opening_other_images_saves_the_last_stroke(person, photos):
    first = photos("a.png")
    person.open(first)
    person.session.editor.change(tool="brush")
    person.session.editor.press((20.5, 20.5), Modifiers())
    person.open(photos("b.png", folder="others"))
    assert on_disk(person, "a.png", first)[20, 20] == 0


def test_closing_in_mid_stroke_keeps_the_stroke(begin, photo):
    person = begin()
    person.open(photo)
    person.session.editor.change(tool="brush")
    person.session.editor.press((20.5, 20.5), Modifiers())
    assert person.session.close() == ""
    person = begin()
    person.open(photo)
    assert person.document.label_map[20, 20] == 0


def test_a_cancelled_stroke_is_never_stored(person, photo):
    person.open(photo)
    person.paint(60, 60)
    person.session.editor.press((20.5, 20.5), Modifiers())
    person.saved()
    person.session.editor.cancel()
    person.saved()
    assert on_disk(person)[20, 20] == 255
    assert on_disk(person)[60, 60] == 0


def test_undo_and_redo_go_on_after_the_program_was_closed(begin, photo):
    person = begin()
    person.open(photo)
    for x in (20, 40, 60):
        person.paint(x, 20)
    person.session.undo()
    assert person.session.close() == ""
    person = begin()
    person.open(photo)
    history = person.document.history
    assert (history.position, len(history.steps)) == (2, 3)
    person.session.redo()
    assert person.document.label_map[20, 60] == 0
    for _ in range(3):
        person.session.undo()
    assert (person.document.label_map == 255).all()
    person.saved()
    assert (on_disk(person) == 255).all()


def test_a_pause_is_used_for_a_checkpoint(person, photo, monkeypatch):
    monkeypatch.setattr(project_module, "IDLE_S", 0.05)
    person.open(photo)
    person.paint(20, 20)
    person.until(lambda: person.session.images.record_at(0).ink)
    nobody, _model, _refinement, painted = person.session.images.record_at(0).ink
    assert (nobody, painted) == (120 * 90 - 21, 21)
    person.saved()
    with person.session.project.connection() as file:
        assert file.execute("SELECT count(*) FROM checkpoint").fetchone() == (1,)


def test_states_of_saving(person, photo, slow_disk):
    person.open(photo)
    seen = states_of(person)
    person.paint(20, 20)
    person.until(lambda: seen)
    slow_disk.go.set()
    person.idle()
    person.saved()
    person.until(lambda: seen[-1] == saving.SaveState())
    assert seen[0] == saving.SaveState(saving=True)


def test_a_full_disk_loses_nothing_and_is_tried_again(person, photo, full_disk):
    person.open(photo)
    seen = states_of(person)
    person.paint(20, 20)
    person.until(lambda: person.session.saver.state.problem)
    assert seen[-1].problem == "The disk is full."
    person.paint(60, 60)
    person.until(lambda: full_disk.asked >= 3)
    assert person.session.saver.has_unsaved
    full_disk.free()
    person.until(lambda: not person.session.saver.has_unsaved)
    person.until(lambda: person.session.saver.state == saving.SaveState())
    assert on_disk(person)[20, 20] == on_disk(person)[60, 60] == 0


def test_saving_now_does_not_wait_for_the_next_try(person, photo, full_disk, monkeypatch):
    monkeypatch.setattr(writer, "RETRY_S", 600)
    person.open(photo)
    person.paint(20, 20)
    person.until(lambda: person.session.saver.state.problem)
    full_disk.free()
    person.session.save()
    person.until(lambda: not person.session.saver.has_unsaved)
    assert on_disk(person)[20, 20] == 0


def test_an_unforeseen_failure_of_a_write_loses_nothing_either(person, photo, monkeypatch):
    def fail(*_values):
        raise ValueError("odd")

    monkeypatch.setattr(writer, "RETRY_S", 0.05)
    person.open(photo)
    with monkeypatch.context() as broken:
        broken.setattr(Project, "_transact", fail)
        person.paint(20, 20)
        person.until(lambda: "odd" in person.session.saver.state.problem)
    person.until(lambda: not person.session.saver.has_unsaved)
    assert on_disk(person)[20, 20] == 0


def test_a_write_that_never_ends_keeps_the_program_open(begin, photos, slow_disk, monkeypatch):
    monkeypatch.setattr(saving, "LONGEST_WAIT_S", 0)
    person = begin()
    person.open(photos("a.png"))
    person.paint(20, 20)
    assert slow_disk.entered.wait(5)
    assert "still being stored" in person.session.close()
    assert person.session.saver.has_unsaved
    slow_disk.go.set()
    monkeypatch.setattr(saving, "LONGEST_WAIT_S", 60)
    person.idle()
    assert person.session.close() == ""


def test_the_window_goes_on_while_a_folder_waits_for_the_last_write(person, photos, slow_disk):
    first, second = photos("a.png"), photos("b.png", folder="others")
    person.open(first)
    person.paint(20, 20)
    person.session.open([second])
    person.until(slow_disk.entered.is_set)
    person.until(lambda: not person.session.opening.is_looking)
    assert person.session.root == first
    person.paint(60, 60)
    slow_disk.go.set()
    person.until(lambda: person.session.root == second)
    person.settle()
    labels = on_disk(person, "a.png", first)
    assert labels[20, 20] == labels[60, 60] == 0


def test_other_images_are_not_opened_while_these_cannot_be_saved(person, photos, full_disk):
    first = photos("a.png")
    person.open(first)
    person.paint(20, 20)
    person.until(lambda: person.session.saver.state.problem)
    person.session.open([photos("b.png", folder="others")])
    person.until(lambda: person.errors)
    assert person.errors[0].startswith("The disk is full.")
    assert person.session.root == first
    assert person.document.label_map[20, 20] == 0
    full_disk.free()
    person.until(lambda: not person.session.saver.has_unsaved)
    person.open(photos("b.png", folder="others"))
    assert on_disk(person, "a.png", first)[20, 20] == 0


def test_labels_that_cannot_be_read_now_are_never_painted_over(begin, photos, monkeypatch):
    folder = photos("a.png", "b.png")
    person = begin()
    person.open(folder)
    person.paint(20, 20)
    person.show(1)
    assert person.session.close() == ""
    person = begin()
    person.open(folder)
    person.idle()
    person.session.project.close()
    with monkeypatch.context() as busy:
        busy.setattr(reader, "connect_to_read", refuse)
        person.session.show_image(0)
        person.until(lambda: person.errors)
        person.idle()
    assert person.document is None
    person.show(0)
    assert person.document.label_map[20, 20] == 0


def refuse(_path):
    raise sqlite3.OperationalError("database is locked")


def test_a_stroke_between_looking_and_opening_the_same_folder_stays(person, photos, monkeypatch):
    folder = photos("a.png")
    person.open(folder)
    looked = threading.Event()
    look = opening.look

    def look_and_say(*wanted):
        found = look(*wanted)
        looked.set()
        return found

    monkeypatch.setattr(opening, "look", look_and_say)
    person.session.open([folder])
    assert looked.wait(5)
    person.session.add_class("new")
    person.paint(20, 20)
    with person.qtbot.waitSignal(person.session.images_changed, timeout=5000):
        pass
    person.settle()
    assert not person.session.is_read_only
    assert person.session.classes.find("new") is not None
    person.paint(60, 60)
    person.saved()
    labels = on_disk(person, "a.png")
    assert labels[20, 20] == labels[60, 60] == person.session.classes.find("new").index


def test_what_another_window_made_impossible_is_left_out_only_when_told(begin, photos):
    folder, other = photos("a.png"), photos("x.png", folder="others")
    one, two = begin(), begin()
    one.open(folder)
    two.open(folder)
    one.paint(20, 20)
    one.saved()
    two.paint(60, 60)
    two.until(lambda: two.session.saver.state.is_over)
    assert two.session.finish()
    two.session.open([other])
    two.until(lambda: any("open once more" in text for text in two.errors))
    assert two.session.root == folder
    two.open(other)
    assert two.session.root == other


def test_closing_with_a_problem_says_it_and_the_session_goes_on(begin, photo, full_disk):
    person = begin()
    person.open(photo)
    person.paint(20, 20)
    assert person.session.close() == "The disk is full."
    assert person.session.saver.state.problem == "The disk is full."
    person.paint(60, 60)
    full_disk.free()
    person.until(lambda: not person.session.saver.has_unsaved)
    assert on_disk(person)[60, 60] == 0
    assert person.session.close() == ""


def test_discarding_stops_the_engine(begin, photo, full_disk, engine):
    person = begin()
    person.open(photo)
    person.paint(20, 20)
    assert person.session.close(discard=True) == ""
    assert engine.stopped
    assert not person.session.saver.has_unsaved


def test_a_read_only_folder_is_told_once_and_labels_come_back(
    begin, photos, monkeypatch, own_user_folders
):
    folder = photos("a.png", "b.png")
    make_read_only(monkeypatch, folder)
    person = begin()
    person.open(folder)
    person.paint(20, 20)
    person.saved()
    person.show(1)
    person.paint(20, 20)
    person.saved()
    person.until(lambda: person.told)
    assert len(person.told) == 1
    assert str(own_user_folders) in person.told[0]
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "b.png"]
    person.session.close()
    person = begin()
    person.open(folder)
    assert person.document.label_map[20, 20] == 0
    person.paint(60, 60)
    person.saved()
    assert len(person.told) == 1


def make_read_only(monkeypatch, folder):
    """Refuse to make a file in a folder, also to the root user, whom permissions do not stop."""
    connect = connection.connect

    def connect_or_not(path, **named):
        if path.is_relative_to(folder):
            raise PermissionError(13, os.strerror(13))
        return connect(path, **named)

    monkeypatch.setattr(location, "connect", connect_or_not)
