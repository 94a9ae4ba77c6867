"""Segment in the window: from the click to the step, with a stub for the engine."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from stub_engine import MODEL_CLASSES
from window_driver import CTRL

from segstudio.core.errors import EngineError, SegstudioError
from segstudio.core.image_record import ImageState
from segstudio.core.labels import Ink
from segstudio.core.merge import LEAVE_UNLABELLED
from segstudio.engine.messages import RefineRequest, SegmentRequest

UNLABELLED = 255


@pytest.fixture
def at(program, photo):
    """The program with one photo and no classes."""
    program.open(photo)
    program.brush(6)
    return program


def start_segment(at, engine):
    """Click Segment and come back when the engine has the request and holds its answer."""
    engine.gate.close()
    at.click_button("segment_button")
    at.until(engine.gate.waiting.is_set)


def finish_segment(at, engine):
    engine.gate.open()
    at.until(lambda: not at.session.segmenting.is_running)


def everything(shape, index=2):
    return np.full(shape, index, np.uint8)


# Classes


def test_without_classes_segment_takes_those_of_the_model(at):
    at.segment()
    assert at.session.classes == MODEL_CLASSES
    assert at.labels[45, 10] == 0
    assert at.labels[45, 110] == 1
    assert (at.ink == Ink.MODEL).all()
    assert at.steps == 1
    assert at.document.state is ImageState.SEGMENTED
    assert at.widget("matching").whole_text() == "12 of 12 classes matched"
    assert at.widget("result").whole_text() == "0.1 s · 78 % sure"


def test_the_edge_filter_in_place_of_the_crf_is_told(at, engine, monkeypatch):
    made = engine._result
    monkeypatch.setattr(engine, "_result", lambda *args: replace(made(*args), refined_by="guided"))
    at.session.settings.set("model.refine", "crf")
    at.segment()
    assert at.widget("result").text() == "0.1 s · 78 % sure · edge filter, not CRF"


def test_what_is_said_of_a_segment_goes_and_comes_back_with_it(at):
    at.segment()
    at.key(Qt.Key.Key_Z, CTRL)
    at.until(lambda: at.widget("result").whole_text() == "")
    at.key(Qt.Key.Key_Y, CTRL)
    at.until(lambda: at.widget("result").whole_text() == "0.1 s · 78 % sure")
    at.drag((20, 20), (40, 20))
    at.key(Qt.Key.Key_Z, CTRL)
    assert at.widget("result").whole_text() == "0.1 s · 78 % sure"


def test_a_result_of_another_model_than_the_chosen_one_says_so(at, engine):
    engine.models += (replace(engine.models[0], name="other", title="Other"),)
    at.session.segmenting.ask_models()
    at.until(lambda: at.session.segmenting.model("other") is not None)
    at.segment()
    assert at.widget("result").text() == "0.1 s · 78 % sure"
    model = at.widget("model")
    model.setFocus()
    at.qtbot.keyClick(model, Qt.Key.Key_Down)
    assert model.currentData() == "other"
    assert at.widget("result").text() == "0.1 s · 78 % sure · by Scenes"


def test_the_status_bar_shows_how_far_segment_is_and_cancels_it(at, engine):
    text, said = at.widget("job_text"), []
    at.session.segmenting.running_changed.connect(lambda _runs: said.append(text.text()))
    start_segment(at, engine)
    assert said == ["Segment starts…"]
    at.until(lambda: text.text() == "Segment 50 %")
    assert text.isVisible()
    at.click_button("job_cancel")
    assert not text.isVisible()
    assert not at.session.segmenting.is_running
    engine.gate.open()
    at.segment()
    assert not text.isVisible()
    assert text.text() == ""


def test_own_classes_are_matched_by_name(at):
    at.use_classes("sky", "Person", "unheard of", "water")
    assert at.widget("matching").whole_text() == "3 of 12 classes matched"
    at.segment()
    assert at.labels[45, 10] == 1
    assert at.labels[45, 110] == UNLABELLED
    assert at.ink[45, 110] == Ink.NOBODY


def test_with_no_class_matched_a_sentence_says_what_to_do(at, engine):
    at.use_classes("nucleus", "plasma")
    at.click_button("segment_button")
    assert at.banner.startswith("This model knows none of your classes.")
    assert at.steps == 0
    assert not engine.asked(SegmentRequest)


def test_classes_matched_by_hand(at):
    at.use_classes("nucleus", "plasma")
    at.session.set_match("scenes", {"person": 1, "animal": 255, "sky": LEAVE_UNLABELLED})
    at.segment()
    assert at.labels[45, 10] == 1
    assert at.labels[45, 110] == UNLABELLED
    assert at.ink[45, 110] == Ink.MODEL


def test_a_match_by_hand_is_not_carried_to_other_images(at, photos):
    at.use_classes("nucleus", "plasma")
    at.session.set_match("scenes", {"person": 1})
    at.open(photos("other.png", folder="others"))
    at.use_classes("cell", "water")
    at.segment()
    assert at.labels[45, 10] == UNLABELLED


# What a person painted


def test_ink_of_a_person_survives(at):
    at.use_classes("animal", "person")
    at.click((30, 45))
    at.key(Qt.Key.Key_0)
    at.click((90, 45))
    at.segment()
    assert at.labels[45, 30] == 0
    assert at.labels[45, 40] == 1
    assert at.labels[45, 90] == UNLABELLED
    assert at.ink[45, 90] == Ink.PERSON
    kept = int((at.ink == Ink.PERSON).sum())
    assert at.widget("result").text().endswith(f"kept {kept:,} px of yours")
    assert at.document.segment_info.kept_pixels == kept


def test_a_stroke_made_meanwhile_survives(at, engine):
    at.use_classes("animal", "person")
    start_segment(at, engine)
    at.drag((10, 45), (110, 45))
    finish_segment(at, engine)
    assert (at.labels[45, 10:110] == 0).all()
    assert at.labels[80, 10] == 1
    assert at.steps == 2
    at.action("undo")
    assert at.labels[45, 30] == 0
    assert at.labels[80, 10] == UNLABELLED


def test_a_result_waits_for_the_end_of_a_stroke(at, engine):
    at.use_classes("animal", "person")
    start_segment(at, engine)
    at.press((10, 45))
    at.move((60, 45))
    finish_segment(at, engine)
    assert at.steps == 0
    assert at.labels[80, 10] == UNLABELLED
    at.move((110, 45))
    at.release((110, 45))
    assert at.steps == 2
    assert (at.labels[45, 10:110] == 0).all()
    assert at.labels[80, 10] == 1


def test_a_result_waits_for_a_stroke_that_is_cancelled(at, engine):
    at.use_classes("animal", "person")
    start_segment(at, engine)
    at.press((10, 45))
    finish_segment(at, engine)
    at.key(Qt.Key.Key_Escape)
    at.release((10, 45))
    assert at.steps == 1
    assert at.labels[45, 10] == 1


def test_locked_classes_are_not_overwritten(at):
    at.use_classes("person", "animal", "sky")
    at.segment()
    at.session.edit_classes(lambda table: table.changed(0, locked=True))
    at.session.set_match("scenes", {"person": 2})
    at.segment()
    assert at.labels[45, 10] == 0


# Leaving, cancelling, failing


def test_a_late_result_for_an_image_that_was_left_is_dropped(program, photos, engine):
    at = program
    at.open(photos("a.png", "b.png"))
    first = at.document
    start_segment(at, engine)
    at.show(1)
    finish_segment(at, engine)
    at.qtbot.waitUntil(lambda: not at.session.runner.running("segment"))
    assert first.history.position == at.steps == 0
    assert (at.labels == UNLABELLED).all()
    at.segment()
    assert at.steps == 1


def test_cancel_by_button_and_by_esc(at, engine):
    start_segment(at, engine)
    button = at.widget("segment_button")
    assert button.text() == "Cancel"
    at.click_button("segment_button")
    assert button.text() == "Segment"
    assert not at.session.segmenting.is_running
    start_segment(at, engine)
    at.key(Qt.Key.Key_Escape)
    assert not at.session.segmenting.is_running
    engine.gate.open()
    at.until(lambda: not at.session.runner.running("segment"))
    assert at.steps == 0
    assert at.banner == ""
    at.segment()
    assert at.steps == 1


@pytest.mark.parametrize(
    "error",
    [
        SegstudioError("There is not enough memory."),
        EngineError("The model stopped (killed) and is started again with the next Segment."),
    ],
)
def test_a_failure_is_a_sentence_and_leaves_the_labels(at, engine, error):
    at.use_classes("person")
    at.click((30, 45))
    before = at.labels.copy()
    engine.error = error
    at.click_button("segment_button")
    at.until(lambda: not at.session.segmenting.is_running)
    assert at.banner == str(error)
    assert (at.labels == before).all()
    engine.error = None
    at.segment()
    assert at.steps == 2


def test_something_unforeseen_is_a_sentence_too(at, engine):
    def fail(_shape):
        raise ValueError("three")

    engine.answer = fail
    at.click_button("segment_button")
    at.until(lambda: not at.session.segmenting.is_running)
    assert at.banner.startswith("Something went wrong: three.")
    assert at.steps == 0


def test_an_answer_for_another_size_is_refused(at, engine):
    engine.answer = lambda shape: np.zeros((3, 3), np.uint8)
    at.click_button("segment_button")
    at.until(lambda: not at.session.segmenting.is_running)
    assert at.banner == "photo.png is another image now. Click Segment again."
    assert at.steps == 0


# Done images


def test_a_done_image_is_not_changed_and_says_so(at):
    at.use_classes("person", "animal")
    at.session.editor.set_size(20)
    at.click((30, 45))
    at.action("done")
    before = at.labels.copy()
    at.click_button("segment_button")
    at.until(lambda: at.banner != "")
    assert at.banner.startswith("This image is done. Segment would change 97 % of it")
    assert (at.labels == before).all()
    assert at.steps == 1
    at.click_button("banner_action_1")
    assert at.document.state is ImageState.IN_WORK
    at.segment()
    assert at.steps == 2


# Refinement


def test_refining_again_is_one_step_however_often(at, engine):
    at.segment()
    for index in (2, 3, 4):
        engine.refined = lambda shape, index=index: everything(shape, index)
        with at.qtbot.waitSignal(at.session.confidence_changed):
            at.session.refine_again()
        assert (at.labels == index).all()
        assert at.steps == 2
    at.action("undo")
    assert at.labels[45, 10] == 0
    at.action("redo")
    assert (at.labels == 4).all()
    counts = at.document.counts
    assert counts[4] == at.labels.size == counts.sum()
    at.action("undo")
    at.action("undo")
    assert (at.labels == UNLABELLED).all()


def test_a_stroke_between_two_refinements_stays(at, engine):
    at.segment()
    engine.refined = lambda shape: everything(shape, 2)
    with at.qtbot.waitSignal(at.session.confidence_changed):
        at.session.refine_again()
    at.click((30, 45))
    engine.refined = lambda shape: everything(shape, 3)
    with at.qtbot.waitSignal(at.session.confidence_changed):
        at.session.refine_again()
    assert at.steps == 4
    assert at.labels[45, 30] == 0
    assert at.labels[45, 90] == 3


def test_a_stroke_during_a_second_refinement_stays(at, engine):
    at.segment()
    engine.refined = lambda shape: everything(shape, 2)
    with at.qtbot.waitSignal(at.session.confidence_changed):
        at.session.refine_again()
    engine.gate.close()
    engine.refined = lambda shape: everything(shape, 3)
    at.session.refine_again()
    at.until(engine.gate.waiting.is_set)
    at.press((30, 45))
    finish_segment(at, engine)
    at.release((30, 45))
    assert at.labels[45, 30] == 0
    assert at.labels[45, 90] == 3
    while at.window.actions_by_name["undo"].isEnabled():
        at.action("undo")
    assert (at.labels == UNLABELLED).all()
    assert at.document.counts[UNLABELLED] == at.labels.size


def test_the_slider_refines_with_its_last_value(at, engine):
    at.segment()
    panel = at.window.model_panel
    engine.gate.close()
    panel.smoothness_requested.emit(60)
    at.until(engine.gate.waiting.is_set)
    panel.smoothness_requested.emit(90)
    at.until(lambda: len(engine.asked(RefineRequest)) == 2)
    finish_segment(at, engine)
    assert engine.asked(RefineRequest)[-1].sharpness == 0.9
    assert at.steps <= 2


def test_a_choice_made_while_segment_runs_is_looked_at_after_it(at, engine):
    start_segment(at, engine)
    at.window.model_panel.refinement_requested.emit("crf")
    engine.gate.open()
    at.until(lambda: bool(engine.asked(RefineRequest)))
    assert engine.asked(RefineRequest)[-1].refine == "crf"
    at.until(lambda: not at.session.segmenting.is_running)


# History


def test_undo_and_redo_of_segment(at):
    at.segment()
    made = at.labels.copy()
    at.click((30, 45))
    at.key(Qt.Key.Key_Z, CTRL)
    at.key(Qt.Key.Key_Z, CTRL)
    assert (at.labels == UNLABELLED).all()
    assert at.document.state is ImageState.NEW
    at.key(Qt.Key.Key_Y, CTRL)
    assert (at.labels == made).all()
    assert at.document.state is ImageState.SEGMENTED


# Before the models are there


def test_segment_waits_for_the_models(start, photo, engine):
    engine.models_gate.close()
    at = start(wait_for_models=False)
    at.open(photo)
    at.click_button("segment_button")
    assert "still being loaded" in at.window.frame.toast.text()
    with at.qtbot.waitSignal(at.session.confidence_changed):
        engine.models_gate.open()
    assert at.labels[45, 10] == 0


def test_segment_does_not_start_on_another_image_than_was_asked(start, photos, engine):
    engine.models_gate.close()
    at = start(wait_for_models=False)
    at.open(photos("a.png", "b.png"))
    at.click_button("segment_button")
    at.show(1)
    with at.qtbot.waitSignal(at.session.segmenting.models_changed):
        engine.models_gate.open()
    assert not at.session.segmenting.is_running


def test_who_leaves_an_image_while_it_is_segmented_is_told_that_it_stopped(at, photos, engine):
    at.open(photos("a.png", "b.png"))
    at.until(lambda: at.document.path.name == "a.png")
    engine.gate.close()
    at.click_button("segment_button")
    at.until(lambda: at.session.segmenting.is_running)
    at.session.show_image(1)
    assert at.window.frame.toast.text().startswith("Segment of a.png was stopped")
    engine.gate.open()
    at.settle()
    assert at.steps == 0


def test_no_model_at_all_is_a_sentence(start, photo, engine):
    engine.models = ()
    at = start(wait_for_models=False)
    at.open(photo)
    at.until(lambda: not at.session.runner.running("models"))
    at.click_button("segment_button")
    at.until(lambda: at.banner.startswith("No model was found."))


def test_the_device_is_shown(at):
    at.until(lambda: at.widget("device_state").text() == "CPU")
