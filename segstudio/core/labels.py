"""Who wrote a pixel, and what that means for 255."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import InkMap, LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX


class Ink(IntEnum):
    """The author of a pixel, as stored in an ink map."""

    NOBODY = 0
    MODEL = 1
    REFINEMENT = 2
    PERSON = 3


IGNORE_COUNT = 256
"""Where `class_counts` keeps Ignore; 255 keeps unlabelled."""


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
    counts[:256] = np.bincount(label_map.ravel(), minlength=256)
    if counts[IGNORE_INDEX]:
        counts[IGNORE_COUNT] = np.count_nonzero(is_ignored(label_map, ink))
        counts[IGNORE_INDEX] -= counts[IGNORE_COUNT]
    return counts
