"""Model, History and Statistics below the classes: tabs, or stacked where there is room."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitter, QTabBar

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def at(program, photos):
    """Return a function that opens images in a window of a size."""

    def open_at(width, height):
        program.window.resize(width, height)
        program.open(photos("a.png", "b.png"))
        return program

    return open_at


def tabs(program) -> list[str]:
    bar = program.widget("side_tabs")
    assert isinstance(bar, QTabBar)
    return [bar.tabText(n) for n in range(bar.count())]


def panels(program):
    window = program.window
    return window.model_panel, window.history_panel, window.statistics_panel


def seen(program) -> list[str]:
    return [panel.accessibleName() for panel in panels(program) if panel.isVisible()]


def checked(program) -> set[str]:
    actions = program.window.actions_by_name
    names = ("classes", "model", "history", "statistics")
    return {name for name in names if actions[f"panel_{name}"].isChecked()}


@pytest.mark.parametrize(("width", "height", "lower"), [(1280, 720, 190), (1600, 900, 220)])
def test_narrow_windows_have_three_tabs_with_model_in_front(at, width, height, lower):
    program = at(width, height)
    assert tabs(program) == ["Model", "History", "Statistics"]
    assert seen(program) == ["Model"]
    assert program.widget("side_lower").height() == lower


def test_wide_windows_stack_model_above_history(at):
    program = at(1920, 1080)
    assert tabs(program) == ["History", "Statistics"]
    assert seen(program) == ["Model", "History"]
    assert program.window.model_panel.height() == 190
    assert program.widget("side_lower").height() >= 240
    assert program.window.class_panel.height() > 300


def test_on_a_screen_1080_high_the_twelve_classes_of_scenes_are_seen(at):
    program = at(1920, 1080)
    program.use_classes(*(f"class {number}" for number in range(12)))
    rows = program.window.class_panel.class_list()
    program.until(lambda: rows.viewport().height() >= rows.row_rect(11).bottom())


def test_keys_bring_a_panel_to_the_front_and_close_it(at):
    program = at(1280, 720)
    alt = Qt.KeyboardModifier.AltModifier
    program.key(Qt.Key.Key_4, alt)
    assert seen(program) == ["History"]
    assert checked(program) == {"classes", "history"}
    program.key(Qt.Key.Key_5, alt)
    assert checked(program) == {"classes", "statistics"}
    program.key(Qt.Key.Key_5, alt)
    assert seen(program) == []
    assert checked(program) == {"classes"}
    program.key(Qt.Key.Key_3, alt)
    assert seen(program) == ["Model"]


def test_in_a_wide_window_model_opens_and_closes_alone(at):
    program = at(1920, 1080)
    program.action("panel_model")
    assert seen(program) == ["History"]
    program.action("statistics")
    assert seen(program) == ["Statistics"]
    program.action("panel_model")
    assert seen(program) == ["Model", "Statistics"]


def test_a_click_on_a_tab_is_known_to_the_menu(at):
    program = at(1280, 720)
    bar = program.widget("side_tabs")
    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(1).center())
    assert seen(program) == ["History"]
    assert checked(program) == {"classes", "history"}


def test_a_panel_in_front_stays_there_when_the_window_grows_and_shrinks(at):
    program = at(1280, 720)
    program.action("panel_statistics")
    program.window.resize(1920, 1080)
    assert seen(program) == ["Model", "Statistics"]
    program.action("panel_model")
    program.window.resize(1280, 720)
    assert seen(program) == ["Statistics"]


def test_closing_every_panel_closes_the_column(at):
    program = at(1280, 720)
    program.action("panel_classes")
    program.action("panel_model")
    assert not program.window.side.isVisible()
    program.action("panel_history")
    assert program.window.side.isVisible()
    assert seen(program) == ["History"]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_tabs_and_heights_come_back(at, size):
    program = at(*size)
    window, rows = program.window, program.window.findChild(QSplitter, "side_rows")
    program.action("panel_statistics")
    handle = rows.handle(rows.count() - 1)
    QTest.mousePress(handle, LEFT, pos=QPoint(20, 0))
    QTest.mouseMove(handle, QPoint(20, -60))
    QTest.mouseRelease(handle, LEFT, pos=QPoint(20, -60))
    heights, state = rows.sizes(), window.layout_state()
    window.reset_layout()
    assert rows.sizes() != heights
    assert "Statistics" not in seen(program)
    window.restore_layout(state)
    window.resize(*size)  # a window as wide has no room on the screen of the tests
    assert rows.sizes() == heights
    assert "Statistics" in seen(program)
    QTest.mouseDClick(handle, LEFT, pos=QPoint(20, 0))
    assert rows.sizes() != heights


def test_f6_reaches_the_panels_that_are_seen(at):
    program = at(1280, 720)
    program.action("panel_history")
    reached = set()
    for _ in range(8):
        program.action("next_part")
        reached |= {p.accessibleName() for p in panels(program) if p.isAncestorOf(_focus(program))}
    assert reached == {"History"}
    program.action("teach")
    program.window.canvas.setFocus()
    teach = program.widget("teach_panel")
    reached_teach = []
    for _ in range(8):
        program.action("next_part")
        reached_teach.append(teach.isAncestorOf(_focus(program)))
    assert any(reached_teach)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_teach_stands_in_place_of_the_lower_panels_until_it_is_closed(at, size):
    program = at(*size)
    before, state = seen(program), program.window.layout_state()["side"]
    program.action("teach")
    panel = program.widget("teach_panel")
    assert panel.isVisible()
    assert panel.height() > 400
    assert panel.width() == program.window.side.width()
    assert seen(program) == []
    assert checked(program) == {"classes"}
    assert program.window.layout_state()["side"] == state
    QTest.keyClick(_focus(program), Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert seen(program) == before


def test_another_panel_takes_the_place_of_teach(at):
    program = at(1280, 720)
    program.action("teach")
    program.key(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert seen(program) == ["History"]
    program.action("teach")
    program.window.resize(1920, 1080)
    assert seen(program) == []
    program.window.reset_layout()
    assert seen(program) == ["Model", "History"]


def test_the_line_above_teach_can_be_dragged_and_leaves_the_others_as_they_were(at):
    program = at(1280, 720)
    rows = program.window.findChild(QSplitter, "side_rows")
    heights = rows.sizes()
    program.action("teach")
    height = rows.sizes()[-1]
    handle = rows.handle(rows.count() - 1)
    program.until(handle.isVisible)
    QTest.mousePress(handle, LEFT, pos=QPoint(20, 0))
    QTest.mouseMove(handle, QPoint(20, 50))
    QTest.mouseRelease(handle, LEFT, pos=QPoint(20, 50))
    dragged = rows.sizes()[-1]
    assert dragged < height - 40
    program.click_button("teach_close")
    assert rows.sizes()[:2] == heights
    program.action("teach")
    assert rows.sizes()[-1] == dragged


def _focus(program):
    return program.window.focusWidget()
