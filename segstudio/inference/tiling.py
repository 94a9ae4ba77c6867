"""Overlapping tiles whose results are blended so that no seam shows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WIDTH = 0.125
"""Standard deviation of the Gaussian as a share of the tile."""

_LEAST = 1e-3
"""Keeps the weights at a tile's border above 0, where nothing else may cover a pixel."""


@dataclass(frozen=True)
class Tile:
    """One tile of a larger plane.

    Attributes
    ----------
    region : (slice, slice)
        Rows and columns that it covers.
    weights : (h, w) float32
        Its share of every pixel; the shares of all tiles sum to 1.
    """

    region: tuple[slice, slice]
    weights: NDArray[np.float32]


def tiles(height: int, width: int, size: int, *, overlap: float = 0.25) -> list[Tile]:
    """Cover a plane with square tiles.

    The last tile of a row or column is shifted inward, never padded; a plane smaller than a tile
    gets one tile of its own size. The shares are Gaussian around each tile's centre and
    normalised beforehand, so that results can be added up as they come.

    Parameters
    ----------
    size : int
        Side of a tile in pixels.
    overlap : float
        Least share of a tile that its neighbour covers too, 0 to below 1.
    """
    assert height >= 1
    assert width >= 1
    assert size >= 1
    assert 0.0 <= overlap < 1.0
    rows = list(_axis(height, size, overlap))
    columns = list(_axis(width, size, overlap))
    return [
        Tile((row, column), np.outer(row_weights, column_weights))
        for row, row_weights in rows
        for column, column_weights in columns
    ]


def _axis(length: int, size: int, overlap: float) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    side = min(size, length)
    step = max(1, int(side * (1.0 - overlap)))
    starts = [*range(0, length - side, step), length - side]
    shape = _gaussian(side)
    total = np.zeros(length)
    for start in starts:
        total[start : start + side] += shape
    for start in starts:
        covered = slice(start, start + side)
        yield covered, (shape / total[covered]).astype(np.float32)


def _gaussian(side: int) -> NDArray[np.float64]:
    distance = (np.arange(side) - (side - 1) / 2) / max(1.0, _WIDTH * side)
    bell: NDArray[np.float64] = np.maximum(np.exp(-0.5 * distance**2), _LEAST)
    return bell
