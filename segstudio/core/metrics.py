"""Agreement of label maps, from one confusion matrix over a whole set of images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX

_ROWS_AT_ONCE = 512


def confusion_matrix(truth: LabelMap, predicted: LabelMap, *, classes: int) -> NDArray[np.int64]:
    """Count pixels by true and predicted class.

    Parameters
    ----------
    truth, predicted : (H, W) uint8
        Pixels whose truth is 255 are left out. A prediction outside 0 to `classes` - 1 (such as
        unlabelled) is a miss of the true class and a hit of none.
    classes : int
        Number of classes K.

    Returns
    -------
    (K, K + 1) int64
        Rows are truth; the last column counts pixels predicted as no class.
    """
    counted = (truth != IGNORE_INDEX) & (truth < classes)
    rows = truth[counted].astype(np.int64)
    columns = np.minimum(predicted[counted], classes).astype(np.int64)
    flat = np.bincount(rows * (classes + 1) + columns, minlength=classes * (classes + 1))
    return flat.reshape(classes, classes + 1)


@dataclass(frozen=True)
class Scores:
    """What a confusion matrix says.

    Attributes
    ----------
    iou : (K,) float64
        Intersection over union; NaN for a class in neither truth nor prediction.
    miou : float
        Mean over the classes that are not NaN; NaN if there is none.
    pixel_accuracy : float
        Share of counted pixels that are right; NaN if none is counted.
    classes_averaged : int
        How many classes `miou` is over.
    precision : (K,) float64
        Share of the pixels predicted as a class that are of it; NaN where none is predicted.
    recall : (K,) float64
        Share of the pixels of a class that are predicted as it; NaN where the truth has none.
    """

    iou: NDArray[np.float64]
    miou: float
    pixel_accuracy: float
    classes_averaged: int
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]


def scores(confusion: NDArray[np.int64]) -> Scores:
    """Return what a confusion matrix (K, K + 1) says of each class, and of all."""
    classes = confusion.shape[0]
    hits = np.diagonal(confusion[:, :classes]).astype(np.float64)
    true, predicted = confusion.sum(axis=1), confusion[:, :classes].sum(axis=0)
    iou = shares(hits, true + predicted - hits)
    present = ~np.isnan(iou)
    total = int(confusion.sum())
    return Scores(
        iou=iou,
        miou=float(iou[present].mean()) if present.any() else float("nan"),
        pixel_accuracy=float(hits.sum() / total) if total else float("nan"),
        classes_averaged=int(present.sum()),
        precision=shares(hits, predicted),
        recall=shares(hits, true),
    )


def shares(part: NDArray[np.float64], whole: NDArray[np.number]) -> NDArray[np.float64]:
    """Divide, with NaN where there is nothing to divide by."""
    out = np.full(part.shape, np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


@dataclass(frozen=True)
class Agreement:
    """How far two label maps of one image agree.

    Only pixels that have a class in both maps are compared: 255 in either of them, unlabelled or
    Ignore, counts for nothing. How much that leaves out is said by `one_sided`.

    Attributes
    ----------
    iou : (255,) float64
        Intersection over union by class index; NaN for a class in neither.
    miou : float
        Mean over the classes that are not NaN; NaN if there is none.
    kappa : float
        Cohen's kappa, -1 to 1: agreement beyond what chance gives. NaN where that is not defined:
        nothing is compared, or all of it is of one class in both.
    pixels : int
        How many are compared.
    one_sided : int
        How many have a class in one of the two only.
    """

    iou: NDArray[np.float64]
    miou: float
    kappa: float
    pixels: int
    one_sided: int

    @property
    def worst(self) -> int | None:
        """The class index of the lowest IoU; None when there is none."""
        return None if np.isnan(self.iou).all() else int(np.nanargmin(self.iou))


def agreement(one: LabelMap, other: LabelMap) -> Agreement:
    """Compare two label maps of one image; which is which makes no difference."""
    assert one.shape == other.shape
    pairs = _pairs(one, other)
    table = pairs[:IGNORE_INDEX, :IGNORE_INDEX]
    found = scores(np.pad(table, ((0, 0), (0, 1))))
    one_sided = int(pairs[IGNORE_INDEX].sum() + pairs[:, IGNORE_INDEX].sum())
    one_sided -= 2 * int(pairs[IGNORE_INDEX, IGNORE_INDEX])
    return Agreement(found.iou, found.miou, cohens_kappa(table), int(table.sum()), one_sided)


def cohens_kappa(confusion: NDArray[np.int64]) -> float:
    """Return Cohen's kappa of a square confusion matrix; NaN where it is not defined.

    Agreement less what two raters with these class shares would reach by chance, as a part of the
    most that is possible beyond it (Cohen 1960).
    """
    # Whole numbers of Python: the squares of many large images do not fit into 64 bits.
    rows: list[int] = confusion.sum(axis=1).tolist()
    columns: list[int] = confusion.sum(axis=0).tolist()
    total, hits = sum(rows), int(np.trace(confusion))
    by_chance = sum(row * column for row, column in zip(rows, columns, strict=True))
    if total * total == by_chance:
        return float("nan")
    return (hits * total - by_chance) / (total * total - by_chance)


def _pairs(one: LabelMap, other: LabelMap) -> NDArray[np.int64]:
    """Count pairs of labels, (256, 256), some rows at a time: numbers take eight bytes a pixel."""
    counts = np.zeros(256 * 256, np.int64)
    for top in range(0, len(one), _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        flat = one[rows].astype(np.int64) * 256 + other[rows]
        counts += np.bincount(flat.ravel(), minlength=256 * 256)
    return counts.reshape(256, 256)
