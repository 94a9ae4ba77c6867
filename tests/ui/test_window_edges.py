"""Hands that do two things at once, tiny images, many classes, other keyboards: no loss, no crash.

Every tool of the toolbox takes part, so that a new one needs no row here.
"""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from window_driver import ALT, CTRL, MIDDLE, NONE, SHIFT

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink, class_counts
from segstudio.core.merge import Reach
from segstudio.editing.region_operations import OPERATIONS
from segstudio.editing.toolbox import TOOLS

RIGHT = Qt.MouseButton.RightButton
WHOLE_STROKE = ((20, 20), (60, 20), (60, 60))


def every_tool(at):
    """Yield the tools, each on labels that nobody has written and at the same view."""
    for tool in TOOLS:
        at.session.editor.finish()
        at.session.travel(0)
        at.canvas.fit()
        at.session.editor.change(tool="brush", class_index=0)
        yield tool


def is_sound(at) -> None:
    """Nothing hangs, and what is undone is gone: labels are what the steps say."""
    at.session.editor.finish()
    at.until(lambda: not at.session.runner._jobs)
    assert not at.session.editor.is_busy
    document = at.document
    assert np.array_equal(document.counts, class_counts(document.label_map, document.ink))
    after = document.label_map.copy(), document.ink.copy()
    steps = document.history.position
    at.session.travel(0)
    assert (document.label_map == 255).all()
    assert (document.ink == Ink.NOBODY).all()
    at.session.travel(steps)
    assert np.array_equal(document.label_map, after[0])
    assert np.array_equal(document.ink, after[1])


def begin(at, tool) -> None:
    """Take a tool and begin a gesture with it."""
    at.action(f"tool_{tool}")
    at.move((20, 20))
    at.press((20, 20))
    at.move((60, 20))


def end(at) -> None:
    at.move((60, 60))
    at.release((60, 60))


# Tiny images, strokes outside, many classes


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1)])
def test_images_of_one_pixel_a_row_and_a_column(program, photos, size):
    at = program
    at.open(photos("thin.png", size=size) / "thin.png")
    at.use_classes("cat", "dog")
    at.brush(1)
    for tool in every_tool(at):
        at.action(f"tool_{tool}")
        at.drag((0.5, 0.5), (size[0] - 0.5, size[1] - 0.5))
        at.drag((-0.3, 0.5), (size[0] + 0.3, 0.5))
        at.click((0.5, 0.5), modifiers=SHIFT)
        at.click((0.5, 0.5), modifiers=CTRL)
        at.key(Qt.Key.Key_Return)
        is_sound(at)


def test_a_gesture_that_lies_outside_changes_nothing(canvas_at_work):
    at = canvas_at_work
    at.session.editor.set_size(2)
    for tool in every_tool(at):
        at.action(f"tool_{tool}")
        at.drag((-5, -4), (-4, 20), (-5, 40))
        at.click((-4, 40))
        at.key(Qt.Key.Key_Return)
        at.key(Qt.Key.Key_Escape)
        at.until(lambda: not at.session.runner._jobs)
        assert at.steps == 0, tool
        assert (at.labels == 255).all()


def test_the_last_of_255_classes_is_painted_like_any(canvas_at_work):
    at = canvas_at_work
    at.session.set_classes(ClassTable.named([f"class {number}" for number in range(255)]))
    for tool in every_tool(at):
        at.action(f"tool_{tool}")
        at.session.editor.change(class_index=254)
        at.drag(*WHOLE_STROKE)
        at.key(Qt.Key.Key_Return)
        at.until(lambda: not at.session.runner._jobs)
        assert set(np.unique(at.labels)) <= {254, 255}
        if tool == "brush":
            assert at.labels[20, 40] == 254
        is_sound(at)


def test_with_255_classes_menus_stay_short_and_operations_work(canvas_at_work):
    at = canvas_at_work
    at.session.set_classes(ClassTable.named([f"class {number}" for number in range(255)]))
    at.session.editor.change(class_index=254)
    at.drag(*WHOLE_STROKE)
    at.press((60, 20), button=RIGHT)
    at.release((60, 20), button=RIGHT)
    menu = at.window.findChild(QMenu, "canvas_menu")
    assert all(len(m.actions()) < 25 for m in menu.findChildren(QMenu))
    menu.hide()
    at.action("grow")
    at.until(lambda: "px" in at.widget("region_popover").result)
    at.click_button("region_apply")
    at.until(lambda: at.steps == 2)
    is_sound(at)


