"""Operations on regions through the session: shown first, then one step of the open image."""

import threading

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.editing.kinds import IGNORED, UNLABELLED
from segstudio.editing.place import Where
from segstudio.editing.scope import PaintOver
from segstudio.editing.tool import Modifiers
from segstudio.editing.wish import Wish
from segstudio.session import region_operations
from segstudio.session.region_operations import RegionOperations


@pytest.fixture
def at(person, photo):
    """A person with a photo: a ring of the model's class 0 around a hole, and an island of 1."""
    person.open(photo)
    person.session.set_classes(ClassTable.named(["cat", "dog", "grass"]))
    labels, ink = person.document.label_map, person.document.ink
    labels[10:40, 10:40], ink[10:40, 10:40] = 0, Ink.MODEL
    labels[20:30, 20:30], ink[20:30, 20:30] = 255, Ink.NOBODY
    labels[60:62, 60:62], ink[60:62, 60:62] = 1, Ink.MODEL
    person.document.touch_blocks(person.whole())
    person.regions = RegionOperations(person.session)
    person.done, person.refused, person.found = [], [], []
    person.regions.applied.connect(lambda *values: person.done.append(values))
    person.regions.found.connect(person.found.append)
    person.session.editor.refused.connect(person.refused.append)
    return person


def apply(at, wish):
    before = len(at.done) + len(at.refused)
    at.regions.apply(wish)
    at.until(lambda: len(at.done) + len(at.refused) > before)


def test_a_preview_counts_and_changes_nothing_and_applying_is_one_step(at):
    before = at.document.label_map.copy()
    wish = Wish("fill_holes", kind=0)
    at.regions.preview(wish)
    at.until(lambda: at.found)
    assert (at.found[0].proposal.things, at.found[0].proposal.pixels) == (1, 100)
    assert np.array_equal(at.document.label_map, before)
    assert at.document.history.position == 0
    apply(at, wish)
    assert at.done[0][0] == "fill_holes"
    assert at.done[0][2] == 1
    assert (at.document.label_map[20:30, 20:30] == 0).all()
    assert (at.document.ink[20:30, 20:30] == Ink.PERSON).all()
    assert at.document.ink[15, 15] == Ink.MODEL
    assert at.document.history.position == 1
    at.session.undo()
    assert np.array_equal(at.document.label_map, before)


def test_only_the_newest_of_many_previews_is_told(at):
    for size in range(1, 8):
        at.regions.preview(Wish("grow", kind=1, size=size))
    at.until(lambda: at.found and at.found[-1].wish.size == 7)
    at.idle()
    assert [found.wish.size for found in at.found] == [7]


def test_a_preview_that_was_let_go_is_not_told(at):
    at.regions.preview(Wish("grow", kind=1, size=2))
    at.regions.forget()
    at.idle()
    assert at.found == []


@pytest.fixture
def go_on(at, monkeypatch):
    """A region whose holes are being filled, which has no end before this event is set."""
    reached, go_on = threading.Event(), threading.Event()
    real = region_operations.find

    def slow(*values, **fields):
        found = real(*values, **fields)
        reached.set()
        go_on.wait(5)
        return found

    monkeypatch.setattr(region_operations, "find", slow)
    at.regions.apply(Wish("fill_holes", kind=0))
    at.until(reached.is_set)
    yield go_on
    go_on.set()


def test_strokes_made_while_it_is_worked_out_stay(at, go_on):
    at.paint(25, 25, index=2)
    editor = at.session.editor
    editor.press((22.5, 22.5), Modifiers())
    go_on.set()
    at.until(lambda: at.document.history.position == 1 and not at.session.runner._jobs)
    assert at.document.label_map[29, 29] == 255  # not while the button is down
    editor.release()
    at.until(lambda: at.done)
    labels = at.document.label_map
    assert labels[25, 25] == labels[22, 22] == 2
    assert labels[29, 29] == labels[20, 29] == 0
    assert at.document.history.position == 3


def test_an_image_that_is_left_meanwhile_is_changed_there(at, photos):
    at.open(photos("a.png", "b.png"))
    first = at.document
    at.session.set_classes(ClassTable.named(["cat"]))
    at.paint(20, 20, index=0)
    steps = first.history.position
    at.regions.apply(Wish("replace_class", kind=0, target=IGNORED))
    at.show(1)
    at.idle()
    assert first.history.position == steps + 1
    assert first.label_map[20, 20] == IGNORED
    assert at.document.history.position == 0
    assert at.done == []  # told of what is shown alone


@pytest.mark.parametrize("where", [Where.REGION, Where.IMAGE])
def test_a_locked_class_stays_and_that_is_said(at, where):
    at.session.edit_classes(lambda table: table.changed(0, locked=True))
    wish = Wish("replace_class", where, kind=0, target=1, pixel=(15, 15))
    apply(at, wish)
    assert at.refused == ["Nothing painted: cat is locked (right click unlocks)"]
    assert at.document.history.position == 0


def test_paint_over_holds_and_is_named(at):
    at.session.editor.change(over=PaintOver.UNLABELLED)
    apply(at, Wish("replace_class", Where.REGION, kind=0, target=1, pixel=(15, 15)))
    assert at.refused == ["Nothing painted: only unlabelled pixels (K)"]
    apply(at, Wish("fill_holes", kind=0))
    assert (at.document.label_map[20:30, 20:30] == 0).all()


