"""When labels go to disk, and what happens when the disk refuses."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.errors import StorageError
from segstudio.project.folder import FolderStore
from segstudio.session import saving
from segstudio.session.editor import Modifiers


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that refuses until it is told to have room; tells how often it was asked."""

    class Disk:
        def __init__(self) -> None:
            self.asked = 0
            self.is_full = True

    disk = Disk()
    keep = FolderStore.keep

    def keep_or_refuse(store, *values):
        disk.asked += 1
        if disk.is_full:
            raise StorageError("The disk is full.")
        keep(store, *values)

    monkeypatch.setattr(FolderStore, "keep", keep_or_refuse)
    return disk


def on_disk(person, name="photo.png"):
    path = person.store_folder / f"{name}.labels.png"
    return np.array(Image.open(path)) if path.is_file() else None


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


def test_the_first_change_is_written_soon_and_by_itself(person, photo, monkeypatch):
    monkeypatch.setattr(saving, "DELAY_MS", 30)
    person.open(photo)
    person.paint(20, 20)
    person.until(lambda: not person.session.saver.has_unsaved)
    assert on_disk(person)[20, 20] == 0
    assert sorted(path.name for path in person.store_folder.iterdir()) == [
        "classes.json",
        "images.json",
        "photo.png.ink.png",
        "photo.png.labels.png",
    ]


def test_someone_who_never_rests_is_saved_all_the_same(person, photo, monkeypatch):
    monkeypatch.setattr(saving, "DELAY_MS", 60_000)
    monkeypatch.setattr(saving, "LONGEST_MS", 0)
    person.open(photo)
    person.paint(20, 20)
    person.paint(60, 60)
    person.until(lambda: on_disk(person) is not None)


def test_leaving_an_image_saves_it(person, photos):
    person.open(photos("a.png", "b.png"))
    person.paint(20, 20)
    person.show(1)
    person.until(lambda: not person.session.saver.has_unsaved)
    assert on_disk(person, "a.png")[20, 20] == 0


def test_opening_other_images_saves_the_last_stroke(person, photos):
    first = photos("a.png")
    person.open(first)
    person.session.editor.change(tool="brush")
    person.session.editor.press((20.5, 20.5), Modifiers())
    person.open(photos("b.png", folder="others"))
    labels = np.array(Image.open(first / "segstudio-labels" / "a.png.labels.png"))
    assert labels[20, 20] == 0


def test_closing_in_mid_stroke_keeps_the_stroke(begin, photo):
    person = begin()
    person.open(photo)
    person.session.editor.change(tool="brush")
    person.session.editor.press((20.5, 20.5), Modifiers())
    assert person.session.close() == ""
    person = begin()
    person.open(photo)
    assert person.document.label_map[20, 20] == 0


def test_a_cancelled_stroke_that_was_saved_in_its_middle_is_taken_back(person, photo):
    person.open(photo)
    person.paint(60, 60)
    person.session.editor.press((20.5, 20.5), Modifiers())
    person.saved()
    assert on_disk(person)[20, 20] == 0
    person.session.editor.cancel()
    person.saved()
    assert on_disk(person)[20, 20] == 255
    assert on_disk(person)[60, 60] == 0


def test_states_of_saving(person, photo):
    person.open(photo)
    seen = states_of(person)
    person.paint(20, 20)
    person.saved()
    assert seen == [saving.SaveState(saving=True), saving.SaveState()]


def test_a_full_disk_loses_nothing_and_is_tried_again(person, photo, full_disk):
    person.open(photo)
    seen = states_of(person)
    person.paint(20, 20)
    person.session.save()
    person.until(lambda: person.session.saver.state.problem)
    assert seen[-1].problem == "The disk is full."
    person.paint(60, 60)
    person.until(lambda: full_disk.asked >= 3)
    assert person.session.saver.has_unsaved
    full_disk.is_full = False
    person.until(lambda: not person.session.saver.has_unsaved)
    assert person.session.saver.state == saving.SaveState()
    assert on_disk(person)[20, 20] == on_disk(person)[60, 60] == 0


def test_an_unforeseen_failure_of_a_write_loses_nothing_either(person, photo, monkeypatch):
    def fail(*_values):
        raise ValueError("odd")

    person.open(photo)
    with monkeypatch.context() as broken:
        broken.setattr(FolderStore, "keep", fail)
        person.paint(20, 20)
        person.session.save()
        person.until(lambda: person.session.saver.state.problem)
    person.until(lambda: not person.session.saver.has_unsaved)
    assert on_disk(person)[20, 20] == 0


