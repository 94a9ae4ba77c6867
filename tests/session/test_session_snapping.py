"""Snap: the second step of a stroke, and what a person does before it comes."""

import cv2
import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageState
from segstudio.core.labels import Ink
from segstudio.core.region import BLOCK, Region
from segstudio.editing.scope import PaintOver
from segstudio.editing.tool import Modifiers
from segstudio.editing.tool_state import Shape
from segstudio.engine.messages import SnapRequest
from segstudio.session.late_steps import LateSteps
from segstudio.session.snapping import Snapping

EDGE = 100
SIZE = 160, 200
UNLABELLED = 255


@pytest.fixture
def at(person, tmp_path):
    """A photo with an edge at column 100, and a brush of 40 pixels that snaps."""
    random = np.random.default_rng(0)
    picture = np.full((*SIZE, 3), 50.0)
    picture[:, EDGE:] = 180
    picture += random.normal(0, 4, picture.shape)
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), np.clip(picture, 0, 255).astype(np.uint8))
    person.snapping = Snapping(person.session, LateSteps(person.session))
    person.open(tmp_path)
    person.session.set_classes(ClassTable.named(["left", "right", "third"]))
    person.session.editor.change(tool="brush", class_index=0, snap=True, pressure=False)
    person.session.editor.set_size(40)
    return person


def stroke(person, *points, keys=None):
    editor = person.session.editor
    editor.press(points[0], keys or Modifiers())
    for point in points[1:]:
        editor.move(point)
    editor.release()


def down_the_edge(person, beyond=6):
    """Paint down the image, with the border of the tip a few pixels beyond the edge."""
    x = EDGE + beyond - 20
    stroke(person, (x, 30.0), (x, 130.0))


def tools(person):
    history = person.document.history
    return [step.origin.tool for step in history.steps[: history.position]]


def planes(person):
    return person.document.label_map.copy(), person.document.ink.copy()


def same(person, before):
    return all(np.array_equal(a, b) for a, b in zip(planes(person), before, strict=True))


def test_a_stroke_snaps_as_a_step_of_its_own_and_two_undos_peel_it_off(at):
    blank = planes(at)
    down_the_edge(at)
    painted = planes(at)
    assert (at.document.label_map[60:100, EDGE : EDGE + 5] == 0).all()
    at.idle()
    assert tools(at) == ["brush", "snap"]
    labels, ink = planes(at)
    assert (labels[60:100, EDGE + 1 :] == UNLABELLED).all()
    assert (ink[60:100, EDGE + 1 :] == Ink.NOBODY).all()
    assert (labels[60:100, 80 : EDGE - 1] == 0).all()
    at.session.undo()
    assert same(at, painted)
    at.session.undo()
    assert same(at, blank)
    at.session.redo()
    at.session.redo()
    assert same(at, (labels, ink))


def test_what_joins_belongs_to_the_refinement_and_the_stroke_to_the_person(at):
    down_the_edge(at, beyond=-6)
    at.idle()
    labels, ink = planes(at)
    assert (labels[60:100, 90 : EDGE - 1] == 0).all()
    assert (ink[60:100, EDGE - 5 : EDGE - 1] == Ink.REFINEMENT).all()
    assert (ink[60:100, 70:90] == Ink.PERSON).all()
    step = at.document.history.steps[-1]
    assert (step.origin.author, step.origin.class_index) == (Ink.REFINEMENT, 0)


def test_what_leaves_is_what_it_was_before_the_stroke(at):
    document = at.document
    document.label_map[:], document.ink[:] = 1, Ink.MODEL
    document.label_map[:70], document.ink[:70] = 2, Ink.PERSON
    down_the_edge(at)
    at.idle()
    assert (document.label_map[60:68, EDGE + 2 : EDGE + 6] == 2).all()
    assert (document.ink[60:68, EDGE + 2 : EDGE + 6] == Ink.PERSON).all()
    assert (document.label_map[80:100, EDGE + 2 : EDGE + 6] == 1).all()
    assert (document.ink[80:100, EDGE + 2 : EDGE + 6] == Ink.MODEL).all()


def test_older_ink_ignore_and_locks_stay_beside_a_stroke(at):
    document = at.document
    near = np.s_[:, EDGE - 6 : EDGE]
    document.label_map[near], document.ink[near] = 1, Ink.PERSON
    document.label_map[60:80][near], document.ink[60:80][near] = UNLABELLED, Ink.PERSON
    document.label_map[80:100][near], document.ink[80:100][near] = 2, Ink.MODEL
    at.session.edit_classes(lambda table: table.changed(2, locked=True))
    before = planes(at)
    down_the_edge(at, beyond=-6)
    at.idle()
    for plane, old in zip(planes(at), before, strict=True):
        assert np.array_equal(plane[near], old[near])


