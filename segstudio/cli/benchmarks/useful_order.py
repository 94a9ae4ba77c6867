"""An order in which images may be worth labelling: where a model errs, but no twins in a row.

No part of the program: it beats a random order on one of two packs only, see `active`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def useful_order(
    effort: NDArray[np.floating],
    portraits: NDArray[np.floating],
    labelled: Sequence[int] = (),
    *,
    count: int | None = None,
) -> list[int]:
    """Return images that are not labelled yet, the most useful one first.

    Each step takes the image with the most expected effort that is also far from all labelled
    and taken ones: the product of both, so that the twin of a taken image is worth nothing.

    Parameters
    ----------
    effort : (N,) floating point
        Expected share of wrong pixels, 0 to 1: the mean of 1 minus calibrated confidence. Equal
        numbers leave the order to the distance alone.
    portraits : (N, D) floating point
        What the images look like, as numbers that can be compared.
    labelled : sequence of int
        Images whose labels are known.
    count : int, optional
        How many to return; all without it.

    Returns
    -------
    list of int
    """
    lengths = np.linalg.norm(portraits, axis=1, keepdims=True)
    unit = portraits / np.maximum(lengths, 1e-12)
    away = np.ones(len(effort))
    for index in labelled:
        away = np.minimum(away, _distances(unit, index))
    is_left = np.ones(len(effort), np.bool_)
    is_left[list(labelled)] = False
    taken: list[int] = []
    for _ in range(min(int(is_left.sum()), len(effort) if count is None else count)):
        worth = np.where(is_left, effort * away, -1.0)
        best = int(worth.argmax())
        taken.append(best)
        is_left[best] = False
        away = np.minimum(away, _distances(unit, best))
    return taken


def _distances(unit: NDArray[np.floating], index: int) -> NDArray[np.float64]:
    """Return 1 minus the cosine to one image, 0 to 1."""
    alike = unit.astype(np.float64) @ unit[index].astype(np.float64)
    away: NDArray[np.float64] = np.clip(1.0 - alike, 0.0, 1.0)
    return away
