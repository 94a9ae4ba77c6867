"""The panels of the model and of the images."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLineEdit

from segstudio.core.classes import ClassTable
from segstudio.ui.images_model import STATES, ImageRow
from segstudio.ui.images_panel import LIST_WIDTH, STRIP_WIDTH, ImagesPanel
from segstudio.ui.match_dialog import MatchDialog
from segstudio.ui.model_panel import ModelChoice, ModelPanel, time_text

LEFT = Qt.MouseButton.LeftButton


def child(parent, name):
    found = parent.findChild(object, name)
    assert found is not None, name
    return found


# The model


@pytest.fixture
def model(qtbot, show):
    panel = ModelPanel()
    qtbot.addWidget(panel)
    panel.set_models(
        [ModelChoice("scenes", "Scenes", 12, "IoU 0.52"), ModelChoice("cells", "Cells", 2)]
    )
    panel.set_model("scenes")
    panel.set_refinement("guided")
    panel.resize(268, 190)
    return show(panel)


def test_the_model_panel_is_190_high(model):
    assert model.minimumSizeHint().height() <= 190


def test_a_model_is_shown_with_its_number_of_classes(qtbot, model):
    combo = child(model, "model")
    assert combo.currentText() == "Scenes · 12 classes"
    with qtbot.waitSignal(model.model_requested) as wish:
        combo.activated.emit(1)
    assert wish.args == ["cells"]


def test_a_refinement_is_a_wish_and_its_time_is_shown(qtbot, model):
    model.set_refine_times({"none": 0.0, "guided": 0.04, "crf": 2.31})
    assert child(model, "refinement_crf").toolTip() == "Dense CRF: 2.3 s"
    with qtbot.waitSignal(model.refinement_requested) as wish:
        qtbot.mouseClick(child(model, "refinement_crf"), LEFT)
    assert wish.args == ["crf"]


def test_without_refinement_there_is_nothing_to_smooth(model):
    model.set_refinement("none")
    assert not child(model, "smoothness").isEnabled()


def test_matching_is_told_in_three_ways(qtbot, model):
    line = child(model, "matching")
    model.set_matching(12, 12)
    assert line.whole_text() == "12 of 12 classes matched"
    assert line.property("role") == "secondary"
    model.set_matching(3, 12)
    assert line.property("role") == "warning"
    with qtbot.waitSignal(model.match_requested):
        qtbot.mouseClick(child(model, "match"), LEFT)
    model.set_matching(0, 12)
    assert not line.isVisible()
    assert model._unmatched.isVisible()


def test_a_missing_dense_crf_is_told_with_the_way_to_add_it(qtbot, model):
    model.set_crf_available(False)
    assert not child(model, "refinement_crf").isEnabled()
    with qtbot.waitSignal(model.crf_help_requested):
        qtbot.mouseClick(child(model, "crf_help"), LEFT)


def test_device_and_detail_are_behind_the_cog(qtbot, model):
    model.set_devices([("auto", "Automatic (CPU)"), ("cpu", "CPU")], "cpu")
    model.set_detail("2")
    qtbot.mouseClick(child(model, "model_cog"), LEFT)
    settings = model.settings()
    assert settings.isVisible()
    assert child(settings, "device").currentText() == "CPU"
    with qtbot.waitSignal(model.detail_requested) as wish:
        qtbot.mouseClick(child(settings, "detail_native"), LEFT)
    assert wish.args == ["native"]
    settings.hide()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.038, "38 ms"), (0.84, "0.8 s"), (2.31, "2.3 s"), (14.2, "14 s")]
)
def test_times_are_written_to_be_read(seconds, text):
    assert time_text(seconds) == text


def test_matches_are_asked_for_class_by_class(qtbot, classes):
    theirs = ClassTable.named(["human", "car", "noise"])
    dialog = MatchDialog(theirs, classes, {0: 0, 1: None})
    qtbot.addWidget(dialog)
    field = child(dialog, "match_2")
    field.setCurrentIndex(field.findText("Ignore"))
    assert dialog.matches() == {0: 0, 1: None, 2: 255}


# The images


@pytest.fixture
def images(qtbot, show):
    panel = ImagesPanel()
    qtbot.addWidget(panel)
    panel.set_images([ImageRow(f"image_{at:02}.png", list(STATES)[at % 4]) for at in range(40)])
    panel.resize(LIST_WIDTH, 400)
    return show(panel)


def place(panel, row):
    view = panel.view()
    return view.visualRect(view.model().place_of(row)).center()


def test_panel_widths(images):
    assert images.sizeHint().width() == STRIP_WIDTH == 104
    images.set_mode("list")
    assert images.sizeHint().width() == LIST_WIDTH == 240


@pytest.mark.parametrize("mode", ["strip", "list"])
def test_a_click_asks_for_an_image(qtbot, images, mode):
    images.set_mode(mode)
    images.grab()
    with qtbot.waitSignal(images.image_requested) as wish:
        qtbot.mouseClick(images.view().viewport(), LEFT, pos=place(images, 2))
    assert wish.args == [2]


def test_thumbnails_are_asked_for_once_and_only_where_seen(qtbot):
    panel = ImagesPanel()
    qtbot.addWidget(panel)
    asked = []
    panel.thumbnail_requested.connect(asked.append)
    panel.set_images([ImageRow(f"{at}.png") for at in range(1000)])
    panel.resize(104, 300)
    panel.show()
    qtbot.waitUntil(lambda: bool(asked))
    panel.grab()
    assert asked == sorted(set(asked))
    assert len(asked) < 10
    picture = QImage(80, 60, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    panel.set_thumbnail(0, picture)
    grabbed = panel.view().viewport().grab().toImage()
    assert grabbed.pixelColor(place(panel, 0) - QPoint(10, 10)) == QColor("red")


def test_a_thumbnail_is_asked_for_again_after_its_labels_changed(qtbot, images):
    images.grab()
    images.set_thumbnail(0, QImage(8, 8, QImage.Format.Format_RGB32))
    with qtbot.waitSignal(images.thumbnail_requested, check_params_cb=lambda row: row == 0):
        images.forget_thumbnail(0)
        images.grab()


def test_a_state_and_the_progress_are_shown(images):
    images.set_state(0, "done")
    images.set_progress(118, 340)
    assert "Done" in images.view().model().place_of(0).data(Qt.ItemDataRole.ToolTipRole)
    assert child(images, "images_progress").text() == "118 of 340 done"


def test_the_search_keeps_rows_of_the_whole_list(qtbot, images):
    images.set_mode("list")
    qtbot.keyClicks(images.findChild(QLineEdit, "image_search"), "_17")
    assert images.view().model().rowCount() == 1
    with qtbot.waitSignal(images.image_requested) as wish:
        qtbot.mouseClick(images.view().viewport(), LEFT, pos=place(images, 17))
    assert wish.args == [17]


@pytest.mark.parametrize(
    ("state", "words", "wished"), [("work", "Mark done", True), ("done", "Not done", False)]
)
def test_the_menu_of_an_image(qtbot, images, state, words, wished):
    images.set_state(3, state)
    action = images.view().context_menu(3).actions()[0]
    assert action.text() == words
    with qtbot.waitSignal(images.done_requested) as wish:
        action.trigger()
    assert wish.args == [3, wished]


def test_the_current_image_is_scrolled_to(images):
    images.set_current(39)
    assert images.view().viewport().rect().contains(place(images, 39))


def test_100000_images_are_listed_at_once(qtbot, images):
    rows = [ImageRow(f"image_{at}.png") for at in range(100_000)]
    start = time.perf_counter()
    images.set_images(rows)
    images.set_current(99_999)
    images.grab()
    assert time.perf_counter() - start < 1
