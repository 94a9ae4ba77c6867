"""The brush on the canvas: snapping, a pen, and a size that counts pixels of the screen."""

import itertools
import math

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtWidgets import QApplication
from window_driver import ALT, NONE, SHIFT

from segstudio.core.labels import Ink

UNLABELLED = 255
LEFT = Qt.MouseButton.LeftButton
NO_BUTTON = Qt.MouseButton.NoButton


def pen_device(kind=QPointingDevice.PointerType.Pen, *, has_pressure=True):
    can = QInputDevice.Capability.Position
    if has_pressure:
        can |= QInputDevice.Capability.Pressure
    device = QInputDevice.DeviceType.Stylus
    return QPointingDevice("pen", 7, device, kind, can, 1, 2, "", QPointingDeviceUniqueId())


def pen(at, kind, point, pressure, device, button=LEFT, held=LEFT):
    place = QPointF(at.canvas.camera.to_widget(*point))
    event = QTabletEvent(
        kind,
        device,
        place,
        at.canvas.mapToGlobal(place),
        pressure,
        0,
        0,
        0,
        0,
        0,
        NONE,
        button,
        held,
    )
    QApplication.sendEvent(at.canvas, event)
    assert event.isAccepted(), "Qt would send a mouse event, too"


def pen_stroke(at, *places, device=None):
    """Draw over places of x, y and pressure."""
    device = device or pen_device()
    *_, last = places
    pen(at, QEvent.Type.TabletPress, places[0][:2], places[0][2], device)
    for x, y, pressure in places[1:]:
        pen(at, QEvent.Type.TabletMove, (x, y), pressure, device, NO_BUTTON)
    pen(at, QEvent.Type.TabletRelease, last[:2], 0.0, device, LEFT, NO_BUTTON)


def width_at(at, x):
    return int((at.labels[:, x] == 0).sum())


@pytest.fixture
def drawing(canvas_at_work):
    canvas_at_work.brush(30)
    return canvas_at_work


def test_pressure_makes_the_tip_larger_and_a_mouse_paints_all_of_it(drawing):
    at = drawing
    pen_stroke(at, (30.5, 45.5, 0.0))
    light = width_at(at, 30)
    at.action("undo")
    pen_stroke(at, (30.5, 45.5, 1.0))
    hard = width_at(at, 30)
    assert 8 <= light <= 10
    assert 29 <= hard <= 31
    at.action("undo")
    at.click((30.5, 45.5))
    assert 29 <= width_at(at, 30) <= 31
    assert at.session.editor.pressure == 1.0


def test_a_pen_stroke_grows_with_the_pressure_and_has_no_gaps(drawing):
    at = drawing
    pen_stroke(at, *((20.5 + 8 * i, 45.5, i / 10) for i in range(11)))
    widths = [width_at(at, x) for x in range(22, 100)]
    assert widths[0] < 14
    assert widths[-1] > 24
    assert max(b - a for a, b in itertools.pairwise(widths)) <= 4
    painted = (at.labels == 0).astype(np.uint8)
    assert cv2.connectedComponents(painted)[0] == 2
    assert at.steps == 1


def test_without_the_switch_a_pen_paints_like_a_mouse(drawing):
    at = drawing
    at.session.editor.change(pressure=False)
    pen_stroke(at, (30.5, 45.5, 0.1))
    assert 29 <= width_at(at, 30) <= 31


def test_a_pen_that_knows_no_pressure_paints_all_of_the_tip(drawing):
    at = drawing
    pen_stroke(at, (30.5, 45.5, 0.0), device=pen_device(has_pressure=False))
    assert 29 <= width_at(at, 30) <= 31


@pytest.mark.parametrize("tool", ["brush", "eraser"])
def test_the_other_end_of_a_pen_erases(drawing, tool):
    at = drawing
    at.drag((20, 45), (90, 45))
    at.action(f"tool_{tool}")
    pen_stroke(at, (50.5, 45.5, 1.0), device=pen_device(QPointingDevice.PointerType.Eraser))
    assert at.labels[45, 50] == UNLABELLED
    assert at.ink[45, 50] == Ink.NOBODY
    assert at.document.history.steps[-1].origin.tool == "eraser"


