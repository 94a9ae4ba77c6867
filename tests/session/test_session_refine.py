"""Results that meet strokes and other results, on an image of several blocks."""

import threading

import numpy as np
import pytest

from segstudio.core import merge
from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink, class_counts
from segstudio.core.merge import merged_block
from segstudio.editing.tool import Modifiers
from segstudio.engine.messages import RefineRequest
from segstudio.session import segment_result

UNLABELLED = 255


def patches(seed):
    """Return what makes a label map of rectangles of classes 0 to 3, and 255."""

    def make(shape):
        random = np.random.default_rng(seed)
        label_map = np.full(shape, random.integers(0, 4), np.uint8)
        for _ in range(8):
            top, bottom = np.sort(random.integers(0, shape[0] + 1, 2))
            left, right = np.sort(random.integers(0, shape[1] + 1, 2))
            label_map[top:bottom, left:right] = random.choice((0, 1, 2, 3, 255))
        return label_map

    return make


@pytest.fixture
def at(person, photos, engine):
    return ready(person, photos("large.png", size=(600, 300)) / "large.png", engine)


def ready(person, path, engine):
    person.open(path)
    person.until(lambda: not person.session.runner._jobs)
    person.session.segmenting.start_engine()
    person.until(lambda: person.session.segmenting.models)
    names = [entry.name for entry in engine.models[0].classes][:4]
    person.session.set_classes(ClassTable.named(names))
    return person


def get(at, ask):
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        ask()


def stroke(at, seed):
    random = np.random.default_rng(seed)
    editor = at.session.editor
    editor.change(tool="brush", class_index=int(random.integers(0, 4)))
    editor.set_size(int(random.integers(5, 80)))
    editor.press((random.uniform(0, 600), random.uniform(0, 300)), Modifiers())
    editor.move((random.uniform(0, 600), random.uniform(0, 300)))
    editor.release()


def is_as_proposed(at, make):
    """Whether everything but a person's ink is what the last result says."""
    document = at.document
    proposed = make(document.label_map.shape)
    free = document.ink != Ink.PERSON
    return np.array_equal(document.label_map[free], proposed[free]) and np.array_equal(
        document.counts, class_counts(document.label_map, document.ink)
    )


@pytest.mark.parametrize("seed", range(4))
def test_refinements_replace_each_other_and_never_a_stroke(at, engine, seed):
    stroke(at, seed)
    engine.answer = patches(seed)
    get(at, at.session.segment)
    assert is_as_proposed(at, engine.answer)
    segmented = at.document.label_map.copy()
    steps = at.document.history.position
    for number in range(1, 4):
        engine.refined = patches(100 * seed + number)
        get(at, at.session.refine_again)
        assert is_as_proposed(at, engine.refined)
        assert at.document.history.position == steps + 1
    at.session.undo()
    assert np.array_equal(at.document.label_map, segmented)
    at.session.redo()
    assert is_as_proposed(at, engine.refined)
    stroke(at, seed + 50)
    engine.refined = patches(100 * seed + 9)
    get(at, at.session.refine_again)
    assert is_as_proposed(at, engine.refined)
    assert at.document.history.position == steps + 3
    while at.document.history.can_undo:
        at.session.undo()
    assert (at.document.label_map == UNLABELLED).all()
    assert (at.document.ink == Ink.NOBODY).all()


@pytest.mark.parametrize("meanwhile", ["undo", "undo and redo", "stroke", "stroke undone"])
def test_what_happens_while_a_refinement_runs(at, engine, meanwhile):
    engine.answer = patches(1)
    get(at, at.session.segment)
    engine.refined = patches(2)
    get(at, at.session.refine_again)
    engine.refined = patches(3)
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        engine.gate.close()
        at.session.refine_again()
        at.until(engine.gate.waiting.is_set)
        engine.gate.open()
        # The job may have merged already or not: its signal has not been taken yet.
        for job in at.session.runner.running("refine"):
            job.join(5)
        if meanwhile.startswith("stroke"):
            stroke(at, 7)
        if meanwhile != "stroke":
            at.session.undo()
        if meanwhile == "undo and redo":
            at.session.redo()
    assert is_as_proposed(at, engine.refined)
    expected = {"undo": 2, "undo and redo": 2, "stroke": 4, "stroke undone": 2}
    assert at.document.history.position == expected[meanwhile]
    while at.document.history.can_undo:
        at.session.undo()
    assert (at.document.label_map == UNLABELLED).all()


def test_a_refinement_that_gives_back_the_result_of_segment(at, engine):
    engine.answer = patches(1)
    get(at, at.session.segment)
    engine.refined = patches(2)
    get(at, at.session.refine_again)
    engine.refined = patches(1)
    get(at, at.session.refine_again)
    assert is_as_proposed(at, engine.answer)
    assert at.document.history.position == 1


def test_a_choice_made_while_segment_runs_is_looked_at_after_it(at, engine):
    engine.gate.close()
    at.session.segment()
    at.until(engine.gate.waiting.is_set)
    at.session.settings.set("model.sharpness", 0.9)
    at.session.refine_again()
    engine.gate.open()
    at.until(lambda: engine.asked(RefineRequest))
    at.until(lambda: not at.session.segmenting.is_running)
    assert [request.sharpness for request in engine.asked(RefineRequest)] == [0.9]


@pytest.mark.parametrize("meanwhile", ["stroke", "undo"])
def test_a_whole_image_is_never_merged_again_on_the_gui_thread(
    person, photos, engine, monkeypatch, meanwhile
):
    at = ready(person, photos("huge.png", size=(1600, 1200)) / "huge.png", engine)
    engine.answer = patches(1)
    get(at, at.session.segment)
    engine.refined = patches(2)
    get(at, at.session.refine_again)
    engine.refined = patches(3)
    here = []

    def noting(*args, **more):
        here.extend([1] * (threading.current_thread() is threading.main_thread()))
        return merged_block(*args, **more)

    monkeypatch.setattr(merge, "merged_block", noting)
    with at.qtbot.waitSignal(at.session.confidence_changed, timeout=5000):
        engine.gate.close()
        at.session.refine_again()
        at.until(engine.gate.waiting.is_set)
        engine.gate.open()
        for job in at.session.runner.running("refine"):
            job.join(5)
        stroke(at, 7) if meanwhile == "stroke" else at.session.undo()
    assert len(here) <= segment_result.MOST_BLOCKS_AT_ONCE
    assert is_as_proposed(at, engine.refined)
    assert at.document.history.position == (4 if meanwhile == "stroke" else 2)
    while at.document.history.can_undo:
        at.session.undo()
    assert (at.document.label_map == UNLABELLED).all()