def test_paint_over_holds_for_what_joins(at):
    at.document.label_map[60:100, EDGE - 6 : EDGE] = 1
    at.document.ink[60:100, EDGE - 6 : EDGE] = Ink.MODEL
    at.session.editor.change(over=PaintOver.UNLABELLED)
    down_the_edge(at, beyond=-6)
    at.idle()
    assert (at.document.label_map[60:100, EDGE - 6 : EDGE] == 1).all()
    assert (at.document.label_map[40:50, EDGE - 5 : EDGE - 2] == 0).any()


def test_nothing_farther_from_the_border_than_a_quarter_of_the_tip_changes(at):
    down_the_edge(at)
    painted = planes(at)
    at.idle()
    changed = (planes(at)[0] != painted[0]) | (planes(at)[1] != painted[1])
    stroked = (painted[0] == 0).astype(np.uint8)
    inside = cv2.distanceTransform(stroked, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outside = cv2.distanceTransform(1 - stroked, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    assert changed.any()
    assert np.maximum(inside, outside)[changed].max() <= 10


def test_the_eraser_snaps_too(at):
    document = at.document
    document.label_map[:], document.ink[:] = 0, Ink.PERSON
    document.label_map[:, EDGE - 4 :], document.ink[:, EDGE - 4 :] = 1, Ink.MODEL
    at.session.editor.change(tool="eraser")
    x = EDGE - 6 + 20
    stroke(at, (x, 30.0), (x, 130.0))
    at.idle()
    assert tools(at) == ["eraser", "snap"]
    # Beyond the edge by 6: two pixels of a person and four of the model are as they were.
    assert (document.label_map[60:100, EDGE - 6 : EDGE - 4] == 0).all()
    assert (document.label_map[60:100, EDGE - 4 : EDGE - 1] == 1).all()
    assert (document.ink[60:100, EDGE + 2 : EDGE + 20] == Ink.NOBODY).all()
    assert (document.label_map[60:100, EDGE + 2 : EDGE + 20] == UNLABELLED).all()


def test_ignore_does_not_snap(at):
    at.session.editor.change(class_index=UNLABELLED)
    down_the_edge(at)
    at.idle()
    assert tools(at) == ["brush"]


def test_without_the_switch_nothing_is_asked(at, engine):
    at.session.editor.change(snap=False)
    down_the_edge(at)
    at.idle()
    assert tools(at) == ["brush"]


# Before the answer has come


@pytest.fixture
def held(at, engine):
    """The answer to a stroke is on its way until `let_go`."""
    engine.gate.close()
    down_the_edge(at)
    at.until(engine.gate.waiting.is_set)
    return at


def let_go(at, engine):
    engine.gate.open()
    at.idle()


def test_a_stroke_that_was_undone_is_not_snapped(held, engine):
    held.session.undo()
    blank = planes(held)
    let_go(held, engine)
    assert same(held, blank)
    assert held.document.history.can_redo
    held.session.redo()
    assert tools(held) == ["brush"]


def test_a_late_snap_never_forgets_what_was_undone(held, engine):
    held.session.editor.change(snap=False)
    stroke(held, (20.0, 20.0))
    held.session.undo()
    let_go(held, engine)
    assert tools(held) == ["brush"]
    held.session.redo()
    assert tools(held) == ["brush", "brush"]


def test_what_a_person_paints_meanwhile_wins(held, engine):
    held.session.editor.change(class_index=2, snap=False)
    held.session.editor.set_size(8)
    stroke(held, (EDGE + 4.0, 80.0))
    let_go(held, engine)
    labels, ink = planes(held)
    assert tools(held) == ["brush", "brush", "snap"]
    assert (labels[77:83, EDGE + 2 : EDGE + 7] == 2).all()
    assert (ink[77:83, EDGE + 2 : EDGE + 7] == Ink.PERSON).all()
    assert (labels[40:60, EDGE + 2 : EDGE + 6] == UNLABELLED).all()


def test_a_second_stroke_of_the_class_over_it_stays_where_it_covers(held, engine):
    held.session.editor.set_size(12)
    stroke(held, (EDGE + 3.0, 80.0), (EDGE + 12.0, 80.0))
    painted = planes(held)[0]
    let_go(held, engine)
    # The second stroke was snapped itself; the first one did not take its middle away.
    assert tools(held)[:2] == ["brush", "brush"]
    middle = np.s_[79:82, EDGE + 2 : EDGE + 5]
    assert (painted[middle] == 0).all()
    assert (planes(held)[0][middle] == 0).all()
    assert (planes(held)[0][40:60, EDGE + 2 : EDGE + 6] == UNLABELLED).all()


@pytest.mark.parametrize("tool", ["polygon", "brush", "scribble"])
def test_what_a_person_paints_once_more_in_the_same_class_stays(held, engine, tool):
    # All of it was covered by the stroke: what is painted now changes no pixel.
    editor = held.session.editor
    editor.change(tool=tool, shape=Shape.RECTANGLE, scribble_width=10, snap=False)
    editor.set_size(10)
    if tool == "polygon":
        stroke(held, (EDGE - 6.0, 70.0), (EDGE + 6.0, 80.0))
    else:
        stroke(held, (EDGE - 1.0, 75.0), (EDGE + 1.0, 75.0))
    assert tools(held) == ["brush"]
    let_go(held, engine)
    assert tools(held) == ["brush", "snap"]
    labels, ink = planes(held)
    assert (labels[73:77, EDGE + 1 : EDGE + 4] == 0).all()
    assert (ink[73:77, EDGE + 1 : EDGE + 4] == Ink.PERSON).all()
    assert (labels[40:60, EDGE + 2 : EDGE + 6] == UNLABELLED).all()


def test_what_is_painted_once_more_while_the_answer_waits_for_it_stays(held, engine):
    editor = held.session.editor
    editor.change(snap=False)
    editor.set_size(10)
    editor.press((EDGE - 1.0, 75.0), Modifiers())
    let_go(held, engine)
    editor.move((EDGE + 1.0, 75.0))
    editor.release()
    assert tools(held) == ["brush", "snap"]
    assert (planes(held)[0][72:78, EDGE + 1 : EDGE + 4] == 0).all()


def test_a_snap_waits_for_the_stroke_in_progress(held, engine):
    editor = held.session.editor
    editor.change(snap=False)
    editor.press((20.5, 20.5), Modifiers())
    let_go(held, engine)
    assert tools(held) == ["brush"]
    editor.release()
    assert tools(held) == ["brush", "brush", "snap"]


def test_a_snap_of_an_image_that_was_left_is_made_there(held, engine):
    first = held.document
    held.session.show_image(1)
    held.settle()
    assert held.document is not first
    let_go(held, engine)
    assert [step.origin.tool for step in first.history.steps] == ["brush", "snap"]
    assert (held.document.label_map == UNLABELLED).all()


def test_an_image_whose_strokes_were_snapped_is_let_go(at):
    down_the_edge(at)
    at.idle()
    assert at.lets_go_of_the_image()


def test_an_image_that_is_done_by_then_is_left_alone(held, engine):
    held.session.set_state(0, ImageState.DONE)
    painted = planes(held)
    let_go(held, engine)
    assert same(held, painted)


def test_a_long_stroke_is_snapped_block_by_block_as_in_one_go(at, monkeypatch):
    down_the_edge(at)
    at.idle()
    whole = planes(at)
    at.session.undo()
    at.session.undo()
    monkeypatch.setattr("segstudio.session.snapping.MOST_PIXELS", 0)
    down_the_edge(at)
    at.idle()
    assert tools(at) == ["brush", "snap"]
    labels = planes(at)[0]
    # The filter reduces each piece on its own grid: single pixels of the border may differ.
    assert np.count_nonzero(labels != whole[0]) < 60
    box = Region(60, EDGE + 2, 100, EDGE + 20)
    assert (labels[box.slices] == UNLABELLED).all()


def test_a_long_stroke_hands_over_only_its_surroundings(person, tmp_path, engine):
    side = 10 * BLOCK
    cv2.imwrite(str(tmp_path / "large.png"), np.full((side, side, 3), 90, np.uint8))
    person.snapping = Snapping(person.session, LateSteps(person.session))
    person.open(tmp_path)
    person.session.set_classes(ClassTable.named(["thing"]))
    person.session.editor.change(tool="brush", class_index=0, snap=True)
    person.session.editor.set_size(20)
    stroke(person, (100.0, 100.0), (side - 100.0, side - 100.0))
    person.idle()
    asked = [r for r in engine.requests if isinstance(r, SnapRequest)]
    on_the_diagonal = 3 * 10
    assert 10 <= len(asked) <= on_the_diagonal
    assert sum(r.marks.nbytes for r in asked) <= on_the_diagonal * (BLOCK + 60) ** 2
