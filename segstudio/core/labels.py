"""Who wrote a pixel, and what that means for 255."""

from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import InkMap, LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.even_planes import is_even


class Ink(IntEnum):
    """The author of a pixel, as stored in an ink map."""

    NOBODY = 0
    MODEL = 1
    REFINEMENT = 2
    PERSON = 3


IGNORE_COUNT = 256
"""Where `class_counts` keeps Ignore; 255 keeps unlabelled."""


COUNTED_AT_ONCE = 2**22
"""Pixels; OpenCV counts in float32, which is exact up to 2**24."""


def is_unlabelled(label_map: LabelMap, ink: InkMap) -> Mask:
    """Return where nobody has decided: 255 without an author."""
    unlabelled: Mask = (label_map == IGNORE_INDEX) & (ink == Ink.NOBODY)
    return unlabelled


def is_ignored(label_map: LabelMap, ink: InkMap) -> Mask:
    """Return where somebody decided that a pixel shall not count: 255 with an author."""
    ignored: Mask = (label_map == IGNORE_INDEX) & (ink != Ink.NOBODY)
    return ignored


def ink_counts(ink: InkMap) -> tuple[int, ...]:
    """Return how many pixels each author wrote, by the number of `Ink`."""
    written = [int(np.count_nonzero(ink == author)) for author in list(Ink)[1:]]
    return (ink.size - sum(written), *written)


def class_counts(label_map: LabelMap, ink: InkMap) -> NDArray[np.int64]:
    """Count pixels by class.

    Returns
    -------
    (257,) int64
        By class index; 255 holds the unlabelled pixels, 256 the ignored ones.
    """
    counts = np.zeros(257, np.int64)
    if is_even(label_map):
        counts[label_map[0, 0]] = label_map.size
    elif label_map.size:
        rows = max(1, COUNTED_AT_ONCE // label_map.shape[1])
        for top in range(0, label_map.shape[0], rows):
            # A quarter of bincount's time, which makes eight bytes of each pixel first.
            found = cv2.calcHist([label_map[top : top + rows]], [0], None, [256], [0, 256])
            counts[:256] += found.ravel().astype(np.int64)
    if counts[IGNORE_INDEX]:
        counts[IGNORE_COUNT] = np.count_nonzero(is_ignored(label_map, ink))
        counts[IGNORE_INDEX] -= counts[IGNORE_COUNT]
    return counts
