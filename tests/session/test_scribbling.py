"""Scribbles in a session: one undo step, and what a machine concludes from them keeps off."""

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import ImageState
from segstudio.core.labels import Ink
from segstudio.core.machine_labels import UNKNOWN
from segstudio.editing.scope import PaintOver
from segstudio.editing.tool import Modifiers
from segstudio.engine.messages import ScribbleRequest, SegmentRequest
from segstudio.session.said_labels import SaidLabels
from segstudio.session.scribbling import Scribbling

PLAIN = Modifiers()


@pytest.fixture
def at(person, photos):
    person.scribbling = Scribbling(person.session)
    person.session.segmenting.start_engine()
    person.until(lambda: person.session.segmenting.models)
    person.open(photos("a.png", "b.png"))
    person.session.set_classes(ClassTable.named(["cat", "dog", "grass"]))
    return person


def scribble(at, index=1, row=45, keys=PLAIN):
    editor = at.session.editor
    editor.change(tool="scribble", class_index=index, scribble_width=3)
    editor.press((20.5, row + 0.5), keys)
    editor.move((60.5, row + 0.5))
    editor.release()


def segmented(at):
    at.session.set_classes(ClassTable.named(["person", "animal", "vehicle"]))
    at.session.segment()
    at.until(lambda: at.document.segment_info)


def steps(at):
    return at.document.history.position


def answered(at, index=1):
    at.until(lambda: (at.document.label_map == index).all())
    at.idle()


def test_stroke_and_consequence_are_one_step_by_a_person_and_by_refinement(at):
    scribble(at)
    answered(at)
    assert steps(at) == 1
    assert (at.document.ink[44:47, 20:61] == Ink.PERSON).all()
    assert at.document.ink[0, 0] == Ink.REFINEMENT
    assert set(np.unique(at.document.ink)) == {Ink.REFINEMENT, Ink.PERSON}
    at.session.undo()
    assert (at.document.label_map == 255).all()
    assert not at.document.ink.any()
    at.session.redo()
    assert (at.document.label_map == 1).all()


def test_the_stroke_is_there_before_the_answer_and_without_one(at, engine):
    engine.error = SegstudioError("The model stopped.")
    scribble(at)
    assert steps(at) == 1
    at.until(lambda: at.errors)
    assert at.errors == ["The model stopped. The scribble was painted; nothing else was changed."]
    assert (at.document.label_map == 1).sum() == (at.document.ink == Ink.PERSON).sum() > 100
    assert steps(at) == 1


def test_a_persons_pixels_locks_and_the_scope_hold(at):
    at.paint(100, 10, index=0)
    at.paint(100, 80, index=2)
    at.session.edit_classes(lambda table: table.changed(2, locked=True))
    before = at.document.label_map.copy()
    at.session.editor.change(over=PaintOver.UNLABELLED)
    scribble(at)
    at.until(lambda: at.document.label_map[0, 0] == 1)
    at.idle()
    kept = before != 255
    assert kept.sum() > 20
    assert np.array_equal(at.document.label_map[kept], before[kept])
    assert (at.document.label_map[~kept] == 1).all()


def test_only_unlabelled_pixels_follow_where_only_they_may_be_painted(at):
    segmented(at)
    at.idle()
    at.session.editor.change(over=PaintOver.UNLABELLED)
    before = at.document.label_map.copy()
    scribble(at)
    assert not at.scribbling._job
    assert np.array_equal(at.document.label_map, before)


def test_a_done_image_gets_the_stroke_and_nothing_else(at, engine):
    at.session.set_done(True)
    scribble(at)
    at.idle()
    assert at.told == ["This image is done: the scribble was painted, nothing else was changed."]
    assert (at.document.ink != Ink.NOBODY).sum() == (at.document.ink == Ink.PERSON).sum() > 100
    assert not engine.asked(ScribbleRequest)


def test_an_image_that_is_done_by_the_time_of_the_answer_keeps_the_stroke_alone(at, engine):
    engine.gate.close()
    scribble(at)
    at.until(engine.gate.waiting.is_set)
    at.session.set_done(True)
    assert at.document.state is ImageState.DONE
    engine.gate.open()
    at.idle()
    assert (at.document.ink == Ink.REFINEMENT).sum() == 0
    assert steps(at) == 1


