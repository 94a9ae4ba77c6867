"""The canvas under the mouse: every gesture, by events to the native window."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from window_driver import ALT, CTRL, MIDDLE, NONE, SHIFT

from segstudio.core.labels import Ink
from segstudio.ui.held_keys import HeldKeys

UNLABELLED = 255


def image_point_under(at, place):
    """The image coordinates of a place in the window."""
    return at.canvas.camera.to_image(at.canvas.mapFrom(at.window, place).toPointF())


# Painting


def test_brush_paints_and_makes_one_step(canvas_at_work):
    at = canvas_at_work
    at.drag((20, 20), (40, 20), (60, 40))
    assert at.steps == 1
    assert at.labels[20, 30] == at.labels[39, 59] == 0
    assert at.ink[20, 30] == Ink.PERSON
    assert at.labels[60, 100] == UNLABELLED


def test_ctrl_erases_with_the_brush(canvas_at_work):
    at = canvas_at_work
    at.drag((20, 20), (60, 20))
    at.drag((40, 10), (40, 30), modifiers=CTRL)
    assert at.steps == 2
    assert at.labels[20, 40] == UNLABELLED
    assert at.ink[20, 40] == Ink.NOBODY
    assert at.labels[20, 30] == 0


def test_eraser_makes_unlabelled_and_paints_with_ctrl(canvas_at_work):
    at = canvas_at_work
    at.drag((20, 20), (60, 20))
    at.action("tool_eraser")
    at.click((30, 20))
    assert at.labels[20, 30] == UNLABELLED
    at.click((30, 60), modifiers=CTRL)
    assert at.labels[60, 30] == 0


def test_shift_draws_a_line_from_the_last_point(canvas_at_work):
    at = canvas_at_work
    at.click((20, 20))
    at.click((80, 50), modifiers=SHIFT)
    assert at.steps == 2
    assert at.labels[35, 50] == 0
    assert at.labels[20, 60] == UNLABELLED


def test_a_fast_stroke_has_no_gaps(canvas_at_work):
    at = canvas_at_work
    at.session.editor.set_size(1)
    at.drag((10.5, 10.5), (90.5, 70.5))
    columns = (at.labels == 0).any(axis=0)
    assert columns[10:91].all()


def test_fill_takes_the_region_and_with_shift_all_of_its_class(canvas_at_work):
    at = canvas_at_work
    at.drag((20, 20), (30, 20))
    at.drag((80, 20), (90, 20))
    at.action("tool_fill")
    at.session.editor.change(class_index=1)
    at.click((25, 20))
    assert at.labels[20, 25] == 1
    assert at.labels[20, 85] == 0
    at.session.editor.change(class_index=2)
    at.click((85, 20), modifiers=SHIFT)
    assert at.labels[20, 85] == 2
    at.click((5, 80), modifiers=SHIFT)
    assert at.labels[80, 5] == 2
    at.click((25, 20), modifiers=CTRL)
    assert at.labels[20, 25] == UNLABELLED


def test_eyedropper_and_alt_click_take_the_class_under_the_cursor(canvas_at_work):
    at = canvas_at_work
    at.session.editor.change(class_index=1)
    at.click((20, 20))
    at.session.editor.change(class_index=2)
    at.click((20, 20), modifiers=ALT)
    assert at.session.editor.state.class_index == 1
    assert at.steps == 1
    at.session.editor.change(class_index=2)
    at.action("tool_eyedropper")
    at.click((20, 20))
    assert at.session.editor.state.class_index == 1
    at.click((80, 80))
    assert at.tag == "Nothing is labelled here"
    at.action("tool_hand")
    at.session.editor.change(class_index=0)
    at.click((20, 20), modifiers=ALT)
    assert at.session.editor.state.class_index == 1


def test_ignore_is_painted_with_the_ink_of_a_person(canvas_at_work):
    at = canvas_at_work
    at.key(Qt.Key.Key_0)
    at.click((30, 30))
    assert at.labels[30, 30] == UNLABELLED
    assert at.ink[30, 30] == Ink.PERSON


def test_strokes_may_start_and_end_outside_the_image(canvas_at_work):
    at = canvas_at_work
    at.drag((-2, 20), (10, 20))
    assert at.labels[20, 0] == 0
    at.drag((100, 40), (122, 40))
    assert at.labels[40, 119] == 0
    steps = at.steps
    at.session.editor.set_size(2)
    at.click((-2, 60))
    assert at.steps == steps
    assert at.tag == "Nothing painted: outside the image"


def test_an_image_of_one_pixel(program, photos):
    at = program
    at.open(photos("dot.png", size=(1, 1)) / "dot.png")
    at.use_classes("cat")
    at.brush(1)
    at.click((0.5, 0.5))
    assert at.labels.tolist() == [[0]]
    at.action("undo")
    at.action("tool_fill")
    at.click((0.5, 0.5))
    assert at.labels.tolist() == [[0]]
    at.action("overlay_style")
    at.canvas.grab()


def test_painting_without_classes_makes_one(program, photo):
    program.open(photo)
    program.brush(6)
    program.click((30, 30))
    assert [entry.name for entry in program.session.classes] == ["Class 1"]
    assert program.labels[30, 30] == 0


# What forbids


def test_a_stroke_that_changes_nothing_says_why_and_makes_no_step(canvas_at_work):
    at = canvas_at_work
    at.click((30, 30))
    at.click((30, 30))
    assert at.steps == 1
    assert at.tag == "Nothing painted: this is cat already"
    at.click((80, 80), modifiers=CTRL)
    assert at.steps == 1
    assert at.tag == "Nothing erased: unlabelled already"
    at.click((60, 60))
    assert at.tag == ""


def test_a_locked_class_stays_and_shows_a_chip(canvas_at_work):
    at = canvas_at_work
    at.click((30, 30))
    at.action("lock_class")
    assert "locked" in at.chips
    at.session.editor.change(class_index=1)
    at.click((30, 30))
    assert at.labels[30, 30] == 0
    assert at.tag == "Nothing painted: cat is locked (right click unlocks)"
    at.session.editor.change(class_index=0)
    at.window.frame.chips.chip_clicked.emit("locked")
    assert not at.session.classes.get(0).locked


def mixed(at):
    """Left third: the model's class 0; middle: a person's class 1; right: unlabelled."""
    document = at.document
    document.label_map[:, :40], document.ink[:, :40] = 0, Ink.MODEL
    document.label_map[:, 40:80], document.ink[:, 40:80] = 1, Ink.PERSON
    document.confidence = np.full(document.label_map.shape, 250, np.uint8)
    document.confidence[:, :20] = 100
    document.touch_blocks(at_whole(document))


def at_whole(document):
    from segstudio.core.region import whole

    return whole(document.label_map)


@pytest.mark.parametrize(
    ("over", "painted"),
    [
        ("any", {10, 30, 60, 100}),
        ("unlabelled", {100}),
        ("touched", {10, 30}),
        ("model", {10, 30}),
        ("unsure", {10}),
    ],
)
def test_each_value_of_paint_over(canvas_at_work, over, painted):
    at = canvas_at_work
    mixed(at)
    at.session.editor.change(class_index=2)
    at.window.options_bar.scope_requested.emit(over)
    at.drag((5, 45), (115, 45))
    assert {x for x in (10, 30, 60, 100) if at.labels[45, x] == 2} == painted
    assert ("scope" in at.chips) == (over != "any")
    if over != "any":
        at.window.frame.chips.chip_clicked.emit("scope")
        assert at.chips == set()


def test_the_rule_is_named_when_it_forbids(canvas_at_work):
    at = canvas_at_work
    at.click((30, 30))
    at.window.options_bar.scope_requested.emit("unlabelled")
    at.session.editor.change(class_index=1)
    at.click((30, 30))
    assert at.tag == "Nothing painted: only unlabelled pixels (K)"
    assert at.steps == 1


# In the middle of a stroke


def test_esc_in_mid_stroke_leaves_no_trace(canvas_at_work):
    at = canvas_at_work
    before = at.session.saver.last_ticket
    at.press((20, 20))
    at.move((60, 20))
    assert at.labels[20, 40] == 0
    at.key(Qt.Key.Key_Escape)
    at.move((60, 60))
    at.release((60, 60))
    assert (at.labels == UNLABELLED).all()
    assert at.steps == 0
    assert at.session.saver.last_ticket is before


def test_a_tool_change_in_mid_stroke_keeps_the_stroke(canvas_at_work):
    at = canvas_at_work
    at.press((20, 20))
    at.move((60, 20))
    at.key(Qt.Key.Key_E)
    assert at.steps == 1
    at.move((20, 20))
    at.release((20, 20))
    assert at.steps == 1
    assert at.labels[20, 40] == 0


def test_an_image_change_in_mid_stroke_keeps_the_stroke(program, photos):
    at = program
    at.open(photos("a.png", "b.png"))
    at.use_classes("cat")
    at.brush(6)
    first = at.document
    at.press((20, 20))
    at.move((60, 20))
    at.key(Qt.Key.Key_D)
    at.settle()
    at.move((60, 60))
    at.release((60, 60))
    assert first.history.position == 1
    assert first.label_map[20, 40] == 0
    assert (at.labels == UNLABELLED).all()
    at.show(0)
    assert at.labels[20, 40] == 0


def test_ctrl_q_with_the_button_down_does_nothing(canvas_at_work):
    at = canvas_at_work
    at.press((20, 20))
    at.move((40, 20))
    at.key(Qt.Key.Key_Q, CTRL)
    at.key(Qt.Key.Key_Z, CTRL)
    assert at.window.isVisible()
    assert at.session.editor.is_busy
    at.release((40, 20))
    assert at.steps == 1


def test_undo_and_redo_by_keys(canvas_at_work):
    at = canvas_at_work
    at.drag((20, 20), (40, 20))
    painted = at.labels.copy()
    at.key(Qt.Key.Key_Z, CTRL)
    assert (at.labels == UNLABELLED).all()
    assert not at.window.actions_by_name["undo"].isEnabled()
    at.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert (at.labels == painted).all()
    at.key(Qt.Key.Key_Z, CTRL)
    at.key(Qt.Key.Key_Y, CTRL)
    assert (at.labels == painted).all()


# Panning and zooming


def test_space_pans_and_never_paints(canvas_at_work):
    at = canvas_at_work
    origin = at.canvas.camera.origin
    start, end = at.place((60, 45)), at.place((70, 50))
    at.move((60, 45))
    at.hold(Qt.Key.Key_Space)
    at.press((60, 45))
    QTest.mouseMove(at.window.windowHandle(), end)
    at.let_go(Qt.Key.Key_Space)
    at.release((60, 45))
    moved = at.canvas.camera.origin - origin
    assert moved.toPoint() == end - start
    assert at.steps == 0


def test_space_pans_in_mid_stroke_and_the_stroke_goes_on(canvas_at_work):
    at = canvas_at_work
    handle = at.window.windowHandle()
    at.press((20, 20))
    at.move((30, 20))
    origin = at.canvas.camera.origin
    at.hold(Qt.Key.Key_Space)
    target = at.place((50, 60))
    QTest.mouseMove(handle, target)
    at.let_go(Qt.Key.Key_Space)
    assert at.canvas.camera.origin != origin
    assert at.labels[60, 50] == UNLABELLED
    at.move((60, 20))
    at.release((60, 20))
    assert at.steps == 1
    assert at.labels[20, 45] == 0
    assert (at.labels[40:] == UNLABELLED).all()


def test_middle_button_pans_also_in_mid_stroke(canvas_at_work):
    at = canvas_at_work
    at.press((20, 20))
    at.move((30, 20))
    origin = at.canvas.camera.origin
    at.press((30, 20), button=MIDDLE)
    QTest.mouseMove(at.window.windowHandle(), at.place((40, 50)))
    assert at.canvas.camera.origin != origin
    assert (at.labels[30:] == UNLABELLED).all()
    at.release((30, 20))
    assert at.steps == 1
    at.release((30, 20), button=MIDDLE)
    at.move((80, 80))
    assert at.steps == 1
    assert at.labels[80, 80] == UNLABELLED


def test_the_hand_pans(canvas_at_work):
    at = canvas_at_work
    at.action("tool_hand")
    before = at.canvas.camera.origin
    at.drag((60, 45), (40, 45))
    assert at.canvas.camera.origin.x() < before.x()
    assert at.steps == 0


def test_the_wheel_zooms_at_the_cursor(canvas_at_work):
    at = canvas_at_work
    place = at.place((90, 20))
    before, zoom = image_point_under(at, place), at.canvas.zoom
    at.wheel((90, 20), 3)
    assert at.canvas.zoom == pytest.approx(zoom * 1.25**3)
    assert image_point_under(at, place) == pytest.approx(before)
    at.wheel(image_point_under(at, place), -1, CTRL)
    assert at.canvas.zoom == pytest.approx(zoom * 1.25**2)


def test_shift_and_wheel_change_the_size(canvas_at_work):
    at = canvas_at_work
    at.session.editor.set_size(50)
    zoom = at.canvas.zoom
    at.wheel((50, 50), 1, SHIFT)
    assert at.session.editor.state.tip.size == 55
    at.wheel((50, 50), -1, SHIFT)
    assert at.session.editor.state.tip.size < 55
    assert at.canvas.zoom == zoom


def turn(at, angle, pixels=(0, 0), modifiers=NONE, phase=Qt.ScrollPhase.NoScrollPhase):
    """Send one event of a fine wheel or of two fingers."""
    local = QPointF(at.canvas.rect().center())
    event = QWheelEvent(
        local,
        at.canvas.mapToGlobal(local),
        QPoint(*pixels),
        QPoint(*angle),
        Qt.MouseButton.NoButton,
        modifiers,
        phase,
        False,
    )
    QApplication.sendEvent(at.canvas, event)


def test_parts_of_a_notch_add_up_to_one_step_of_the_size(canvas_at_work):
    at = canvas_at_work
    at.session.editor.set_size(50)
    size = lambda: at.session.editor.state.tip.size  # noqa: E731
    for _ in range(3):
        turn(at, (0, 30), modifiers=SHIFT)
    turn(at, (0, 0), modifiers=SHIFT)
    assert size() == 50
    turn(at, (30, 0), modifiers=SHIFT)  # swapped, as with Shift on macOS
    assert size() == 55
    turn(at, (0, 90), modifiers=SHIFT)
    turn(at, (0, -90), modifiers=SHIFT)
    assert size() == 55
    turn(at, (0, -30), modifiers=SHIFT)
    assert size() < 55


def test_a_wheel_event_without_a_turn_does_nothing(canvas_at_work):
    at = canvas_at_work
    zooms = []
    at.canvas.zoom_changed.connect(zooms.append)
    turn(at, (0, 0))
    assert zooms == []


def test_two_fingers_pan_and_with_ctrl_zoom(canvas_at_work):
    at = canvas_at_work
    at.wheel((60, 45), 3)
    zoom, origin = at.canvas.zoom, at.canvas.camera.origin
    turn(at, (0, 40), (-6, 10), phase=Qt.ScrollPhase.ScrollUpdate)
    assert at.canvas.camera.origin - origin == QPointF(-6, 10)
    assert at.canvas.zoom == zoom
    turn(at, (0, 60), (0, 10), CTRL, Qt.ScrollPhase.ScrollUpdate)
    assert at.canvas.zoom == pytest.approx(zoom * 1.25**0.5)


def test_a_pinch_zooms_at_the_fingers(canvas_at_work):
    at = canvas_at_work
    zoom = at.canvas.zoom
    place = at.place((90, 20))
    before = image_point_under(at, place)
    local = QPointF(at.canvas.mapFrom(at.window, place))
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        local,
        QPointF(place),
        at.canvas.mapToGlobal(local),
        0.2,
        QPointF(),
    )
    QApplication.sendEvent(at.canvas, event)
    assert at.canvas.zoom == pytest.approx(zoom * 1.2)
    assert image_point_under(at, place) == pytest.approx(before)


def test_zoom_stays_in_its_limits_and_fit_comes_back(canvas_at_work):
    at = canvas_at_work
    fitted = at.canvas.zoom
    for _ in range(40):
        at.wheel((60, 45), 1)
    assert at.canvas.zoom == 64
    at.canvas.grab()
    for _ in range(80):
        at.wheel((60, 45), -1)
    assert at.canvas.zoom == pytest.approx(0.02)
    at.canvas.grab()
    at.key(Qt.Key.Key_F)
    assert at.canvas.zoom == pytest.approx(fitted)
    at.key(Qt.Key.Key_0, CTRL)
    assert at.canvas.zoom == 1


def test_keep_zoom_keeps_zoom_and_place_of_images_of_one_size(program, photos):
    at = program
    folder = photos("a.png", "b.png")
    photos("c.png", size=(50, 50))
    at.open(folder)
    at.action("keep_zoom")
    at.wheel((90, 20), 3)
    zoom, origin = at.canvas.zoom, at.canvas.camera.origin
    at.show(1)
    assert at.canvas.zoom == zoom
    assert at.canvas.camera.origin == origin
    at.show(2)
    assert at.canvas.zoom != zoom


# Held keys and keys by place


def test_space_never_presses_a_button(canvas_at_work):
    at = canvas_at_work
    at.drag((20, 20), (40, 20))
    button = at.widget("undo_button")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setFocus()
    at.until(button.hasFocus)
    at.key(Qt.Key.Key_Space)
    assert at.steps == 1


def test_digits_work_by_their_place_on_azerty(canvas_at_work):
    at = canvas_at_work
    at.native_key(Qt.Key.Key_Eacute, 11, "é")
    assert at.session.editor.state.class_index == 1
    at.native_key(Qt.Key.Key_QuoteDbl, 12, '"')
    assert at.session.editor.state.class_index == 2
    at.native_key(Qt.Key.Key_Agrave, 19, "à")
    assert at.session.editor.state.class_index == UNLABELLED


def test_minus_and_plus_change_the_size_where_brackets_need_altgr(canvas_at_work):
    at = canvas_at_work
    at.session.editor.set_size(50)
    at.key(Qt.Key.Key_Plus)
    assert at.session.editor.state.tip.size == 55
    at.key(Qt.Key.Key_Minus)
    assert at.session.editor.state.tip.size < 55


def test_ctrl_and_digits_are_the_tenth_class_on(canvas_at_work):
    at = canvas_at_work
    at.use_classes(*(f"class {i}" for i in range(12)))
    at.native_key(Qt.Key.Key_2, 11, "2", CTRL)
    assert at.session.editor.state.class_index == 10


def test_v_tapped_switches_and_held_peeks(canvas_at_work):
    at = canvas_at_work
    at.drag((30, 45), (90, 45))
    shown = at.colour((60, 45))
    at.key(Qt.Key.Key_V)
    assert at.colour((60, 45)) != shown
    assert "overlay" in at.chips
    at.key(Qt.Key.Key_V)
    assert at.colour((60, 45)) == shown
    at.hold(Qt.Key.Key_V)
    at.until(lambda: at.colour((60, 45)) != shown)
    at.let_go(Qt.Key.Key_V)
    assert at.colour((60, 45)) == shown
    assert at.chips == set()


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_V])
def test_a_held_key_that_comes_up_in_a_text_field_is_let_go(canvas_at_work, key):
    at = canvas_at_work
    keys = at.window.findChild(HeldKeys)
    at.hold(key)
    if key == Qt.Key.Key_V:
        at.until(lambda: keys._peeking)
    field = QLineEdit(at.window)
    field.show()
    field.setFocus()
    at.until(field.hasFocus)
    at.let_go(key)
    assert not keys._peeking
    assert not at.canvas._space_held


def test_held_keys_are_let_go_when_the_window_loses_the_keyboard(canvas_at_work):
    at = canvas_at_work
    at.hold(Qt.Key.Key_Space)
    QApplication.sendEvent(at.window, QEvent(QEvent.Type.WindowDeactivate))
    at.drag((20, 20), (40, 20))
    assert at.steps == 1
