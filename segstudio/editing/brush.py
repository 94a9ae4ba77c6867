"""The brush: continuous strokes of a round or square tip."""

import math
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from segstudio.core.arrays import Confidence, Mask
from segstudio.core.patch import Origin, Patch, Planes
from segstudio.core.region import Region
from segstudio.editing.recorder import BlockRecorder
from segstudio.editing.scope import Paint, Scope

MIN_SIZE_PX = 1
MAX_SIZE_PX = 4000

Point = tuple[float, float]
"""x and y in image pixels; the centre of the first pixel is (0.5, 0.5)."""


class TipShape(StrEnum):
    """The shape of a brush's tip."""

    ROUND = "round"
    SQUARE = "square"


@dataclass(frozen=True)
class Tip:
    """A brush's tip: its shape and its diameter or side in image pixels, 1 to 4000."""

    size: int = 30
    shape: TipShape = TipShape.ROUND


def swept(tip: Tip, start: Point, end: Point, *, height: int, width: int) -> tuple[Region, Mask]:
    """Return the pixels that a tip covers on its straight way from one point to another.

    A pixel is covered when its centre is. A tip of size 1 covers the pixel it is in.

    Returns
    -------
    Region
        Clipped to the image; empty when the way lies outside.
    (h, w) bool
        Of the region's shape.
    """
    radius = max(tip.size, 1) / 2
    region = Region(
        math.floor(min(start[1], end[1]) - radius),
        math.floor(min(start[0], end[0]) - radius),
        math.ceil(max(start[1], end[1]) + radius) + 1,
        math.ceil(max(start[0], end[0]) + radius) + 1,
    ).clipped(height, width)
    if not region.area:
        return region, np.zeros((0, 0), np.bool_)
    if tip.shape is TipShape.SQUARE:
        return region, _swept_square(region, radius, start, end)
    if tip.size <= 2:
        return region, _thin_line(region, tip.size, start, end)
    return region, _swept_disc(region, radius, start, end)


def _swept_disc(region: Region, radius: float, start: Point, end: Point) -> Mask:
    """Cover what is nearer than the radius to the line from start to end."""
    x = np.arange(region.left, region.right, dtype=np.float32) + np.float32(0.5 - start[0])
    y = np.arange(region.top, region.bottom, dtype=np.float32) + np.float32(0.5 - start[1])
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    if length < 1e-6:
        near: Mask = np.add.outer(y * y, x * x) <= radius * radius
        return near
    ux, uy = np.float32(dx / length), np.float32(dy / length)
    along = np.add.outer(y * uy, x * ux)  # distance along the line, from start
    across = np.subtract.outer(y * ux, x * uy)  # distance from the line, signed
    beyond = along - np.clip(along, 0, np.float32(length))
    covered: Mask = beyond * beyond + across * across <= radius * radius
    return covered


def _swept_square(region: Region, half: float, start: Point, end: Point) -> Mask:
    """Cover the hull of the squares around start and end."""
    corners = [
        (px + sx * half - region.left - 0.5, py + sy * half - region.top - 0.5)
        for px, py in (start, end)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    x = np.arange(region.width, dtype=np.float32)
    y = np.arange(region.height, dtype=np.float32)
    hull = cv2.convexHull(np.array(corners, np.float32), clockwise=True)[:, 0]
    covered = np.ones((region.height, region.width), np.bool_)
    for (x0, y0), (x1, y1) in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        side = np.subtract.outer((x1 - x0) * (y - y0), (y1 - y0) * (x - x0))
        covered &= side <= 1e-3 if _is_clockwise(hull) else side >= -1e-3
    return covered


def _is_clockwise(hull: np.ndarray) -> bool:
    x, y = hull[:, 0], hull[:, 1]
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) < 0


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
        self._first: tuple[int, int] | None = None

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
            self._first = int(self._planes.labels[y, x]), int(self._planes.ink[y, x])
        return self._cover(line_from or point, point)

    def move(self, point: Point) -> Region:
        """Draw the tip on to a point and return what may look different now."""
        assert self.last is not None
        if point == self.last:
            return Region(0, 0, 0, 0)
        return self._cover(self.last, point)

    def finish(self) -> Patch | None:
        """Return the stroke as a patch; None when it changed nothing."""
        index = None if self.paint.tool == "eraser" else self.paint.label
        return self._recorder.patch(Origin(self.paint.tool, self.paint.ink, index))

    def cancel(self) -> tuple[Region, ...]:
        """Put back every pixel and return the regions."""
        return self._recorder.restore()

    def _cover(self, start: Point, end: Point) -> Region:
        self.last = end
        height, width = self._planes.labels.shape
        region, mask = swept(self.tip, start, end, height=height, width=width)
        if not region.area:
            return region
        self._recorder.save(region)
        self.covered_pixels += int(np.count_nonzero(mask))
        allowed = self._allowed(region)
        if allowed is not None:
            mask = mask & allowed
        here = self._planes.view(region)
        np.copyto(here.labels, np.uint8(self.paint.label), where=mask)
        np.copyto(here.ink, np.uint8(self.paint.ink), where=mask)
        return region

    def _allowed(self, region: Region) -> Mask | None:
        if self.scope.allowed(self._planes, None, Region(0, 0, 0, 0)) is None:
            return None
        # The rule is about the pixels before the stroke: a stroke may cross its own track.
        before = self._recorder.before(region)
        confidence = None if self._confidence is None else self._confidence[region.slices]
        inner = Region(0, 0, region.height, region.width)
        return self.scope.allowed(before, confidence, inner, first=self._first)
