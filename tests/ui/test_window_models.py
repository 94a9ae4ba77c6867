"""All models in their dialog over the window: what a person does with them."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit, QMenu
from shelf_models import LICENCE, every_kind
from window_driver import LEFT

from segstudio.core.errors import SegstudioError
from segstudio.engine.messages import SegmentRequest
from segstudio.engine.model_messages import (
    ExportModelRequest,
    FetchModelRequest,
    RemoveModelRequest,
)

ESC, ENTER = Qt.Key.Key_Escape, Qt.Key.Key_Return


@pytest.fixture
def at(engine, start, photo):
    """The program with one photo, models of every kind, and their dialog open."""
    engine.models = every_kind(engine.models[0])
    at = start()
    at.open(photo)
    at.action("models")
    return at


def rows(at):
    """What the list shows, line by line."""
    shown = at.widget("model_list").models
    return [row if isinstance(row, str) else row.title for row in shown.rows]


def look_at(at, name):
    """Click a row of the list."""
    models = at.widget("model_list")
    place = models.visualRect(models.models.index(models.models.row_of(name))).center()
    QTest.mouseClick(models.viewport(), LEFT, pos=place)


def is_gone(at):
    return at.window.findChild(QDialog, "models_dialog") is None


def close(at):
    """Close the dialog and wait until it is gone."""
    at.click_button("models_close")
    at.until(lambda: is_gone(at))


def said(at):
    return at.widget("models_dialog").bar.text


def page(at):
    return at.widget("models_dialog").page


def press(at, name, key):
    QTest.keyClick(at.widget(name), key)


def write(at, name, text):
    field = at.widget(name)
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, text)


def menu(at, name):
    return at.window.findChild(QMenu, name)


def propose(at):
    """Have a file looked at, as if it had been chosen."""
    at.widget("models_dialog").import_requested.emit(Path("/a/net.pth"))
    at.until(lambda: page(at) == "import")


def texts(at, name):
    return [label.text() for label in at.widget(name).findChildren(QLabel)]


def used(at):
    return at.session.options().model


def test_the_panel_leads_to_all_models_from_its_open_list_only(at):
    close(at)
    field = at.widget("model")
    last = field.count() - 1
    assert field.itemText(last) == "Models…"
    field.setCurrentIndex(last - 1)
    press(at, "model", Qt.Key.Key_Down)
    assert field.currentIndex() == last - 1
    field.showPopup()
    for _ in range(last):
        QTest.keyClick(field.view(), Qt.Key.Key_Down)
    QTest.keyClick(field.view(), ENTER)
    assert at.widget("models_dialog").isVisible()
    assert field.currentData() == "scenes"


def test_escape_closes_the_size_is_kept_and_the_panel_tells_the_speed_here(at):
    at.widget("models_dialog").resize(900, 640)
    press(at, "model_list", ESC)
    at.until(lambda: is_gone(at))
    at.segment()
    assert at.widget("model").toolTip().startswith("0.1 s here")
    at.action("models")
    assert at.widget("models_dialog").size().toTuple() == (900, 640)


def test_every_value_of_a_network_is_on_the_card_also_those_that_are_as_usual(at):
    look_at(at, "mine")
    words = "encoder output stride 16, decoder aspp separable yes"
    at.until(lambda: words in texts(at, "model_facts"))


def test_what_can_be_chosen_of_an_architecture_is_shown(at):
    close(at)
    at.action("architectures")
    entries = at.widget("architecture_list")
    entries.setCurrentItem(entries.findItems("U-Net", Qt.MatchFlag.MatchExactly)[0])
    at.until(lambda: at.widget("architecture_encoders").text() == "ResNet-18, ResNet-50")
    assert "3 to 5" in at.widget("architecture_choice_0").text()
    assert at.widget("architecture_diagram").isVisible()
    assert "plain stack" in at.widget("architecture_costs").text()
    at.click_button("models_pages_models")
    at.click_button("model_how")
    assert at.widget("architecture_list").currentItem().text() == "DeepLabV3+"


# Fetching -----------------------------------------------------------------------------------


def test_a_fetch_goes_on_without_the_dialog_and_ends_where_one_looks(at, engine):
    engine.shelf.gate.close()
    look_at(at, "voc")
    at.click_button("model_fetch")
    at.until(lambda: "50 %" in at.widget("model_fetch_line").text())
    close(at)
    assert at.widget("fetch_text").text() == "Fetching VOC 50 %"
    assert at.widget("fetch_chip").isVisible()
    assert not at.widget("fetch_pause").isVisible()
    at.click_button("fetch_text")
    assert at.widget("model_list").current == "voc"
    engine.shelf.gate.open()
    at.until(lambda: at.widget("model_use").isVisible())
    at.until(lambda: not at.widget("fetch_chip").isVisible())
    assert rows(at)[-1] == "VOC"
    assert "To be fetched" not in rows(at)
    assert at.widget("model_list").current == "voc"


@pytest.mark.parametrize("button", ["model_cancel_fetch", "fetch_cancel"])
def test_a_fetch_is_cancelled_in_the_dialog_and_in_the_status_bar(at, engine, button):
    engine.shelf.gate.close()
    look_at(at, "voc")
    at.click_button("model_fetch")
    at.until(lambda: engine.shelf.gate.waiting.is_set())
    at.click_button(button)
    at.until(lambda: at.widget("model_fetch").isVisible())
    assert not at.session.models.fetching
    assert not at.session.models.find("voc").is_installed


def test_a_fetch_that_fails_says_why_where_one_looks(at, engine):
    engine.shelf.error = SegstudioError("This computer is offline.")
    look_at(at, "voc")
    at.click_button("model_fetch")
    at.until(lambda: said(at) == "This computer is offline.")
    at.until(lambda: at.widget("model_fetch").isVisible())
    assert at.banner == ""
    at.click_button("message_close")
    assert said(at) == ""
    close(at)
    at.session.models.fetch("voc")
    at.until(lambda: at.banner == "This computer is offline.")


def ask_for_repository(at, text):
    """Choose the last way of importing, type, and press Enter."""
    menu(at, "model_import_menu").actions()[-1].trigger()
    at.until(at.widget("repository_popover").isVisible)
    write(at, "repository_name", text)
    press(at, "repository_name", ENTER)


def test_a_repository_is_fetched_by_its_name_and_its_licence_shown_before_import(at, engine):
    engine.shelf.proposal = replace(
        engine.shelf.proposal, name="model", is_commercial=False, licence=LICENCE
    )
    engine.shelf.gate.close()
    ask_for_repository(at, "no name")
    assert at.widget("repository_popover").isVisible()
    assert not at.widget("repository_fetch").isEnabled()
    write(at, "repository_name", "https://huggingface.co/someone/model")
    at.click_button("repository_fetch")
    assert at.widget("model_list").current == "someone/model"
    at.until(lambda: at.widget("model_fetch_line").text() == "Fetching: 50 %")
    assert at.widget("fetch_text").text() == "Fetching someone/model 50 %"
    assert rows(at)[-1] == "someone/model"
    engine.shelf.gate.open()
    at.until(lambda: page(at) == "import")
    assert "https://huggingface.co/someone/model" in texts(at, "import_form")
    assert at.widget("import_problem").text() == f"{LICENCE} does not allow commercial use."
    at.until(lambda: "someone/model" not in rows(at))
    at.click_button("import_start")
    at.until(lambda: page(at) == "models" and at.widget("model_list").current == "model")


def test_a_repository_that_cannot_be_had_says_why_and_its_name_is_still_there(at, engine):
    engine.shelf.error = SegstudioError("There is no repository someone/model.")
    ask_for_repository(at, "someone/model")
    at.until(lambda: said(at) == "There is no repository someone/model.")
    assert "someone/model" not in rows(at)
    engine.shelf.error = None
    menu(at, "model_import_menu").actions()[-1].trigger()
    assert at.widget("repository_name").selectedText() == "someone/model"
    press(at, "repository_name", ENTER)
    at.until(lambda: page(at) == "import")


def test_the_fetch_of_a_repository_is_cancelled(at, engine):
    engine.shelf.gate.close()
    ask_for_repository(at, "someone/model")
    at.until(engine.shelf.gate.waiting.is_set)
    at.click_button("model_cancel_fetch")
    at.until(lambda: "someone/model" not in rows(at))
    assert page(at) == "models"
    assert not at.session.models.fetching


def test_what_was_fetched_without_the_dialog_waits_until_it_is_opened(at, engine):
    engine.shelf.gate.close()
    ask_for_repository(at, "someone/model")
    close(at)
    engine.shelf.gate.open()
    at.until(lambda: at.banner == "Mine was fetched. It can be imported now.")
    at.action("models")
    assert page(at) == "import"
    at.click_button("import_cancel")
    assert page(at) == "models"


def test_what_was_fetched_does_not_take_a_form_away_that_is_being_filled(at, engine):
    engine.shelf.gate.close()
    ask_for_repository(at, "someone/model")
    propose(at)
    write(at, "import_title", "Portraits")
    engine.shelf.gate.open()
    at.until(lambda: "is to be imported" in said(at))
    assert at.widget("import_title").text() == "Portraits"
    at.click_button("import_cancel")
    assert page(at) == "import"
    assert at.widget("import_title").text() == "Mine"
    at.click_button("import_cancel")
    assert page(at) == "models"


# Use, default, rename, remove ---------------------------------------------------------------


def test_use_and_default_segment_with_the_model_from_now_on(at):
    look_at(at, "mine")
    at.click_button("model_use")
    assert used(at) == "mine"
    assert at.widget("model_state").text() == "In use"
    assert at.widget("model").currentData() == "mine"
    look_at(at, "scenes")
    at.click_button("model_use")
    look_at(at, "mine")
    at.click_button("model_default")
    at.until(lambda: at.widget("model_state").text() == "In use · Default")
    assert used(at) == "mine"


def test_a_title_is_changed_in_place_by_enter_and_left_by_escape(at):
    look_at(at, "mine")
    at.click_button("model_rename")
    write(at, "model_rename_field", "Street")
    press(at, "model_rename_field", ESC)
    assert at.widget("models_dialog").isVisible()
    assert not at.widget("model_rename_field").isVisible()
    at.click_button("model_rename")
    write(at, "model_rename_field", "Street, autumn")
    press(at, "model_rename_field", ENTER)
    at.until(lambda: at.widget("model_title").text() == "Street, autumn")
    assert "Street, autumn" in rows(at)


def test_values_are_changed_on_the_card_and_segment_works_with_them(at, engine):
    look_at(at, "mine")
    at.click_button("model_values")
    assert page(at) == "values"
    assert not at.widget("values_change").isEnabled()  # nothing is other yet
    at.widget("values_normalisation").setCurrentText("Own mean and deviation")
    write(at, "values_mean", "0.5")
    assert not at.widget("values_change").isEnabled()
    assert at.widget("values_problem").text() == (
        "The model wants 3 numbers each for mean and deviation."
    )
    press(at, "values_mean", ESC)
    assert page(at) == "models"
    at.click_button("model_values")
    assert at.widget("values_normalisation").currentText() == "As for ImageNet"
    at.click_button("values_order_bgr")
    at.widget("values_short_side").setValue(512)
    at.click_button("values_change")
    at.until(lambda: page(at) == "models")
    assert said(at) == "The values of Mine were changed. The next Segment works with them."
    at.until(lambda: "BGR" in " ".join(texts(at, "model_facts")))
    assert at.session.models.find("mine").values.short_side == 512


def test_values_that_cannot_be_kept_stay_in_the_form(at, engine):
    look_at(at, "mine")
    at.click_button("model_values")
    at.click_button("values_order_bgr")
    engine.shelf.error = SegstudioError("The disk is full.")
    at.click_button("values_change")
    at.until(lambda: said(at) == "The disk is full.")
    assert page(at) == "values"


def test_a_model_is_compared_anew_after_its_values_were_changed(at, engine):
    look_at(at, "mine")
    at.click_button("model_compare")
    at.until(lambda: at.widget("compare_line").text())
    before = len(engine.asked(SegmentRequest))
    at.click_button("models_pages_models")
    at.click_button("model_values")
    at.click_button("values_order_bgr")
    at.click_button("values_change")
    at.until(lambda: at.session.models.find("mine").channel_order == "bgr")
    at.click_button("models_pages_compare")
    at.until(lambda: len(engine.asked(SegmentRequest)) == before + 1)


def test_remove_asks_first_and_cancel_is_the_answer_of_enter_and_escape(at, engine):
    look_at(at, "mine")
    for key in (ESC, ENTER):
        at.click_button("model_remove")
        assert said(at).startswith("Remove Mine?")
        at.until(lambda: at.widget("message_cancel").hasFocus())
        press(at, "message_cancel", key)
        assert said(at) == ""
    at.click_button("model_remove")
    with at.qtbot.waitSignal(at.session.models.models_changed):
        at.session.models.refresh()
    assert said(at).startswith("Remove Mine?")  # the same list anew answers nothing
    look_at(at, "nc")
    assert said(at) == ""  # it was about another model
    assert not engine.asked(RemoveModelRequest)
    look_at(at, "mine")
    at.click_button("model_remove")
    assert at.widget("message_do").property("danger")
    at.click_button("message_do")
    at.until(lambda: "Mine" not in rows(at))
    assert at.widget("model_list").current == "nc"


# Licences -----------------------------------------------------------------------------------


def test_a_licence_that_forbids_use_for_money_is_shown_before_use_once(at):
    close(at)
    field = at.widget("model")
    field.showPopup()
    for _ in range(2):
        QTest.keyClick(field.view(), Qt.Key.Key_Down)
    QTest.keyClick(field.view(), ENTER)
    assert LICENCE in said(at)
    assert (used(at), field.currentData()) == ("scenes", "scenes")
    at.click_button("message_cancel")
    assert used(at) == "scenes"
    at.click_button("model_use")
    assert at.widget("message_do").text() == "Use anyway"
    at.click_button("message_do")
    assert (used(at), field.currentData()) == ("nc", "nc")
    look_at(at, "scenes")
    at.click_button("model_use")
    look_at(at, "nc")
    at.click_button("model_use")
    assert used(at) == "nc"


def test_such_a_licence_is_shown_before_a_comparison_or_an_evaluation(at, engine):
    look_at(at, "nc")
    at.click_button("model_compare")
    assert (page(at), LICENCE in said(at)) == ("models", True)
    at.click_button("message_cancel")
    at.click_button("models_pages_compare")
    sides = [at.widget(f"compare_{side}") for side in ("left", "right")]
    offered = [side.itemText(row) for side in sides for row in range(side.count())]
    assert "Museum" not in offered
    close(at)
    at.action("evaluate")
    models = at.widget("evaluation_model")
    assert [models.itemText(row) for row in range(models.count())] == ["Scenes", "Mine"]


def test_a_model_whose_licence_was_seen_is_compared(at):
    look_at(at, "nc")
    at.click_button("model_compare")
    at.click_button("message_do")
    at.until(lambda: page(at) == "compare")
    assert at.widget("compare_right").currentText() == "Museum"


def test_such_a_licence_is_shown_before_a_fetch(at, engine):
    engine.models = tuple(
        replace(m, is_commercial=m.name != "voc", licence=LICENCE) for m in engine.models
    )
    at.session.models.refresh()
    at.until(lambda: not at.session.models.find("voc").is_commercial)
    look_at(at, "voc")
    at.click_button("model_fetch")
    assert not engine.asked(FetchModelRequest)
    at.click_button("message_do")
    at.until(lambda: at.session.models.find("voc").is_installed)


# Import and export --------------------------------------------------------------------------


def test_a_model_that_was_imported_is_looked_at(at, engine):
    engine.shelf.proposal = replace(
        engine.shelf.proposal, name="art", is_commercial=False, licence=LICENCE
    )
    propose(at)
    assert at.widget("assumed_mean").isVisible()
    at.click_button("import_start")
    at.until(lambda: page(at) == "models" and at.widget("model_list").current == "art")
    at.click_button("model_use")  # the form named its licence before
    assert used(at) == "art"


def test_an_import_that_fails_keeps_what_was_typed(at, engine):
    propose(at)
    write(at, "import_title", "Portraits")
    engine.shelf.error = SegstudioError("There is a model called “mine” already.")
    at.click_button("import_start")
    at.until(lambda: "already" in said(at))
    assert at.widget("import_title").text() == "Portraits"
    press(at, "import_title", ESC)
    assert page(at) == "models"
    assert not is_gone(at)


def test_a_file_dropped_on_the_dialog_is_looked_at_and_may_be_no_model(at, engine, photo):
    engine.shelf.error = SegstudioError("photo.png is no model.")
    dialog, data = at.widget("models_dialog"), QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    plain = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    entered = QDragEnterEvent(QPoint(5, 5), *plain)
    dialog.dragEnterEvent(entered)
    assert entered.isAccepted()
    dialog.dropEvent(QDropEvent(QPointF(5, 5), *plain))
    at.until(lambda: said(at) == "photo.png is no model.")
    assert page(at) == "models"


def test_export_says_where_the_file_is(at, engine, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), "ONNX"))
    menu(at, "model_export_menu").actions()[0].trigger()
    at.until(lambda: str(tmp_path / "out.onnx") in said(at))
    assert engine.asked(ExportModelRequest)[0].form == "onnx"


# Comparing ----------------------------------------------------------------------------------


def test_two_models_are_compared_on_the_image_and_the_better_one_is_used(at):
    look_at(at, "mine")
    at.click_button("model_compare")
    at.until(lambda: at.widget("compare_line").text())
    assert at.widget("compare_left").currentText() == "Scenes"
    assert at.widget("compare_right").currentText() == "Mine"
    assert at.widget("compare_line").text() == "The same class in 100 % of the image"
    words = at.widget("compare_classes_left").accessibleDescription()
    assert words == "person 50 %, animal 50 %"
    view, middle = at.widget("compare_view"), at.widget("compare_view").rect().center()
    QTest.mousePress(view, LEFT, pos=middle)
    QTest.mouseMove(view, middle + QPoint(30, 0))
    QTest.mouseRelease(view, LEFT, pos=middle + QPoint(30, 0))
    assert view.divider > 0.5
    assert not at.widget("compare_use_left").isVisible()
    at.click_button("compare_use_right")
    assert used(at) == "mine"
    assert at.widget("compare_use_left").isVisible()
    assert not at.widget("compare_use_right").isVisible()
    assert at.steps == 0


def test_nothing_is_compared_without_an_image(engine, start):
    engine.models = every_kind(engine.models[0])
    at = start()
    at.action("models")
    look_at(at, "mine")
    assert not at.widget("model_compare").isVisible()
    assert not at.widget("models_pages_compare").isVisible()
