"""Rail, options bar and status bar."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QPushButton,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

from segstudio.editing.brush import Tip, TipShape
from segstudio.editing.tool_state import Reach, Shape, ToolState
from segstudio.ui.controls import NumberField
from segstudio.ui.options_bar import OptionsBar
from segstudio.ui.rail import ToolRail
from segstudio.ui.scope_field import SCOPES, ScopeField
from segstudio.ui.status_bar import StatusBar
from segstudio.ui.tool_fields import NUMBERS
from segstudio.ui.tool_table import TOOLS, find

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def rail(qtbot):
    rail = ToolRail()
    qtbot.addWidget(rail)
    rail.set_tool("brush")
    return rail


@pytest.fixture
def bar(qtbot):
    bar = OptionsBar()
    qtbot.addWidget(bar)
    bar.resize(1280, 44)
    bar.show()
    return bar


@pytest.fixture
def status(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    return bar


def child(parent: QWidget, name: str) -> QWidget:
    found = parent.findChild(QWidget, name)
    assert found is not None, name
    return found


# The rail


def test_a_click_on_a_tool_is_a_wish(qtbot, rail):
    with qtbot.waitSignal(rail.tool_requested) as wish:
        qtbot.mouseClick(child(rail, "tool_fill"), LEFT)
    assert wish.args == ["fill"]
    assert rail.tool == "brush"
    assert child(rail, "tool_brush").isChecked()


def test_rail_sizes(rail):
    assert rail.width() == 44 or rail.minimumWidth() == 44
    for tool in TOOLS:
        button = child(rail, f"tool_{tool.name}")
        assert (button.width(), button.height()) == (36, 36)
        assert button.iconSize().width() == 20


def test_the_rail_takes_focus_only_when_told(qtbot, show, rail):
    show(rail)
    button = child(rail, "tool_hand")
    qtbot.mouseClick(button, LEFT)
    assert QApplication.focusWidget() is not button
    rail.take_focus()
    assert QApplication.focusWidget() is child(rail, "tool_brush")
    qtbot.keyClick(child(rail, "tool_brush"), Qt.Key.Key_Down)
    assert QApplication.focusWidget() is child(rail, "tool_eraser")
    with qtbot.waitSignal(rail.focus_returned):
        qtbot.keyClick(child(rail, "tool_eraser"), Qt.Key.Key_Escape)


# The options bar


def test_no_button_of_the_bars_takes_focus_by_tab_or_click(bar, rail, status):
    for part in (bar, rail, status):
        for button in [*part.findChildren(QToolButton), *part.findChildren(QPushButton)]:
            assert button.focusPolicy() == Qt.FocusPolicy.NoFocus, button.objectName()
        for slider in part.findChildren(QSlider):
            assert slider.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_options_bar_sizes(bar):
    assert bar.height() == 44
    widths = {
        "tool_name": 64,
        "class_chip": 136,
        "size_slider": 96,
        "size_number": 78,
        "undo_button": 32,
        "redo_button": 32,
        "overlay_style_fill": 28,
        "opacity_slider": 72,
        "segment_button": 104,
    }
    assert {name: child(bar, name).width() for name in widths} == widths
    assert child(bar, "paint_over").width() >= 150
    for name in ("class_chip", "size_number", "paint_over", "segment_button"):
        assert child(bar, name).height() == 28


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS])
def test_each_tool_shows_its_own_fields(bar, tool):
    bar.set_tool(tool)
    row = find(tool)
    for name, part in bar.fields.parts.items():
        assert part.isVisible() == (name in row.fields), name
    assert child(bar, "paint_over").isVisible() == (tool not in ("hand", "eyedropper"))
    assert child(bar, "tool_hint").isVisible() == (not row.fields)


@pytest.mark.parametrize("width", [1024, 1134, 1280])
@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS])
def test_everything_fits_from_the_smallest_width_of_the_whole_bar_on(bar, width, tool):
    bar.set_tool(tool)
    bar.resize(width, 44)
    assert child(bar, "segment_button").geometry().right() < width
    assert child(bar, "more_options").isVisible() <= (width < 1134)


def test_in_a_narrow_bar_fields_go_into_a_menu_and_segment_stays(qtbot, bar):
    bar.resize(700, 44)
    bar.layout().activate()
    assert child(bar, "more_options").isVisible()
    assert not child(bar, "overlay_style").isVisibleTo(bar)
    assert child(bar, "class_chip").isVisible()
    assert child(bar, "segment_button").geometry().right() < 700
    qtbot.mouseClick(child(bar, "more_options"), LEFT)
    assert child(bar, "overlay_style").isVisible()
    QApplication.activePopupWidget().hide()
    bar.resize(1280, 44)
    assert child(bar, "overlay_style").isVisibleTo(bar)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.7, 1])
def test_a_slider_comes_back_to_about_the_same_number(number, share):
    value = round(number.low + share * (number.high - number.low))
    assert number.at(number.step_of(value)) == pytest.approx(value, rel=0.02, abs=1)


def test_a_size_is_a_wish_from_slider_and_number(qtbot, bar):
    with qtbot.waitSignal(bar.option_requested) as wish:
        child(bar, "size_slider").setValue(1000)
    assert wish.args == ["size", 4000]
    number = child(bar, "size_number")
    number.setFocus()
    with qtbot.waitSignals([bar.option_requested, bar.focus_returned]):
        number.selectAll()
        qtbot.keyClicks(number, "123")
        qtbot.keyClick(number, Qt.Key.Key_Return)
    assert number.value() == 123


def test_setting_a_value_makes_no_wish(qtbot, bar):
    state = ToolState(
        tip=Tip(77, TipShape.SQUARE),
        snap=True,
        fill_all=True,
        shape=Shape.ELLIPSE,
        tolerance=3,
        reach=Reach.IMAGE,
    )
    for signal in (bar.option_requested, bar.opacity_requested):
        with qtbot.assertNotEmitted(signal):
            bar.set_options(state)
            bar.set_options(ToolState())
            bar.set_opacity(30)


def test_esc_in_a_number_field_leaves_the_number(qtbot):
    field = NumberField()
    qtbot.addWidget(field)
    field.setRange(1, 100)
    field.setValue(40)
    field.selectAll()
    qtbot.keyClicks(field, "9")
    with qtbot.waitSignal(field.focus_returned):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.value() == 40
    assert field.text() == "40"


@pytest.mark.parametrize(
    ("name", "signal", "args"),
    [
        ("class_chip", "class_picker_requested", []),
        ("shape_square", "option_requested", ["tip_shape", TipShape.SQUARE]),
        ("snap_switch", "option_requested", ["snap", True]),
        ("undo_button", "undo_requested", []),
        ("redo_button", "redo_requested", []),
        ("overlay_style_outline", "overlay_style_requested", ["outline"]),
        ("segment_button", "segment_requested", []),
    ],
)
def test_a_click_in_the_options_bar_is_a_wish(qtbot, bar, name, signal, args):
    with qtbot.waitSignal(getattr(bar, signal)) as wish:
        qtbot.mouseClick(child(bar, name), LEFT)
    assert wish.args == args


def test_segment_reads_cancel_while_it_runs(qtbot, bar):
    button = child(bar, "segment_button")
    assert button.property("accent")
    bar.set_segmenting(True)
    assert button.text() == "Cancel"
    with qtbot.waitSignal(bar.cancel_requested):
        qtbot.mouseClick(button, LEFT)
    bar.set_segmenting(False)
    assert button.text() == "Segment"


def test_only_segment_is_filled_with_the_accent(bar):
    filled = [b.objectName() for b in bar.findChildren(QPushButton) if b.property("accent")]
    assert filled == ["segment_button"]


def test_undo_says_what_it_would_take_back(bar):
    bar.set_can_undo(True, "Brush, person")
    assert child(bar, "undo_button").toolTip() == "Undo (Ctrl+Z)\nBrush, person"
    bar.set_can_undo(False)
    assert not child(bar, "undo_button").isEnabled()


def test_the_chip_shows_the_class_and_ignore(bar, classes):
    bar.set_class(classes.get(2), "3")
    assert "road" in child(bar, "class_chip").accessibleName()
    bar.set_class(None, "0")
    assert "Ignore" in child(bar, "class_chip").accessibleName()
    bar.set_class(None, "")
    assert child(bar, "class_chip").text() == "No class yet"


@pytest.fixture
def scope(qtbot):
    field = ScopeField()
    qtbot.addWidget(field)
    field.show()
    yield field
    field.hidePopup()


def test_another_scope_than_the_default_is_shown_as_a_warning(scope):
    scope.set_scope("model")
    assert scope.property("tone") == "warning"
    assert scope.scope == "model"
    scope.set_scope("any")
    assert scope.property("tone") == ""


def test_the_longest_scope_is_not_cut(bar):
    field = child(bar, "paint_over")
    words = max(field.fontMetrics().horizontalAdvance(text) for _, text in SCOPES)
    room = QStyleOptionComboBox()
    field.initStyleOption(room)
    part = QStyle.SubControl.SC_ComboBoxEditField
    inside = field.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, room, part, field)
    assert inside.width() >= words


def test_k_opens_the_list_and_k_again_moves_down(qtbot, scope):
    scope.set_scope("any")
    scope.step()
    assert scope.view().isVisible()
    qtbot.keyClick(scope.view(), Qt.Key.Key_K)
    assert scope.view().currentIndex().row() == 1
    with qtbot.waitSignal(scope.scope_requested, timeout=3000) as wish:
        pass
    assert wish.args == [SCOPES[1][0]]
    assert not scope.view().isVisible()


# The status bar


def test_status_bar_sizes(status):
    assert status.minimumHeight() == status.maximumHeight() == 26
    assert child(status, "pixel").width() == 200 or child(status, "pixel").minimumWidth() == 200


def test_hints_give_way_in_a_narrow_window(status):
    status.set_hints("Drag to paint · Ctrl erases · Shift draws a line")
    status.resize(300, 26)
    status.show()
    assert child(status, "hints").text().endswith("…")
    assert child(status, "hints").whole_text().endswith("line")


def test_what_is_not_saved_is_said_in_the_danger_colour(qtbot, status):
    status.set_save_state("unsaved", "disk full")
    button = child(status, "save_state")
    assert button.text() == "Not saved: disk full"
    assert button.property("tone") == "danger"
    with qtbot.waitSignal(status.save_help_requested):
        qtbot.mouseClick(button, LEFT)
    status.set_save_state("saved")
    assert (button.text(), button.property("tone")) == ("Saved", "")


def test_the_job_chip_comes_and_goes(qtbot, status):
    status.set_job("Segment 3 / 8")
    assert child(status, "job_text").text() == "Segment 3 / 8"
    with qtbot.waitSignal(status.cancel_requested):
        qtbot.mouseClick(child(status, "job_cancel"), LEFT)
    status.set_job("")
    assert not child(status, "job_text").isVisibleTo(status)


def test_a_single_image_has_no_place_in_a_list(status):
    status.set_place(1, 1)
    assert not child(status, "place").isVisibleTo(status)
    status.set_place(12, 340)
    assert child(status, "place").text() == "12 / 340"


def test_the_zoom_menu_asks_for_a_factor(qtbot, status):
    menu = status.zoom_menu()
    action = next(a for a in menu.actions() if a.text() == "200 %")
    with qtbot.waitSignal(status.zoom_requested) as wish:
        action.trigger()
    assert wish.args == [2.0]
    status.set_zoom(0.37)
    assert child(status, "zoom").text() == "37 %"


def test_a_click_beside_a_popover_closes_it(qtbot, bar):
    bar.resize(700, 44)
    qtbot.mouseClick(child(bar, "more_options"), LEFT)
    popup = QApplication.activePopupWidget()
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert popup.pos() != QPoint(-1, -1)


def test_the_name_of_every_tool_is_read_as_a_whole(bar):
    name = child(bar, "tool_name")
    for tool in TOOLS:
        bar.set_tool(tool.name)
        assert name.width() >= name.fontMetrics().horizontalAdvance(tool.title)
