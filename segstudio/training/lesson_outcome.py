"""What came of a lesson on the images that it did not learn from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core import gate, metrics, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.comparison import reduced
from segstudio.core.gate import Judgement
from segstudio.core.lesson import ClassOutcome, HeldOutPicture, Lesson, Verdict
from segstudio.core.merge import ClassMatch
from segstudio.inference import predictor as predictors
from segstudio.inference.labelling import with_indices
from segstudio.inference.predictor import Predictor
from segstudio.training.group import Group
from segstudio.training.lesson_images import LessonImages
from segstudio.training.measure import HeldOut
from segstudio.training.pauses import between_layers
from segstudio.training.talk import Talk

PICTURES = 2
"""Of held-out images, at most."""


@dataclass(frozen=True, eq=False)
class Said:
    """What a model says of the held-out images.

    Attributes
    ----------
    confusion : (N, K, K + 1) int64
        As `metrics.confusion_matrix` counts it.
    maps : list of bytes
        PNGs of class indices of the project, as small as images are compared.
    known : (K,) bool
        Classes that the model knows.
    """

    confusion: NDArray[np.int64]
    maps: list[bytes]
    known: NDArray[np.bool_]

    def iou(self) -> list[float | None]:
        """Return the IoU of each class; None where it is not known or not in the labels."""
        whole = self.confusion.sum(axis=0)
        found = metrics.scores(whole).iou
        counts = self.known & (whole.sum(axis=1) > 0)
        return [float(v) if is_there else None for v, is_there in zip(found, counts, strict=True)]

    def image_miou(self) -> list[float | None]:
        """Return the mean IoU of each image."""
        return [gate.mean_iou(one[None]) for one in self.confusion]


def of_old(
    model: Path,
    targets: tuple[int, ...],
    classes: ClassTable,
    images: LessonImages,
    held_out: HeldOut | None,
    talk: Talk,
    device: str,
) -> Said:
    """Return what a model file says, in the classes of the lesson.

    Parameters
    ----------
    targets : tuple of int
        As in `segstudio.core.merge.ClassMatch`, by class index of the model.
    held_out : HeldOut, optional
        The held-out images by the same encoder, where the lesson has kept that one.
    """
    predictor = predictors.load(model, device)
    if held_out is None:
        held_out = HeldOut(images.photos, images.held_out, Group(), keep_features=False)
    own, _ = ClassMatch(targets).tables()
    table = with_indices(np.arange(256, dtype=np.uint8), predictor.spec.classes.indices)
    meant = {targets[i] for i in predictor.spec.classes.indices if i < len(targets)}
    known = np.array([index in meant for index in classes.indices], np.bool_)
    return _said(predictor, own[table], known, classes, images, held_out, talk)


def of_new(predictor: Predictor, images: LessonImages, held_out: HeldOut, talk: Talk) -> Said:
    """Return what the model says that came of the lesson."""
    classes = predictor.spec.classes
    table = with_indices(np.arange(256, dtype=np.uint8), classes.indices)
    known = np.ones(len(classes), np.bool_)
    return _said(predictor, table, known, classes, images, held_out, talk)


def judged(old: Said | None, new: Said, lesson: Lesson) -> Judgement:
    """Judge the new model beside the old one."""
    after = gate.mean_iou(new.confusion)
    if after is None:
        return Judgement(Verdict.UNSCORED, None, None, None)
    if old is None or not lesson.start:
        return Judgement(Verdict.FIRST, None, after, None)
    there = new.confusion.sum(axis=(0, 2)) > 0
    if not (lesson.is_comparable and old.known[there].all()):
        return Judgement(Verdict.NOT_COMPARABLE, None, after, None)
    return gate.judged(old.confusion, new.confusion)


def classes_of(
    old: Said | None, new: Said, classes: ClassTable, pixels: NDArray[np.int64]
) -> tuple[ClassOutcome, ...]:
    """Return what became of each class; `pixels` (K,) were learned from."""
    before = old.iou() if old is not None else [None] * len(classes)
    return tuple(
        ClassOutcome(entry.index, was, now, int(count))
        for entry, was, now, count in zip(classes, before, new.iou(), pixels, strict=True)
    )


def pictures(old: Said | None, new: Said, names: list[str]) -> tuple[HeldOutPicture, ...]:
    """Return the held-out images that changed most; without an old model the worst ones."""
    after = new.image_miou()
    before = old.image_miou() if old is not None else [None] * len(after)
    maps = old.maps if old is not None else [b""] * len(after)

    def change(place: int) -> float:
        was, now = before[place], after[place] or 0.0
        return -abs(now - was) if was is not None else now

    order = sorted(range(len(names)), key=change)[:PICTURES]
    return tuple(HeldOutPicture(names[n], maps[n], new.maps[n], before[n], after[n]) for n in order)


def _said(
    predictor: Predictor,
    table: LabelMap,
    known: NDArray[np.bool_],
    classes: ClassTable,
    images: LessonImages,
    held_out: HeldOut,
    talk: Talk,
) -> Said:
    places = np.full(256, IGNORE_INDEX, np.uint8)
    places[list(classes.indices)] = range(len(classes))
    found, maps = [], []
    with between_layers(predictor.network, talk.pause):
        for number in images.held_out:
            talk.pause()
            said = table[held_out.channels(number, predictor)]
            truth = images.labels(number)
            found.append(metrics.confusion_matrix(truth, places[said], classes=len(classes)))
            maps.append(png.encode(reduced(said)))
    shape = (0, len(classes), len(classes) + 1)
    return Said(np.stack(found) if found else np.zeros(shape, np.int64), maps, known)
