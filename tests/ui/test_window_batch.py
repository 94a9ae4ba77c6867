"""Segment all, parts of an image and labels of the image before, in the window."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from window_driver import CTRL

from segstudio.core.image_record import ImageState
from segstudio.core.labels import Ink
from segstudio.engine.messages import SegmentFileRequest
from segstudio.ui.batch_popover import BatchChoice, BatchPopover
from segstudio.ui.batch_wiring import duration_text

NAMES = [f"{letter}.png" for letter in "abcdef"]


@pytest.fixture
def at(program, photos):
    program.open(photos(*NAMES))
    program.use_classes("person", "animal", "vehicle", "vegetation")
    return program


def start(at):
    at.key(Qt.Key.Key_B, CTRL)
    at.until(lambda: at.widget("batch_popover").isVisible())
    at.click_button("batch_start")


def stored(at):
    """The images that have labels in the project."""
    assert at.session.project.flush(10) == ""
    return sorted(name for name, r in at.session.project.records().items() if r.has_labels)


def is_over(at):
    return not at.widget("batch_chip").isVisible()


def test_the_popover_says_what_it_comes_to_and_start_leaves_only_the_chip(at, engine):
    at.segment()
    engine.gate.close()
    start(at)
    popover = at.widget("batch_popover")
    assert popover.isHidden()
    assert at.widget("batch_which").currentText() == "Not yet segmented · 5"
    assert at.widget("batch_estimate").text() == "5 images · about 1 s"
    assert at.widget("batch_ink").isChecked()
    assert not at.widget("batch_ink").isEnabled()
    at.until(lambda: at.widget("batch_text").text() == "Segment all 0 / 5")
    assert at.widget("batch_chip").isVisible()
    engine.gate.open()
    at.until(lambda: is_over(at))
    assert stored(at) == NAMES


def test_enter_starts_with_what_is_chosen(at, qtbot):
    at.key(Qt.Key.Key_B, CTRL)
    at.until(lambda: at.widget("batch_popover").isVisible())
    qtbot.keyClick(at.widget("batch_which"), Qt.Key.Key_Return)
    assert at.widget("batch_popover").isVisible()
    assert at.widget("batch_start").hasFocus() or at.widget("batch_start").autoDefault()
    qtbot.keyClick(at.widget("batch_start"), Qt.Key.Key_Return)
    assert at.widget("batch_popover").isHidden()
    at.until(lambda: is_over(at) and stored(at) == NAMES)


def test_the_choice_of_refinement_is_for_this_run_only(at, engine):
    at.key(Qt.Key.Key_B, CTRL)
    at.click_button("batch_refine_none")
    at.click_button("batch_start")
    at.until(lambda: is_over(at))
    assert {request.options.refine for request in engine.asked(SegmentFileRequest)} == {"none"}
    assert at.session.options().refine == "guided"


def test_the_selection_and_the_filter_are_offered_where_there_are_any(at):
    at.key(Qt.Key.Key_B, CTRL)
    which = at.widget("batch_which")
    assert [which.itemText(row) for row in range(which.count())] == [
        "Not yet segmented · 6",
        "All but done · 6",
    ]
    at.widget("batch_popover").hide()
    at.session.set_state(2, ImageState.DONE)
    at.window.images_panel._images.find(text="c")
    at.action("segment_all")
    assert "Shown by the filter · 0" in [which.itemText(row) for row in range(which.count())]


def test_a_model_is_offered_once_its_licence_was_seen(at, engine):
    bound = replace(engine.models[0], name="nc", title="Museum", is_commercial=False)
    engine.models += (bound,)
    at.session.models.refresh()
    at.until(lambda: at.session.models.find("nc"))
    at.action("segment_all")
    assert at.widget("batch_model").count() == 1
    at.widget("batch_popover").hide()
    at.session.models.accept("nc")
    at.action("segment_all")
    assert at.widget("batch_model").count() == 2


def test_pause_and_cancel_are_buttons_of_the_chip(at, engine):
    engine.gate.close()
    start(at)
    at.until(lambda: len(engine.asked(SegmentFileRequest)) == 4)
    at.click_button("batch_pause")
    engine.gate.open()
    at.until(lambda: at.widget("batch_text").text() == "Segment all 4 / 6 · paused")
    assert at.widget("batch_pause").accessibleName() == "Go on"
    at.click_button("batch_cancel")
    at.until(lambda: is_over(at))
    assert stored(at) == NAMES[:4]


def test_failed_images_are_a_list_that_leads_to_them(at, engine):
    engine.broken = {"c.png"}
    start(at)
    at.until(lambda: at.banner)
    assert at.banner == "Segment all: 5 of 6 images segmented; not c.png."
    at.action("batch_errors")
    failed = at.widget("job_list_failed")
    assert [failed.item(row).text() for row in range(failed.count())] == [
        "c.png could not be read."
    ]
    failed.itemClicked.emit(failed.item(0))
    at.settle()
    assert at.document.path.name == "c.png"


def test_this_view_is_segmented_and_nothing_beside_it(at):
    at.canvas.set_zoom(40.0)
    at.canvas.centre_on(60, 45)
    seen = at.canvas.camera.region(at.canvas.rect(), 90, 120)
    assert 0 < seen.area < 90 * 120
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        at.action("segment_view")
    expected = np.zeros((90, 120), bool)
    expected[seen.slices] = True
    assert np.array_equal(at.ink == Ink.MODEL, expected)
    assert at.steps == 1


def test_only_what_is_unlabelled_is_segmented(at):
    at.segment()
    at.action("tool_eraser")
    at.session.editor.set_size(6)
    at.click((30, 30))
    erased = at.labels == 255
    before = at.labels.copy()
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        at.action("segment_unlabelled")
    assert erased.any()
    assert np.array_equal(at.labels[~erased], before[~erased])
    assert (at.labels != 255).all()
    assert at.steps == 3


def test_ctrl_d_takes_the_labels_of_the_image_before(at):
    at.brush(6)
    at.click((30, 30))
    painted = at.labels != 255
    at.show(1)
    at.key(Qt.Key.Key_D, CTRL)
    at.until(lambda: at.steps == 1)
    assert np.array_equal(at.labels != 255, painted)
    assert (at.ink[painted] == Ink.PERSON).all()


def test_the_cog_has_what_runs_by_itself(at):
    at.click_button("model_cog")
    assert at.widget("segment_ahead").isChecked()
    assert not at.widget("segment_on_open").isChecked()
    at.widget("segment_ahead").click()
    at.widget("segment_on_open").click()
    assert at.session.settings.get("ahead.on") is False
    assert at.session.settings.get("model.on_open") is True


def test_what_is_chosen_first_never_redoes_and_nothing_cannot_be_started(qtbot):
    popover = BatchPopover()
    qtbot.addWidget(popover)
    popover.set_choices([BatchChoice("a", "Not yet segmented", 0), BatchChoice("b", "All", 7)])
    popover.set_estimate("")
    assert popover.count == 0
    assert not popover.findChild(type(popover._start), "batch_start").isEnabled()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (42, "42 s"), (240, "4 min"), (7200, "2 h"), (7800, "2 h 10 min")],
)
def test_times_are_told_as_people_do(seconds, text):
    assert duration_text(seconds) == text
