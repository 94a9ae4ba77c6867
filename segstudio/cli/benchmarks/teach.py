"""How much a model learns from how few labelled images, and how long that takes.

Each number of images begins anew with the same model, as the first Teach of a project does; from
three images on some of them are held out, as there. The result is measured on other images.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.cli.benchmarks import convpaint, labelled_images
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.image_record import Part
from segstudio.core.lesson import Lesson, LessonNews
from segstudio.core.metrics import Scores, confusion_matrix, scores
from segstudio.core.parting import parted
from segstudio.inference import predictor as predictors
from segstudio.inference import segmenter
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings
from segstudio.models import catalogue, checkpoint
from segstudio.training import teach
from segstudio.training.labelled import Labelled

COUNTS = (1, 3, 5, 10, 20)
MOST_UNSEEN = 40
LEAST_SHARE_UNSEEN = 0.25
"""Of the images, kept for measuring where there are few."""

SECONDS = 60.0
"""The goal for each number of images."""

RIVAL_PIXELS = 20_000
"""Of an image, that the rival learns from: of more its classifier grows beyond the memory."""


@dataclass(frozen=True, eq=False)
class Known:
    """An image with its labels, in memory; an example to learn from."""

    name: str
    labelled: Labelled
    part: Part = Part.NONE

    def read(self, _classes: ClassTable) -> Labelled:
        """Return both."""
        return self.labelled


class Unhurried:
    """Whoever lets a lesson run to its end."""

    should_finish = False

    def step(self) -> None:
        """Nobody goes first."""


def run(plan: Plan) -> Iterator[Figure]:
    """Teach from more and more images, and measure each time."""
    known, classes = _known(plan)
    unseen = min(MOST_UNSEEN, max(1, round(LEAST_SHARE_UNSEEN * len(known))))
    test, pool = known[:unseen], known[unseen:]
    counts = sorted({min(count, len(pool)) for count in plan.pick(COUNTS, (1, 2))})
    for count in counts:
        ours, spent, detail = _ours(pool[:count], test, classes, plan)
        beside = [
            _rival(name, features, pool[:count], test, classes)
            for name, features in convpaint.variants()
        ]
        for name, features, found, seconds in beside:
            detail[f"convpaint-{name}"] = {
                "features": features,
                "miou": rounded(100.0 * found.miou),
                "pixel_accuracy": rounded(100.0 * found.pixel_accuracy),
                "seconds": rounded(seconds),
            }
        best = max(beside, key=lambda row: row[2].miou, default=None)
        miou, times = (None, None) if best is None else (100.0 * best[2].miou, best[3])
        yield Figure(
            f"teach-{count}", 100.0 * ours.miou, "mIoU %", miou, miou, detail, more_is_better=True
        )
        yield Figure(f"teach-{count}-seconds", spent, "s", SECONDS, times)


def _ours(
    images: Sequence[Known], test: Sequence[Known], classes: ClassTable, plan: Plan
) -> tuple[Scores, float, dict[str, object]]:
    pixels = {known.name: _pixels(known.labelled.labels) for known in images}
    parts = parted(pixels, {})
    training = [known for known in images if parts[known.name] is Part.TRAINING]
    held_out = [known for known in images if parts[known.name] is Part.VALIDATION]
    start = plan.model or catalogue.DEFAULT
    nothing = (-1,) * (max(checkpoint.read_spec(catalogue.find(start)).classes.indices) + 1)
    with tempfile.TemporaryDirectory(prefix="segstudio-teach-") as folder:
        out = Path(folder) / "taught.safetensors"
        lesson = Lesson(
            *("", "", (), (), classes, (), start, nothing, "taught", "taught", str(out)),
            minutes=plan.pick(0.75, 0.02),
            device="cpu",
        )
        started = time.perf_counter()
        result = teach.learn(lesson, training, held_out, _told, Unhurried())
        spent = time.perf_counter() - started
        found = _scored(_by_model(out), test, classes)
    detail: dict[str, object] = {
        "images": len(images),
        "held_out": len(held_out),
        "unseen": len(test),
        "classes": len(classes),
        "pixel_accuracy": rounded(100.0 * found.pixel_accuracy),
        "steps": result.steps,
        "start": start,
    }
    return found, spent, detail


def _told(_news: LessonNews) -> None:
    """Nobody watches."""


def _by_model(path: Path) -> Callable[[Image], LabelMap]:
    predictor = predictors.load(path, "cpu")
    settings = SegmentSettings(refine="none", precision="full")
    return lambda image: drained(segmenter.segment(image, predictor, settings)).label_map


def _rival(
    name: str, features: str, images: Sequence[Known], test: Sequence[Known], classes: ClassTable
) -> tuple[str, str, Scores, float]:
    labels = [_thinned(known.labelled.labels) for known in images]
    started = time.perf_counter()
    segment = convpaint.taught([known.labelled.image for known in images], labels, features)
    spent = time.perf_counter() - started
    return name, features, _scored(segment, test, classes), spent


def _thinned(labels: LabelMap) -> LabelMap:
    """Return labels of which so many are left as the rival can learn from."""
    places = np.flatnonzero(labels != IGNORE_INDEX)
    if len(places) <= RIVAL_PIXELS:
        return labels
    chosen = np.random.default_rng(0).choice(places, RIVAL_PIXELS, replace=False)
    thin = np.full(labels.shape, IGNORE_INDEX, np.uint8)
    thin.ravel()[chosen] = labels.ravel()[chosen]
    return thin


def _scored(
    segment: Callable[[Image], LabelMap], test: Sequence[Known], classes: ClassTable
) -> Scores:
    total = np.zeros((len(classes), len(classes) + 1), np.int64)
    for known in test:
        said = segment(known.labelled.image)
        total += confusion_matrix(known.labelled.labels, said, classes=len(classes))
    return scores(total)


def _pixels(labels: LabelMap) -> dict[int, int]:
    counts = np.bincount(labels.ravel(), minlength=256)[:IGNORE_INDEX]
    return {int(index): int(counts[index]) for index in np.flatnonzero(counts)}


def _known(plan: Plan) -> tuple[list[Known], ClassTable]:
    """Return labelled images, mixed by one seed, with classes numbered from 0."""
    count = plan.pick(MOST_UNSEEN + max(COUNTS), 3)
    pairs = labelled_images.some(plan, "teach", count)
    values = np.unique(np.concatenate([np.unique(truth) for _, truth in pairs]))
    present = [int(value) for value in values if value != IGNORE_INDEX]
    table: NDArray[np.uint8] = np.full(256, IGNORE_INDEX, np.uint8)
    table[present] = range(len(present))
    known = [
        Known(f"{place}", Labelled(image, table[labelled_images.fitted(truth, image)]))
        for place, (image, truth) in enumerate(pairs)
    ]
    return known, ClassTable.named([f"class {value}" for value in present])
