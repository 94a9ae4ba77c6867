"""The strip and the list of images."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.ui.images_panel import LIST_WIDTH, STRIP_WIDTH, ImagesPanel
from segstudio.ui.note_popover import NotePopover

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
STATES = tuple(ImageState)


def child(parent, name):
    found = parent.findChild(object, name)
    assert found is not None, name
    return found


def records(count=40):
    return [ImageRecord(f"image_{at:02}.png", STATES[at % len(STATES)]) for at in range(count)]


@pytest.fixture
def home(qtbot):
    """A window with room beside the panel."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 500)
    return window


@pytest.fixture
def images(home, show):
    panel = ImagesPanel(home)
    panel.set_images(records())
    panel.resize(LIST_WIDTH, 500)
    show(home)
    return panel


@pytest.fixture
def listed(images):
    images.set_mode("list")
    images.set_current(0)
    return images


def place(panel, row):
    return panel.view().place_of(row).center()


def click(panel, row, modifiers=Qt.KeyboardModifier.NoModifier, button=LEFT):
    QTest.mouseClick(panel.view().viewport(), button, modifiers, place(panel, row))


def shown(panel):
    return list(panel.order.rows)


def search(panel, text):
    field = child(panel, "image_search")
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, text)


def choose(qtbot, panel, key):
    qtbot.mouseClick(child(panel, f"images_show_{key}"), LEFT)


# Strip and list


def test_panel_widths(images):
    assert images.sizeHint().width() == STRIP_WIDTH == 104
    images.set_mode("list")
    assert images.sizeHint().width() == LIST_WIDTH == 240


@pytest.mark.parametrize("mode", ["strip", "list"])
def test_a_click_asks_for_an_image(qtbot, images, mode):
    images.set_mode(mode)
    images.grab()
    with qtbot.waitSignal(images.image_requested) as wish:
        click(images, 2)
    assert wish.args == [2]


def test_enter_and_the_ends_ask_for_an_image(qtbot, listed):
    view = listed.view()
    for key, row in ((Qt.Key.Key_Down, None), (Qt.Key.Key_Return, 1), (Qt.Key.Key_End, 39)):
        if row is None:
            QTest.keyClick(view, key)
            continue
        with qtbot.waitSignal(listed.image_requested) as wish:
            QTest.keyClick(view, key)
        assert wish.args == [row]


def test_a_letter_in_the_list_looks_for_nothing(listed):
    QTest.keyClick(listed.view(), Qt.Key.Key_Y)
    assert listed.selected_rows() == (0,)


def test_the_current_image_is_scrolled_to(images):
    images.set_current(39)
    assert not images.view().place_of(39).isEmpty()
    assert images.view().place_of(0).isEmpty()


