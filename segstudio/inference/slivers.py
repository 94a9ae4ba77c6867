"""Narrow strips that a coarse answer leaves along borders, and that nobody meant by a scribble."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Mask

HALF_WIDTH = 0.005
"""Half as wide as a strip has to be to stay, as a share of the image's short side."""
NEAR = 4
"""So many times that from the stroke everything was meant."""


def without_slivers(changed: Mask, same: Mask, stroke: Mask) -> Mask:
    """Return the changed pixels without strips too narrow to have been meant.

    Parameters
    ----------
    changed, stroke : (h, w) bool
    same : (h, w) bool
        Pixels that have the stroke's class already: with a strip along them they are broad enough.
    """
    half = round(HALF_WIDTH * min(changed.shape))
    after = (changed | same | stroke).view(np.uint8)
    broad = np.asarray(cv2.morphologyEx(after, cv2.MORPH_OPEN, _square(half)), np.bool_)
    meant = np.asarray(cv2.dilate(stroke.view(np.uint8), _square(NEAR * half)), np.bool_)
    kept: Mask = changed & (broad | meant | stroke)
    return kept


def _square(half: int) -> NDArray[np.uint8]:
    # Of odd width: an even one would move what it opens.
    return np.ones((2 * half + 1, 2 * half + 1), np.uint8)
