"""How sure a network was, by three measures: 255 for certain, less the more doubt there is."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, Probabilities
from segstudio.core.errors import SegstudioError

MEASURES = ("confidence", "margin", "entropy")


def sureness(
    probabilities: Probabilities, measure: str, size: tuple[int, int] | None = None
) -> Confidence:
    """Return how sure a network was at each pixel.

    Computed at the size of the probabilities, where they are all that is known, and enlarged.

    Parameters
    ----------
    probabilities : (K, h, w) floating point
        Sum 1 over K.
    measure : {"confidence", "margin", "entropy"}
        The largest probability; how far it is ahead of the second; or how far all of them are
        from saying nothing: 1 minus their entropy over its largest value, log K.
    size : (height, width), optional
        Of the result.

    Returns
    -------
    (height, width) uint8
        255 times the measure.

    Raises
    ------
    SegstudioError
        When there is no such measure.
    """
    if measure not in _MEASURES:
        raise SegstudioError(f"“{measure}” is no measure. Choose one of {', '.join(MEASURES)}.")
    small = np.clip(_MEASURES[measure](probabilities), 0.0, 1.0)
    plane = cv2.convertScaleAbs(small, alpha=255.0)
    if size is not None and plane.shape != size:
        plane = cv2.resize(plane, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(plane, np.uint8)


def _confidence(probabilities: Probabilities) -> NDArray[np.float32]:
    return np.asarray(probabilities.max(axis=0), np.float32)


def _margin(probabilities: Probabilities) -> NDArray[np.float32]:
    best = np.zeros(probabilities.shape[1:], np.float32)
    second = np.zeros_like(best)
    for plane in probabilities:  # class by class: a sorted copy would cost as much as all of them
        values = np.asarray(plane, np.float32)
        np.maximum(second, np.minimum(values, best), out=second)
        np.maximum(best, values, out=best)
    return best - second


def _certainty(probabilities: Probabilities) -> NDArray[np.float32]:
    if len(probabilities) < 2:
        return np.ones(probabilities.shape[1:], np.float32)
    total = np.zeros(probabilities.shape[1:], np.float32)
    for plane in probabilities:
        values = np.asarray(plane, np.float32)
        total -= values * np.log(np.maximum(values, 1e-12))
    return np.asarray(1.0 - total / np.log(len(probabilities)), np.float32)


_MEASURES: dict[str, Callable[[Probabilities], NDArray[np.float32]]] = {
    "confidence": _confidence,
    "margin": _margin,
    "entropy": _certainty,
}