def test_a_size_on_the_screen_follows_the_zoom(canvas_at_work):
    at = canvas_at_work
    at.brush(40)
    at.session.editor.change(on_screen=True)
    at.canvas.set_zoom(4.0)
    at.click((60.5, 45.5))
    assert width_at(at, 60) in (9, 10, 11)
    ring = at.canvas._ring
    assert ring.diameter == pytest.approx(40, abs=2)
    at.action("undo")
    at.canvas.set_zoom(8.0)
    at.click((60.5, 45.5))
    assert width_at(at, 60) == 5
    at.canvas.set_zoom(64.0)
    at.action("undo")
    at.click((60.5, 45.5))
    assert width_at(at, 60) == 1


def test_a_line_starts_where_the_last_stroke_ended_brush_or_eraser(canvas_at_work):
    at = canvas_at_work
    at.brush(6)
    at.drag((20, 20), (30, 20))
    at.action("tool_eraser")
    at.click((100, 20))
    at.action("tool_brush")
    at.click((100, 80), modifiers=SHIFT)
    assert (at.labels[25:75, 100] == 0).all()
    at.action("tool_eraser")
    at.click((100, 40), modifiers=SHIFT)
    assert (at.labels[45:75, 100] == UNLABELLED).all()


def test_a_quick_circle_is_drawn_round(canvas_at_work):
    at = canvas_at_work
    at.canvas.set_zoom(8.0)
    at.canvas.centre_on(60, 45)
    at.brush(3)
    radius = 30
    circle = [(60 + radius * math.cos(i / 2.5), 45 + radius * math.sin(i / 2.5)) for i in range(17)]
    at.drag(*circle)
    ys, xs = np.nonzero(at.labels == 0)
    # Chords of this length leave the circle by 0.6 px, whose inner rim would be at 27.9.
    first = np.hypot(*(np.array(circle[0]) - np.array(circle[1]))) / 2
    assert radius - math.sqrt(radius**2 - first**2) > 0.5
    away = np.hypot(xs + 0.5 - 60, ys + 0.5 - 45)
    assert away.max() < radius + 2.2
    assert np.median(np.abs(away - radius)) < 1.0


def test_a_stroke_snaps_and_undo_peels_it_off(canvas_at_work, engine):
    at = canvas_at_work
    at.document.image[:] = 40
    at.document.image[:, 60:] = 200
    at.brush(24)
    at.key(Qt.Key.Key_N)
    assert at.session.editor.state.snap
    assert at.canvas._ring is None or at.canvas._ring.snaps
    engine.gate.close()
    at.drag((51, 20), (51, 70))
    painted = at.labels.copy()
    assert (painted[30:60, 61:63] == 0).all()
    engine.gate.open()
    at.until(lambda: at.steps == 2)
    assert (at.labels[30:60, 61:68] == UNLABELLED).all()
    assert (at.labels[30:60, 45:58] == 0).all()
    at.action("undo")
    assert (at.labels == painted).all()
    at.action("undo")
    assert (at.labels == UNLABELLED).all()


def test_the_settings_of_the_brush_are_wishes_that_come_true(canvas_at_work):
    at = canvas_at_work
    at.brush(6)
    at.click_button("brush_settings")
    at.click_button("brush_on_screen")
    assert at.session.editor.state.on_screen
    at.click_button("brush_pressure")
    assert not at.session.editor.state.pressure
    field = at.widget("unsure_below")
    assert field.value() == 80
    field.setValue(50)
    assert at.session.editor.state.unsure_below == 128
    assert field.value() == 50
    at.widget("brush_popover").hide()


def test_a_drag_with_alt_changes_the_size_and_a_click_picks(canvas_at_work):
    at = canvas_at_work
    at.brush(6)
    at.click((60, 40))
    at.session.editor.change(class_index=1)
    at.drag((60, 40), (70, 40), modifiers=ALT)
    assert at.session.editor.state.tip.size == 26
    at.drag((60, 40), (10, 40), modifiers=ALT)
    assert at.session.editor.state.tip.size == 1
    assert at.session.editor.state.class_index == 1
    assert at.steps == 1
    at.press((60, 40), ALT)
    at.move((90, 40))
    at.key(Qt.Key.Key_Escape)
    at.release((90, 40))
    assert at.session.editor.state.tip.size == 1
    at.click((60, 40), modifiers=ALT)
    assert at.session.editor.state.class_index == 0
