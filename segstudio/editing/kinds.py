"""What a pixel is: a class, Ignore, or unlabelled, told apart by one number."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import InkMap, LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.labels import Ink, is_unlabelled
from segstudio.core.patch import Planes

EVERY = -1
"""Every class, each for itself; neither Ignore nor unlabelled."""
IGNORED = IGNORE_INDEX
UNLABELLED = 256

Kinds: TypeAlias = NDArray[np.uint16]
"""(H, W) uint16: a class index, `IGNORED`, or `UNLABELLED`."""


def kinds_of(planes: Planes) -> Kinds:
    """Return what each pixel is, (H, W)."""
    kinds = planes.labels.astype(np.uint16)
    kinds[is_unlabelled(planes.labels, planes.ink)] = UNLABELLED
    return kinds


def kind_at(planes: Planes, x: int, y: int) -> int:
    """Return what one pixel is."""
    label = int(planes.labels[y, x])
    is_free = label == IGNORE_INDEX and planes.ink[y, x] == Ink.NOBODY
    return UNLABELLED if is_free else label


def classes_in(kinds: Kinds) -> list[int]:
    """Return the class indices that occur, ascending."""
    counts = np.zeros(UNLABELLED + 1, np.int64)
    for band in np.array_split(kinds, -(-kinds.size // 2**20)):
        counts += np.bincount(band.ravel(), minlength=UNLABELLED + 1)
    return [int(kind) for kind in np.flatnonzero(counts[:IGNORED])]


def written(kinds: Kinds) -> tuple[LabelMap, InkMap]:
    """Return the label map and the ink that a person writes to make pixels such kinds."""
    labels = np.minimum(kinds, IGNORE_INDEX).astype(np.uint8)
    ink = np.where(kinds == UNLABELLED, np.uint8(Ink.NOBODY), np.uint8(Ink.PERSON))
    return labels, ink
