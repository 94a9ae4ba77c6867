"""The brush: continuous strokes of a round or square tip."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, Mask
from segstudio.core.patch import Origin, Patch, Planes
from segstudio.core.region import BLOCK, Region
from segstudio.editing.recorder import BlockRecorder
from segstudio.editing.scope import Paint, Scope
from segstudio.editing.sight import Point

MIN_SIZE_PX = 1
MAX_SIZE_PX = 4000

MAX_PIECES = 1000
LEVEL_PX = 1e-9
"""A way that rises less than this is level; dividing by its rise would overflow."""

Rows: TypeAlias = NDArray[np.float64]
"""(h,) float64: one number for each row of pixels."""


class TipShape(StrEnum):
    """The shape of a brush's tip."""

    ROUND = "round"
    SQUARE = "square"


@dataclass(frozen=True)
class Tip:
    """A brush's tip: its shape and its diameter or side in image pixels, 1 to 4000."""

    size: int = 30
    shape: TipShape = TipShape.ROUND


def inner_square(tip: Tip, point: Point) -> Region:
    """Return a square of pixels that a tip at a point surely covers; empty for a small tip."""
    half = tip.size / 2 * (1.0 if tip.shape is TipShape.SQUARE else 0.7) - 1.0
    x, y = point
    return Region(
        math.ceil(y - half), math.ceil(x - half), math.floor(y + half), math.floor(x + half)
    )


@dataclass(frozen=True)
class Sweep:
    """What a tip covers: one run of pixels in each row, for that is convex.

    Attributes
    ----------
    region : Region
        Clipped to the image; empty when the way lies outside.
    first, stop : (h,) int64
        Columns of the region, from the first covered to before `stop`; equal in an empty row.
    line : (h, w) bool or None
        What is covered instead, where a line of single pixels was drawn.
    """

    region: Region
    first: NDArray[np.int64]
    stop: NDArray[np.int64]
    line: Mask | None = None

    @property
    def pixels(self) -> int:
        """How many pixels are covered."""
        if self.line is not None:
            return int(np.count_nonzero(self.line))
        return int(np.sum(self.stop - self.first))

    def write(self, plane: NDArray[np.uint8], value: int) -> None:
        """Write a value into the covered pixels of a plane of the region's shape, in place."""
        if self.line is not None:
            np.copyto(plane, np.uint8(value), where=self.line)
            return
        # A loop over rows: for a tip of 2000 pixels a third of the time that a mask takes.
        for row, first, stop in zip(plane, self.first.tolist(), self.stop.tolist(), strict=True):
            row[first:stop] = value

    def mask(self) -> Mask:
        """Return the covered pixels as a mask of the region's shape."""
        covered = np.zeros((self.region.height, self.region.width), np.uint8)
        self.write(covered, 1)
        return covered.view(np.bool_)


def sweep(tip: Tip, start: Point, end: Point, *, height: int, width: int) -> Sweep:
    """Return the pixels that a tip covers on its straight way from one point to another.

    A pixel is covered when its centre is; of two centres on opposite sides of a square tip one
    counts, so that a square of n pixels is n wide wherever it stands. A tip of size 1 covers the
    pixel it is in.
    """
    radius = max(tip.size, 1) / 2
    region = Region(
        math.ceil(min(start[1], end[1]) - radius - 0.5),
        math.ceil(min(start[0], end[0]) - radius - 0.5),
        math.floor(max(start[1], end[1]) + radius - 0.5) + 1,
        math.floor(max(start[0], end[0]) + radius - 0.5) + 1,
    ).clipped(height, width)
    nothing = np.zeros(region.height, np.int64)
    if not region.area:
        return Sweep(region, nothing, nothing)
    if tip.shape is TipShape.ROUND and tip.size <= 2:
        return Sweep(region, nothing, nothing, _thin_line(region, tip.size, start, end))
    reach = _disc_reach if tip.shape is TipShape.ROUND else _square_reach
    rows = np.arange(region.top, region.bottom, dtype=np.float64) + (0.5 - start[1])
    left, right = reach(rows, radius, end[0] - start[0], end[1] - start[1])
    offset = start[0] - 0.5 - region.left
    is_round = tip.shape is TipShape.ROUND
    first = np.ceil(left + offset) if is_round else np.floor(left + offset) + 1
    return _clipped(region, first, np.floor(right + offset) + 1)


def _disc_reach(rows: Rows, radius: float, dx: float, dy: float) -> tuple[Rows, Rows]:
    """Return how far left and right a disc reaches in each row on its way from (0, 0) to (dx, dy).

    What the disc covers is convex, so that two numbers a row say all of it: a tip of 2000 pixels
    costs 2000 rows and not four million distances.
    """
    length = math.hypot(dx, dy)

    def rightmost(dx: float) -> Rows:
        if abs(dy) < LEVEL_PX:
            step: Rows = np.full(rows.shape, float(dx > 0))
        else:
            # The way's share at which the rim that faces right touches the row.
            lag = math.copysign(radius / length, dy) * dx
            step = np.fmax(np.fmin((rows + lag) / dy, 1.0), 0.0)
        beside = radius * radius - np.square(rows - step * dy)
        beside[beside < 0] = np.nan
        return step * dx + np.sqrt(beside)

    return -rightmost(-dx), rightmost(dx)