@pytest.mark.parametrize("mode", ["strip", "list"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_mark_of_its_own(images, mode, state):
    def picture(record):
        images.set_record(1, record)
        return images.view().viewport().grab().toImage()

    images.set_mode(mode)
    for other in set(STATES) - {state}:
        assert picture(ImageRecord("a.png", state)) != picture(ImageRecord("a.png", other))
    bare = ImageRecord("a.png", state)
    marked = [
        replace(bare, flagged=True),
        replace(bare, note="dark"),
        replace(bare, is_missing=True),
        replace(bare, is_altered=True),
    ]
    pictures = [picture(record) for record in (bare, *marked)]
    assert all(a != b for at, a in enumerate(pictures) for b in pictures[:at])


def test_the_tooltip_tells_all(images):
    images.set_record(
        0,
        ImageRecord(
            "sub/a.png",
            ImageState.DONE,
            part=Part.TEST,
            author="Anna",
            model="scenes",
            unsure=0.314,
            note="Too dark",
            is_missing=True,
        ),
    )
    tip = images.view().model().place_of(0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.splitlines() == [
        "sub/a.png",
        "Done · Test",
        "File missing",
        "Last changed by Anna",
        "scenes, 31 % unsure",
        "Too dark",
    ]


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (None, "118 of 1,340 done"),
        (0, "118 of 1,340 done"),
        (20, "118 of 1,340 done · about 1 min left"),
        (1500, "118 of 1,340 done · about 25 min left"),
        (3590, "118 of 1,340 done · about 1 h left"),
        (7800, "118 of 1,340 done · about 2 h 10 min left"),
        (50_000, "118 of 1,340 done · about 14 h left"),
    ],
)
def test_the_progress_is_told(images, left, text):
    images.set_progress(118, 1340, left)
    line = child(images, "images_progress")
    assert line.text() == text.replace(" · about ", "\n≈ ")
    images.set_mode("list")
    assert line.text() == text


# Thumbnails


def red():
    picture = QImage(80, 60, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    return picture


def test_thumbnails_are_asked_for_once_and_only_where_seen(qtbot):
    panel = ImagesPanel()
    qtbot.addWidget(panel)
    asked = []
    panel.thumbnail_requested.connect(asked.append)
    panel.set_images(records(1000))
    panel.resize(104, 300)
    panel.show()
    qtbot.waitUntil(lambda: bool(asked))
    panel.grab()
    assert asked == sorted(set(asked))
    assert len(asked) < 10
    panel.set_thumbnail(0, red())
    grabbed = panel.view().viewport().grab().toImage()
    assert grabbed.pixelColor(place(panel, 0) - QPoint(10, 10)) == QColor("red")


def test_what_is_scrolled_past_is_asked_for_only_when_it_comes_back_into_sight(qtbot, home, show):
    panel = ImagesPanel(home)
    panel.set_images(records(3000))
    panel.resize(LIST_WIDTH, 500)
    show(home)
    asked, bar = [], panel.view().verticalScrollBar()
    panel.thumbnail_requested.connect(asked.append)
    qtbot.waitUntil(lambda: 0 in asked)
    asked.clear()
    for step in range(1, 31):  # within one turn of the event loop: nobody has looked anywhere
        bar.setValue(bar.maximum() * step // 31)
        panel.view().viewport().repaint()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: 2999 in asked)
    assert len(asked) <= 60
    asked.clear()
    bar.setValue(bar.maximum() // 31)
    qtbot.waitUntil(lambda: bool(asked))
    assert abs(min(asked) - 3000 // 31) < 10


def test_a_thumbnail_is_asked_for_again_and_shown_until_the_new_one_comes(qtbot, images):
    images.grab()
    images.set_thumbnail(0, red())
    with qtbot.waitSignal(images.thumbnail_requested, check_params_cb=lambda row: row == 0):
        images.forget_thumbnail(0)
        images.grab()
    grabbed = images.view().viewport().grab().toImage()
    assert grabbed.pixelColor(place(images, 0) - QPoint(10, 10)) == QColor("red")
    with qtbot.waitSignal(images.thumbnail_requested, check_params_cb=lambda row: row == 0):
        images.set_thumbnail(0, red())
        images.forget_thumbnails()
        images.grab()


# Finding


def test_the_search_keeps_rows_of_the_whole_list(qtbot, listed):
    search(listed, "_17")
    assert shown(listed) == [17]
    with qtbot.waitSignal(listed.image_requested) as wish:
        click(listed, 17)
    assert wish.args == [17]
    assert child(listed, "images_shown").text() == "1 of 40 shown"


def test_the_filter_row_leaves_images_out(qtbot, listed):
    assert not child(listed, "images_shown").isVisible()
    choose(qtbot, listed, "to_do")
    assert shown(listed) == [row for row in range(40) if row % 6 < 3]
    choose(qtbot, listed, "done")
    assert shown(listed) == [row for row in range(40) if row % 6 in (3, 4)]
    choose(qtbot, listed, "all")
    assert len(shown(listed)) == 40


def test_where_nothing_matches_a_button_shows_all(qtbot, listed):
    choose(qtbot, listed, "flagged")
    assert not listed.view().isVisible()
    button = child(listed, "images_clear_search")
    qtbot.mouseClick(button, LEFT)
    assert (listed.view().isVisible(), button.isVisible()) == (True, False)
    assert len(shown(listed)) == 40
    assert child(listed, "images_show_all").isChecked()


def test_images_are_sorted_by_the_menu(listed):
    listed.set_record(30, replace(records()[30], changed_at=9.0))
    child(listed, "sort_date").trigger()
    assert shown(listed)[:2] == [30, 0]
    child(listed, "sort_useful").trigger()
    assert shown(listed)[0] == 1
    child(listed, "sort_name").trigger()
    assert shown(listed) == list(range(40))


def test_other_images_keep_the_order_but_not_the_search(listed):
    child(listed, "sort_date").trigger()
    search(listed, "_17")
    listed.set_images([ImageRecord("a.png"), ImageRecord("b.png", changed_at=5.0)])
    assert shown(listed) == [1, 0]
    assert child(listed, "image_search").text() == ""


def test_classes_are_found_by_their_names(listed):
    listed.set_record(3, replace(records()[3], classes=((7, 10),)))
    search(listed, "class:tree")
    assert shown(listed) == []
    listed.set_classes({"tree": 7})
    assert shown(listed) == [3]


def test_an_image_that_no_longer_matches_stays_until_it_is_left(qtbot, listed):
    choose(qtbot, listed, "to_do")
    listed.set_record(0, ImageRecord("image_00.png", ImageState.DONE))
    listed.set_record(3, ImageRecord("image_03.png", ImageState.NEW))
    assert shown(listed)[:4] == [0, 1, 2, 6]
    listed.set_current(1)
    assert shown(listed)[:4] == [1, 2, 3, 6]


def test_many_images_in_any_order_are_sorted_by_name_soon(qtbot, listed):
    listed.set_images([ImageRecord(f"{n}.png") for n in range(9000, 0, -1)])
    qtbot.waitUntil(lambda: shown(listed)[0] == 8999)


def test_enter_in_the_search_goes_to_the_first_that_was_found(qtbot, listed):
    search(listed, "_2")
    asked = []
    listed.image_requested.connect(asked.append)
    with qtbot.waitSignal(listed.focus_returned):
        QTest.keyClick(child(listed, "image_search"), Qt.Key.Key_Return)
    assert asked == [20]


def test_escape_in_the_search_ends_it(qtbot, listed):
    search(listed, "_2")
    with qtbot.waitSignal(listed.focus_returned):
        QTest.keyClick(child(listed, "image_search"), Qt.Key.Key_Escape)
    assert len(shown(listed)) == 40


def test_down_in_the_search_goes_to_the_list(listed):
    search(listed, "_2")
    QTest.keyClick(child(listed, "image_search"), Qt.Key.Key_Down)
    assert listed.view().hasFocus()


def test_a_strip_is_a_list_as_long_as_images_are_searched(qtbot, home, images):
    field = child(images, "image_search")
    with qtbot.waitSignal(images.width_requested) as wish:
        images.start_search()
    assert (images.mode, wish.args, field.hasFocus()) == ("list", [240], True)
    QTest.keyClicks(field, "_17")
    images.view().setFocus()
    assert images.mode == "list"
    field.setFocus()
    canvas = QLineEdit(home)
    canvas.show()
    images.focus_returned.connect(canvas.setFocus)
    with qtbot.waitSignal(images.width_requested) as wish:
        QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (images.mode, wish.args, len(shown(images))) == ("strip", [104], 40)


# Several at once, and the menu


def test_several_images_are_selected_without_opening_them(qtbot, listed):
    click(listed, 1)
    with qtbot.assertNotEmitted(listed.image_requested):
        click(listed, 3, SHIFT)
        click(listed, 5, CTRL)
    assert listed.selected_rows() == (1, 2, 3, 5)


def test_selected_rows_are_rows_of_the_whole_list(qtbot, listed):
    choose(qtbot, listed, "done")
    click(listed, 3)
    click(listed, 9, SHIFT)
    assert listed.selected_rows() == (3, 4, 9)


def menu_of(listed, row):
    from PySide6.QtGui import QContextMenuEvent
    from PySide6.QtWidgets import QApplication

    click(listed, row, button=RIGHT)
    at = place(listed, row)
    viewport = listed.view().viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, event)
    return child(listed.view(), "image_menu")


@pytest.mark.parametrize(
    ("row", "name", "words", "wished"),
    [
        (0, "image_done", "Mark done", ImageState.DONE),
        (3, "image_done", "Not done", ImageState.IN_WORK),
        (3, "image_checked", "Checked", ImageState.CHECKED),
        (4, "image_checked", "Not checked", ImageState.DONE),
        (0, "image_skip", "Skip", ImageState.SKIPPED),
        (5, "image_skip", "Do not skip", ImageState.IN_WORK),
    ],
)
def test_the_menu_says_what_a_click_would_do(qtbot, listed, row, name, words, wished):
    menu = menu_of(listed, row)
    action = child(menu, name)
    assert action.text() == words
    with qtbot.waitSignal(listed.state_requested) as wish:
        action.trigger()
    assert wish.args == [(row,), wished]
    menu.close()


def test_the_menu_of_several_images_is_for_all_of_them(qtbot, listed):
    click(listed, 1)
    click(listed, 3, SHIFT)
    menu = menu_of(listed, 2)
    assert menu.actions()[0].text() == "3 images"
    assert menu.findChild(object, "image_reveal") is None
    for name, signal, arguments in (
        ("image_part_test", listed.part_requested, [(1, 2, 3), Part.TEST]),
        ("image_note", listed.note_requested, [(1, 2, 3)]),
        ("image_remove", listed.remove_requested, [(1, 2, 3)]),
    ):
        with qtbot.waitSignal(signal) as wish:
            child(menu, name).trigger()
        assert wish.args == arguments
    menu.close()


def test_a_right_click_beside_the_selection_is_for_that_image(qtbot, listed):
    click(listed, 1)
    click(listed, 3, SHIFT)
    menu = menu_of(listed, 5)
    with qtbot.waitSignal(listed.reveal_requested) as wish:
        child(menu, "image_reveal").trigger()
    assert wish.args == [5]
    menu.close()


def test_the_menu_shows_the_part_of_an_image(listed):
    listed.set_record(2, replace(records()[2], part=Part.VALIDATION))
    menu = menu_of(listed, 2)
    assert child(menu, "image_part_validation").isChecked()
    assert not child(menu, "image_part_none").isChecked()
    menu.close()


def test_the_settings_of_the_list(qtbot, listed):
    listed.set_overlay(True)
    overlay = child(listed, "list_overlay")
    with qtbot.waitSignal(listed.overlay_requested) as wish:
        overlay.trigger()
    assert wish.args == [False]
    with qtbot.waitSignal(listed.name_requested):
        child(listed, "your_name").trigger()
    assert child(listed, "images_cog").popupMode() == QToolButton.ToolButtonPopupMode.InstantPopup


# Notes


def note(qtbot, show, *noted):
    popover = NotePopover(noted)
    qtbot.addWidget(popover)
    kept = []
    popover.kept.connect(kept.append)
    show(popover)
    return popover, kept


def test_only_what_was_changed_of_a_note_is_kept(qtbot, show):
    popover, kept = note(qtbot, show, ImageRecord("a.png", note="dark"))
    QTest.keyClicks(child(popover, "note_text"), " and wet")
    QTest.keyClick(child(popover, "note_text"), Qt.Key.Key_Return, CTRL)
    assert kept == [{"note": "dark and wet"}]
    popover, kept = note(qtbot, show, ImageRecord("a.png", note="dark"))
    child(popover, "note_flag").click()
    popover.hide()
    assert kept == [{"flagged": True}]
    popover, kept = note(qtbot, show, ImageRecord("a.png", note="dark", flagged=True))
    qtbot.mouseClick(child(popover, "note_keep"), LEFT)
    assert kept == []


def test_escape_drops_what_was_written(qtbot, show):
    popover, kept = note(qtbot, show, ImageRecord("a.png"))
    QTest.keyClicks(child(popover, "note_text"), "wet")
    QTest.keyClick(child(popover, "note_text"), Qt.Key.Key_Escape)
    assert (popover.isVisible(), kept) == (False, [])


def test_different_notes_stay_unless_a_new_one_is_written(qtbot, show):
    two = (ImageRecord("a.png", note="dark"), ImageRecord("b.png", note="wet", flagged=True))
    popover, kept = note(qtbot, show, *two)
    assert child(popover, "note_text").toPlainText() == ""
    popover.hide()
    assert kept == []


# A hundred thousand


def test_100000_images_are_listed_and_searched(images):
    images.set_images([ImageRecord(f"image_{at}.png") for at in range(100_000)])
    images.set_current(99_999)
    assert not images.view().place_of(99_999).isEmpty()
    images.set_mode("list")
    QTest.keyClicks(images.findChild(QLineEdit, "image_search"), "_9999")
    assert shown(images) == [9999, *range(99_990, 100_000)]
