"""Start page, notices, dialogs."""

import warnings

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from segstudio.ui.export_dialog import ExportDialog
from segstudio.ui.export_values import ExportOffer, ExportWish
from segstudio.ui.notice_frame import CanvasFrame
from segstudio.ui.notices import Chip
from segstudio.ui.start_cards import PlaceValues
from segstudio.ui.start_page import StartPage, samples_in
from segstudio.ui.text_dialog import TextDialog

LEFT = Qt.MouseButton.LeftButton


def child(parent, name):
    found = parent.findChild(object, name)
    assert found is not None, name
    return found


# The start page


@pytest.fixture
def page(qtbot, show):
    page = StartPage()
    qtbot.addWidget(page)
    page.resize(1280, 650)
    return show(page)


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("start_open_images", "open_images_requested"),
        ("start_open_folder", "open_folder_requested"),
        ("start_check", "check_requested"),
    ],
)
def test_a_click_on_the_start_page_is_a_wish(qtbot, page, name, signal):
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.mouseClick(child(page, name), LEFT)


def test_start_page_sizes(qtbot, page, tmp_path):
    page.set_samples([(tmp_path / "cat.jpg", "Cat")])
    button, card = child(page, "start_open_images"), page.cards()[0]
    assert (button.width(), button.height()) == (220, 64)
    assert (card.width(), card.height()) == (128, 116)
    assert page._column.width() >= 720


def test_pictures_of_samples_come_after_the_first_paint(qtbot, page, tmp_path):
    QImage(400, 300, QImage.Format.Format_RGB32).save(str(tmp_path / "old_cat.png"))
    (tmp_path / "README.md").write_text("about", encoding="utf-8")
    samples = samples_in(tmp_path)
    assert samples == [(tmp_path / "old_cat.png", "Old cat")]
    page.set_samples(samples)
    card = page.cards()[0]
    assert card._picture is None
    qtbot.waitUntil(lambda: card._picture is not None)
    with qtbot.waitSignal(page.sample_requested) as wish:
        qtbot.mouseClick(card, LEFT)
    assert wish.args == [tmp_path / "old_cat.png"]


def test_the_latest_project_has_the_focus_and_enter_goes_on_with_it(qtbot, page):
    page.set_places([PlaceValues(name, "1 of 2 done", "today") for name in "abcdef"])
    card = child(page, "place_0")
    assert (card.width(), card.height()) == (168, 136)
    assert QApplication.focusWidget() is card
    assert page.findChild(QWidget, "place_4") is None
    with qtbot.waitSignal(page.place_requested) as wish:
        qtbot.keyClick(card, Qt.Key.Key_Return)
    assert wish.args == [0]
    with qtbot.waitSignal(page.place_requested) as wish:
        qtbot.mouseClick(child(page, "place_3"), LEFT)
    assert wish.args == [3]
    page.set_places([])
    page.take_focus()
    assert QApplication.focusWidget() is child(page, "start_open_images")


def test_projects_that_come_late_do_not_take_the_focus_away(page):
    child(page, "start_open_folder").setFocus()
    page.set_places([PlaceValues("a", "1 of 2 done", "today")])
    assert QApplication.focusWidget() is child(page, "start_open_folder")


def test_the_steps_go_after_the_third(page):
    page.set_hints({1, 2})
    assert child(page, "steps").isVisible()
    page.set_hints({1, 2, 3})
    assert not child(page, "steps").isVisible()


def test_what_is_dropped_is_asked_for(qtbot, page, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    plain = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    with warnings.catch_warnings():
        # The newest Qt wants a QPointF here, the oldest that is supported a QPoint.
        warnings.simplefilter("ignore", DeprecationWarning)
        page.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), *plain))
    assert page._veil.isVisible()
    with qtbot.waitSignal(page.paths_dropped) as wish:
        page.dropEvent(QDropEvent(QPointF(5, 5), *plain))
    assert wish.args == [[tmp_path]]
    assert not page._veil.isVisible()


# Notices


@pytest.fixture
def frame(qtbot, show):
    frame = CanvasFrame(QWidget())
    qtbot.addWidget(frame)
    frame.resize(864, 626)
    return show(frame)


def test_the_canvas_fills_the_frame(frame):
    assert frame._canvas.geometry() == frame.rect()


def test_a_banner_stands_at_the_top_and_never_in_the_middle(qtbot, frame):
    frame.banner.tell("x.png could not be read.", [("skip", "Skip it")], tone="warning")
    shown = frame.banner.geometry()
    assert shown.height() == 36
    assert shown.bottom() < 60
    assert frame.rect().contains(shown)
    with qtbot.waitSignal(frame.banner.action_requested) as wish:
        qtbot.mouseClick(child(frame, "banner_action_1"), LEFT)
    assert wish.args == ["skip"]
    assert not frame.banner.isVisible()


def test_the_newest_banner_wins_and_the_cross_takes_it_away(qtbot, frame):
    frame.banner.tell("One.", [("a", "A"), ("b", "B")])
    frame.banner.tell("Two.")
    assert frame.banner.text() == "Two."
    assert not child(frame, "banner_action_1").isVisible()
    with qtbot.waitSignal(frame.banner.closed):
        qtbot.mouseClick(child(frame, "banner_close"), LEFT)


