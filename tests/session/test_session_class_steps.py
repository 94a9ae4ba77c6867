"""Merging and deleting classes in all images, and taking that back."""

import threading

import numpy as np
import pytest
from disk import Disk

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.editing.tool import Modifiers
from segstudio.project.project import Project
from segstudio.session import class_steps

UNLABELLED = 255


@pytest.fixture
def at(person, photos):
    """Two photos with cats and dogs in both."""
    person.open(photos("a.png", "b.png"))
    person.session.set_classes(ClassTable.named(["cat", "dog", "cow"]))
    for row in (0, 1):
        person.show(row)
        person.paint(20, 20, 0)
        person.paint(60, 20, 1)
    person.show(0)
    return person


def names(person):
    return [entry.name for entry in person.session.classes]


def here(person):
    """Return the classes at the two dots."""
    person.settle()
    labels = person.document.label_map
    return int(labels[20, 20]), int(labels[20, 60])


def test_a_merge_changes_all_images_and_is_taken_back_in_all(at):
    session = at.session
    at.merge(0, 1)
    assert names(at) == ["dog", "cow"]
    assert session.class_step == "cat → dog"
    assert here(at) == (1, 1)
    at.show(1)
    assert here(at) == (1, 1)
    assert (at.document.ink[20, 20], at.document.ink[5, 5]) == (Ink.PERSON, Ink.NOBODY)
    at.take_back()
    assert names(at) == ["cat", "dog", "cow"]
    assert here(at) == (0, 1)
    at.show(0)
    assert here(at) == (0, 1)
    assert session.class_step == ""


def test_steps_before_a_merge_are_undone_and_redone_in_the_new_classes(at):
    at.merge(1, 0)
    at.settle()
    for _ in range(2):
        at.session.undo()
    assert here(at) == (UNLABELLED, UNLABELLED)
    for _ in range(2):
        at.session.redo()
    assert here(at) == (0, 0)


@pytest.mark.parametrize(("target", "label", "ink"), [(None, 255, 0), (255, 255, 3), (2, 2, 3)])
def test_a_deleted_class_leaves_what_was_chosen(at, target, label, ink):
    at.delete(0, target)
    assert here(at) == (label, 1)
    assert at.document.ink[20, 20] == ink
    assert "cat" not in names(at)
    at.take_back()
    assert here(at) == (0, 1)
    assert at.document.ink[20, 20] == Ink.PERSON


def test_what_was_painted_since_stays_when_a_merge_is_taken_back(at):
    at.merge(0, 1)
    at.settle()
    at.paint(20, 60, 1)
    at.paint(60, 60, 2)
    at.take_back()
    assert here(at) == (0, 1)
    assert (at.document.label_map[60, 20], at.document.label_map[60, 60]) == (1, 2)


def test_class_steps_come_back_after_a_restart_and_can_still_be_taken_back(begin, at):
    folder = at.session.root
    at.merge(0, 1)
    assert at.session.close() == ""
    person = begin()
    person.open(folder)
    assert names(person) == ["dog", "cow"]
    assert here(person) == (1, 1)
    person.take_back()
    assert names(person) == ["cat", "dog", "cow"]
    assert here(person) == (0, 1)


def test_a_stroke_in_progress_is_finished_first(at):
    at.session.editor.change(tool="brush", class_index=0)
    at.session.editor.press((90.5, 60.5), Modifiers())
    at.merge(0, 1)
    at.settle()
    assert at.document.label_map[60, 90] == 1


def test_a_locked_class_is_not_merged_away(at):
    at.session.edit_classes(lambda table: table.changed(0, locked=True))
    at.merge(0, 1)
    at.delete(0)
    assert names(at) == ["cat", "dog", "cow"]
    assert len(at.errors) == 2
    assert here(at) == (0, 1)


def test_a_name_that_was_taken_since_does_not_stop_taking_back(at):
    at.delete(0)
    at.session.add_class("cat")
    at.take_back()
    assert names(at) == ["cat'", "dog", "cow", "cat"]
    assert here(at) == (0, 1)


def test_pixels_are_counted_anew_in_every_record(at):
    at.merge(0, 1)
    assert at.session.project.flush(5) == ""
    counts = [dict(record.classes) for record in at.session.project.records().values()]
    assert all(0 not in found for found in counts)
    at.idle()
    shown = [dict(record.classes) for record in at.session.images.records]
    assert shown == counts
    person_pixels = np.count_nonzero(at.document.label_map == 1)
    assert counts[0][1] == person_pixels


def test_a_merge_that_the_disk_refuses_does_not_happen(begin, photos, monkeypatch):
    monkeypatch.setattr(class_steps, "PATIENCE_S", 0.1)
    disk = Disk(monkeypatch)
    person = begin()
    person.open(photos("a.png"))
    person.session.set_classes(ClassTable.named(["cat", "dog"]))
    person.paint(20, 20, 0)
    person.saved()
    disk.fill()
    person.paint(60, 20, 0)
    person.merge(0, 1)
    assert names(person) == ["cat", "dog"]
    assert here(person) == (0, 0)
    assert person.session.class_step == ""
    assert "once everything is saved" in person.errors[-1]
    disk.free()
    person.saved()
    person.merge(0, 1)
    assert here(person) == (1, 1)
    person.take_back()
    assert here(person) == (0, 0)


def test_matches_follow_the_class(at):
    at.session.set_match("scenes", {"animal": 0})
    at.merge(0, 2)
    assert at.session.book.matches == {"scenes": {"animal": 2}}


def test_a_stroke_made_while_images_are_counted_anew_counts(at, monkeypatch):
    read, go_on = threading.Event(), threading.Event()
    records = Project.records

    def records_late(project):
        try:
            return records(project)
        finally:
            read.set()
            assert go_on.wait(5)

    at.merge(0, 1)
    at.settle()
    at.idle()
    before = dict(at.session.images.record_at(0).classes)
    at.session.change_record(1, note="old")
    monkeypatch.setattr(Project, "records", records_late)
    at.session.register.count_anew()
    at.until(read.is_set)
    at.paint(90, 70, 2)
    at.session.change_record(1, note="new")
    go_on.set()
    at.idle()
    after = dict(at.session.images.record_at(0).classes)
    assert after[1] == before[1]
    assert after[2] == 21
    assert at.session.images.record_at(1).note == "new"