def test_an_unforeseen_failure_at_the_end_is_a_problem_in_words(begin, photo, monkeypatch):
    def fail(*_values):
        raise ValueError("odd")

    person = begin()
    person.open(photo)
    person.paint(20, 20)
    with monkeypatch.context() as broken:
        broken.setattr(FolderStore, "keep", fail)
        assert "odd" in person.session.close()
    assert person.session.close() == ""
    assert on_disk(person)[20, 20] == 0


@pytest.fixture
def slow_disk(monkeypatch):
    """A disk that writes labels when it is told to go; notes what was written."""
    keep = FolderStore.keep

    class Disk:
        entered, go, written = threading.Event(), threading.Event(), []

    def keep_late(store, image, *values):
        Disk.entered.set()
        assert Disk.go.wait(5)
        Disk.written.append(image.name)
        keep(store, image, *values)

    monkeypatch.setattr(FolderStore, "keep", keep_late)
    yield Disk
    Disk.go.set()


def test_what_a_write_that_goes_on_writes_is_not_written_again_at_the_end(begin, photos, slow_disk):
    person = begin()
    person.open(photos("a.png"))
    person.paint(20, 20)
    person.session.save()
    assert slow_disk.entered.wait(5)
    slow_disk.go.set()
    assert person.session.close() == ""
    assert slow_disk.written == ["a.png"]


def test_a_write_that_never_ends_keeps_the_program_open(begin, photos, slow_disk, monkeypatch):
    monkeypatch.setattr(saving, "LONGEST_WAIT", 0)
    person = begin()
    person.open(photos("a.png"))
    person.paint(20, 20)
    person.session.save()
    assert slow_disk.entered.wait(5)
    assert "still being written" in person.session.close()
    assert person.session.saver.has_unsaved
    slow_disk.go.set()
    person.idle()
    assert person.session.close() == ""


def test_the_window_goes_on_while_a_folder_waits_for_the_last_write(person, photos, slow_disk):
    first, second = photos("a.png"), photos("b.png", folder="others")
    person.open(first)
    person.paint(20, 20)
    person.session.open([second])
    person.until(slow_disk.entered.is_set)
    person.until(lambda: person.session._opening is None)
    assert person.session.root == first
    person.paint(60, 60)
    slow_disk.go.set()
    person.until(lambda: person.session.root == second)
    person.settle()
    labels = np.array(Image.open(first / "segstudio-labels" / "a.png.labels.png"))
    assert labels[20, 20] == labels[60, 60] == 0


def test_the_retry_comes_late_and_not_every_second(person, photo, full_disk, monkeypatch):
    monkeypatch.setattr(saving, "RETRY_MS", 60_000)
    person.open(photo)
    person.paint(20, 20)
    person.session.save()
    person.until(lambda: person.session.saver.state.problem and not person.session.runner._jobs)
    assert person.session.saver._timer.interval() == 60_000


def test_other_images_are_not_opened_while_these_cannot_be_saved(person, photos, full_disk):
    first = photos("a.png")
    person.open(first)
    person.paint(20, 20)
    person.session.open([photos("b.png", folder="others")])
    person.until(lambda: person.errors)
    assert person.errors[0].startswith("The disk is full.")
    assert person.session.root == first
    assert person.document.label_map[20, 20] == 0
    full_disk.is_full = False
    person.open(photos("b.png", folder="others"))
    assert (first / "segstudio-labels" / "a.png.labels.png").is_file()


def test_a_late_answer_of_a_write_does_not_reach_the_next_folder(person, photos, full_disk):
    first, second = photos("a.png"), photos("b.png", folder="others")
    person.open(first)
    person.paint(20, 20)
    person.session.save()
    for job in person.session.runner.running("save"):
        job.join(5)
    full_disk.is_full = False
    person.open(second)
    person.idle()
    assert not person.session.saver.has_unsaved
    assert not (second / "segstudio-labels").exists()
    assert (first / "segstudio-labels" / "a.png.labels.png").is_file()


def test_closing_with_a_problem_says_it_and_the_session_goes_on(begin, photo, full_disk):
    person = begin()
    person.open(photo)
    person.paint(20, 20)
    assert person.session.close() == "The disk is full."
    assert person.session.saver.state.problem == "The disk is full."
    person.paint(60, 60)
    full_disk.is_full = False
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
    """Refuse to write in a folder, also to the root user, whom permissions do not stop."""
    access, mkdir = os.access, Path.mkdir

    def refuses(path):
        return Path(path).is_relative_to(folder)

    def access_or_not(path, mode):
        return not (mode & os.W_OK and refuses(path)) and access(path, mode)

    def mkdir_or_not(path, *values, **named):
        if refuses(path):
            raise PermissionError(13, "Permission denied")
        mkdir(path, *values, **named)

    monkeypatch.setattr(os, "access", access_or_not)
    monkeypatch.setattr(Path, "mkdir", mkdir_or_not)
