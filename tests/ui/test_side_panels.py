"""The panel of the model."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from segstudio.core.classes import ClassTable
from segstudio.ui.match_dialog import MatchDialog
from segstudio.ui.model_panel import ModelChoice, ModelPanel, time_text

LEFT = Qt.MouseButton.LeftButton
RESULT = "0.8 s · 71 % sure · kept 2,310 px of yours"


def child(parent, name):
    found = parent.findChild(object, name)
    assert found is not None, name
    return found


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


@pytest.mark.parametrize(
    ("compact", "height"),
    [(True, 190 - 28), (False, 190)],  # the tabs take 28 of them
)
def test_the_model_panel_is_190_high_whatever_it_says(model, compact, height):
    model.set_compact(compact)
    for matched in (12, 3, 0):
        model.set_matching(matched, 12)
        for result in ("", RESULT):
            model.set_result(result)
            QApplication.processEvents()
            assert model.minimumSizeHint().height() <= height


def test_nothing_moves_when_there_is_a_result_and_it_is_read_whole(model):
    names = ("model", "refinement", "smoothness", "match", "segment_all_button")
    model.resize(268, 162)

    def places():
        QApplication.processEvents()
        return [child(model, name).geometry() for name in names]

    before = places()
    model.set_result(RESULT)
    assert places() == before
    assert child(model, "result").text() == RESULT


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
