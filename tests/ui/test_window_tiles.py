"""A large image in the window: what is seen of it meanwhile, and what Cancel keeps."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from stub_engine import DOUBT, halves
from window_driver import CTRL

from segstudio.core.labels import Ink
from segstudio.core.run_facts import RunFacts
from segstudio.engine.messages import DoubtRequest, SegmentRequest

UNLABELLED = 255


@pytest.fixture
def at(program, photo, engine):
    """The program with one photo, whose Segment stops in the middle of 8 tiles."""
    program.open(photo)
    program.brush(6)
    program.use_classes("person", "animal", "sky")
    engine.tiles = 8
    engine.gate.close()
    return program


def start(at, engine):
    at.click_button("segment_button")
    at.until(lambda: at.session.segmenting.has_part)


def is_over(at):
    return not at.session.segmenting.is_running


def pixel(at, point):
    """The colour that the canvas shows at an image point."""
    canvas = at.window.canvas
    place = canvas.camera.to_widget(*point).toPoint()
    return canvas.grab().toImage().pixelColor(place * canvas.devicePixelRatioF()).getRgb()


def test_the_part_that_is_done_is_seen_and_goes_with_the_end(at, engine):
    ground = pixel(at, (30, 45))
    start(at, engine)
    assert pixel(at, (30, 45)) != ground
    assert pixel(at, (90, 45)) == ground
    assert (at.labels == UNLABELLED).all()
    assert at.steps == 0
    engine.gate.open()
    at.until(lambda: is_over(at))
    assert at.steps == 1
    assert (at.labels == halves(at.labels.shape)).all()
    assert at.window.canvas._coming._labels is None
    assert at.widget("result").text().endswith("in 8 tiles of 64")


@pytest.mark.parametrize("how", ["button", "esc"])
def test_cancel_keeps_the_part_that_is_done_as_one_step(at, engine, how):
    at.click((30, 45))
    at.click((90, 45))
    before = at.labels.copy()
    start(at, engine)
    assert "keep the part" in at.widget("segment_button").toolTip()
    if how == "button":
        at.click_button("segment_button")
    else:
        at.key(Qt.Key.Key_Escape)
    at.until(lambda: is_over(at))
    told = "Stopped: 4 of 8 tiles kept. Ctrl+Z takes them back."
    assert at.window.frame.toast.text() == told
    person = at.ink == Ink.PERSON
    assert (at.labels[:, :60][~person[:, :60]] == 0).all()
    assert (at.ink[:, :60][~person[:, :60]] == Ink.MODEL).all()
    assert (at.labels[:, 60:] == before[:, 60:]).all()
    assert at.steps == 3
    at.key(Qt.Key.Key_Z, CTRL)
    assert (at.labels == before).all()


def test_labels_beside_the_part_stay(at, engine):
    engine.tiles = 0
    engine.gate.open()
    at.segment()
    engine.tiles, engine.answer = 8, lambda shape: np.full(shape, 4, np.uint8)
    engine.gate.close()
    at.session.set_match("scenes", {"sky": 2})
    start(at, engine)
    at.click_button("segment_button")
    at.until(lambda: is_over(at))
    assert (at.labels[:, :60] == 2).all()
    assert (at.labels[:, 60:] == 1).all()


def test_nothing_is_refined_after_a_part(at, engine):
    start(at, engine)
    at.click_button("segment_button")
    at.until(lambda: is_over(at))
    at.session.refine_again()
    assert is_over(at)


def test_the_part_of_an_image_that_was_left_is_dropped(at, engine, photos):
    first = at.document
    start(at, engine)
    at.open(photos("other.png", folder="others"))
    assert at.window.canvas._coming._labels is None
    assert first.history.position == 0


def test_what_a_person_painted_is_not_covered_by_what_comes(at, engine):
    at.click((30, 45))
    start(at, engine)
    coming = at.window.canvas._coming._labels
    assert coming[22, 15] == UNLABELLED
    assert coming[5, 5] == 0


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            RunFacts("cuda:0", 24, 512, 24, ran_out="cuda"),
            "The GPU ran out of memory; done in tiles of 512.",
        ),
        (RunFacts("cpu", ran_out="cuda"), "The GPU ran out of memory; done on the CPU."),
        (
            RunFacts("cuda:0", half=True, ran_out="cuda"),
            "The GPU ran out of memory; done in half precision.",
        ),
        (
            RunFacts("cpu", 4, 256, 4, ran_out="cpu"),
            "This computer ran out of memory; done in tiles of 256.",
        ),
    ],
)
def test_memory_that_was_not_enough_is_told_in_one_line(at, engine, monkeypatch, facts, sentence):
    engine.tiles = 0
    engine.gate.open()
    made = engine._result
    monkeypatch.setattr(engine, "_result", lambda *args: replace(made(*args), facts=facts))
    at.segment()
    assert at.window.frame.toast.text() == sentence


def test_how_the_model_runs_is_chosen_behind_the_cog(at, engine):
    engine.tiles = 0
    engine.gate.open()
    settings = at.window.model_panel.settings()
    settings._augment.button("flip").click()
    settings._precision.button("full").click()
    settings._tiles.setCurrentIndex(settings._tiles.findData(512))
    settings._tiles.activated.emit(settings._tiles.currentIndex())
    at.segment()
    asked = engine.asked(SegmentRequest)[-1]
    assert (asked.options.augment, asked.options.precision, asked.options.tile) == (
        "flip",
        "full",
        512,
    )
    assert at.session.settings.get("model.tile") == 512


def test_another_measure_of_doubt_is_asked_for_when_it_is_looked_at(at, engine):
    engine.tiles = 0
    engine.gate.open()
    at.segment()
    at.action("layer_confidence")
    assert not engine.asked(DoubtRequest)
    likely = pixel(at, (30, 45))
    legend = at.widget("layer_legend")
    legend._measure.button("margin").click()
    at.until(lambda: at.window.canvas._layer._sureness is not None)
    assert (at.window.canvas._layer._sureness == DOUBT).all()
    assert pixel(at, (30, 45)) != likely
    at.segment()
    at.until(lambda: len(engine.asked(DoubtRequest)) == 2)
    legend._measure.button("confidence").click()
    assert pixel(at, (30, 45)) == likely


def test_a_measure_that_is_not_known_any_more_is_a_sentence(at, engine):
    engine.tiles = 0
    engine.gate.open()
    at.segment()
    engine._shapes.clear()
    at.action("layer_confidence")
    legend = at.widget("layer_legend")
    legend._measure.button("entropy").click()
    at.until(lambda: legend._measure.value == "confidence")
    assert at.window.frame.toast.text().startswith("Only the likeliest is stored")
