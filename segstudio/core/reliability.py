"""Whether a model is as often right as it says it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15
"""Of equal width, from 0 to 1."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """Pixels by how sure the model was of them.

    Attributes
    ----------
    pixels : (BINS,) int64
    confidence : (BINS,) float64
        Mean of each bin; NaN where it is empty.
    accuracy : (BINS,) float64
        Share of each bin that is right; NaN where it is empty.
    """

    pixels: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error, 0 to 1: the mean distance of confidence and accuracy.

        Each bin counts by its pixels (Naeini 2015). NaN where there are none.
        """
        total = int(self.pixels.sum())
        if not total:
            return float("nan")
        filled = self.pixels > 0
        apart = np.abs(self.confidence - self.accuracy)[filled]
        return float((apart * self.pixels[filled]).sum() / total)


def reliability(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> Reliability:
    """Sort pixels by confidence.

    Parameters
    ----------
    confidence : (N,) floating point, 0 to 1
    right : (N,) bool
    """
    # A bin holds its upper end but not its lower one.
    bins = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    pixels = np.bincount(bins, minlength=BINS)
    sure = np.bincount(bins, weights=confidence, minlength=BINS)
    hits = np.bincount(bins, weights=right, minlength=BINS)
    filled = pixels > 0
    mean, accuracy = np.full(BINS, np.nan), np.full(BINS, np.nan)
    np.divide(sure, pixels, out=mean, where=filled)
    np.divide(hits, pixels, out=accuracy, where=filled)
    return Reliability(pixels, mean, accuracy)
