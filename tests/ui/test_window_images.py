"""The list of images in the whole window, by mouse and keys."""

import time
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from window_driver import CTRL, LEFT, SHIFT

from segstudio.core.image_record import ImageState, Part
from segstudio.ui.slices import Slices

NAMES = ("a.png", "b.png", "c.png", "d.png", "e.png")


@pytest.fixture
def at(program, photos):
    """The program with five photos, one class and a brush, the list at the left."""
    program.open(photos(*NAMES))
    program.use_classes("cat")
    program.brush(40)
    program.window.images_panel.set_mode("list")
    return program


@pytest.fixture
def panel(at):
    return at.window.images_panel


def record(at, row):
    return at.session.images.record_at(row)


def popover(name):
    found = [w for w in QApplication.topLevelWidgets() if w.objectName() == name and w.isVisible()]
    assert found, name
    return found[0]


def part_of(widget, name):
    found = widget.findChild(QWidget, name)
    assert found is not None, name
    return found


def choose(at, *rows, modifiers=SHIFT):
    viewport = at.window.images_panel.view().viewport()
    for number, row in enumerate(rows):
        held = modifiers if number else Qt.KeyboardModifier.NoModifier
        place = at.window.images_panel.view().place_of(row).center()
        QTest.mouseClick(viewport, LEFT, held, place)
    at.settle()


# Walking


def test_keys_follow_the_filter_and_the_place_says_so(at):
    at.session.set_state(1, ImageState.DONE)
    at.session.set_state(3, ImageState.SKIPPED)
    at.until(lambda: record(at, 3).state is ImageState.SKIPPED)
    at.click_button("images_show_to_do")
    assert at.widget("place").text() == "1 / 3"
    at.canvas.setFocus()
    for key, row, place in (
        (Qt.Key.Key_D, 2, "2 / 3"),
        (Qt.Key.Key_D, 4, "3 / 3"),
        (Qt.Key.Key_D, 4, "3 / 3"),
        (Qt.Key.Key_A, 2, "2 / 3"),
        (Qt.Key.Key_Home, 0, "1 / 3"),
        (Qt.Key.Key_End, 4, "3 / 3"),
    ):
        at.key(key)
        at.settle()
        assert at.session.images.current == row
        assert at.widget("place").text() == place


def test_an_image_that_was_done_leaves_the_list_of_those_to_do_with_the_next(at):
    at.click_button("images_show_to_do")
    at.canvas.setFocus()
    at.key(Qt.Key.Key_T)
    assert at.widget("place").text() == "1 / 5"
    at.key(Qt.Key.Key_D)
    at.settle()
    assert (at.session.images.current, at.widget("place").text()) == (1, "1 / 4")


def test_next_not_done_passes_over_skipped_and_checked(at):
    at.session.set_state(1, ImageState.CHECKED)
    at.session.set_state(2, ImageState.SKIPPED)
    at.until(lambda: record(at, 2).state is ImageState.SKIPPED)
    at.key(Qt.Key.Key_D, SHIFT)
    at.settle()
    assert at.session.images.current == 3


def test_an_image_that_the_search_leaves_out_has_no_place(at):
    field = at.widget("image_search")
    at.key(Qt.Key.Key_F, CTRL)
    assert field.hasFocus()
    QTest.keyClicks(field, "d.png")
    assert at.widget("place").text() == "– / 1"
    QTest.keyClick(field, Qt.Key.Key_Return)
    at.settle()
    assert (at.session.images.current, at.widget("place").text()) == (3, "1 / 1")
    assert at.canvas.hasFocus()


def test_ctrl_f_makes_the_strip_a_list_until_the_search_is_left(at, panel):
    panel.set_mode("strip")
    at.window.reset_layout()
    at.key(Qt.Key.Key_F, CTRL)
    assert (panel.mode, panel.width()) == ("list", 240)
    QTest.keyClicks(at.widget("image_search"), "b")
    at.canvas.setFocus()
    assert panel.mode == "list"
    at.key(Qt.Key.Key_F, CTRL)
    QTest.keyClick(at.widget("image_search"), Qt.Key.Key_Escape)
    assert (panel.mode, panel.width(), at.canvas.hasFocus()) == ("strip", 104, True)


def test_classes_are_searched_by_the_names_they_have_now(at):
    at.session.change_record(2, classes=((0, 50),))
    QTest.keyClicks(at.widget("image_search"), "class:cat")
    assert list(at.session.images.order.rows) == [2]
    at.use_classes("dog")
    assert list(at.session.images.order.rows) == []


# Marks


def test_several_images_are_marked_at_once(at, panel):
    choose(at, 1, 3)
    menu = panel.view().context_menu(panel.selected_rows())
    menu.findChild(object, "image_checked").trigger()
    menu.findChild(object, "image_part_test").trigger()
    menu.deleteLater()
    at.until(lambda: all(record(at, row).state is ImageState.CHECKED for row in (1, 2, 3)))
    assert [record(at, row).part for row in range(5)] == [
        Part.NONE,
        Part.TEST,
        Part.TEST,
        Part.TEST,
        Part.NONE,
    ]
    assert at.widget("images_progress").text() == "3 of 5 done"