@pytest.mark.parametrize("labelled", [False, True])
def test_operations_on_an_image_of_one_pixel(program, photos, labelled):
    at = program
    at.open(photos("dot.png", size=(1, 1)) / "dot.png")
    at.use_classes("cat", "dog")
    at.brush(1)
    if labelled:
        at.click((0.5, 0.5))
    for operation in OPERATIONS:
        at.action(operation.name)
        shown = at.widget("region_popover")
        at.until(lambda shown=shown: "would change" in shown.result)
        QTest.keyClick(shown, Qt.Key.Key_Return)
        at.key(Qt.Key.Key_Escape)
        is_sound(at)
        at.session.travel(int(labelled))


# In the middle of a gesture


def other_tool(at):
    at.key(Qt.Key.Key_E)
    at.key(Qt.Key.Key_G)
    at.key(Qt.Key.Key_H)


def other_image(at):
    at.key(Qt.Key.Key_D)
    at.settle()
    at.key(Qt.Key.Key_A)
    at.settle()


def other_class(at):
    at.key(Qt.Key.Key_2)
    at.key(Qt.Key.Key_X)
    at.key(Qt.Key.Key_0)


def other_buttons(at):
    at.press((60, 20), button=RIGHT)
    at.press((60, 20), button=MIDDLE)
    at.move((70, 30))
    at.release((70, 30), button=MIDDLE)
    at.release((70, 30), button=RIGHT)
    assert not at.window.findChildren(QMenu, "canvas_menu")


def other_view(at):
    at.wheel((60, 20), 3)
    at.key(Qt.Key.Key_F9)
    at.key(Qt.Key.Key_F9)
    at.window.resize(1100, 700)
    at.key(Qt.Key.Key_F)
    at.key(Qt.Key.Key_C)


def every_ctrl_letter(at):
    for letter in range(Qt.Key.Key_A, Qt.Key.Key_Z + 1):
        at.key(Qt.Key(letter), CTRL)
        at.key(Qt.Key(letter), CTRL | SHIFT)
    assert at.window.isVisible()
    assert not QApplication.activeModalWidget()


def focus_lost(at):
    QApplication.sendEvent(at.window, QEvent(QEvent.Type.WindowDeactivate))
    QApplication.sendEvent(at.canvas, QEvent(QEvent.Type.Leave))
    at.widget("class_search").setFocus()


def locks_and_classes(at):
    at.session.edit_classes(lambda table: table.changed(0, locked=True))
    at.session.add_class("new")
    at.session.merge_classes(2, 1)
    at.until(lambda: not at.session.class_steps.under_way)
    at.settle()


def undo_and_redo(at):
    at.session.undo()
    at.session.redo()
    at.session.travel(0)


def operation(at):
    at.action("fill_unlabelled")
    at.until(lambda: "Counting" not in at.widget("region_popover").result)
    QTest.keyClick(at.widget("region_popover"), Qt.Key.Key_Return)


MEANWHILE = (
    other_tool,
    other_image,
    other_class,
    other_buttons,
    other_view,
    every_ctrl_letter,
    focus_lost,
    locks_and_classes,
    undo_and_redo,
    operation,
)


@pytest.mark.parametrize("meanwhile", MEANWHILE, ids=lambda function: function.__name__)
def test_whatever_happens_in_the_middle_of_a_gesture(program, photos, meanwhile):
    at = program
    at.open(photos("a.png", "b.png"))
    at.use_classes("cat", "dog", "cow")
    at.brush(6)
    for tool in every_tool(at):
        begin(at, tool)
        meanwhile(at)
        end(at)
        at.key(Qt.Key.Key_Return)
        is_sound(at)
        at.session.edit_classes(lambda table: table.changed(0, locked=False))
        at.canvas.fit()
        at.session.editor.change(tool="brush", class_index=1)
        at.click((100, 70))
        assert at.labels[70, 100] == 1, tool


