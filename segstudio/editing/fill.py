"""The bucket: relabel the region under the cursor, or every region of its class."""

import cv2
import numpy as np

from segstudio.core.arrays import Confidence, LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.labels import is_ignored, is_unlabelled
from segstudio.core.patch import Origin, Patch, Planes, assemble, difference
from segstudio.core.region import Region, block_region, whole
from segstudio.editing.scope import Paint, Scope


def connected_region(planes: Planes, x: int, y: int) -> tuple[Region, Mask]:
    """Return the 4-connected pixels of one class around a pixel.

    Unlabelled and Ignore are kept apart although both are stored as 255.

    Returns
    -------
    Region
        The smallest that holds them.
    (h, w) bool
        Of the region's shape.
    """
    plane = _plane_to_follow(planes, x, y)
    height, width = plane.shape
    mask = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | (1 << 8) | cv2.FLOODFILL_MASK_ONLY
    _, _, _, box = cv2.floodFill(plane, mask, (x, y), 0, flags=flags)
    left, top, box_width, box_height = box
    region = Region(top, left, top + box_height, left + box_width)
    inside = mask[top + 1 : region.bottom + 1, left + 1 : region.right + 1]
    return region, inside.astype(np.bool_)


def all_of_class(planes: Planes, x: int, y: int) -> tuple[Region, Mask]:
    """Return every pixel of the image of the same class as one pixel."""
    plane = _plane_to_follow(planes, x, y)
    return whole(plane), plane == plane[y, x]


def fill(
    planes: Planes,
    confidence: Confidence | None,
    found: tuple[Region, Mask],
    *,
    paint: Paint,
    scope: Scope,
    first: tuple[int, int],
) -> Patch | None:
    """Make the patch that paints the pixels found, as far as the scope allows.

    The planes are not changed. None when nothing would change.

    Parameters
    ----------
    found : (Region, (h, w) bool)
        From `connected_region` or `all_of_class`.
    first : (label, ink)
        Of the pixel that was clicked.
    """
    region, mask = found
    height, width = planes.labels.shape
    differences = []
    for row, column in region.blocks(height, width):
        part = region.intersection(block_region(row, column, height, width))
        cut = mask[part.within(region).slices]
        if not cut.any():
            continue
        allowed = scope.allowed(planes, confidence, part, first=first)
        written = cut if allowed is None else cut & allowed
        before = planes.view(part)
        after = Planes(
            np.where(written, np.uint8(paint.label), before.labels),
            np.where(written, np.uint8(paint.ink), before.ink),
        )
        change = difference(part, before, after)
        if change is not None:
            differences.append(change)
    index = None if paint.tool == "eraser" else paint.label
    return assemble(differences, Origin("fill", paint.ink, index))


def _plane_to_follow(planes: Planes, x: int, y: int) -> LabelMap:
    if planes.labels[y, x] != IGNORE_INDEX:
        return planes.labels
    belongs = is_unlabelled if planes.ink[y, x] == 0 else is_ignored
    return belongs(planes.labels, planes.ink).view(np.uint8)
