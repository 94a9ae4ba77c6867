"""What waits: strokes whose superpixels are being cut, and shapes that are not closed."""

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.core.merge import ClassMatch, model_writing
from segstudio.core.patch import Origin
from segstudio.editing.tool import Modifiers
from segstudio.session.late_steps import LateSteps, prepared

SIZE = 300, 400


@pytest.fixture
def at(person, tmp_path):
    """A photo whose superpixels are cut in a thread, and a result of a model for all of it."""
    pixels = np.random.default_rng(0).integers(0, 255, (*SIZE, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    person.open(tmp_path)
    person.session.set_classes(ClassTable.named(["cat", "dog"]))
    person.session.editor.change(tool="superpixel", class_index=0)
    person.late = LateSteps(person.session)
    return person


def click(at, x, y):
    at.session.editor.press((x, y), Modifiers())
    at.session.editor.release()


def put_result(at):
    """Let a model's result for the whole image arrive: all of it is the second class."""
    writing = model_writing(np.zeros(SIZE, np.uint8), ClassMatch((1,)), np.zeros(256, np.bool_))
    at.late.put(prepared(at.document, writing, Origin("segment", Ink.MODEL)))


def tools(at):
    return [step.origin.tool for step in at.document.history.steps]


def test_a_result_comes_after_a_stroke_that_still_waits_for_its_superpixels(at):
    at.idle()
    click(at, 100, 100)
    at.session.editor.change(granularity=40)
    click(at, 200, 200)
    assert at.session.editor.pending is not None
    put_result(at)
    assert tools(at)[-1] == "superpixel"
    at.idle()
    assert tools(at)[-2:] == ["superpixel", "segment"]
    labels, ink = at.document.label_map, at.document.ink
    assert labels[200, 200] == 0
    assert ink[200, 200] == Ink.PERSON
    for _ in tools(at):
        at.session.undo()
    assert (labels == 255).all()
    assert (ink == Ink.NOBODY).all()


def test_undo_takes_back_corner_after_corner_before_any_step(at):
    at.paint(100, 100, index=1)
    at.session.editor.change(tool="polygon")
    for corner in ((20, 20), (60, 20), (60, 60)):
        click(at, *corner)
    for left in (2, 1):
        at.session.undo()
        assert at.session.editor.pending.points == left
    at.session.undo()
    assert at.session.editor.pending is None
    assert at.document.label_map[100, 100] == 1
    at.session.undo()
    assert at.document.label_map[100, 100] == 255


def test_undo_takes_back_a_choice_that_waits_and_redo_brings_it_back(at):
    at.paint(100, 100, index=1)
    at.session.editor.change(tool="wand")
    click(at, 40, 40)
    assert at.session.editor.pending.pixels
    at.session.undo()
    assert at.session.editor.pending is None
    assert at.document.label_map[40, 40] == 255
    assert at.document.label_map[100, 100] == 1
    at.session.redo()
    assert at.document.label_map[40, 40] == 1


def test_undo_takes_back_the_stroke_that_waits_and_no_result_that_waits_for_it(at):
    at.idle()
    at.paint(20, 20, index=1)
    at.session.editor.change(tool="superpixel", class_index=0, granularity=40)
    click(at, 200, 200)
    assert at.session.editor.pending is not None
    put_result(at)
    at.session.undo()
    assert tools(at) == ["brush", "segment"]
    assert not at.document.history.can_redo
    assert at.document.label_map[200, 200] == 1
    assert at.document.ink[200, 200] == Ink.MODEL
    at.idle()
    assert tools(at) == ["brush", "segment"]
