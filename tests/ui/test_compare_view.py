"""The labels of two models on one image, parted by a line."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.session.comparing import Side
from segstudio.ui.compare_view import CompareView

LEFT = Qt.MouseButton.LeftButton
RED = ClassTable((LabelClass(0, "red", (255, 0, 0)),))
BLUE = ClassTable((LabelClass(0, "blue", (0, 0, 255)),))


@pytest.fixture
def view(qtbot, show):
    view = CompareView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.set_image(np.full((300, 400, 3), 128, np.uint8))
    return show(view)


def colours(view):
    """The colours left and right of the middle, away from words and line."""
    shot = view.grab().toImage()
    return [shot.pixelColor(x, 250) for x in (100, 300)]


def test_each_side_has_the_labels_of_its_model(view):
    label_map = np.zeros((300, 400), np.uint8)
    view.set_labels(Side.LEFT, label_map, RED)
    view.set_labels(Side.RIGHT, label_map, BLUE)
    left, right = colours(view)
    assert left.red() > left.blue()
    assert right.blue() > right.red()
    view.set_divider(1.0)
    left, right = colours(view)
    assert left == right
    view.set_labels(Side.LEFT, None, RED)
    assert colours(view)[0].red() == pytest.approx(128, abs=2)


def test_unlabelled_pixels_stay_as_they_are(view):
    view.set_labels(Side.LEFT, np.full((300, 400), 255, np.uint8), RED)
    assert colours(view)[0].red() == pytest.approx(128, abs=2)


def test_the_line_follows_the_mouse_and_stops_at_the_image(view):
    QTest.mousePress(view, LEFT, pos=QPoint(200, 150))
    QTest.mouseMove(view, QPoint(300, 150))
    assert view.divider == pytest.approx(0.75)
    QTest.mouseMove(view, QPoint(900, 150))
    assert view.divider == 1.0
    QTest.mouseRelease(view, LEFT, pos=QPoint(900, 150))
    QTest.mouseMove(view, QPoint(100, 150))
    assert view.divider == 1.0


def test_the_line_follows_the_keys(view):
    seen = []
    view.divider_moved.connect(seen.append)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Left)  # no further
    QTest.keyClick(view, Qt.Key.Key_End)
    assert seen == pytest.approx([0.51, 0.41, 0.0, 1.0])


def test_a_large_image_is_shown_smaller(view):
    view.set_image(np.zeros((40, 4000, 3), np.uint8))
    view.set_labels(Side.LEFT, np.zeros((16, 1600), np.uint8), RED)
    assert not view.grab().isNull()


def test_nothing_is_shown_before_there_is_an_image(qtbot):
    view = CompareView()
    qtbot.addWidget(view)
    QTest.mouseClick(view, LEFT)
    assert not view.grab().isNull()
    assert view.divider == 0.5
