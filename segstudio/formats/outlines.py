"""Outlines of masks as polygons, and polygons as masks.

A polygon runs a quarter of a pixel inside the edge of its pixels. Read by the middle of each pixel
(pycocotools), or with coordinates cut to whole pixels and the line itself filled (cv2.fillPoly and
Pillow, so Ultralytics and labelme), it gives the same pixels that it was made of.

A hole is joined to what surrounds it by two lines that lie upon each other, so that one polygon
holds both. These bridges run within the mask along a row.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.errors import ImageError
from segstudio.formats.json_values import Points

LONGEST_OUTLINE = 20_000_000
"""Pixels; following a longer one would take minutes and gigabytes."""

_Ring = NDArray[np.int32]
"""(N, 2) int32, x and y in half pixels."""


def of_mask(mask: Mask) -> list[Points]:
    """Return one polygon for each joined part of a mask; diagonal neighbours are joined."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return []
    top, left = int(rows[0]), int(columns[0])
    cut = mask[top : rows[-1] + 1, left : columns[-1] + 1].astype(np.uint8)
    halves = np.repeat(np.repeat(cut, 2, axis=0), 2, axis=1)
    found, levels = cv2.findContours(halves, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rings = [np.asarray(ring, np.int32).reshape(-1, 2) for ring in found]
    is_hole = [bool(parent >= 0) for *_, parent in levels[0]]
    whole = _bridged(rings, is_hole, halves)
    return [(_without_middles(ring) + 0.5) / 2 + (left, top) for ring in whole]


def joined(polygons: Sequence[Points]) -> Points:
    """Return one polygon for several, joined by lines that lie upon each other."""
    whole = polygons[0]
    for other in polygons[1:]:
        at = int(((whole - other[0]) ** 2).sum(axis=1).argmin())
        whole = np.concatenate([whole[: at + 1], other, other[:1], whole[at:]])
    return whole


def filled(polygons: Sequence[Points], size: tuple[int, int], source: str) -> Mask:
    """Return the pixels (H, W) bool whose middle is in one of some polygons.

    Parameters
    ----------
    polygons : sequence of (N, 2) float64
        Those with fewer than three points have no pixels.
    size : tuple of int
        Height and width.
    source : str
        Which file they are of, for the sentence.

    Raises
    ------
    ImageError
        When one leads far out of the image, or is too long.
    """
    mask = np.zeros(size, np.bool_)
    for polygon in polygons:
        if len(polygon) >= 3:
            check_reach(polygon, size, source)
            _fill(mask, polygon)
    return mask


def paint(labels: LabelMap, polygon: Points, index: int) -> None:
    """Give an index to the pixels of a polygon and of the line around it, as cv2.fillPoly has them.

    Only the rectangle that it takes up is looked at: there may be thousands of them. Make sure of
    its reach before.
    """
    where, mask = _drawn(polygon, labels.shape)
    labels[where][mask] = index


def covered(polygon: Points, size: tuple[int, int]) -> int:
    """Return how many pixels of an image `paint` would change.

    The shoelace formula would not do: parts that are joined may turn in opposite directions.
    """
    return int(np.count_nonzero(_drawn(polygon, size)[1]))


def _drawn(polygon: Points, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], Mask]:
    """Return the rectangle that a polygon takes up, and its pixels in there."""
    left, top, right, bottom = _rectangle(polygon, shape)
    mask = np.zeros((max(bottom - top, 0), max(right - left, 0)), np.uint8)
    if mask.size:
        whole = np.floor(polygon).astype(np.int32) - np.array([left, top], np.int32)
        cv2.fillPoly(mask, [whole], 1)
    return (slice(top, max(bottom, top)), slice(left, max(right, left))), mask > 0


