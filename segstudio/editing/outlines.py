"""Closed outlines, and exactly the pixels whose centres they go round."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segstudio.core.region import Region
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point

EIGHTH = math.pi / 4

ELLIPSE_CORNERS = 96
"""Enough for a line that looks round across a whole screen."""


def polygon(points: Sequence[Point], *, height: int, width: int) -> Selection:
    """Return the pixels inside a closed polygon.

    A pixel belongs when the outline goes round its centre at least once, in whatever direction:
    where a hand crosses its own way no hole is left. A centre on a left or upper edge belongs, one
    on a right or lower edge does not, so that polygons that share an edge share no pixel and leave
    none out.

    Parameters
    ----------
    points : (x, y) of the corners
        The last is joined with the first. They may lie outside the image, and cross.
    height, width : int
        Of the image.
    """
    corners = np.asarray(points, np.float64).reshape(-1, 2)
    region = _bounds(corners, height, width)
    mask = np.zeros((region.height, region.width), np.bool_)
    if not region.area:
        return Selection(region, mask)
    rows, columns, turns = _crossings(corners, region)
    order = np.lexsort((columns, rows))
    rows, columns = rows[order], columns[order]
    # How often the outline goes round what is right of each crossing; every row ends with 0.
    around = np.cumsum(turns[order]) != 0
    before = np.concatenate(([False], around[:-1]))
    starts, stops = around & ~before, before & ~around
    runs = zip(
        rows[starts].tolist(), columns[starts].tolist(), columns[stops].tolist(), strict=True
    )
    for row, start, stop in runs:
        mask[row, start:stop] = True
    return Selection(region, mask)


def _bounds(corners: NDArray[np.float64], height: int, width: int) -> Region:
    """Return the pixels whose centres may lie inside, clipped to the image."""
    if len(corners) < 3:
        return Region(0, 0, 0, 0)
    # Far outside, a float may be more than an integer holds; the image is all that matters.
    (left, top), (right, bottom) = (
        np.clip(edge, -1, (width + 1, height + 1)) for edge in (corners.min(0), corners.max(0))
    )
    return Region(
        math.ceil(top - 0.5), math.ceil(left - 0.5), math.ceil(bottom - 0.5), math.ceil(right - 0.5)
    ).clipped(height, width)


def _crossings(
    corners: NDArray[np.float64], region: Region
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return where edges cross the middle of rows: rows and columns of a region, and directions.

    The column is the first whose centre is not left of the edge.
    """
    following = np.roll(corners, -1, axis=0)
    falls = corners[:, 1] < following[:, 1]
    # An edge is always followed downwards: neighbours that share it find the same numbers.
    upper = np.where(falls[:, None], corners, following)
    lower = np.where(falls[:, None], following, corners)
    limits = (region.top, region.bottom)
    first = np.ceil(np.clip(upper[:, 1] - 0.5, *limits)).astype(np.int64)
    stop = np.ceil(np.clip(lower[:, 1] - 0.5, *limits)).astype(np.int64)
    counts = np.maximum(stop - first, 0)
    edges = np.repeat(np.arange(len(corners)), counts)
    rows = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edges]
    slope = (lower[:, 0] - upper[:, 0]) / np.where(counts, lower[:, 1] - upper[:, 1], 1.0)
    x = upper[edges, 0] + (rows + 0.5 - upper[edges, 1]) * slope[edges]
    columns = np.ceil(np.clip(x - 0.5, region.left, region.right)).astype(np.int64)
    return rows - region.top, columns - region.left, np.where(falls[edges], 1, -1)


def ellipse(first: Point, last: Point, *, height: int, width: int) -> Selection:
    """Return the pixels whose centres lie inside the ellipse in the box of two points."""
    box = np.array([first, last], np.float64)
    region = _bounds(np.concatenate((box, box[:1])), height, width)
    mask = np.zeros((region.height, region.width), np.bool_)
    if not region.area:
        return Selection(region, mask)
    (x, y), (across, down) = box.mean(0), np.abs(box[1] - box[0]) / 2
    rows = np.arange(region.top, region.bottom) + (0.5 - y)
    reach = across * np.sqrt(np.maximum(1 - np.square(rows / down), 0))
    limits = (region.left, region.right)
    starts = np.ceil(np.clip(x - reach - 0.5, *limits)).astype(np.int64) - region.left
    stops = np.ceil(np.clip(x + reach - 0.5, *limits)).astype(np.int64) - region.left
    for row, start, stop in zip(mask, starts.tolist(), stops.tolist(), strict=True):
        row[start:stop] = True
    return Selection(region, mask)


def rectangle_line(first: Point, last: Point) -> tuple[Point, ...]:
    """Return the four corners of the box between two points."""
    return first, (last[0], first[1]), last, (first[0], last[1])


def ellipse_line(first: Point, last: Point) -> tuple[Point, ...]:
    """Return points of the ellipse that fills the box between two points, close together."""
    (x, y), (across, down) = (
        ((first[i] + last[i]) / 2 for i in (0, 1)),
        ((last[i] - first[i]) / 2 for i in (0, 1)),
    )
    angles = (math.tau * i / ELLIPSE_CORNERS for i in range(ELLIPSE_CORNERS))
    return tuple((x + across * math.cos(a), y + down * math.sin(a)) for a in angles)


def at_eighth(origin: Point, point: Point) -> Point:
    """Return the nearest point that lies level, upright or at 45 degrees from another."""
    dx, dy = point[0] - origin[0], point[1] - origin[1]
    angle = round(math.atan2(dy, dx) / EIGHTH) * EIGHTH
    # Rounded, so that a level line is level to the last digit.
    along, down = round(math.cos(angle), 12), round(math.sin(angle), 12)
    length = dx * along + dy * down
    return origin[0] + length * along, origin[1] + length * down


def squared(origin: Point, point: Point) -> Point:
    """Return the corner opposite an origin that makes the box between the two a square."""
    dx, dy = point[0] - origin[0], point[1] - origin[1]
    side = max(abs(dx), abs(dy))
    return origin[0] + math.copysign(side, dx), origin[1] + math.copysign(side, dy)