def test_in_a_project_that_another_window_has_nothing_changes(at):
    at.session.save()
    at.saved()
    at.session.editor.forbidden = "Ada has this project open."
    at.session.project._claim.lose(at.session.editor.forbidden)
    at.regions.apply(Wish("fill_holes", kind=0))
    at.regions.change_stroke(1)
    at.idle()
    assert at.errors == ["Ada has this project open."] * 2
    assert at.document.history.position == 0


def test_nothing_changes_while_classes_are_being_merged(at):
    at.session.editor.hold("Merging: cat → dog")
    at.regions.apply(Wish("fill_holes", kind=0))
    at.idle()
    assert at.refused == ["Merging: cat → dog"]
    assert at.document.history.position == 0


# Not done yet


def are_filled(at):
    return bool((at.document.label_map[20:30, 20:30] == 0).all())


def test_whoever_closes_waits_for_it(at):
    at.regions.apply(Wish("fill_holes", kind=0))
    assert at.session.finish() == ""
    assert are_filled(at)
    assert at.session.project.load("photo.png").planes.labels[25, 25] == 0


def test_whoever_closes_waits_for_one_that_strokes_have_outrun(at, go_on, monkeypatch):
    monkeypatch.setattr("segstudio.session.late_steps.MOST_BLOCKS_AT_ONCE", 0)
    at.paint(25, 25, index=2)
    go_on.set()
    assert at.session.finish() == ""
    assert at.document.label_map[25, 25] == 2
    assert at.document.label_map[29, 29] == 0


def test_one_that_takes_too_long_is_told_and_comes_when_one_stays(at, go_on, monkeypatch):
    monkeypatch.setattr(region_operations, "PATIENCE_S", 0.0)
    assert "still being worked out" in at.session.finish()
    assert at.session.close() != ""
    go_on.set()
    at.until(lambda: at.done)
    assert are_filled(at)
    assert at.session.finish() == ""


def test_a_class_merge_comes_after_it(at):
    at.regions.apply(Wish("fill_holes", kind=0))
    at.merge(0, 1)
    at.settle()
    assert (at.document.label_map[20:30, 20:30] == 1).all()


def test_one_that_comes_after_a_class_merge_is_lost_with_a_word(at, go_on, monkeypatch):
    monkeypatch.setattr(region_operations, "PATIENCE_S", 0.0)
    at.merge(1, 2)
    go_on.set()
    at.idle()
    assert at.told[-1].startswith("An operation on regions was lost")
    assert at.document.history.position == 0


def test_undo_gives_it_up_unless_a_stroke_was_made_since(at, go_on):
    at.session.undo()
    assert at.told == ["The operation on regions was cancelled before it was done."]
    at.regions.apply(Wish("fill_holes", kind=0))
    at.paint(80, 45, index=2)
    at.session.undo()
    assert at.document.label_map[45, 80] == 255
    go_on.set()
    at.until(lambda: at.done)
    at.idle()
    assert len(at.done) == 1
    assert are_filled(at)


def test_it_is_about_the_labels_with_what_waited_for_enter(at):
    at.session.editor.change(tool="wand", class_index=2)
    at.session.editor.press((80, 45), Modifiers())
    at.session.editor.release()
    apply(at, Wish("replace_class", kind=2, target=1))
    assert [step.origin.tool for step in at.document.history.steps] == ["wand", "replace_class"]
    assert at.document.label_map[45, 80] == 1


# The last stroke


def test_the_last_stroke_changes_where_it_is_still_as_it_was_left(at):
    at.paint(80, 45, index=2)
    painted = at.document.label_map == 2
    at.document.label_map[45, 80], at.document.ink[45, 80] = 1, Ink.MODEL  # as a result would
    at.regions.change_stroke(0)
    at.until(lambda: at.done)
    painted[45, 80] = False
    assert (at.document.label_map[painted] == 0).all()
    assert at.document.label_map[45, 80] == 1
    assert at.done[0][1].pixels == painted.sum()
    at.regions.change_stroke(UNLABELLED)
    at.until(lambda: len(at.done) == 2)
    assert (at.document.label_map[painted] == 255).all()
    assert (at.document.ink[painted] == Ink.NOBODY).all()
    at.session.undo()
    at.session.undo()
    assert (at.document.label_map[painted] == 2).all()


def test_what_is_undone_or_a_machines_is_no_last_stroke(at):
    at.regions.change_stroke(0)
    at.until(lambda: at.refused)
    assert at.refused == ["Nothing found here"]
    at.paint(80, 45, index=2)
    at.session.undo()
    at.regions.change_stroke(0)
    at.until(lambda: len(at.refused) == 2)
    assert at.document.label_map[45, 80] == 255


def test_a_stroke_of_a_class_that_is_locked_now_stays(at):
    at.paint(80, 45, index=2)
    at.session.edit_classes(lambda table: table.changed(2, locked=True))
    at.regions.change_stroke(0)
    at.until(lambda: at.refused)
    assert at.document.label_map[45, 80] == 2