def test_a_stroke_made_meanwhile_stays_and_the_consequence_is_a_step_after_it(at, engine):
    engine.gate.close()
    scribble(at)
    at.until(engine.gate.waiting.is_set)
    at.paint(40, 45, index=2)
    at.paint(100, 10, index=2)
    engine.gate.open()
    at.until(lambda: at.document.label_map[0, 0] == 1)
    at.idle()
    assert at.document.label_map[45, 40] == at.document.label_map[10, 100] == 2
    assert steps(at) == 4
    at.session.undo()
    assert (at.document.ink == Ink.REFINEMENT).sum() == 0
    assert (at.document.label_map == 1).sum() > 100


def test_a_stroke_that_was_undone_has_no_consequence(at, engine):
    engine.gate.close()
    scribble(at)
    at.until(engine.gate.waiting.is_set)
    at.session.undo()
    engine.gate.open()
    at.idle()
    assert (at.document.label_map == 255).all()


def test_a_late_consequence_never_forgets_what_was_undone(at, engine):
    engine.gate.close()
    scribble(at)
    at.until(engine.gate.waiting.is_set)
    at.paint(100, 10, index=2)
    at.session.undo()
    engine.gate.open()
    at.idle()
    assert not (at.document.ink == Ink.REFINEMENT).any()
    at.session.redo()
    assert at.document.label_map[10, 100] == 2


def test_an_image_that_was_scribbled_on_is_let_go(at):
    scribble(at)
    answered(at)
    assert at.lets_go_of_the_image()


def test_the_next_scribble_takes_the_place_of_one_that_is_on_its_way(at, engine):
    engine.gate.close()
    scribble(at, index=0, row=20)
    at.until(engine.gate.waiting.is_set)
    scribble(at, index=1, row=70)
    engine.gate.open()
    at.until(lambda: at.document.label_map[0, 0] == 1)
    at.idle()
    assert (at.document.label_map[20, 20:61] == 0).all()
    assert steps(at) == 2


def test_with_ctrl_it_unlabels_and_leaves_a_persons_pixels_beside_it(at):
    segmented(at)
    at.paint(100, 10, index=2)
    at.idle()
    scribble(at, keys=Modifiers(opposite=True))
    at.until(lambda: at.document.label_map[0, 0] == 255)
    at.idle()
    assert at.document.label_map[10, 100] == 2
    assert not at.document.ink[at.document.label_map == 255].any()


def test_the_image_goes_to_the_engine_once_and_the_model_where_it_knows_a_class(at, engine):
    scribble(at)
    answered(at)
    scribble(at, index=0, row=20)
    at.idle()
    first, second, third = engine.asked(ScribbleRequest)
    assert (first.image, third.image) == (None, None)
    assert second.image is not None
    assert third.model == ""  # of cat, dog and grass the model knows none
    assert {int(label) for label in third.ink[:, 2]} == {1}
    at.session.set_classes(ClassTable.named(["cat", "person"]))
    scribble(at, index=0, row=80)
    at.idle()
    last = engine.asked(ScribbleRequest)[-1]
    assert last.model == "scenes"
    assert last.targets[0] == 1
    assert not engine.asked(SegmentRequest)


def test_a_large_image_is_looked_at_thinned_and_still_labelled_to_its_last_pixel(at, photos):
    at.open(photos("large.png", size=(1501, 1203), folder="large"))
    at.session.set_classes(ClassTable.named(["cat", "dog"]))
    editor = at.session.editor
    editor.change(tool="scribble", class_index=1, scribble_width=3)
    editor.press((1400.5, 1202.5), PLAIN)
    editor.move((1500.5, 1202.5))
    editor.release()
    answered(at)
    assert steps(at) == 1


def test_what_the_machine_concluded_is_what_it_said(at):
    said = []
    labels = SaidLabels(at.session)
    labels.changed.connect(said.append)
    labels.watch(True)
    scribble(at)
    answered(at)
    at.idle()
    assert said[-1][0, 0] == 1
    at.session.undo()
    at.idle()
    assert said[-1][0, 0] == UNKNOWN