def _rectangle(polygon: Points, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the pixels that a polygon may touch."""
    size = shape[::-1]
    low = np.floor(polygon.min(axis=0)).astype(int).clip(0, size)
    high = (np.floor(polygon.max(axis=0)).astype(int) + 1).clip(0, size)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def check_reach(polygon: Points, size: tuple[int, int], source: str) -> None:
    """Make sure that a shape can be drawn into an image in reasonable time.

    Raises
    ------
    ImageError
        When it lies further outside the image than that is large, or is too long.
    """
    height, width = size
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    if (low < (-width, -height)).any() or (high > (2 * width, 2 * height)).any():
        raise ImageError(
            f"{source} has an outline that leads far out of its image of {width} x {height} "
            "pixels. Is it of another image?"
        )
    steps = np.abs(np.diff(polygon, axis=0, append=polygon[:1])).max(axis=1)
    if steps.sum() > LONGEST_OUTLINE:
        raise ImageError(f"{source} has an outline of over {LONGEST_OUTLINE:,} pixels.")


def _fill(mask: Mask, polygon: Points) -> None:
    """Fill a polygon by the even-odd rule, within the rectangle that it takes up."""
    from pycocotools import mask as rle

    left, top, right, bottom = _rectangle(polygon, mask.shape)
    if left >= right or top >= bottom:
        return
    flat = (polygon - (left, top)).ravel().tolist()
    inside = rle.decode(rle.frPyObjects([flat], bottom - top, right - left))[..., 0]
    mask[top:bottom, left:right] |= inside.astype(np.bool_)


def _bridged(rings: list[_Ring], is_hole: list[bool], halves: NDArray[np.uint8]) -> list[_Ring]:
    """Return the outer rings, each with its holes joined to it.

    From the left end of a hole a bridge leads to the left as far as the mask goes. What it meets is
    the outer ring, or a hole that begins further to the left.
    """
    order = sorted(range(len(rings)), key=lambda number: int(rings[number][:, 0].min()))
    rings = [_from_the_left(rings[number]) for number in order]
    points = np.concatenate(rings)
    beginnings = np.cumsum([0, *map(len, rings)])
    # Of the rings that share a point, the one that begins furthest to the left.
    codes, firsts = np.unique(_codes(points, halves), return_index=True)
    detours: dict[int, list[tuple[int, int]]] = {}
    holes = [place for place, number in enumerate(order) if is_hole[number]]
    for place in holes:
        end = _codes(_bridge_end(rings[place][0], halves)[None], halves)
        met = int(firsts[np.searchsorted(codes, end[0])])
        ring = int(np.searchsorted(beginnings, met, side="right")) - 1
        detours.setdefault(ring, []).append((met - int(beginnings[ring]), place))
    # A hole begins further to the right than what it is joined to, so that it is whole before.
    for place in sorted(detours, reverse=True):
        rings[place] = _with_detours(rings[place], detours[place], rings)
    outer = set(range(len(rings))) - set(holes)
    return [rings[place] for place in sorted(outer)]


def _from_the_left(ring: _Ring) -> _Ring:
    return np.roll(ring, -int(ring[:, 0].argmin()), axis=0)


def _codes(points: _Ring, halves: NDArray[np.uint8]) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = points[:, 1].astype(np.int64) * halves.shape[1] + points[:, 0]
    return codes


def _bridge_end(start: NDArray[np.int32], halves: NDArray[np.uint8]) -> NDArray[np.int32]:
    x, y = int(start[0]), int(start[1])
    gaps = np.flatnonzero(halves[y, :x] == 0)
    return np.array([gaps[-1] + 1 if gaps.size else 0, y], np.int32)


def _with_detours(ring: _Ring, detours: list[tuple[int, int]], rings: list[_Ring]) -> _Ring:
    """Return a ring with the way to holes and back to it, each from one of its points."""
    pieces, done = [], 0
    for at, hole in sorted(detours):
        pieces += [ring[done : at + 1], rings[hole], rings[hole][:1]]
        done = at
    return np.concatenate([*pieces, ring[done:]])


def _without_middles(ring: _Ring) -> _Ring:
    """Return a ring without the points between two steps in the same direction."""
    steps = np.roll(ring, -1, axis=0) - ring
    is_needed = (steps != np.roll(steps, 1, axis=0)).any(axis=1)
    return ring[is_needed] if is_needed.any() else ring