def test_the_actions_say_how_the_open_image_is_marked(at):
    ticked = lambda: [  # noqa: E731
        at.window.actions_by_name[name].isChecked() for name in ("done", "checked", "skip")
    ]
    at.action("checked")
    assert (record(at, 0).state, ticked()) == (ImageState.CHECKED, [True, True, False])
    at.action("checked")
    assert (record(at, 0).state, ticked()) == (ImageState.DONE, [True, False, False])
    at.action("skip")
    assert (record(at, 0).state, ticked()) == (ImageState.SKIPPED, [False, False, True])
    at.click((30, 30))
    assert record(at, 0).state is ImageState.SKIPPED
    at.action("skip")
    assert (record(at, 0).state, ticked()) == (ImageState.IN_WORK, [False, False, False])


def test_m_takes_a_note_on_the_open_image(at, panel):
    at.key(Qt.Key.Key_M)
    asked = popover("note_popover")
    QTest.keyClicks(part_of(asked, "note_text"), "the roof")
    part_of(asked, "note_flag").click()
    part_of(asked, "note_keep").click()
    assert (record(at, 0).note, record(at, 0).flagged) == ("the roof", True)
    assert panel.record(0) == record(at, 0)
    at.click_button("images_show_flagged")
    assert list(at.session.images.order.rows) == [0]


def test_m_in_the_list_takes_a_note_on_those_selected(at, panel):
    choose(at, 1, 2)
    panel.take_focus()
    at.key(Qt.Key.Key_M)
    asked = popover("note_popover")
    QTest.keyClicks(part_of(asked, "note_text"), "dark")
    asked.hide()
    assert [record(at, row).note for row in range(4)] == ["", "dark", "dark", ""]


def test_changes_are_signed_with_the_name_of_the_settings(at, panel):
    panel.findChild(object, "your_name").trigger()
    field = part_of(popover("name_popover"), "annotator")
    QTest.keyClicks(field, " Anna ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert at.session.settings.get("annotator") == "Anna"
    at.click((30, 30))
    assert record(at, 0).author == "Anna"


@pytest.mark.parametrize("button", ["Remove", "Cancel"])
def test_an_image_is_removed_only_when_the_verb_is_clicked(at, panel, monkeypatch, button):
    asked = []

    def answer(box):
        asked.append((box.text(), box.defaultButton().text()))
        next(b for b in box.buttons() if button in b.text().replace("&", "")).click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    at.show(2)
    panel.remove_requested.emit((2, 0))
    assert asked[0][0] == "Remove 2 images from the project?"
    assert "Cancel" in asked[0][1].replace("&", "")
    at.settle()
    names = [path.name for path in at.session.images.paths]
    assert names == (["b.png", "d.png", "e.png"] if button == "Remove" else list(NAMES))
    assert at.document.path.name == ("d.png" if button == "Remove" else "c.png")
    assert (at.session.root / "a.png").exists()


def test_removing_another_image_leaves_the_open_one(at, panel):
    at.show(2)
    document = at.document
    at.session.remove_images([0])
    assert at.document is document
    assert (at.session.images.current, at.widget("place").text()) == (1, "2 / 4")
    at.session.remove_images(range(4))
    assert len(at.session.images) == 4
    assert "Every image" in at.banner


# Thumbnails


def pixel(panel, row):
    view = panel.view()
    place = view.place_of(row)
    shot = view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return shot.pixelColor(place.left() + 42, place.center().y())


def test_a_thumbnail_shows_the_labels_once_the_image_was_left(at, panel):
    at.until(lambda: pixel(panel, 0).red() in range(120, 136))
    at.until(lambda: not at.session.runner.running("thumbnails"))
    at.drag((0, 45), (119, 45))
    at.drag((0, 20), (119, 20), (119, 70), (0, 70))
    assert pixel(panel, 0).red() in range(120, 136)
    at.canvas.setFocus()
    at.key(Qt.Key.Key_D)
    at.settle()
    at.until(lambda: pixel(panel, 0).red() > pixel(panel, 0).green() + 40)
    panel.findChild(object, "list_overlay").trigger()
    assert at.session.settings.get("list.overlay") is False
    at.until(lambda: abs(pixel(panel, 0).red() - pixel(panel, 0).green()) < 8)


def test_thumbnails_follow_the_colours_of_the_classes(at, panel):
    at.drag((0, 45), (119, 45))
    at.key(Qt.Key.Key_D)
    at.settle()
    at.until(lambda: pixel(panel, 0).red() > pixel(panel, 0).blue() + 40)
    at.session.edit_classes(lambda table: table.changed(0, colour=(0, 0, 255)))
    at.until(lambda: pixel(panel, 0).blue() > pixel(panel, 0).red() + 40)


# Many


def test_many_changes_are_made_between_events_and_before_the_end(qtbot):
    done = []

    def slow(number):
        done.append(number)
        end = time.perf_counter() + 0.002
        while time.perf_counter() < end:
            pass

    slices = Slices()
    slices.do(partial(slow, number) for number in range(20))
    assert 0 < len(done) < 20
    qtbot.waitUntil(lambda: len(done) == 20)
    assert done == list(range(20))
    slices.do(partial(slow, number) for number in range(20, 40))
    slices.finish()
    assert done == list(range(40))
    slices.do(partial(slow, number) for number in range(20))
    slices.drop()
    assert len(done) < 60