@pytest.mark.parametrize("cancel", [False, True])
def test_a_result_that_comes_in_the_middle_of_a_gesture(canvas_at_work, engine, cancel):
    at = canvas_at_work
    at.use_classes(*[entry.name for entry in engine.models[0].classes][:3])
    for tool in every_tool(at):
        engine.gate.close()
        at.document.confidence = None
        at.session.segment(Reach())
        at.until(engine.gate.waiting.is_set)
        begin(at, tool)
        under_the_hand = at.labels.copy()
        is_busy = at.session.editor.is_busy
        engine.gate.open()
        at.until(lambda: not at.session.runner.running("segment"))
        if is_busy:
            assert np.array_equal(at.labels, under_the_hand), tool
        if cancel:
            at.key(Qt.Key.Key_Escape)
        end(at)
        at.until(lambda: at.document.confidence is not None)
        is_sound(at)


def test_nothing_of_a_stroke_is_lost_whatever_happens_meanwhile(program, photos):
    at = program
    at.open(photos("a.png", "b.png"))
    at.use_classes("cat", "dog", "cow")
    at.brush(6)
    for meanwhile in (other_tool, other_image, other_class, other_buttons, every_ctrl_letter):
        at.session.editor.change(tool="brush", class_index=0)
        begin(at, "brush")
        meanwhile(at)
        end(at)
        assert at.labels[20, 40] == 0, meanwhile.__name__
        at.session.travel(0)
        at.canvas.fit()


@pytest.mark.parametrize("key", [Qt.Key.Key_K, Qt.Key.Key_Slash, Qt.Key.Key_M])
def test_a_stroke_ends_where_a_popup_takes_the_mouse(canvas_at_work, key):
    at = canvas_at_work
    at.brush(6)
    at.press((20, 20))
    at.move((40, 20))
    at.key(key)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    assert at.steps == 1
    at.release((40, 20))
    popup.close()
    at.move((60, 60))
    at.move((80, 60))
    assert at.labels[20, 30] == 0
    assert at.labels[60, 70] == 255, "it paints with no button down"


@pytest.mark.parametrize("modifiers", [NONE, SHIFT, CTRL, ALT, CTRL | SHIFT])
def test_every_modifier_with_every_tool(canvas_at_work, modifiers):
    at = canvas_at_work
    for tool in every_tool(at):
        at.click((90, 60))
        at.action(f"tool_{tool}")
        at.drag(*WHOLE_STROKE, modifiers=modifiers)
        at.click((90, 60), modifiers=modifiers)
        at.key(Qt.Key.Key_Return)
        is_sound(at)


# Other keyboards


@pytest.mark.parametrize(
    ("scan_code", "key", "text", "index"),
    [
        (10, Qt.Key.Key_Ampersand, "&", 0),
        (11, Qt.Key.Key_Eacute, "é", 1),
        (12, Qt.Key.Key_QuoteDbl, '"', 2),
        (19, Qt.Key.Key_Agrave, "à", 255),
    ],
)
def test_azerty_digits_also_with_the_button_down(canvas_at_work, scan_code, key, text, index):
    at = canvas_at_work
    at.session.editor.change(class_index=1 if index != 1 else 0)
    before = at.session.editor.state.class_index
    begin(at, "brush")
    at.native_key(key, scan_code, text)
    assert at.session.editor.state.class_index == index
    end(at)
    assert at.labels[20, 40] == before  # a stroke stays what it was when it began
    assert at.steps == 1


@pytest.mark.parametrize(
    ("larger", "smaller"),
    [
        (Qt.Key.Key_Plus, Qt.Key.Key_Minus),
        (Qt.Key.Key_Equal, Qt.Key.Key_Minus),
        (Qt.Key.Key_BracketRight, Qt.Key.Key_BracketLeft),
    ],
)
def test_the_size_changes_by_the_keys_of_every_layout(canvas_at_work, larger, smaller):
    at = canvas_at_work
    at.session.editor.set_size(50)
    at.key(larger)
    assert at.session.editor.state.tip.size == 55
    begin(at, "brush")
    at.key(smaller)
    assert at.session.editor.state.tip.size < 55
    end(at)
    assert at.steps == 1


def test_altgr_on_a_german_keyboard_is_no_ctrl_in_a_stroke(canvas_at_work):
    at = canvas_at_work
    begin(at, "brush")
    at.native_key(Qt.Key.Key_BracketRight, 18, "]", CTRL | ALT)
    at.native_key(Qt.Key.Key_Q, 24, "@", CTRL | ALT)
    end(at)
    assert at.window.isVisible()
    assert at.steps == 1
