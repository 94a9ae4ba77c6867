"""The History panel in the window: jumping, looking, filtering, and who made a pixel."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider

from segstudio.editing.tool import Modifiers

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def painted(canvas_at_work):
    """Three strokes of three classes, with the History panel in front."""
    program = canvas_at_work
    program.action("panel_history")
    program.planes = [program.labels.copy()]
    for index, x in enumerate((30, 60, 90)):
        program.session.editor.change(class_index=index)
        program.drag((x, 20), (x, 40))
        program.planes.append(program.labels.copy())
    return program


def view(program):
    return program.window.history_panel.view()


def spot(program, row) -> QPoint:
    return view(program).visualRect(view(program).model().index(row, 0)).center()


def label(program) -> str:
    return program.widget("history_label").text()


def is_at(program, position) -> bool:
    same = np.array_equal(program.labels, program.planes[position])
    return same and program.steps == position


def test_strokes_become_rows_and_undo_moves_the_mark(painted):
    model = view(painted).model()
    assert [model.index(n, 0).data().split(" · ")[1] for n in (1, 2, 3)] == ["cat", "dog", "grass"]
    assert label(painted) == "step 3 of 3"
    painted.action("undo")
    assert label(painted) == "step 2 of 3"
    assert not model.is_done(model.row(3))
    assert model.is_present(model.row(2))


def test_a_click_jumps(painted):
    QTest.mouseClick(view(painted).viewport(), LEFT, pos=spot(painted, 1))
    assert is_at(painted, 1)
    QTest.mouseClick(view(painted).viewport(), LEFT, pos=spot(painted, 3))
    assert is_at(painted, 3)
    view(painted).scrollToTop()
    QTest.mouseClick(view(painted).viewport(), LEFT, pos=spot(painted, 0))
    assert is_at(painted, 0)


def test_a_press_looks_and_esc_returns(painted):
    viewport = view(painted).viewport()
    QTest.mousePress(viewport, LEFT, pos=spot(painted, 1))
    assert is_at(painted, 1)
    QTest.mouseMove(viewport, spot(painted, 2))
    assert is_at(painted, 2)
    painted.key(Qt.Key.Key_Escape)
    assert is_at(painted, 3)
    QTest.mouseRelease(viewport, LEFT, pos=spot(painted, 2))
    assert is_at(painted, 3)


def test_the_arrows_move_the_slider_over_the_steps(painted):
    slider = painted.window.findChild(QSlider, "history_slider")
    slider.setFocus()
    painted.key(Qt.Key.Key_Left)
    assert is_at(painted, 2)
    assert label(painted) == "step 2 of 3"
    painted.key(Qt.Key.Key_Right)
    assert is_at(painted, 3)


def test_undo_to_here_is_in_the_menu_of_a_step(painted):
    go = view(painted).context_menu(1).actions()[0]
    assert go.text() == "Undo to here"
    go.trigger()
    assert is_at(painted, 1)
    assert view(painted).context_menu(3).actions()[0].text() == "Redo to here"


def test_a_long_jump_goes_on_by_itself(canvas_at_work):
    program = canvas_at_work
    program.action("panel_history")
    for n in range(300):
        program.session.editor.change(class_index=n % 3)
        program.session.editor.press((20.5 + n % 80, 30.5), Modifiers())
        program.session.editor.release()
    count = program.steps
    assert count == 300
    slider = program.window.findChild(QSlider, "history_slider")
    slider.setValue(0)
    program.until(lambda: program.steps == 0)
    slider.setValue(count)
    program.until(lambda: program.steps == count)
    assert label(program) == f"step {count} of {count}"


def test_a_jump_waits_for_no_stroke(painted):
    painted.press((50, 60))
    painted.window.history_panel.jump_requested.emit(0)
    assert painted.steps == 3
    painted.release((50, 60))
    assert painted.steps == 4


def test_the_filter_gives_the_focus_back_and_keeps_typing_from_tools(painted):
    field = painted.widget("history_filter")
    field.setFocus()
    QTest.keyClicks(field, "dog")
    assert view(painted).model().rowCount() == 1
    painted.key(Qt.Key.Key_Return)
    assert painted.canvas.hasFocus()
    assert painted.session.editor.state.tool == "brush"


def test_steps_made_out_of_sight_are_there_when_it_is_looked_at(canvas_at_work):
    canvas_at_work.click((30, 30))
    canvas_at_work.action("panel_history")
    assert label(canvas_at_work) == "step 1 of 1"


# Who made this


def test_a_click_with_the_hand_tells_who_when_and_how(painted):
    painted.action("tool_hand")
    painted.click((60, 30))
    painted.until(lambda: "step 2" in painted.tag)
    first, second = painted.tag.split("\n")
    assert first == "dog"
    assert second.startswith("Brush · by you · ")
    painted.move((90, 80))
    assert "step" not in painted.tag


def test_a_drag_with_the_hand_only_pans(painted):
    painted.action("tool_hand")
    painted.drag((60, 30), (80, 60))
    assert "step" not in painted.tag
    assert not painted.session.runner.running("who")


def test_asking_answers_the_next_click_instead_of_painting(painted):
    view(painted).context_menu(1).actions()[1].trigger()
    assert "who" in painted.chips
    painted.click((30, 30))
    painted.until(lambda: "step 1" in painted.tag)
    assert painted.steps == 3
    assert "who" not in painted.chips
    painted.click((100, 80))
    assert painted.steps == 4


@pytest.mark.parametrize("way", ["esc", "chip", "other image"])
def test_asking_can_be_left(painted, photo, way):
    painted.action("who_made")
    if way == "esc":
        painted.key(Qt.Key.Key_Escape)
    elif way == "chip":
        painted.click_button("chip_who")
    else:
        painted.open(photo)
        painted.brush(6)
    assert "who" not in painted.chips
    before = painted.steps
    painted.click((100, 80))
    assert painted.steps == before + 1


def test_what_nobody_wrote_is_told_too(painted):
    painted.action("who_made")
    painted.click((110, 85))
    painted.until(lambda: painted.tag.startswith("unlabelled"))
    assert painted.tag.endswith("nobody has written it")


def test_the_chip_of_asking_stays_while_other_states_change(painted):
    painted.action("who_made")
    painted.action("overlay")
    assert painted.chips == {"who", "overlay"}
    painted.action("overlay")
    assert painted.chips == {"who"}
