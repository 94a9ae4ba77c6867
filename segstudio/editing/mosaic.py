"""The superpixels of the part of an image that is in sight."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Mask
from segstudio.core.region import Region
from segstudio.editing.brush import LEVEL_PX
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point, Sight
from segstudio.editing.superpixels import Pieces, superpixels

MOST_SAMPLES = 1_600_000
"""Samples that are cut into superpixels at once: a window of Full HD at 100 %."""
MARGIN = 0.25
"""How far beyond the sight, as a share of it, a mosaic reaches where that is affordable."""
ALIKE = 1.1
"""Widths that differ by less than this factor are not worth other superpixels."""


@dataclass(frozen=True)
class Layout:
    """Which part of an image is cut, how finely, and into how wide superpixels.

    Attributes
    ----------
    region : Region
        Its corner lies on the grid of the cells, so that parts that overlap agree but at the rim.
    step : int
        Image pixels a sample is wide: where many share a pixel of the screen, more would not show.
    cell : int
        Samples that a superpixel is wide.
    """

    region: Region
    step: int
    cell: int

    @property
    def samples(self) -> int:
        """How many samples there are to cut."""
        return math.ceil(self.region.height / self.step) * math.ceil(self.region.width / self.step)

    def around(self, way: Sequence[Point]) -> "Layout":
        """Return the part around a way, on the same grid; it may be empty."""
        pitch = self.cell * self.step
        columns, rows = zip(*way, strict=True)
        near = Region(
            _on_grid(min(rows) - 2 * pitch, pitch),
            _on_grid(min(columns) - 2 * pitch, pitch),
            _on_grid(max(rows) + 3 * pitch, pitch),
            _on_grid(max(columns) + 3 * pitch, pitch),
        )
        return replace(self, region=near.intersection(self.region))

    def serves(self, wanted: "Layout", sight: Region) -> bool:
        """Tell whether this one will do in place of another, for what is in sight."""
        ratio = self.cell * self.step / (wanted.cell * wanted.step)
        return (
            1 / ALIKE < ratio < ALIKE
            and self.step <= wanted.step
            and self.region.intersection(sight) == sight
        )


def layout(sight: Sight, granularity: int, *, height: int, width: int) -> Layout:
    """Return how to cut what is in sight of an image.

    Parameters
    ----------
    granularity : int
        The width of a superpixel in screen pixels.
    height, width : int
        Of the image; at least one pixel. Without a sight all of it is cut.
    """
    seen = in_sight(sight, height=height, width=width)
    step = max(1, round(1 / sight.scale), math.ceil(math.sqrt(seen.area / MOST_SAMPLES)))
    spare = math.sqrt(MOST_SAMPLES * step * step / seen.area) - 1
    margin = min(MARGIN, max(0.0, spare / 2))
    cell = max(1, round(granularity / sight.scale / step))
    around = Region(
        _on_grid(seen.top - margin * seen.height, cell * step),
        _on_grid(seen.left - margin * seen.width, cell * step),
        seen.bottom + math.floor(margin * seen.height),
        seen.right + math.floor(margin * seen.width),
    )
    return Layout(around.clipped(height, width), step, cell)


def in_sight(sight: Sight, *, height: int, width: int) -> Region:
    """Return the pixels of an image in sight; all where nothing is known of it."""
    seen = sight.region.clipped(height, width)
    return seen if seen.area else Region(0, 0, height, width)


def _on_grid(place: float, pitch: int) -> int:
    return math.floor(place / pitch) * pitch


Sample = tuple[int, int]
"""Row and column in a mosaic."""


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Superpixels of a part of an image.

    Attributes
    ----------
    layout : Layout
    pieces : (h, w) int32
        The superpixel of each sample.
    """

    layout: Layout
    pieces: Pieces

    def passed(self, start: Point, end: Point) -> dict[int, Sample]:
        """Return the superpixels on a straight way, each with a sample in it, in their order."""
        region, step = self.layout.region, self.layout.step
        ends = np.array([start, end])
        shares = _shares_within(ends, region)
        if shares is None:
            return {}
        ends = ends[0] + np.outer(shares, ends[1] - ends[0])
        count = math.ceil(2 * math.dist(ends[0], ends[1]) / step) + 1
        places = (np.linspace(ends[0], ends[1], count) - (region.left, region.top)) / step
        height, width = self.pieces.shape
        columns, rows = np.clip(places.astype(np.int64), 0, (width - 1, height - 1)).T
        numbers, first = np.unique(self.pieces[rows, columns], return_index=True)
        order = np.argsort(first)
        return {int(numbers[i]): (int(rows[first[i]]), int(columns[first[i]])) for i in order}

    def selection(self, sample: Sample) -> Selection:
        """Return the pixels of the superpixel that a sample belongs to."""
        region, step = self.layout.region, self.layout.step
        row, column = sample
        # A flood costs what the superpixel holds; comparing would cost what is in sight.
        flags = 4 | (1 << 8) | cv2.FLOODFILL_MASK_ONLY
        flood = self._flood
        _, _, _, box = cv2.floodFill(self.pieces, flood, (column, row), 0, flags=flags)
        left, top, width, height = box
        cut = flood[top + 1 : top + height + 1, left + 1 : left + width + 1]
        mask: Mask = cut.astype(np.bool_)
        cut[:] = 0
        if step > 1:
            mask = mask.repeat(step, axis=0).repeat(step, axis=1)
        corner = region.top + top * step, region.left + left * step
        covered = Region(*corner, corner[0] + height * step, corner[1] + width * step)
        inside = covered.intersection(region)
        return Selection(inside, mask[inside.within(covered).slices])

    @cached_property
    def _flood(self) -> NDArray[np.uint8]:
        height, width = self.pieces.shape
        return np.zeros((height + 2, width + 2), np.uint8)


def _shares_within(ends: NDArray[np.float64], region: Region) -> tuple[float, float] | None:
    """Return between which shares of a straight way it lies in a region; None when nowhere."""
    low, high = np.array([region.left, region.top]), np.array([region.right, region.bottom])
    start, way = ends[0], ends[1] - ends[0]
    first, last = 0.0, 1.0
    for i in range(2):
        if abs(way[i]) < LEVEL_PX:
            if not any(low[i] <= place < high[i] for place in ends[:, i]):
                return None
            continue
        near, far = sorted(((low[i] - start[i]) / way[i], (high[i] - start[i]) / way[i]))
        first, last = max(first, float(near)), min(last, float(far))
    return (first, last) if first <= last else None


def mosaic(image: Image, wanted: Layout) -> Mosaic:
    """Cut a part of an image into superpixels.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
        All of it.
    """
    part, step = image[wanted.region.slices], wanted.step
    if step == 1:
        return Mosaic(wanted, superpixels(np.ascontiguousarray(part), wanted.cell))
    down, across = -part.shape[0] % step, -part.shape[1] % step
    whole = cv2.copyMakeBorder(part, 0, down, 0, across, cv2.BORDER_REPLICATE)
    size = whole.shape[1] // step, whole.shape[0] // step
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    return Mosaic(wanted, superpixels(np.asarray(small, np.uint8), wanted.cell))
