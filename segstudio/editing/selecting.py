"""Putting selections together: both, one without the other, with their holes."""

import cv2
import numpy as np

from segstudio.core.arrays import Mask
from segstudio.core.region import Region, trimmed
from segstudio.editing.selection import Selection


def nothing() -> Selection:
    """Return no pixels at all."""
    return Selection(Region(0, 0, 0, 0), np.zeros((0, 0), np.bool_))


def union(first: Selection, second: Selection) -> Selection:
    """Return the pixels that are in at least one of two selections."""
    region = first.region.union(second.region)
    mask = np.zeros((region.height, region.width), np.bool_)
    for part in (first, second):
        if part.region.area:
            mask[part.region.within(region).slices] |= part.mask
    return Selection(region, mask)


def without(first: Selection, second: Selection) -> Selection:
    """Return the pixels of one selection that another has not."""
    shared = first.region.intersection(second.region)
    if not shared.area:
        return first
    mask = first.mask.copy()
    mask[shared.within(first.region).slices] &= ~second.mask[shared.within(second.region).slices]
    return tightened(Selection(first.region, mask))


def filled(mask: Mask) -> Mask:
    """Return a mask with the holes in it.

    What can be reached from its edges by steps up, down, left and right is no hole.
    """
    if not mask.size:
        return mask
    ground = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), np.uint8)
    ground[1:-1, 1:-1] = mask
    cv2.floodFill(ground, None, (0, 0), 2, flags=4)
    outside: Mask = ground[1:-1, 1:-1] == 2
    return ~outside


def tightened(selection: Selection) -> Selection:
    """Return the same pixels in the smallest region that holds them."""
    region = trimmed(selection.mask, selection.region)
    return Selection(region, selection.mask[region.within(selection.region).slices])
