"""The border of a stroke, brought to the edges of the image.

The class of the stroke is filtered with the image as guide (see `segstudio.inference.guided`), in
windows as wide as a hand is unsure; beside the border of the stroke it goes where the filtered
class is in the majority.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Mask
from segstudio.editing.snapping import FREE, INSIDE, STROKE
from segstudio.inference import guided

EPSILON = 1e-3
SECOND_SHARE = 0.75

_SMOOTH_PX = 5
"""Width of the window in which the majority of pixels decides."""


def snapped(image: Image, marks: NDArray[np.uint8], reach: int) -> Mask:
    """Return where the class of a stroke is after its border has gone to the edges of the image.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    marks : (H, W) uint8
        Sum of `STROKE` where the stroke was, `INSIDE` where its class is after it, and `FREE`
        where that may change.
    reach : int
        Pixels from the border of the stroke beyond which nothing changes.

    Returns
    -------
    (H, W) bool
        Equal to the pixels marked as inside, but near the border of the stroke where it is free.
    """
    inside = (marks & INSIDE) > 0
    movable = near_border((marks & STROKE) > 0, reach) & ((marks & FREE) > 0)
    if not movable.any():
        return inside
    wanted = inside.astype(np.uint8)
    # The majority in a window gives way half-heartedly; the second time it stands at the edge.
    for radius in (reach, max(1, round(SECOND_SHARE * reach))):
        share = wanted.astype(np.float32)
        guided.smooth(image, share, guided.GuidedSettings(radius, EPSILON))
        wanted = np.where(movable, share > 0.5, inside).astype(np.uint8)
    # Single pixels that look like the other side are grain of the image and not its edge.
    smooth = cv2.medianBlur(wanted, _SMOOTH_PX) > 0
    result: Mask = np.where(movable, smooth, inside)
    return np.where(_in_specks(result, reach * reach), inside, result)


def _in_specks(mask: Mask, smallest: int) -> Mask:
    """Return which pixels are in parts of a mask, or of its rest, that are hardly more than grain.

    Parameters
    ----------
    smallest : int
        Pixels that a part must have not to be one.
    """
    specks = np.zeros(mask.shape, np.bool_)
    for side in (mask, ~mask):
        _, parts, stats, _ = cv2.connectedComponentsWithStats(side.view(np.uint8), connectivity=4)
        specks |= (stats[:, cv2.CC_STAT_AREA] < smallest)[parts]
    return specks


def near_border(stroke: Mask, reach: int) -> Mask:
    """Return which pixels are not farther than `reach` from the border of a stroke.

    The edge of the array is no border.
    """
    covered = stroke.view(np.uint8)
    near: Mask = np.ones(stroke.shape, np.bool_)
    for side in (covered, 1 - covered):
        distance = cv2.distanceTransform(side, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        near &= distance <= reach
    return near
