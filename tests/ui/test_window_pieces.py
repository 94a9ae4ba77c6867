"""Superpixels, scissors and box cut under the mouse, by events to the native window."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from window_driver import CTRL, LEFT, NONE, SHIFT

from segstudio.core.labels import Ink
from segstudio.editing.marks import Area, Path

UNLABELLED = 255
HEIGHT, WIDTH = 300, 400
CENTRE, RADIUS = (200, 150), 80
RIM = ((120.5, 150.5), (200.5, 70.5), (279.5, 150.5), (200.5, 229.5))
BOX = ((100, 50), (300, 250))


def disc() -> np.ndarray:
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return np.hypot(x - CENTRE[0], y - CENTRE[1]) < RADIUS


@pytest.fixture
def at(program, tmp_path):
    """The program with a photo of a red disc on a green ground, and three classes."""
    noise = np.random.default_rng(0).normal(0, 8, (HEIGHT, WIDTH, 3))
    colours = np.where(disc()[..., None], (190, 60, 50), (60, 120, 70))
    pixels = np.clip(colours + noise, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    program.open(tmp_path / "photo.png")
    program.use_classes("cat", "dog", "grass")
    return program


def areas(at) -> list[Area]:
    return [mark for mark in at.session.editor.marks if isinstance(mark, Area)]


def bar(at) -> str:
    """The words of the bar of what waits; empty when there is none."""
    pending = at.window.frame.pending
    return "" if pending.isHidden() else pending.text()


def overlap(at, index: int) -> float:
    """Return how well the pixels of a class cover the disc, 0 to 1."""
    mask = at.labels == index
    return np.count_nonzero(mask & disc()) / np.count_nonzero(mask | disc())


def take_superpixels(at) -> None:
    """Take the tool and wait for the superpixels of what is in sight."""
    at.key(Qt.Key.Key_S)
    at.move((200, 150))
    at.until(lambda: at.move((201, 150)) or at.move((200, 150)) or areas(at))


def find_object(at) -> None:
    """Draw a box around the disc and wait for what is found in it."""
    at.key(Qt.Key.Key_R)
    at.drag(*BOX)
    at.until(lambda: "px" in bar(at))


# Superpixel


def test_the_superpixel_under_the_cursor_is_what_a_click_paints(at):
    take_superpixels(at)
    shown = np.zeros(at.labels.shape, np.bool_)
    (area,) = areas(at)
    shown[area.selection.region.slices] = area.selection.mask
    at.click((200, 150))
    assert at.steps == 1
    assert np.array_equal(at.labels == 0, shown)
    assert (at.ink[shown] == Ink.PERSON).all()
    at.key(Qt.Key.Key_Z, CTRL)
    assert (at.labels == UNLABELLED).all()


def test_a_drag_paints_superpixels_as_it_goes_and_ctrl_erases_them(at):
    take_superpixels(at)
    at.press((150, 150))
    at.move((200, 150))
    assert at.labels[150, 150] == at.labels[150, 200] == 0
    at.move((250, 150))
    at.release((250, 150))
    assert at.steps == 1
    assert not ((at.labels == 0) & ~disc()).any(), "superpixels reach over the rim"
    at.drag((160, 150), (240, 150), modifiers=CTRL)
    assert at.steps == 2
    assert at.labels[150, 200] == UNLABELLED


def test_shift_paints_the_superpixels_on_a_line(at):
    take_superpixels(at)
    at.click((150, 130))
    at.click((250, 130), modifiers=SHIFT)
    assert (at.labels[130, 150:250] == 0).all()


def test_shift_and_the_wheel_change_how_wide_superpixels_are(at):
    take_superpixels(at)
    before = at.widget("granularity_number").value()
    at.wheel((200, 150), notches=3, modifiers=SHIFT)
    assert at.widget("granularity_number").value() > before


def test_a_click_before_there_are_superpixels_is_painted_even_if_the_tool_changes(at):
    at.key(Qt.Key.Key_S)
    at.click((200, 150))
    at.key(Qt.Key.Key_B)
    assert at.steps == 1
    assert at.labels[150, 200] == 0


# Scissors


def test_clicks_on_its_rim_and_enter_cut_out_a_disc(at):
    at.key(Qt.Key.Key_L)
    at.click(RIM[0])
    at.until(lambda: at.move(RIM[1]) or at.move((200, 72)) or len(wire(at).points) > 20)
    for point in RIM[1:3]:
        at.click(point)
    assert "3 points → cat" in bar(at)
    at.key(Qt.Key.Key_Backspace)
    assert "2 points" in bar(at)
    for point in RIM[2:]:
        at.click(point)
    assert at.steps == 0
    at.key(Qt.Key.Key_Return)
    assert at.steps == 1
    assert overlap(at, 0) > 0.95
    assert bar(at) == ""


def wire(at) -> Path:
    return next(m for m in at.session.editor.marks if isinstance(m, Path) and m.dashed)


def test_a_double_click_closes_the_scissors_and_ctrl_takes_away(at):
    at.key(Qt.Key.Key_L)
    for point in RIM:
        at.click(point)
    QTest.mouseDClick(at.window.windowHandle(), LEFT, NONE, at.place(RIM[-1]))
    assert at.steps == 1
    assert overlap(at, 0) > 0.95
    for point in RIM:
        at.click(point)
    at.click(RIM[0], modifiers=CTRL)
    assert at.steps == 2
    assert np.count_nonzero(at.labels == 0) < 0.05 * np.count_nonzero(disc())


def test_scissors_are_closed_by_another_tool_and_left_with_esc(at):
    at.key(Qt.Key.Key_L)
    for point in RIM:
        at.click(point)
    at.key(Qt.Key.Key_Escape)
    assert bar(at) == ""
    for point in RIM:
        at.click(point)
    at.key(Qt.Key.Key_B)
    assert at.steps == 1
    assert overlap(at, 0) > 0.95


# Box cut


def test_a_box_finds_the_disc_and_enter_paints_it(at):
    find_object(at)
    assert areas(at)
    assert at.steps == 0
    at.key(Qt.Key.Key_2)
    assert "→ dog" in bar(at)
    at.key(Qt.Key.Key_Return)
    assert at.steps == 1
    assert overlap(at, 1) > 0.97
    assert bar(at) == ""
    at.key(Qt.Key.Key_Z, CTRL)
    assert (at.labels == UNLABELLED).all()


def test_strokes_refine_what_a_box_found_and_backspace_takes_them_back(at):
    find_object(at)
    found = bar(at)
    at.drag((110, 60), (110, 75))
    at.until(lambda: bar(at) != found and "px" in bar(at))
    at.key(Qt.Key.Key_Backspace)
    at.until(lambda: bar(at) == found)
    at.key(Qt.Key.Key_Escape)
    assert bar(at) == ""
    assert at.steps == 0
    assert not at.session.editor.marks


def test_another_tool_applies_a_box_although_its_object_is_not_found_yet(at):
    at.key(Qt.Key.Key_R)
    at.drag(*BOX)
    at.key(Qt.Key.Key_B)
    assert at.steps == 1
    assert overlap(at, 0) > 0.97


def test_undo_takes_back_a_box_and_not_the_step_before_it(at):
    at.brush(10)
    at.click((20, 20))
    at.key(Qt.Key.Key_R)
    at.drag(*BOX)
    at.key(Qt.Key.Key_Z, CTRL)
    assert at.steps == 1
    assert at.labels[20, 20] == 0
    assert at.labels[150, 200] == UNLABELLED
