"""Polygon and wand under the mouse, by events to the native window."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from stub_engine import MODEL_CLASSES
from window_driver import CTRL, LEFT, MIDDLE, NONE, SHIFT

from segstudio.core.labels import Ink
from segstudio.editing.marks import Area, Path, Words
from segstudio.editing.tool_state import Shape
from segstudio.ui.controls import ElidedLabel

UNLABELLED = 255
NO_BUTTON = Qt.MouseButton.NoButton
CORNERS = ((20, 20), (100, 20), (100, 60), (20, 60))
FIELD_PX, DISC_PX = 50 * 40, 20 * 20


@pytest.fixture
def at(program, tmp_path):
    """The program with a photo of a field and a small square on a ground, and three classes."""
    pixels = np.full((90, 120, 3), (40, 60, 160), np.uint8)
    pixels[10:50, 10:60] = (60, 150, 60)
    pixels[60:80, 80:100] = (200, 60, 40)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    program.open(tmp_path / "photo.png")
    program.use_classes("cat", "dog", "grass")
    return program


def test_redo_waits_for_what_waits_for_enter(at):
    at.brush(6)
    at.click((30, 30))
    at.session.undo()
    redo = at.window.actions_by_name["redo"]
    assert redo.isEnabled()
    at.key(Qt.Key.Key_W)
    at.click((30, 30))
    assert not redo.isEnabled()
    assert "waits" in at.widget("redo_button").toolTip()
    at.key(Qt.Key.Key_Escape)
    assert redo.isEnabled()


def count(at, index) -> int:
    return int(np.count_nonzero(at.labels == index))


def bar(at) -> str:
    """The words of the bar of what waits; empty when there is none."""
    pending = at.window.frame.pending
    return "" if pending.isHidden() else pending.text()


def double_click(at, point, modifiers=NONE) -> None:
    at.click(point, modifiers)
    handle = at.window.windowHandle()
    QTest.mouseDClick(handle, LEFT, modifiers, at.place(point))


def move_holding(at, point, modifiers) -> None:
    """Move with the button down and keys held, which QTest's moves cannot."""
    local = QPointF(at.canvas.mapFrom(at.window, at.place(point)))
    event = QMouseEvent(
        QEvent.Type.MouseMove, local, at.canvas.mapToGlobal(local), NO_BUTTON, LEFT, modifiers
    )
    QApplication.sendEvent(at.canvas, event)


def middle_pan(at, start, end) -> None:
    at.press(start, button=MIDDLE)
    at.move(end)
    QTest.mouseRelease(at.window.windowHandle(), MIDDLE, NONE, at.place(end))


# Polygon


def test_corners_backspace_a_pan_in_between_and_enter_make_one_step(at):
    at.key(Qt.Key.Key_P)
    at.click(CORNERS[0])
    at.click(CORNERS[1])
    at.click((110, 80))
    assert "3 points" in bar(at)
    at.key(Qt.Key.Key_Backspace)
    assert "2 points" in bar(at)
    before = at.canvas.camera.to_widget(0, 0)
    middle_pan(at, (60, 40), (66, 46))
    assert at.canvas.camera.to_widget(0, 0) != before
    at.wheel((60, 40), notches=1)
    at.click(CORNERS[2])
    at.click(CORNERS[3])
    assert "4 points → cat" in bar(at)
    assert at.steps == 0
    at.key(Qt.Key.Key_Return)
    assert at.steps == 1
    assert count(at, 0) == pytest.approx(80 * 40, rel=0.03)
    assert at.labels[40, 60] == 0
    assert at.ink[40, 60] == Ink.PERSON
    assert bar(at) == ""
    at.key(Qt.Key.Key_Z, CTRL)
    assert count(at, UNLABELLED) == 90 * 120


def test_p_in_the_middle_of_a_polygon_keeps_it_and_says_what_comes_first(at):
    at.key(Qt.Key.Key_P)
    at.click(CORNERS[0])
    at.key(Qt.Key.Key_P)
    assert at.session.editor.state.shape is Shape.POINTS
    assert "1 point" in bar(at)
    assert "Enter" in at.tag


