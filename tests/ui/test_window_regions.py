"""Operations on regions in the window: the popover with its preview, and the menu at the cursor."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from window_driver import CTRL

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.core.region import whole
from segstudio.ui.region_popover import RegionPopover

RIGHT = Qt.MouseButton.RightButton


@pytest.fixture
def at(canvas_at_work):
    """A ring of the model's cat around a hole, and an island of dog."""
    at = canvas_at_work
    at.labels[10:40, 10:40], at.ink[10:40, 10:40] = 0, Ink.MODEL
    at.labels[20:30, 20:30], at.ink[20:30, 20:30] = 255, Ink.NOBODY
    at.labels[60:62, 60:62], at.ink[60:62, 60:62] = 1, Ink.MODEL
    at.document.touch_blocks(whole(at.labels))
    at.canvas.update()
    return at


def popover(at) -> RegionPopover:
    return at.window.findChild(RegionPopover)


def ask(at, name) -> RegionPopover:
    at.action(name)
    at.until(lambda: "Counting" not in popover(at).result)
    return popover(at)


def choose(at, field, data) -> None:
    combo = at.widget(field)
    combo.setCurrentIndex(combo.findData(data))


def menu_at(at, point) -> QMenu:
    at.move(point)
    at.press(point, button=RIGHT)
    at.release(point, button=RIGHT)
    found = [m for m in at.window.findChildren(QMenu, "canvas_menu") if m.isVisible()]
    return found[0] if found else None


def take(at, menu, name) -> None:
    menu.findChild(QAction, name).trigger()
    menu.hide()


def settled(at, steps) -> None:
    at.until(lambda: at.steps == steps)


# The popover


def test_counts_and_a_preview_come_before_the_step(at):
    before, colour = at.labels.copy(), at.colour((25, 25))
    shown = ask(at, "fill_holes")
    assert shown.result == "1 hole · 100 px would change"
    assert at.colour((25, 25)) != colour
    assert np.array_equal(at.labels, before)
    at.click_button("region_apply")
    settled(at, 1)
    assert not shown.isVisible()
    assert (at.labels[20:30, 20:30] == 0).all()
    assert at.window.frame.toast.text() == "1 hole filled"
    at.click_button("toast_action")
    assert np.array_equal(at.labels, before)
    assert at.colour((25, 25)) == colour  # no preview is left


def undo_by_key(at):
    at.key(Qt.Key.Key_Z, CTRL)


def paint_more(at):
    at.brush(6)
    at.click((60, 60))


@pytest.mark.parametrize("go_on", [undo_by_key, paint_more])
def test_the_undo_that_is_offered_goes_when_it_would_undo_another_step(at, go_on):
    ask(at, "fill_holes")
    at.click_button("region_apply")
    settled(at, 1)
    toast = at.window.frame.toast
    assert toast.isVisible()
    go_on(at)
    assert at.steps != 1
    assert not toast.isVisible()


def test_every_choice_is_counted_anew(at):
    shown = ask(at, "remove_islands")
    assert shown.result == "1 island · 4 px would change"
    at.widget("region_size").setValue(4)
    at.until(lambda: shown.result.startswith("Nothing would change"))
    assert not at.widget("region_apply").isEnabled()
    at.widget("region_size").setValue(5)
    at.until(lambda: "4 px" in shown.result)
    choose(at, "region_class", 0)
    at.until(lambda: shown.result.startswith("Nothing would change"))
    choose(at, "region_operation", "replace_class")
    at.until(lambda: shown.result == "800 px would change")
    at.drag((12, 12), (14, 14))
    at.until(lambda: at.steps == 1)
    at.session.edit_classes(lambda table: table.changed(0, locked=True))
    at.until(lambda: shown.result.startswith("Nothing would change"))


def test_the_view_is_what_is_seen(at):
    shown = ask(at, "remove_islands")
    at.click_button("region_where_view")
    at.until(lambda: "1 island" in shown.result)
    at.canvas.set_zoom(24)
    at.canvas.centre_on(20, 20)
    at.until(lambda: shown.result.startswith("Nothing would change"))


@pytest.mark.parametrize("leave", ["esc on it", "esc on the canvas", "cancel", "another image"])
def test_leaving_it_changes_nothing(at, photos, leave):
    shown = ask(at, "fill_holes")
    if leave == "esc on it":
        QTest.keyClick(shown, Qt.Key.Key_Escape)
    elif leave == "esc on the canvas":
        at.canvas.setFocus()
        at.key(Qt.Key.Key_Escape)
    elif leave == "cancel":
        at.click_button("region_cancel")
    else:
        at.open(photos("other.png"))
    assert not shown.isVisible()
    assert at.steps == 0


def test_enter_applies(at):
    shown = ask(at, "fill_holes")
    QTest.keyClick(shown, Qt.Key.Key_Return)
    settled(at, 1)


