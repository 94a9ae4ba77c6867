"""The live wire: the cheapest way along the edges of an image between two points.

Mortensen and Barrett, "Intelligent scissors for image composition", 1995, as OpenCV has it.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from segstudio.core.arrays import Image
from segstudio.core.region import Region
from segstudio.editing.sight import Point, Sight
from segstudio.editing.superpixels import edges

REACH_SAMPLES = 200
"""How far a wire looks from its anchor; the map of so large a window takes about 0.1 s."""
SMALL_SAMPLES = 256 * 256
"""So few samples are mapped on the spot, in about 20 ms."""
MARGIN_SAMPLES = 24
FEWEST_SAMPLES = 4
"""With fewer rows or columns there are no edges to follow."""
WEIGHTS = (0.0, 0.2, 0.8)
"""Of being no edge, of turning, and of weakness: what a step of the wire costs."""
STRAIGHT = 100


@dataclass(frozen=True)
class Window:
    """Where a wire looks for edges.

    Attributes
    ----------
    region : Region
        May be empty: there the wire is a straight line.
    step : int
        Image pixels that a sample is wide.
    """

    region: Region
    step: int

    @property
    def samples(self) -> int:
        """How many samples there are to map."""
        return math.ceil(self.region.height / self.step) * math.ceil(self.region.width / self.step)

    def serves(self, wanted: "Window") -> bool:
        """Tell whether this one will do in place of another."""
        region = wanted.region
        return self.step == wanted.step and self.region.intersection(region) == region


def window(anchor: Point, sight: Sight, *, height: int, width: int) -> Window:
    """Return where a wire from an anchor to anything in sight looks for edges."""
    step = max(1, round(1 / sight.scale))
    around = _around((anchor,), REACH_SAMPLES * step)
    seen = sight.region
    if seen.area:
        corners = (seen.left, seen.top), (seen.right, seen.bottom)
        needed = _around((anchor, *corners), MARGIN_SAMPLES * step)
        around = around.intersection(needed)
    return Window(around.clipped(height, width), step)


def narrow_window(anchor: Point, end: Point, *, height: int, width: int) -> Window:
    """Return a window around two points that is small enough to be mapped on the spot."""
    region = _around((anchor, end), MARGIN_SAMPLES)
    step = math.ceil(max(region.height, region.width) / math.sqrt(SMALL_SAMPLES))
    return Window(region.clipped(height, width), step)


def _around(points: tuple[Point, ...], margin: float) -> Region:
    columns, rows = zip(*points, strict=True)
    return Region(
        math.floor(min(rows) - margin),
        math.floor(min(columns) - margin),
        math.ceil(max(rows) + margin),
        math.ceil(max(columns) + margin),
    )


@dataclass(frozen=True)
class Start:
    """Where wires go out from, where they look for edges, and how stiff they are.

    Attributes
    ----------
    stiffness : int
        0 follows every edge, 100 none.
    """

    anchor: Point
    window: Window
    stiffness: int

    def serves(self, wanted: "Start") -> bool:
        """Tell whether this one will do in place of another."""
        alike = (self.anchor, self.stiffness) == (wanted.anchor, wanted.stiffness)
        return alike and self.window.serves(wanted.window)


@dataclass(frozen=True, eq=False)
class LiveWire:
    """All wires from one anchor."""

    start: Start
    scissors: Any
    """OpenCV's, with its map; None where the wire is a straight line."""

    def to(self, point: Point) -> tuple[Point, ...]:
        """Return the wire to a point, with both ends; beyond the window it is straight."""
        anchor, where = self.start.anchor, self.start.window
        if self.scissors is None or point == anchor:
            return anchor, point
        region, step = where.region, where.step
        target = _sample(point, where)
        contour = np.asarray(self.scissors.getContour(target)).reshape(-1, 2)
        places = (contour + 0.5) * step + (region.left, region.top)
        inner = [(float(x), float(y)) for x, y in places[1:-1]]
        last = float(places[-1, 0]), float(places[-1, 1])
        is_near = math.dist(last, point) <= step
        return anchor, *inner, *(() if is_near else (last,)), point


def live_wire(image: Image, start: Start) -> LiveWire:
    """Map the ways from an anchor.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
        All of it.
    """
    where = start.window
    region, step = where.region, where.step
    size = math.ceil(region.width / step), math.ceil(region.height / step)
    if start.stiffness >= STRAIGHT or min(size) < FEWEST_SAMPLES:
        return LiveWire(start, None)
    part = np.ascontiguousarray(image[region.slices])
    if step > 1:
        across, down = size[0] * step - region.width, size[1] * step - region.height
        whole = cv2.copyMakeBorder(part, 0, down, 0, across, cv2.BORDER_REPLICATE)
        part = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    # What every step costs alike makes a shorter way the cheaper one.
    alike = np.float32(start.stiffness / STRAIGHT)
    weak = 1 - edges(part) / np.float32(255)
    scissors = cv2.segmentation.IntelligentScissorsMB()
    scissors.setWeights(*WEIGHTS)
    nothing = np.empty(0, np.uint8)
    scissors.applyImageFeatures(nothing, nothing, weak * (1 - alike) + alike, part)
    scissors.buildMap(_sample(start.anchor, where))
    return LiveWire(start, scissors)


def _sample(point: Point, where: Window) -> tuple[int, int]:
    """Return column and row of the sample nearest to a point."""
    region, step = where.region, where.step
    columns, rows = math.ceil(region.width / step), math.ceil(region.height / step)
    column, row = (point[0] - region.left) / step, (point[1] - region.top) / step
    return (
        math.floor(min(max(column, 0), columns - 1)),
        math.floor(min(max(row, 0), rows - 1)),
    )
