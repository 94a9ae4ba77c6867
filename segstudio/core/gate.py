"""Whether a new model is better than the old one, from images that neither has learned from.

Images are what differs by chance, not pixels: those of one image err together. So the images are
drawn again and again with replacement, and the difference of the mean IoU over all pixels of each
draw tells how far chance goes (the percentile bootstrap, widened for few images as Hesterberg
recommends in "What Teachers Should Know About the Bootstrap", 2015).

Up to `FEW` images say nothing about chance. There a difference decides that is larger than
`MARGIN`, which is what the same training with another seed differs by.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.lesson import Verdict

FEW = 3
"""So many held-out images allow no interval."""

MARGIN = 0.02
"""Of the mean IoU: what counts as a difference where there is no interval."""

LEAST = 0.005
"""A smaller difference is none, however sure it is."""

_DRAWS = 1000
_Z = 1.96


@dataclass(frozen=True)
class Judgement:
    """What the held-out images say.

    Attributes
    ----------
    before, after : float or None
        Mean IoU over the classes that the labels of these images have; None without any.
    change : tuple of float, or None
        Lowest and highest difference that chance allows (95 %); None with up to `FEW` images.
    """

    verdict: Verdict
    before: float | None
    after: float | None
    change: tuple[float, float] | None


def judged(before: NDArray[np.int64], after: NDArray[np.int64]) -> Judgement:
    """Compare two models on the same images.

    Parameters
    ----------
    before, after : (N, K, K + 1) int64
        The matrix of each image as `metrics.confusion_matrix` counts it.
    """
    assert before.shape == after.shape
    labelled = before.sum(axis=(1, 2)) > 0
    old, new = _counts(before[labelled]), _counts(after[labelled])
    count = len(old)
    if not count:
        return Judgement(Verdict.UNSCORED, None, None, None)
    every = np.ones((1, count))
    was, now = _pooled(every, old)[0], _pooled(every, new)[0]
    difference = float(now - was)
    if count <= FEW:
        verdict = _verdict(difference - MARGIN, difference + MARGIN, difference)
        return Judgement(verdict, float(was), float(now), None)
    drawn = np.random.default_rng(0).multinomial(count, np.full(count, 1.0 / count), _DRAWS)
    found = _pooled(drawn, new) - _pooled(drawn, old)
    low, high = np.quantile(found, (0.025, 0.975)) - difference
    wide = _widening(count)
    change = difference + wide * float(low), difference + wide * float(high)
    return Judgement(_verdict(*change, difference), float(was), float(now), change)


def mean_iou(confusion: NDArray[np.int64]) -> float | None:
    """Return the mean IoU over the classes that the labels have; None without any.

    Parameters
    ----------
    confusion : (N, K, K + 1) int64
        Of each image; their pixels count together.
    """
    if not confusion.sum():
        return None
    return float(_pooled(np.ones((1, len(confusion))), _counts(confusion))[0])


def _counts(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return true, predicted and rightly predicted pixels by image and class, (N, 3, K)."""
    classes = confusion.shape[1]
    hits = np.diagonal(confusion[:, :, :classes], axis1=1, axis2=2)
    counts = (confusion.sum(axis=2), confusion[:, :, :classes].sum(axis=1), hits)
    return np.stack(counts, axis=1).astype(np.float64)


def _pooled(drawn: NDArray[np.number], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean IoU of each draw of images; `drawn` (D, N) says how often each is in it."""
    true, predicted, hits = np.moveaxis(np.tensordot(drawn, counts, axes=1), 1, 0)  # (D, K) each
    there = true > 0
    iou = np.divide(hits, true + predicted - hits, out=np.zeros_like(hits), where=there)
    means: NDArray[np.float64] = iou.sum(axis=1) / there.sum(axis=1)
    return means


def _widening(count: int) -> float:
    """Return by how much an interval from few images has to be wider than it comes out."""
    free = count - 1
    # Student's t by its expansion around the normal distribution (Cornish and Fisher)
    student = _Z + (_Z**3 + _Z) / (4 * free)
    student += (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / (96 * free**2)
    return math.sqrt(count / free) * student / _Z


def _verdict(low: float, high: float, difference: float) -> Verdict:
    if abs(difference) < LEAST or low <= 0.0 <= high:
        return Verdict.ALIKE
    return Verdict.BETTER if difference > 0 else Verdict.WORSE
