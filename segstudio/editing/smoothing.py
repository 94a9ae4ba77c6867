"""Smooth boundaries: what most of a neighbourhood is."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.editing.kinds import UNLABELLED, Kinds
from segstudio.editing.nearness import tiles

TILE_PX = 256
"""Few classes lie in a small tile, and each costs its own sums."""

Weights = NDArray[np.float32]


def reach_of(size: int) -> int:
    """Return how far the neighbourhood of a pixel reaches, in pixels along rows and columns."""
    return 2 * size


def smoothed(kinds: Kinds, size: int) -> Kinds:
    """Return for each pixel the kind that has the most weight around it.

    A pixel `dx` columns and `dy` rows away weighs (2 size + 1 - |dx|) (2 size + 1 - |dy|), nothing
    from 2 size + 1 on; what lies outside the image weighs nothing. Of kinds with the same weight
    the pixel's own wins, else the lowest.

    Parameters
    ----------
    kinds : (H, W) uint16
    size : int
        1 to 25: up to there the sums are exact.
    """
    result = kinds.copy()
    for tile, around in tiles(kinds.shape, reach_of(size), side=TILE_PX):
        here = kinds[around.slices]
        if here.min() == here.max():
            continue
        inner = tile.within(around).slices
        result[tile.slices] = _winners(here, size)[inner]
    return result


def _winners(kinds: Kinds, size: int) -> Kinds:
    present = np.flatnonzero(np.bincount(kinds.ravel(), minlength=UNLABELLED + 1))
    best = np.full(kinds.shape, -1, np.float32)
    winners = kinds.copy()
    for kind in present:
        mask = (kinds == kind).view(np.uint8)
        # Weights are whole numbers, so that half of one decides where two are equal.
        weights = _weights(mask, size) + np.float32(0.5) * mask
        is_more = weights > best
        winners[is_more] = kind
        np.maximum(best, weights, out=best)
    return winners


def _weights(mask: NDArray[np.uint8], size: int) -> Weights:
    side = (2 * size + 1, 2 * size + 1)
    zero = cv2.BORDER_CONSTANT
    # Sums around pixels outside count too, in the sums of sums.
    wide = cv2.copyMakeBorder(mask, size, size, size, size, zero, value=0)
    once = cv2.boxFilter(wide, cv2.CV_32F, side, normalize=False, borderType=zero)
    twice = cv2.boxFilter(once, cv2.CV_32F, side, normalize=False, borderType=zero)
    return np.asarray(twice[size:-size, size:-size], np.float32)
