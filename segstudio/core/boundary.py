"""Agreement of the borders of classes, which the area of a class says little about."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.metrics import shares

TOLERANCE = 0.008
"""How far borders may lie apart, as a share of the image's diagonal; as in the DAVIS benchmark."""


def tolerance_px(height: int, width: int) -> int:
    """Return how many pixels borders may lie apart in an image of that size."""
    return math.ceil(TOLERANCE * math.hypot(height, width))


def boundary_counts(truth: LabelMap, predicted: LabelMap, *, classes: int) -> NDArray[np.int64]:
    """Count the pixels on the borders of each class, and those that lie near one of the other map.

    Parameters
    ----------
    truth, predicted : (H, W) uint8
        As in `metrics.confusion_matrix`. A side of a class that lies along pixels without truth,
        or along the edge of the image, is no border.

    Returns
    -------
    (K, 4) int64
        Predicted border pixels, those of them near a true one, true border pixels, those of them
        near a predicted one. Counts of several images may be added.
    """
    counts = np.zeros((classes, 4), np.int64)
    counted = (truth != IGNORE_INDEX) & (truth < classes)
    true = np.where(counted, truth, IGNORE_INDEX).astype(np.uint8)
    guess = np.where(counted, np.minimum(predicted, classes), IGNORE_INDEX).astype(np.uint8)
    true_border, guess_border = _borders(true), _borders(guess)
    reach = tolerance_px(*truth.shape)
    there = np.bincount(true[true_border], minlength=256) > 0
    there |= np.bincount(guess[guess_border], minlength=256) > 0
    for index in np.flatnonzero(there[:classes]):
        of_truth, of_guess = true_border & (true == index), guess_border & (guess == index)
        counts[index] = (
            np.count_nonzero(of_guess),
            _near(of_guess, of_truth, reach),
            np.count_nonzero(of_truth),
            _near(of_truth, of_guess, reach),
        )
    return counts


def boundary_f(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the boundary F-score (K,) of `boundary_counts`, 0 to 1.

    The harmonic mean of the share of predicted border pixels near a true one and the share of
    true ones near a predicted one (Csurka 2013, Perazzi 2016). NaN for a class without a border
    in both; 0 where only one of the two has one.
    """
    predicted, right, true, found = (counts[:, i].astype(np.float64) for i in range(4))
    precision = np.where(predicted > 0, shares(right, predicted), 0.0)
    recall = np.where(true > 0, shares(found, true), 0.0)
    total = precision + recall
    score = np.where(total > 0, 2 * precision * recall / np.where(total > 0, total, 1.0), 0.0)
    return np.where((predicted > 0) | (true > 0), score, np.nan)


def _borders(labels: LabelMap) -> Mask:
    """Return the pixels beside one of another class, above, below, left or right."""
    border = np.zeros(labels.shape, np.bool_)
    there = labels != IGNORE_INDEX
    for axis in (0, 1):
        first, second = _neighbours(labels, axis)
        has_first, has_second = _neighbours(there, axis)
        differs = (first != second) & has_first & has_second
        before, after = _neighbours(border, axis)  # views
        before |= differs
        after |= differs
    return border


def _neighbours(plane: NDArray[np.generic], axis: int) -> tuple[NDArray, NDArray]:  # type: ignore[type-arg]
    return (plane[:-1], plane[1:]) if axis == 0 else (plane[:, :-1], plane[:, 1:])


def _near(border: Mask, other: Mask, reach: int) -> int:
    """Count the pixels of a border within reach of the other one."""
    if not border.any() or not other.any():
        return 0
    x, y, width, height = cv2.boundingRect(border.view(np.uint8))
    rows = slice(max(0, y - reach), y + height + reach)
    columns = slice(max(0, x - reach), x + width + reach)
    away = np.logical_not(other[rows, columns]).view(np.uint8)
    if away.all():
        return 0  # nothing to measure a distance to
    distance = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return int(np.count_nonzero(distance[border[rows, columns]] <= reach))