def test_undo_takes_back_corner_by_corner_before_any_step(at):
    at.key(Qt.Key.Key_P)
    at.click((10, 10))  # a first corner, while there is no step to undo
    at.key(Qt.Key.Key_Z, CTRL)
    assert bar(at) == ""
    for corner in CORNERS:
        at.click(corner)
    at.key(Qt.Key.Key_Return)
    for corner in CORNERS[:3]:
        at.click(corner)
    at.key(Qt.Key.Key_Z, CTRL)
    assert "2 points" in bar(at)
    assert at.steps == 1
    at.key(Qt.Key.Key_Z, CTRL)
    at.key(Qt.Key.Key_Z, CTRL)
    assert bar(at) == ""
    assert at.steps == 1
    at.key(Qt.Key.Key_Z, CTRL)
    assert at.steps == 0


def test_a_double_click_closes_and_ctrl_at_the_close_takes_away(at):
    at.key(Qt.Key.Key_P)
    for corner in CORNERS[:3]:
        at.click(corner)
    double_click(at, CORNERS[3])
    assert at.steps == 1
    assert count(at, 0) == pytest.approx(80 * 40, rel=0.03)
    inner = ((40, 30), (80, 30), (80, 50), (40, 50))
    for corner in inner:
        at.click(corner)
    at.click(inner[0], modifiers=CTRL)
    assert at.steps == 2
    assert at.labels[40, 60] == UNLABELLED
    assert at.ink[40, 60] == Ink.NOBODY
    assert at.labels[22, 60] == 0


def test_two_corners_say_what_is_missing_and_stay(at):
    at.key(Qt.Key.Key_P)
    at.click(CORNERS[0])
    double_click(at, CORNERS[2])
    assert "no inside" in at.tag
    assert "2 points" in bar(at)
    assert at.steps == 0
    at.key(Qt.Key.Key_Escape)
    assert bar(at) == ""


def test_the_line_to_the_cursor_follows_the_mouse(at):
    at.key(Qt.Key.Key_P)
    at.click(CORNERS[0])
    at.move((70, 70))
    dashed = [m for m in at.session.editor.marks if isinstance(m, Path) and m.dashed]
    assert dashed[0].points[1] == pytest.approx((70, 70), abs=0.5)
    on_line = at.canvas.camera.to_widget(*CORNERS[0])
    shot = at.canvas.grab().toImage()
    assert shot.pixelColor(int(on_line.x()), int(on_line.y())).red() > 180  # the class is red


@pytest.mark.parametrize(
    ("shape", "share"), [(Shape.RECTANGLE, 1.0), (Shape.ELLIPSE, np.pi / 4), (Shape.FREEHAND, 0.5)]
)
def test_the_shapes_of_one_drag_are_painted_on_release(at, shape, share):
    at.key(Qt.Key.Key_P)
    for _ in range(list(Shape).index(shape)):
        at.key(Qt.Key.Key_P)
    assert at.session.editor.state.shape is shape
    at.drag((20, 20), (100, 20), (100, 60))
    assert at.steps == 1
    assert bar(at) == ""
    assert count(at, 0) == pytest.approx(80 * 40 * share, rel=0.04)


def test_shift_pressed_in_mid_drag_makes_a_square(at):
    at.key(Qt.Key.Key_P)
    at.session.editor.change(shape=Shape.RECTANGLE)
    at.move((20, 20))
    at.press((20, 20))
    at.move((40, 30))
    move_holding(at, (60, 30), SHIFT)
    at.release((60, 30), SHIFT)
    assert count(at, 0) == pytest.approx(40 * 40, rel=0.05)


def test_a_polygon_is_closed_when_another_tool_or_class_is_chosen(at):
    at.key(Qt.Key.Key_P)
    for corner in CORNERS:
        at.click(corner)
    at.key(Qt.Key.Key_2)
    assert "dog" in bar(at)
    at.key(Qt.Key.Key_B)
    assert at.steps == 1
    assert count(at, 1) == pytest.approx(80 * 40, rel=0.03)


@pytest.mark.parametrize("shape", [s for s in Shape if s is not Shape.POINTS])
def test_a_shape_that_is_dragged_says_so_below_and_to_a_click(at, shape):
    at.key(Qt.Key.Key_P)
    at.session.editor.change(shape=shape)
    hints = at.window.status_bar.findChild(ElidedLabel, "hints").whole_text()
    assert hints.startswith("Drag")
    assert "corner" not in hints
    at.click(CORNERS[0])
    assert "drag" in at.tag


# Wand