def _square_reach(rows: Rows, half: float, dx: float, dy: float) -> tuple[Rows, Rows]:
    """Return how far left and right a square reaches in each row, as `_disc_reach` does."""
    if abs(dy) < LEVEL_PX:
        low, high = np.zeros(rows.shape), np.ones(rows.shape)
    else:
        ends = np.sort(np.stack([rows - half, rows + half]) / dy, axis=0)
        low, high = np.fmax(np.fmin(ends, 1.0), 0.0)
    outside = (rows <= min(0.0, dy) - half) | (rows > max(0.0, dy) + half)
    left = np.minimum(low * dx, high * dx) - half
    right = np.maximum(low * dx, high * dx) + half
    return np.where(outside, np.nan, left), np.where(outside, np.nan, right)


def _clipped(region: Region, first: Rows, stop: Rows) -> Sweep:
    """Make a sweep of runs that may reach beyond the region; a row of NaN is empty."""
    # fmin takes the width for NaN, in both, which leaves the row empty; clip is ten times slower.
    begin = np.fmax(np.fmin(first, region.width), 0).astype(np.int64)
    end = np.fmax(np.fmin(stop, region.width), 0).astype(np.int64)
    return Sweep(region, begin, np.maximum(begin, end))


def _thin_line(region: Region, size: int, start: Point, end: Point) -> Mask:
    """Cover a connected line of one or two pixels, without the gaps a thin disc would leave."""
    canvas = np.zeros((region.height, region.width), np.uint8)
    shift = 0.5 * (size - 1)
    points = [
        (math.floor(px - shift) - region.left, math.floor(py - shift) - region.top)
        for px, py in (start, end)
    ]
    for ox in range(size):
        for oy in range(size):
            first, last = ((px + ox, py + oy) for px, py in points)
            cv2.line(canvas, first, last, 1)
    return canvas.view(np.bool_)


def _pieces(start: Point, end: Point, longest: int) -> Iterator[tuple[Point, Point]]:
    """Cut a way so that the boxes around its pieces hold little beside it.

    The box of one line across a photo of 24 megapixels is the photo: 48 MB of blocks to save.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    count = min(max(1, math.ceil(math.hypot(dx, dy) / longest)), MAX_PIECES)
    points = [(start[0] + dx * i / count, start[1] + dy * i / count) for i in range(count)]
    return itertools.pairwise([*points, end])


class Stroke:
    """One stroke: from the press of the button to its release.

    Pixels are written into the planes as the tip moves, so that they show at once; `finish` makes
    the patch, `cancel` puts everything back.
    """

    def __init__(
        self,
        planes: Planes,
        confidence: Confidence | None,
        *,
        tip: Tip,
        paint: Paint,
        scope: Scope,
    ) -> None:
        self.tip = tip
        self.paint = paint
        self.scope = scope
        self.covered_pixels = 0
        self.last: Point | None = None
        self._planes = planes
        self._confidence = confidence
        self._recorder = BlockRecorder(planes)
        self.first: tuple[int, int] | None = None

    @property
    def touched_bytes(self) -> int:
        """Bytes that the stroke has copied to be undone."""
        return self._recorder.touched_bytes

    def press(self, point: Point, *, line_from: Point | None = None) -> Region:
        """Set the tip down; with `line_from`, draw the straight line from there first.

        Returns
        -------
        Region
            What may look different now; empty when nothing does.
        """
        height, width = self._planes.labels.shape
        x, y = math.floor(point[0]), math.floor(point[1])
        if 0 <= x < width and 0 <= y < height:
            self.first = int(self._planes.labels[y, x]), int(self._planes.ink[y, x])
        return self._cover(line_from or point, point)

    def move(self, point: Point) -> Region:
        """Draw the tip on to a point and return what may look different now."""
        assert self.last is not None
        if point == self.last:
            return Region(0, 0, 0, 0)
        return self._cover(self.last, point)

    def finish(self) -> Patch | None:
        """Return the stroke as a patch; None when it changed nothing."""
        return self._recorder.patch(Origin(self.paint.tool, self.paint.ink, self.paint.class_index))

    def cancel(self) -> tuple[Region, ...]:
        """Put back every pixel and return the regions."""
        return self._recorder.restore()

    def _cover(self, start: Point, end: Point) -> Region:
        self.last = end
        changed = Region(0, 0, 0, 0)
        for first, last in _pieces(start, end, max(BLOCK, self.tip.size)):
            changed = changed.union(self._cover_piece(first, last))
        return changed

    def _cover_piece(self, start: Point, end: Point) -> Region:
        height, width = self._planes.labels.shape
        covered = sweep(self.tip, start, end, height=height, width=width)
        region = covered.region
        if not region.area:
            return region
        self._recorder.save(region)
        self.covered_pixels += covered.pixels
        here = self._planes.view(region)
        allowed = self._allowed(region)
        if allowed is None:
            covered.write(here.labels, self.paint.label)
            covered.write(here.ink, self.paint.ink)
            return region
        chosen = (covered.mask() & allowed).view(np.uint8)
        # Four times as fast as numpy's copyto: 0.7 ms instead of 3 for a tip of 2000 pixels.
        cv2.copyTo(np.full(chosen.shape, self.paint.label, np.uint8), chosen, here.labels)
        cv2.copyTo(np.full(chosen.shape, self.paint.ink, np.uint8), chosen, here.ink)
        return region

    def _allowed(self, region: Region) -> Mask | None:
        if self.scope.allowed(self._planes, None, Region(0, 0, 0, 0)) is None:
            return None
        # The rule is about the pixels before the stroke: a stroke may cross its own track.
        before = self._recorder.before(region)
        confidence = None if self._confidence is None else self._confidence[region.slices]
        inner = Region(0, 0, region.height, region.width)
        return self.scope.allowed(before, confidence, inner, first=self.first)
