"""Sizes of the window's columns: by its width, by hand, and back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segstudio.ui import columns


@pytest.mark.parametrize(
    ("width", "images", "side"), [(1280, 104, 268), (1600, 104, 288), (1920, 240, 320)]
)
def test_columns_suit_the_width_of_the_window(program, photos, width, images, side):
    program.window.resize(width, 900)
    program.open(photos("a.png", "b.png"))
    assert program.window.columns.widths() == (images, side)


def test_chosen_widths_and_hidden_panels_come_back(program, photos):
    program.open(photos("a.png", "b.png"))
    window = program.window
    window.columns.set_widths(150, 400)
    window.set_panel_shown("model", False)
    state = window.layout_state()

    window.reset_layout()
    assert window.columns.widths() == columns.default_widths(window.width())
    assert window.model_panel.isVisible()

    assert window.restore_layout(state)
    window.show_work(with_images=True)
    assert window.columns.widths() == (150, 400)
    assert not window.model_panel.isVisible()


def test_a_layout_of_another_screen_is_left_alone(program):
    state = program.window.layout_state()
    assert not program.window.restore_layout({**state, "screen": [1, 1]})
    assert not program.window.restore_layout({})


def test_double_click_on_the_line_puts_the_columns_back(program, photos):
    program.open(photos("a.png", "b.png"))
    program.window.columns.set_widths(180, 420)
    handle = program.window.columns.handle(1)
    QTest.mouseDClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(0, 5))
    assert program.window.columns.widths() == columns.default_widths(program.window.width())


def test_a_column_dragged_wide_shows_names_and_narrow_again_thumbnails(program, photos):
    program.window.resize(1280, 800)
    program.open(photos("a.png", "b.png"))
    splitter, panel = program.window.columns, program.window.images_panel
    assert panel.mode == "strip"
    splitter.moveSplitter(260, 1)
    assert panel.mode == "list"
    splitter.moveSplitter(120, 1)
    assert panel.mode == "strip"


def test_a_column_dragged_narrow_closes_and_its_action_brings_it_back(program, photos):
    program.open(photos("a.png", "b.png"))
    window = program.window
    window.columns.images_closed.emit()
    assert window.images_panel.isHidden()
    assert not window.actions_by_name["panel_images"].isChecked()
    window.actions_by_name["panel_images"].trigger()
    assert window.images_panel.isVisible()


def test_chosen_widths_come_back_to_a_window_that_opens_in_steps(program, photos):
    window = program.window
    window.resize(1920, 1000)
    program.open(photos("a.png", "b.png"))
    window.columns.set_widths(200, 380)
    state = window.layout_state()
    window.reset_layout()
    window.restore_layout(state)
    for width in (1100, 1700, 1920):
        window.resize(width, 1000)
    assert window.columns.widths() == (200, 380)
