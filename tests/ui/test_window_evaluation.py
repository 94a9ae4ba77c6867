"""Measuring a model in the window, up to the errors over an image."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QTableWidget

from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, Planes, assemble, difference
from segstudio.core.region import whole
from segstudio.engine.evaluation_messages import CalibrateRequest
from segstudio.ui.confusion_map import ConfusionMap, mistakes


def label(program, row, split):
    """Say that an image is person up to a column and animal beyond, and be done with it."""
    program.show(row)
    document = program.document
    labels = np.zeros(document.label_map.shape, np.uint8)
    labels[:, split:] = 1
    labels[:5] = 255
    ink = np.where(labels == 255, Ink.NOBODY, Ink.PERSON).astype(np.uint8)
    change = difference(whole(labels), document.planes, Planes(labels, ink))
    program.session.apply(document, assemble([change], Origin("brush", Ink.PERSON)))
    program.session.set_done(True)


@pytest.fixture
def labelled(program, photos):
    """Two photos; the stub says that each changes from person to animal in the middle."""
    program.open(photos("a.png", "b.png"))
    program.use_classes("person", "animal")
    label(program, 0, 60)
    label(program, 1, 30)
    program.saved()
    program.show(0)
    program.action("evaluate")
    program.until(lambda: program.widget("evaluation_start").isEnabled())
    return program


def said(program, name):
    found = program.window.findChild(QLabel, name)
    assert found is not None
    return found.text()


def evaluate(program):
    QTest.mouseClick(program.widget("evaluation_start"), Qt.MouseButton.LeftButton)
    program.until(lambda: "mean IoU" in said(program, "evaluation_line"))


def table(program, name):
    found = program.window.findChild(QTableWidget, name)
    assert found is not None
    rows, columns = found.rowCount(), found.columnCount()
    return [[found.item(row, column).text() for column in range(columns)] for row in range(rows)]


def is_striped(program, columns):
    """Whether a part of the image has more than one colour."""
    shown = program.canvas.grab().toImage()
    first, last = (
        program.canvas.camera.to_widget(column, row).toPoint()
        for column, row in zip(columns, (30, 60), strict=True)
    )
    seen = {
        shown.pixel(x, y)
        for x in range(first.x(), last.x(), 3)
        for y in range(first.y(), last.y(), 3)
    }
    return len(seen) > 1


def test_a_result_is_shown_and_the_worst_image_opens_with_its_errors(labelled):
    evaluate(labelled)
    assert "87.5 % of pixels right" in said(labelled, "evaluation_line")
    assert [row[0] for row in table(labelled, "class_scores")] == ["person", "animal"]
    assert [row[0] for row in table(labelled, "image_lines")] == ["b.png", "a.png"]
    assert "animal → person 20 %" in labelled.widget("confusion_map").accessibleDescription()
    labelled.widget("image_lines").image_requested.emit("b.png")
    labelled.settle()
    difference_shown = labelled.window.actions_by_name["layer_difference"]
    labelled.until(difference_shown.isChecked)
    assert not labelled.widget("evaluation_dialog").isVisible()
    labelled.until(lambda: is_striped(labelled, (35, 55)))  # person, says the model
    assert not is_striped(labelled, (5, 25))
    assert not is_striped(labelled, (65, 115))
    labelled.action("evaluate")  # what was found is still there
    assert "mean IoU" in said(labelled, "evaluation_line")


def test_a_model_of_ones_own_is_calibrated(labelled, engine):
    evaluate(labelled)
    assert not labelled.widget("calibrate").isEnabled()  # it came with the program
    assert "stays as it is" in said(labelled, "certainty_line")
    engine.models = (replace(engine.models[0], kind="own"),)
    with labelled.qtbot.waitSignal(labelled.session.segmenting.models_changed):
        labelled.session.segmenting.ask_models()
    QTest.mouseClick(labelled.widget("evaluation_start"), Qt.MouseButton.LeftButton)
    labelled.until(lambda: labelled.widget("calibrate").isEnabled())
    labelled.widget("calibrate").click()
    labelled.until(lambda: "kept in the model" in said(labelled, "certainty_line"))
    asked = [r for r in engine.requests if isinstance(r, CalibrateRequest)]
    assert asked[-1].calibration.temperature > 1


def test_what_cannot_be_measured_does_not_stop_the_rest(labelled, engine):
    engine.broken = {"a.png"}
    evaluate(labelled)
    assert "a.png could not be read" in said(labelled, "evaluation_note")
    assert [row[0] for row in table(labelled, "image_lines")] == ["b.png"]


def test_measuring_can_be_cancelled(labelled, engine):
    engine.gate.close()
    QTest.mouseClick(labelled.widget("evaluation_start"), Qt.MouseButton.LeftButton)
    labelled.until(labelled.widget("evaluation_cancel").isVisible)
    QTest.mouseClick(labelled.widget("evaluation_cancel"), Qt.MouseButton.LeftButton)
    labelled.until(labelled.widget("evaluation_start").isVisible)
    engine.gate.open()
    assert said(labelled, "evaluation_line") == ""


def test_a_person_may_go_on_meanwhile_and_is_told_of_the_end(labelled, engine):
    engine.gate.close()
    QTest.mouseClick(labelled.widget("evaluation_start"), Qt.MouseButton.LeftButton)
    labelled.widget("evaluation_close").click()
    engine.gate.open()
    labelled.until(lambda: "is evaluated" in labelled.window.frame.toast.text())
    labelled.action("evaluate")
    assert "mean IoU" in said(labelled, "evaluation_line")


def test_what_was_measured_with_other_values_is_let_go(labelled, engine):
    evaluate(labelled)
    shelf = labelled.session.models
    values = replace(shelf.find("scenes").values, channel_order="bgr")
    with labelled.qtbot.waitSignal(shelf.values_changed):
        shelf.set_values("scenes", values)
    labelled.qtbot.waitUntil(
        lambda: labelled.window.findChild(QDialog, "evaluation_dialog") is None
    )
    labelled.action("evaluate")
    assert said(labelled, "evaluation_line") == ""


def test_without_an_image_that_is_done_it_says_what_to_do(program, photos):
    program.open(photos("a.png"))
    program.action("evaluate")
    assert "No image is done yet" in said(program, "message_text")
    assert not program.widget("evaluation_start").isEnabled()


def test_the_heat_map_says_its_cells_in_words(qtbot):
    shown = ConfusionMap()
    qtbot.addWidget(shown)
    pixels = np.array([[90, 10, 0], [0, 40, 60]], np.int64)
    shown.set_confusion(["cat", "dog"], pixels)
    shown.resize(400, 300)
    assert shown.words(0, 1) == "10 % of cat is taken for dog: 10 px"
    assert shown.words(1, 2) == "60 % of dog is taken for no class: 60 px"
    assert shown.cell_at(QPoint(100, 90)) == (0, 0)
    assert shown.cell_at(QPoint(2, 2)) is None
    assert mistakes(["cat", "dog"], pixels, most=5) == ["cat → dog 10 %"]
