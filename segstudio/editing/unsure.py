"""Where a model was unsure and no person has been since, the most doubtful place first."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, InkMap
from segstudio.core.labels import Ink
from segstudio.core.region import Region

REDUCED_PIXELS = 1_500_000
"""Larger images are looked at in a copy reduced to less than this."""

MOST_PLACES = 300
SMALLEST_PX = 9
"""Pixels, of the copy, that a place has at least; fewer are specks."""

_WIDEST_SHARE = 1 / 6
"""Of the image's longer side; what is wider is cut up, for it is no place to look at."""


@dataclass(frozen=True)
class Place:
    """Unsure pixels that hang together.

    Attributes
    ----------
    region : Region
        Around them, in pixels of the image.
    weight : float
        Area in pixels of the image times mean doubt, 0 to 1.
    """

    region: Region
    weight: float


def unsure_places(confidence: Confidence, ink: InkMap, *, below: int) -> tuple[Place, ...]:
    """Find the places that are worth a look, ranked by area times doubt.

    Connected pixels whose confidence is below the limit; those where a person has painted
    are looked after already and left out. The borders of a whole image often hang together: what is
    wider than a sixth of it is cut along a grid.

    Parameters
    ----------
    confidence, ink : (H, W) uint8
    below : int
        The confidence, 0 to 255, under which a pixel counts as unsure.
    """
    height, width = confidence.shape
    small, touched = _reduced(confidence, ink)
    unsure = (small < below).astype(np.uint8)
    _, numbers, boxes, _ = cv2.connectedComponentsWithStats(unsure, connectivity=8)
    numbers = _cut_up(
        np.asarray(numbers), np.asarray(boxes), max(8, math.ceil(_WIDEST_SHARE * max(small.shape)))
    )
    at = np.flatnonzero(numbers)
    found, piece = np.unique(numbers.ravel()[at], return_inverse=True)
    if not found.size:
        return ()
    scale = height / small.shape[0], width / small.shape[1]
    doubt = (255 - small.ravel()[at].astype(np.float64)) / 255
    pixels = np.bincount(piece)
    weights = np.bincount(piece, doubt) * scale[0] * scale[1]
    is_open = (np.bincount(piece, touched.ravel()[at]) == 0) & (pixels >= SMALLEST_PX)
    ranked = np.argsort(-weights, kind="stable")
    best = ranked[is_open[ranked]][:MOST_PLACES]
    bounds = _bounds(at, piece, found.size, small.shape[1])
    return tuple(
        Place(_scaled(bounds[number], scale, height, width), float(weights[number]))
        for number in best
    )


def _reduced(confidence: Confidence, ink: InkMap) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return confidence, and 1 where a person has painted, of a bounded size."""
    height, width = confidence.shape
    every = math.ceil(math.sqrt(height * width / REDUCED_PIXELS))
    if every <= 1:
        return confidence, (ink == Ink.PERSON).astype(np.uint8)
    size = -(-width // every), -(-height // every)
    small = cv2.resize(confidence, size, interpolation=cv2.INTER_AREA)
    # A thin stroke counts wherever it has been. Band by band: a copy of the ink would be as large
    # as the image.
    touched = np.zeros(small.shape, np.uint8)
    columns = np.arange(0, width, every)
    for row in range(size[1]):
        band = (ink[row * every : (row + 1) * every] == Ink.PERSON).any(axis=0)
        touched[row] = np.logical_or.reduceat(band, columns)
    return np.asarray(small, np.uint8), touched


def _cut_up(numbers: NDArray[np.int32], boxes: NDArray[np.int32], widest: int) -> NDArray[np.int64]:
    """Give the parts of wide components, cell by cell of a grid, numbers of their own."""
    wide = (boxes[:, cv2.CC_STAT_WIDTH] > widest) | (boxes[:, cv2.CC_STAT_HEIGHT] > widest)
    wide[0] = False
    cut: NDArray[np.int64] = numbers.astype(np.int64)
    if not wide.any():
        return cut
    rows, columns = np.nonzero(wide[numbers])
    owner = numbers[rows, columns]
    # Counted from the corner of each: a thin border is not split along its length.
    down = (rows - boxes[owner, cv2.CC_STAT_TOP]) // widest
    across = (columns - boxes[owner, cv2.CC_STAT_LEFT]) // widest
    cell = down * (numbers.shape[1] // widest + 1) + across
    cut[rows, columns] = owner + (cell + 1) * len(boxes)
    return cut


def _bounds(
    at: NDArray[np.int64], piece: NDArray[np.int64], count: int, width: int
) -> NDArray[np.int64]:
    """Return the (count, 4) top, left, bottom, right of every piece."""
    rows, columns = at // width, at % width
    bounds = np.empty((count, 4), np.int64)
    bounds[:, :2], bounds[:, 2:] = np.iinfo(np.int64).max, 0
    for place, values in ((0, rows), (1, columns)):
        np.minimum.at(bounds[:, place], piece, values)
        np.maximum.at(bounds[:, place + 2], piece, values + 1)
    return bounds


def _scaled(
    bounds: NDArray[np.int64], scale: tuple[float, float], height: int, width: int
) -> Region:
    top, left, bottom, right = (int(value) for value in bounds)
    return Region(
        math.floor(top * scale[0]),
        math.floor(left * scale[1]),
        math.ceil(bottom * scale[0]),
        math.ceil(right * scale[1]),
    ).clipped(height, width)