def test_a_toast_goes_by_itself_and_may_offer_undo(qtbot, frame):
    frame.toast.tell("Filled", ("undo", "Undo"))
    assert frame.toast._timer.interval() == 4000
    assert frame.toast.geometry().left() == 12
    with qtbot.waitSignal(frame.toast.action_requested) as wish:
        qtbot.mouseClick(child(frame, "toast_action"), LEFT)
    assert wish.args == ["undo"]
    frame.toast.tell("Saved")
    frame.toast._timer.timeout.emit()
    assert not frame.toast.isVisible()


def test_a_click_on_a_chip_ends_its_state(qtbot, frame):
    frame.chips.set_chips([Chip("scope", "Only unlabelled"), Chip("hidden", "2 classes hidden")])
    assert frame.chips.geometry().bottom() > 590
    with qtbot.waitSignal(frame.chips.chip_clicked) as wish:
        qtbot.mouseClick(child(frame, "chip_hidden"), LEFT)
    assert wish.args == ["hidden"]
    frame.chips.set_chips([])
    assert not frame.chips.isVisible()


def test_a_toast_stands_above_the_chips(frame):
    frame.chips.set_chips([Chip("scope", "Only unlabelled")])
    frame.toast.tell("Saved")
    assert not frame.toast.geometry().intersects(frame.chips.geometry())


@pytest.mark.parametrize("corner", [QPoint(0, 0), QPoint(863, 625)])
def test_the_tag_stays_inside_and_lets_the_mouse_through(frame, corner):
    frame.tag.tell(corner, "Nothing painted: only unlabelled pixels (K)")
    assert frame.rect().contains(frame.tag.geometry())
    assert frame.tag.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    frame.tag._timer.timeout.emit()
    assert not frame.tag.isVisible()


def test_the_progress_line_is_two_pixels_at_the_top(frame):
    frame.progress.set_fraction(0.5)
    assert (frame.progress.geometry().top(), frame.progress.height()) == (0, 2)
    frame.progress.set_fraction(None)
    assert not frame.progress.isVisible()


# Export


@pytest.fixture
def offer(classes, tmp_path):
    return ExportOffer(118, 131, 0, 13, classes, tmp_path / "out", 84_000_000)


@pytest.fixture
def export(qtbot, show, offer):
    dialog = ExportDialog(offer)
    qtbot.addWidget(dialog)
    return show(dialog)


def test_the_export_dialog_has_its_size(export):
    assert (export.width(), export.height()) == (760, 560)


def test_done_images_are_exported_by_default(qtbot, export, offer):
    with qtbot.waitSignal(export.export_requested) as wish:
        qtbot.mouseClick(child(export, "export_start"), LEFT)
    assert wish.args == [ExportWish("native", "done", True, offer.folder)]


def test_what_no_person_has_looked_at_is_told(qtbot, export):
    warning = child(export, "export_warning")
    assert not warning.isVisible()
    child(export, "export_labelled").click()
    assert warning.text() == "13 of these were never looked at by a person."
    assert warning.isVisible()
    assert export.wish().which == "labelled"


def test_without_done_images_all_with_labels_are_offered(qtbot, classes, tmp_path):
    dialog = ExportDialog(ExportOffer(0, 1, 0, 1, classes, tmp_path))
    qtbot.addWidget(dialog)
    assert dialog.wish().which == "labelled"
    assert not child(dialog, "export_done").isEnabled()
    assert "1 of these was never" in child(dialog, "export_warning").text()


def test_without_labels_or_folder_nothing_can_be_exported(qtbot, classes, export, tmp_path):
    child(export, "export_folder").setText(" ")
    assert not child(export, "export_start").isEnabled()
    empty = ExportDialog(ExportOffer(0, 0, 0, 0, classes, tmp_path))
    qtbot.addWidget(empty)
    assert not child(empty, "export_start").isEnabled()


def test_progress_then_the_report_in_the_same_window(qtbot, export, tmp_path):
    qtbot.mouseClick(child(export, "export_start"), LEFT)
    export.set_progress(3, 118)
    assert child(export, "export_foot").text() == "3 of 118 written and read back"
    assert not child(export, "export_done").isEnabled()
    export.set_report(["118 of 118 read back and identical", "4 classes"], tmp_path)
    assert child(export, "report_title").text() == "118 of 118 read back and identical"
    assert child(export, "report_title").isVisible()
    assert str(tmp_path) in child(export, "report").text()
    with qtbot.assertNotEmitted(export.cancel_requested):
        qtbot.mouseClick(child(export, "export_cancel"), LEFT)
    assert not export.isVisible()


def test_cancel_while_it_runs_keeps_the_dialog(qtbot, export):
    qtbot.mouseClick(child(export, "export_start"), LEFT)
    with qtbot.waitSignal(export.cancel_requested):
        qtbot.mouseClick(child(export, "export_cancel"), LEFT)
    assert export.isVisible()
    assert child(export, "export_start").isEnabled()


def test_an_error_is_told_and_everything_can_be_chosen_anew(qtbot, export):
    qtbot.mouseClick(child(export, "export_start"), LEFT)
    export.set_error("The disk is full.")
    assert child(export, "export_foot").property("role") == "danger"
    assert child(export, "export_start").isEnabled()


def test_text_can_be_copied(qtbot):
    dialog = TextDialog("Log", "one\ntwo")
    qtbot.addWidget(dialog)
    qtbot.mouseClick(dialog.findChild(QPushButton, "text_copy"), LEFT)
    assert QGuiApplication.clipboard().text() == "one\ntwo"
