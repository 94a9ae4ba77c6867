"""Distances in a map, worked out in tiles so that what is far from everything costs nothing."""

from collections.abc import Iterator

import cv2
import numpy as np

from segstudio.core.arrays import Mask
from segstudio.core.region import Region
from segstudio.editing.kinds import Kinds

TILE_PX = 1024
BAND_ROWS = 128
REACH_PX = 64
"""How far `nearest` looks first; most gaps are narrower, and the whole map takes long."""


def tiles(shape: tuple[int, int], margin: int, *, side: int = 0) -> Iterator[tuple[Region, Region]]:
    """Yield the tiles of a map, each with the part around it that holds its neighbourhood."""
    height, width = shape
    side = side or TILE_PX
    for top in range(0, height, side):
        for left in range(0, width, side):
            tile = Region(top, left, top + side, left + side).clipped(height, width)
            around = Region(
                tile.top - margin, tile.left - margin, tile.bottom + margin, tile.right + margin
            )
            yield tile, around.clipped(height, width)


def within(sources: Mask, distance: float) -> Mask:
    """Return which pixels have one of some pixels at most so far away, from centre to centre.

    The distance is the straight one, exactly.

    Parameters
    ----------
    sources : (H, W) bool
    distance : float
        In pixels; 0 returns the sources.
    """
    found = sources.copy()
    if distance < 1:
        return found
    for tile, around in tiles(sources.shape, int(distance) + 1):
        here = sources[around.slices]
        if here.all() or not here.any():
            continue
        far = cv2.distanceTransform((~here).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        # Roots of whole numbers: half a unit of the square tells the last one in from the next.
        is_near = far < np.sqrt(distance * distance + 0.5)
        found[tile.slices] = is_near[tile.within(around).slices]
    return found


def nearest(kinds: Kinds, wanted: Mask, sources: Mask) -> Kinds:
    """Return the kinds of the nearest sources of some pixels; elsewhere the kinds as they are.

    The distance is the straight one, to within 3 %: of two sources that are nearly as near, either
    may be taken. Without any source nothing changes.
    """
    result = kinds.copy()
    left = np.zeros(wanted.shape, np.bool_)
    for tile, around in tiles(wanted.shape, REACH_PX):
        ours = wanted[tile.slices]
        if not ours.any():
            continue
        found, far = _nearest_in(kinds[around.slices], sources[around.slices])
        inner = tile.within(around).slices
        is_sure = far[inner] <= REACH_PX
        np.copyto(result[tile.slices], found[inner], where=ours & is_sure)
        left[tile.slices] = ours & ~is_sure
    if left.any() and sources.any():
        found, _ = _nearest_in(kinds, sources)
        np.copyto(result, found, where=left)
    return result


def _nearest_in(kinds: Kinds, sources: Mask) -> tuple[Kinds, np.ndarray]:
    """Return the kind of the nearest source of each pixel, and how far away that is."""
    if not sources.any():
        return kinds, np.full(kinds.shape, np.inf, np.float32)
    # The nearest one always has a neighbour that is none: few are left to be numbered.
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inside = cv2.erode(sources.view(np.uint8), cross, borderValue=1).view(np.bool_)
    rim = sources & ~inside
    if not rim.any():
        return kinds, np.zeros(kinds.shape, np.float32)
    far, numbers = cv2.distanceTransformWithLabels(
        (~rim).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    by_number = np.zeros(int(numbers.max()) + 1, kinds.dtype)
    by_number[numbers[rim]] = kinds[rim]
    found = np.empty(kinds.shape, kinds.dtype)
    for rows in range(0, kinds.shape[0], BAND_ROWS):
        # In parts: an index as large as the image would hold Python's lock for a tenth of a second.
        part = slice(rows, rows + BAND_ROWS)
        found[part] = by_number[numbers[part]]
    return found, far
