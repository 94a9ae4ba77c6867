"""Scribbling in the whole window, by mouse events."""

from PySide6.QtCore import Qt
from window_driver import CTRL

from segstudio.core.labels import Ink
from segstudio.engine.messages import ScribbleRequest


def test_a_drag_with_q_relabels_and_one_undo_takes_all_of_it_back(canvas_at_work):
    at = canvas_at_work
    at.key(Qt.Key.Key_Q)
    at.drag((20, 20), (40, 20), (60, 40))
    assert at.labels[20, 30] == 0
    at.until(lambda: (at.labels == 0).all())
    assert at.ink[20, 30] == Ink.PERSON
    assert at.ink[80, 5] == Ink.REFINEMENT
    assert at.steps == 1
    at.action("undo")
    assert (at.labels == 255).all()
    assert not at.ink.any()


def test_the_line_is_marked_while_it_is_drawn_and_esc_leaves_it(canvas_at_work):
    at = canvas_at_work
    at.key(Qt.Key.Key_Q)
    at.press((20, 20))
    at.move((60, 40))
    assert len(at.session.editor.marks) == 1
    at.key(Qt.Key.Key_Escape)
    at.release((60, 40))
    assert at.session.editor.marks == ()
    assert at.steps == 0


def test_another_image_in_mid_scribble_loses_nothing(program, photos, engine):
    at = program
    at.open(photos("a.png", "b.png"))
    at.use_classes("cat", "dog")
    at.key(Qt.Key.Key_Q)
    document = at.document
    engine.gate.close()
    at.press((20, 20))
    at.move((60, 20))
    at.show(1)
    at.release((60, 20))
    assert document.label_map[20, 40] == 0
    engine.gate.open()
    at.until(lambda: (document.label_map == 0).all())
    assert (at.labels == 255).all()
    assert document.history.position == 1


def test_quitting_in_mid_scribble_keeps_the_stroke(canvas_at_work, engine):
    at = canvas_at_work
    at.key(Qt.Key.Key_Q)
    engine.gate.close()
    at.press((20, 20))
    at.move((60, 20))
    assert at.session.finish() == ""
    assert at.labels[20, 40] == 0
    assert at.steps == 1
    at.release((60, 20))


def test_ctrl_scribbles_what_shall_be_unlabelled(canvas_at_work, engine):
    at = canvas_at_work
    at.brush(40)
    at.drag((20, 20), (100, 20))
    at.key(Qt.Key.Key_Q)
    at.drag((30, 20), (60, 20), modifiers=CTRL)
    at.until(lambda: not at.session.runner.running("scribble"))
    assert at.labels[20, 40] == 255
    assert at.labels[20, 90] == 0  # a person's, beside the stroke
    assert len(engine.asked(ScribbleRequest)) == 2