def test_the_wand_chooses_adds_removes_and_enter_paints(at):
    at.key(Qt.Key.Key_W)
    at.click((30, 30))
    assert f"{FIELD_PX:,} px → cat" in bar(at)
    at.click((90, 70), modifiers=SHIFT)
    assert f"{FIELD_PX + DISC_PX:,} px" in bar(at)
    at.click((32, 32), modifiers=CTRL)
    assert f"{DISC_PX:,} px" in bar(at)
    assert at.steps == 0
    at.key(Qt.Key.Key_Return)
    assert at.steps == 1
    assert count(at, 0) == DISC_PX
    assert (at.labels[60:80, 80:100] == 0).all()
    assert bar(at) == ""


def test_dragging_changes_the_tolerance_and_the_options_show_it(at):
    at.key(Qt.Key.Key_W)
    start = at.session.editor.state.tolerance
    at.move((30, 30))
    at.press((30, 30))
    at.move((60, 30))
    tolerance = at.session.editor.state.tolerance
    assert tolerance > start
    words = [mark.text for mark in at.session.editor.marks if isinstance(mark, Words)]
    assert words == [str(tolerance)]
    assert at.widget("tolerance_number").value() == tolerance
    at.move((20, 30))
    assert at.session.editor.state.tolerance < start
    at.release((20, 30))
    at.wheel((30, 30), notches=3, modifiers=SHIFT)
    assert at.widget("tolerance_number").value() > 0
    assert bar(at)
    assert at.steps == 0


def test_a_class_chosen_while_the_wand_waits_gets_the_pixels(at):
    at.key(Qt.Key.Key_W)
    at.click((30, 30))
    at.key(Qt.Key.Key_3)
    assert "→ grass" in bar(at)
    at.key(Qt.Key.Key_Return)
    assert count(at, 2) == FIELD_PX
    assert count(at, 0) == 0


def test_another_tool_applies_what_the_wand_has_and_escape_drops_it(at):
    at.key(Qt.Key.Key_W)
    at.click((30, 30))
    at.key(Qt.Key.Key_B)
    assert at.steps == 1
    assert count(at, 0) == FIELD_PX
    at.key(Qt.Key.Key_W)
    at.click((90, 70))
    at.key(Qt.Key.Key_Escape)
    assert bar(at) == ""
    assert not any(isinstance(mark, Area) for mark in at.session.editor.marks)
    at.key(Qt.Key.Key_Return)
    at.key(Qt.Key.Key_B)
    assert at.steps == 1


def test_another_image_applies_what_the_wand_has(program, photos):
    program.open(photos("a.png", "b.png"))
    program.use_classes("cat")
    program.key(Qt.Key.Key_W)
    program.click((30, 30))
    program.show(1)
    program.show(0)
    assert (program.labels == 0).all()
    assert program.steps == 1


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_V, Qt.Key.Key_F, Qt.Key.Key_K, Qt.Key.Key_C, Qt.Key.Key_X, Qt.Key.Key_Space]
)
def test_a_waiting_wand_survives_other_keys(at, key):
    at.key(Qt.Key.Key_W)
    at.click((30, 30))
    at.key(key)
    assert f"{FIELD_PX:,} px" in bar(at)
    assert at.steps == 0


def test_another_tool_in_mid_drag_ends_the_shape_and_the_wand(at):
    at.key(Qt.Key.Key_P)
    at.session.editor.change(shape=Shape.RECTANGLE)
    at.move((20, 20))
    at.press((20, 20))
    at.move((100, 60))
    at.key(Qt.Key.Key_W)
    assert at.steps == 1
    at.release((100, 60))
    at.move((90, 70))
    at.press((90, 70))
    at.key(Qt.Key.Key_B)
    assert at.steps == 2
    at.release((90, 70))
    assert at.steps == 2
    assert count(at, 0) == pytest.approx(80 * 40 + DISC_PX, rel=0.03)


def test_a_result_of_the_model_goes_below_corners_that_wait(at):
    at.session.set_classes(MODEL_CLASSES)
    at.key(Qt.Key.Key_P)
    for corner in CORNERS:
        at.click(corner)
    at.segment()
    assert (at.ink == Ink.MODEL).all()
    assert "4 points" in bar(at)
    at.key(Qt.Key.Key_Return)
    assert (at.ink[25:55, 25:95] == Ink.PERSON).all()
    assert (at.labels[25:55, 25:95] == 0).all()
