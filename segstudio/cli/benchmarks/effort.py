"""How many strokes it takes to correct images, by a simulated annotator and several ways."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.cli.benchmarks import annotator, convpaint, labelled_images
from segstudio.cli.benchmarks.annotator import GOALS, MOST_STROKES, Gesture, Hand, Session
from segstudio.cli.benchmarks.desk import Desk, Draft
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.engine.messages import ScribbleReply, ScribbleRequest
from segstudio.engine.replies import Kept
from segstudio.engine.scribbles import Scribbles
from segstudio.inference import predictor as predictors
from segstudio.inference import segmenter
from segstudio.inference.planes import resized_image
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings
from segstudio.models import catalogue

SHORT_SIDE = 448
NO_MODEL = "none"

SCRIBBLE_GOALS = (5.0, 11.0)
"""Strokes to each accuracy with the bundled model."""
SHARE_OF_BRUSH = 1 / 3
"""With any other: this share of what Segment and then the brush takes."""


@dataclass(frozen=True, eq=False)
class Task:
    """An image, what is true of it, and the labels to begin with."""

    truth: LabelMap
    blank: Draft
    draft: Draft


@dataclass(frozen=True)
class Way:
    """One way to correct an image.

    Attributes
    ----------
    letter : str
        As in the table of the documentation.
    work : callable
        Corrects one image; adds the seconds of each computation to a list.
    """

    letter: str
    title: str
    work: Callable[[Task, list[float]], Session]


def run(plan: Plan) -> Iterator[Figure]:
    """Correct every image in every way and tell the medians."""
    images = labelled_images.read(plan, "effort")
    predictor = _predictor(plan.model)
    tasks = [_task(*pair, plan, predictor) for pair in images]
    scribbles = Scribbles(lambda _model, _device: predictor)
    known: dict[str, tuple[float, ...]] = {}
    for way in _ways(scribbles, has_model=predictor is not None):
        computed: list[float] = []
        started = time.perf_counter()
        sessions = [way.work(task, computed) for task in tasks]
        seconds = time.perf_counter() - started
        medians = tuple(
            statistics.median(session.strokes[place] for session in sessions)
            for place in range(len(GOALS))
        )
        known[way.letter] = medians
        reference = known.get("b", known["a"])
        for place, goal in enumerate(_goals(way, plan, reference)):
            detail = _detail(way, sessions, computed, seconds, place)
            name = f"effort-{way.letter}-{GOALS[place]:.0%}"[:-1]
            yield Figure(name, medians[place], "strokes", goal, reference[place], detail)


def _goals(way: Way, plan: Plan, reference: Sequence[float]) -> Sequence[float]:
    if way.letter[0] not in "cd":
        return [float(MOST_STROKES)] * len(GOALS)
    if plan.model in (None, catalogue.DEFAULT):
        return SCRIBBLE_GOALS
    return [strokes * SHARE_OF_BRUSH for strokes in reference]


def _detail(
    way: Way, sessions: Sequence[Session], computed: Sequence[float], seconds: float, place: int
) -> dict[str, Any]:
    return {
        "way": way.title,
        "images": len(sessions),
        "mean_strokes": rounded(statistics.mean(s.strokes[place] for s in sessions)),
        "not_reached": sum(s.strokes[place] > MOST_STROKES for s in sessions),
        "person_s": rounded(statistics.median(s.person_s[place] for s in sessions)),
        "accuracy_at_first": rounded(statistics.mean(s.accuracy[0] for s in sessions)),
        "accuracy_at_last": rounded(statistics.mean(s.accuracy[-1] for s in sessions)),
        "ms_a_computation": rounded(1000 * statistics.mean(computed)) if computed else None,
        "computed_s_an_image": rounded(sum(computed) / max(1, len(sessions))),
        "seconds": rounded(seconds),
        "reference": "the brush after Segment, or from blank where there is no model",
    }


def _ways(scribbles: Scribbles, *, has_model: bool) -> Iterator[Way]:
    brush = partial(_by_hand, hand=annotator.brush)
    yield Way("a", "brush from blank", partial(brush, from_blank=True))
    if has_model:
        yield Way("b", "Segment, then brush", partial(brush, from_blank=False))
    first = "Segment, then " if has_model else ""
    near, mixed = {"everywhere": False}, {"hand": annotator.mixed}
    correct = partial(_by_scribbles, scribbles=scribbles)
    yield Way("c", f"{first}scribble, whole image", correct)
    yield Way("c-near", f"{first}scribble, near", partial(correct, **near))
    yield Way("d", f"{first}scribble and brush", partial(correct, **mixed))
    yield Way("e", "superpixel brush from blank", _by_superpixels)
    for name, features in convpaint.variants():
        work = partial(_by_convpaint, features=features)
        yield Way(f"f-{name}", f"napari-convpaint with {features}", work)


def _by_hand(task: Task, _computed: list[float], *, hand: Hand, from_blank: bool) -> Session:
    labels = (task.blank if from_blank else task.draft).labels
    return annotator.correct_image(labels, task.truth, hand, annotator.painted)


def _by_scribbles(
    task: Task,
    computed: list[float],
    *,
    scribbles: Scribbles,
    everywhere: bool = True,
    hand: Hand = annotator.scribble,
) -> Session:
    kept = task.draft.kept

    def ask(request: ScribbleRequest) -> ScribbleReply:
        reply = drained(scribbles.answer(request, kept))
        assert isinstance(reply, ScribbleReply)
        return reply

    desk = Desk(task.draft, ask, everywhere, computed)

    def correct(labels: LabelMap, gesture: Gesture) -> LabelMap:
        work = desk.scribble if gesture.is_scribble else desk.paint
        return work(labels, gesture)

    return annotator.correct_image(task.draft.labels, task.truth, hand, correct)


def _by_superpixels(task: Task, computed: list[float]) -> Session:
    from segstudio.editing.superpixels import superpixels

    started = time.perf_counter()
    pieces = superpixels(task.blank.image, annotator.SUPERPIXEL_WIDTH_PX)
    computed.append(time.perf_counter() - started)
    hand = partial(annotator.superpixel_brush, pieces=pieces)
    return annotator.correct_image(task.blank.labels, task.truth, hand, annotator.painted)


def _by_convpaint(task: Task, computed: list[float], *, features: str) -> Session:
    rival = convpaint.Rival(task.blank.image, features, computed)
    return annotator.correct_image(
        task.blank.labels, task.truth, annotator.scribble, rival.scribble
    )


def _task(image: Image, labels: LabelMap, plan: Plan, predictor: Predictor | None) -> Task:
    image = _at_size(image, plan)
    truth = labelled_images.fitted(labels, image)
    blank = Draft(image, np.full(truth.shape, IGNORE_INDEX, np.uint8))
    model = plan.model or catalogue.DEFAULT
    draft = blank if predictor is None else _segmented(image, predictor, model)
    return Task(truth, blank, draft)


def _at_size(image: Image, plan: Plan) -> Image:
    height, width = image.shape[:2]
    scale = plan.pick(SHORT_SIDE, 64) / min(height, width)
    return resized_image(image, (round(height * scale), round(width * scale)))


def _segmented(image: Image, predictor: Predictor, model: str) -> Draft:
    settings = SegmentSettings(refine=predictor.spec.refine)
    result = drained(segmenter.segment(image, predictor, settings))
    size = image.shape[0], image.shape[1]
    kept = Kept(image, size, result.probabilities, predictor.spec, model, result.features)
    return Draft(image, result.label_map, model, kept)


def _predictor(model: str | None) -> Predictor | None:
    if model == NO_MODEL:
        return None
    path = catalogue.find(model or catalogue.DEFAULT)
    return predictors.load(Path(path))