def test_the_choices_fit_the_operation(at):
    shown = ask(at, "swap_classes")

    def seen(name):
        return at.widget(name).isVisibleTo(shown)

    assert (seen("region_class"), seen("region_target"), seen("region_size")) == (1, 1, 0)
    assert not at.widget("region_where_region").isEnabled()
    choose(at, "region_operation", "fill_unlabelled")
    assert (seen("region_class"), seen("region_target"), seen("region_size")) == (0, 0, 1)
    assert at.widget("region_size").text() == "any distance"
    choose(at, "region_operation", "grow")
    assert at.widget("region_class").findText("Every class") < 0


def test_without_an_image_a_sentence_answers(program):
    program.action("fill_holes")
    assert popover(program) is None


# The menu


def test_a_right_click_says_what_it_hit(at):
    menu = menu_at(at, (15, 15))
    assert menu.findChild(QWidget, "canvas_menu_head").text() == "cat · by the model"
    menu.hide()
    menu = menu_at(at, (100, 80))
    assert menu.findChild(QWidget, "canvas_menu_head").text() == "unlabelled"
    assert menu.findChild(QAction, "paint_with") is None
    assert menu.findChild(QAction, "lock_this") is None
    assert not menu.findChild(QMenu, "canvas_menu_stroke").isEnabled()
    menu.hide()
    assert at.steps == 0


def test_there_is_no_menu_in_mid_stroke_nor_beside_the_image(at):
    at.press((80, 50))
    assert menu_at(at, (82, 50)) is None
    at.release((84, 50))
    assert at.steps == 1
    assert menu_at(at, (-3, 50)) is None


def test_regions_classes_and_strokes_get_another_class(at):
    take(at, menu_at(at, (15, 15)), "region_to_2")
    settled(at, 1)
    assert at.labels[15, 15] == 2
    at.click((80, 50))
    menu = menu_at(at, (5, 5))
    assert menu.findChild(QAction, "stroke_to_0") is None, "it is that already"
    take(at, menu, "stroke_to_1")
    settled(at, 3)
    assert at.labels[50, 80] == 1
    take(at, menu_at(at, (60.5, 60.5)), "image_to_255")
    settled(at, 4)
    assert at.labels[50, 80] == at.labels[60, 60] == 255
    assert at.ink[50, 80] == at.ink[60, 60] == Ink.PERSON


def test_a_menu_goes_with_the_classes_that_it_offers(at):
    menu_at(at, (15, 15))
    at.session.merge_classes(2, 1)
    at.until(lambda: not at.session.class_steps.under_way)
    assert not any(m.isVisible() for m in at.window.findChildren(QMenu, "canvas_menu"))


def test_a_class_picked_for_labels_that_were_read_anew_changes_nothing(at):
    at.session.set_classes(ClassTable.named([f"class {number}" for number in range(40)]))
    before = at.document
    take(at, menu_at(at, (15, 15)), "region_to_other")
    at.session.merge_classes(39, 1)
    at.until(lambda: at.document is not None and at.document is not before)
    search = at.window.findChild(QWidget, "class_picker_search")
    QTest.keyClicks(search, "class 39")
    QTest.keyClick(search, Qt.Key.Key_Return)
    at.until(lambda: not at.session.runner._jobs)
    assert not (at.labels == 39).any()


def test_painting_locking_and_hiding_from_the_menu(at):
    at.action("tool_hand")
    take(at, menu_at(at, (60.5, 60.5)), "paint_with")
    assert at.session.editor.state.class_index == 1
    assert at.session.editor.state.tool == "brush"
    take(at, menu_at(at, (15, 15)), "lock_this")
    assert at.session.classes.get(0).locked
    take(at, menu_at(at, (15, 15)), "region_to_1")
    at.until(lambda: at.tag)
    assert at.tag == "Nothing painted: cat is locked (right click unlocks)"
    assert at.steps == 0
    take(at, menu_at(at, (15, 15)), "lock_this")
    take(at, menu_at(at, (15, 15)), "hide_this")
    assert at.session.classes.get(0).hidden
    assert not at.session.classes.get(0).locked


def test_an_operation_on_the_region_that_was_clicked(at):
    take(at, menu_at(at, (15, 15)), "region_fill_holes")
    shown = popover(at)
    at.until(lambda: shown.result == "1 hole · 100 px would change")
    assert not at.widget("region_class").isVisibleTo(shown)
    choose(at, "region_operation", "keep_largest")
    assert shown.wish.pixel is None


def test_who_made_this_is_answered_where_it_was_asked(at):
    at.click((80, 50))
    take(at, menu_at(at, (80, 50)), "who_made_this")
    at.until(lambda: "Brush" in at.tag)


def test_of_many_classes_the_others_are_found_by_typing(at):
    at.session.set_classes(ClassTable.named([f"class {i}" for i in range(40)]))
    menu = menu_at(at, (15, 15))
    assert menu.findChild(QAction, "region_to_39") is None
    take(at, menu, "region_to_other")
    picker = at.window.findChild(QWidget, "class_picker")
    search = picker.findChild(QWidget, "class_picker_search")
    QTest.keyClicks(search, "class 39")
    QTest.keyClick(search, Qt.Key.Key_Return)
    settled(at, 1)
    assert at.labels[15, 15] == 39
