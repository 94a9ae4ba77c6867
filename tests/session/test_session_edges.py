"""What must not change labels: files that go, looking only, notes, images of another size."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, assemble, difference
from segstudio.core.region import Region
from segstudio.project import holder
from segstudio.project.project import Project


@pytest.fixture
def folder(begin, photos):
    """Two images, the first with a dot, in a project that was closed."""
    folder = photos("a.png", "b.png")
    person = begin()
    person.open(folder)
    person.session.set_classes(ClassTable.named(["cat", "dog"]))
    person.paint(20, 20, 0)
    person.show(1)
    person.show(0)
    person.idle()
    assert person.session.close() == ""
    return folder


def test_labels_come_back_though_the_file_was_removed_meanwhile(begin, folder):
    person = begin()
    person.open(folder)
    person.show(1)
    person.paint(60, 60, 1)
    person.saved()
    person.idle()
    person.session.showing.shelf.clear()
    person.session.project.close()
    (folder / "project.segstudio").unlink()
    person.show(0)
    assert person.document.label_map[20, 20] == 0


def test_looking_at_labelled_images_leaves_the_file_as_it_is(begin, folder):
    project = Project(folder, folder / "nowhere")
    stored = project.load("a.png")
    row = Region(0, 0, 1, 120)
    after = stored.planes.cut(row)
    after.labels[:], after.ink[:] = 1, 3
    found = difference(row, stored.planes.view(row), after)
    patch = assemble([found], Origin("brush", Ink.PERSON, class_index=1))
    assert project.keep_step(stored.record, patch).wait(5)  # and no checkpoint of it
    project.end()
    before = (folder / "project.segstudio").read_bytes()
    person = begin()
    person.open(folder)
    person.show(1)
    person.show(0)
    person.idle()
    assert person.session.close() == ""
    assert (folder / "project.segstudio").read_bytes() == before


def test_a_window_that_may_only_look_changes_nothing_and_can_open_other_images(
    begin, folder, photos
):
    me = holder.this_window()
    with closing(sqlite3.connect(folder / "project.segstudio")) as file, file:
        file.execute(
            "INSERT INTO holder VALUES (1, 'other', 'Eve', ?, 1, ?, ?, ?)",
            (me.host, holder.process_start(1), me.since, me.since),
        )
    person = begin()
    person.open(folder)
    assert person.session.is_read_only
    person.session.add_class("new")
    assert person.session.classes.find("new") is None
    person.paint(60, 60, 1)
    assert person.document.label_map[60, 60] == 255
    person.show(1)
    person.idle()
    assert not person.session.saver.state.problem
    other = photos("x.png", folder="others")
    person.open(other)
    assert person.session.root == other


def test_a_note_right_after_a_merge_keeps_the_new_counts(begin, folder):
    person = begin()
    person.open(folder)
    person.session.merge_classes(0, 1)
    person.session.change_record(0, note="x")
    person.classes_settled()
    person.saved()
    person.idle()
    record = person.session.project.record("a.png")
    assert record.note == "x"
    assert 0 not in dict(record.classes)


def test_marking_an_image_of_another_size_leaves_the_old_labels_their_size(begin, folder):
    Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save(folder / "a.png")
    person = begin()
    person.open(folder)
    assert person.document.starts_anew
    person.session.set_done(True)
    person.saved()
    stored = person.session.project.load("a.png")
    assert stored.planes.labels.shape == (90, 120)
    assert stored.planes.labels[20, 20] == 0


def test_a_click_in_the_list_of_a_project_that_was_let_go_does_nothing(begin, folder):
    person = begin()
    person.open(folder)
    assert person.session.leave_project(folder / "project.segstudio") == ""
    person.session.show_image(1)
    assert person.document is None
