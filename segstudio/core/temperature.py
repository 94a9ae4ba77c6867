"""One number that makes a model as sure as it is right, without changing what it says."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.reliability import Reliability, reliability

COLDEST, HOTTEST = 0.05, 20.0

_LEAST = 1e-7
"""Of a probability: half precision knows none that is smaller and not 0."""

_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_ROUNDS = 40


@dataclass(frozen=True, eq=False)
class Samples:
    """Some pixels of one image: what a model said of them, and what would have been right.

    Attributes
    ----------
    probabilities : (N, K) float16
    right : (N, K) bool
        The channels that mean the class of the pixel; at least one of each pixel's.
    """

    probabilities: NDArray[np.float16]
    right: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.probabilities)


@dataclass(frozen=True, eq=False)
class Calibration:
    """A temperature and what it does.

    Attributes
    ----------
    temperature : float
        What logits have to be divided by.
    before, after : Reliability
        `after` is measured on images that the temperature was not fitted on, if there are two.
    images : int
        With something to go by.
    """

    temperature: float
    before: Reliability
    after: Reliability
    images: int

    @property
    def is_held_out(self) -> bool:
        """Whether `after` is of other images than the temperature."""
        return self.images > 1

    @property
    def helps(self) -> bool:
        """Whether confidence says more with it than without."""
        return self.after.error < self.before.error


def calibrate(images: Sequence[Samples]) -> Calibration | None:
    """Fit a temperature on labelled images; None where there is nothing to go by.

    What it does is measured by halves: each is judged by the temperature of the other.
    """
    filled = [samples for samples in images if len(samples)]
    if not filled:
        return None
    parts = [filled[0::2], filled[1::2]] if len(filled) > 1 else [filled, filled]
    fitted = [fit(part) for part in parts]
    judged = zip(parts, reversed(fitted), strict=True)
    after = [_confidence(part, temperature) for part, temperature in judged]
    if len(filled) == 1:
        after = after[:1]
    return Calibration(
        fit(filled),
        reliability(*_confidence(filled, 1.0)),
        reliability(*(np.concatenate(values) for values in zip(*after, strict=True))),
        len(filled),
    )


def fit(images: Sequence[Samples]) -> float:
    """Return the temperature at which what was right was likeliest (Guo 2017).

    By golden section over its logarithm. Dividing the logarithm of a probability by it is the
    same as dividing the logits, so that temperatures multiply.
    """
    logs, right = _joined(images)

    def loss(log_temperature: float) -> float:
        said = _tempered(logs, math.exp(log_temperature))
        return float(-np.log(np.maximum((said * right).sum(axis=1), _LEAST)).mean())

    low, high = math.log(COLDEST), math.log(HOTTEST)
    left, right_end = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right_end)
    for _ in range(_ROUNDS):
        if at_left <= at_right:
            high, right_end, at_right = right_end, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right_end, at_right
            right_end = low + _GOLDEN * (high - low)
            at_right = loss(right_end)
    return math.exp((low + high) / 2.0)


def _confidence(
    images: Sequence[Samples], temperature: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    logs, right = _joined(images)
    said = _tempered(logs, temperature)
    best = said.argmax(axis=1)
    rows = np.arange(len(best))
    return said[rows, best], right[rows, best]


def _joined(images: Sequence[Samples]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    said = np.concatenate([samples.probabilities for samples in images]).astype(np.float32)
    return np.log(np.maximum(said, _LEAST)), np.concatenate([s.right for s in images])


def _tempered(logs: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    scaled = logs / np.float32(temperature)
    scaled -= scaled.max(axis=1, keepdims=True)
    np.exp(scaled, out=scaled)
    scaled /= scaled.sum(axis=1, keepdims=True)
    return scaled
