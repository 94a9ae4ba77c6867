"""One stroke of a brush, from the press of the button to its release."""

import math
from collections import deque
from dataclasses import replace

import cv2
import numpy as np

from segstudio.core.arrays import Confidence, Mask
from segstudio.core.patch import Origin, Patch, Planes
from segstudio.core.region import BLOCK, Region
from segstudio.editing.brush import Sweep, Tip, pieces, sweep
from segstudio.editing.curve import LEAST_BULGE_PX, NOTED_POINTS, way
from segstudio.editing.recorder import BlockRecorder
from segstudio.editing.scope import Paint, Scope
from segstudio.editing.sight import Point
from segstudio.editing.trace import Trace

SEEN_BULGE_PX = 0.25
"""Of the screen."""

MOST_WIDTHS = 64
"""Different widths that one move may draw; a pen changes it by a few pixels."""


class Stroke:
    """One stroke: from the press of the button to its release.

    Pixels are written into the planes as the tip moves, so that they show at once; `finish` makes
    the patch, `cancel` puts everything back.

    Parameters
    ----------
    scale : float
        Screen pixels per image pixel: a curve need not be rounder than the screen can show, for
        each of its pieces costs a large tip as much as a move.
    traced : bool
        Whether to keep which pixels were covered, for whoever wants to know that afterwards.
    """

    def __init__(
        self,
        planes: Planes,
        confidence: Confidence | None,
        *,
        tip: Tip,
        paint: Paint,
        scope: Scope,
        scale: float = 1.0,
        traced: bool = False,
    ) -> None:
        self.tip = tip
        self.paint = paint
        self.scope = scope
        self.covered_pixels = 0
        self.last: Point | None = None
        self.trace = Trace(*planes.labels.shape) if traced else None
        self._least_bulge = max(LEAST_BULGE_PX, SEEN_BULGE_PX / scale)
        self._planes = planes
        self._confidence = confidence
        self._recorder = BlockRecorder(planes)
        self._points: deque[Point] = deque(maxlen=NOTED_POINTS)
        self.first: tuple[int, int] | None = None

    @property
    def touched_bytes(self) -> int:
        """Bytes that the stroke has copied to be undone, and noted of its way."""
        return self._recorder.touched_bytes + (self.trace.nbytes if self.trace else 0)

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
        self._points.append(point)
        return self._cover(line_from or point, point, self.tip.size)

    def move(self, point: Point, *, size: int | None = None) -> Region:
        """Draw the tip on to a point and return what may look different now.

        Parameters
        ----------
        size : int, optional
            What the tip has grown or shrunk to there.
        """
        assert self.last is not None
        wanted = self.tip.size if size is None else size
        if point == self.last and wanted <= self.tip.size:
            return Region(0, 0, 0, 0)
        if point != self.last:
            self._points.append(point)
        through = way(tuple(self._points), self._least_bulge) if point != self.last else [point]
        changed, first = Region(0, 0, 0, 0), self.tip.size
        for number, place in enumerate(through, 1):
            width = round(first + (wanted - first) * number / len(through))
            changed = changed.union(self._cover(self.last, place, width))
        return changed

    def finish(self) -> Patch | None:
        """Return the stroke as a patch; None when it changed nothing."""
        return self._recorder.patch(Origin(self.paint.tool, self.paint.ink, self.paint.class_index))

    def cancel(self) -> tuple[Region, ...]:
        """Put back every pixel and return the regions."""
        return self._recorder.restore()

    def _cover(self, start: Point, end: Point, size: int) -> Region:
        """Draw the tip from one point to another; its width becomes `size` on the way."""
        self.last = end
        first = self.tip.size
        changed = Region(0, 0, 0, 0)
        parts = list(
            pieces(start, end, max(BLOCK, first, size), min(abs(size - first), MOST_WIDTHS))
        )
        for number, (here, there) in enumerate(parts, 1):
            width = round(first + (size - first) * number / len(parts))
            self.tip = replace(self.tip, size=width)
            changed = changed.union(self._cover_piece(here, there))
        return changed

    def _cover_piece(self, start: Point, end: Point) -> Region:
        height, width = self._planes.labels.shape
        covered = sweep(self.tip, start, end, height=height, width=width)
        region = covered.region
        if not region.area:
            return region
        self._recorder.save(region)
        self.covered_pixels += covered.pixels
        if self.trace is not None:
            self.trace.add(covered)
        self._write(covered)
        return region

    def _write(self, covered: Sweep) -> None:
        region = covered.region
        here = self._planes.view(region)
        allowed = self._allowed(region)
        if allowed is None:
            covered.write(here.labels, self.paint.label)
            covered.write(here.ink, self.paint.ink)
            return
        chosen = (covered.mask() & allowed).view(np.uint8)
        # Four times as fast as numpy's copyto: 0.7 ms instead of 3 for a tip of 2000 pixels.
        cv2.copyTo(np.full(chosen.shape, self.paint.label, np.uint8), chosen, here.labels)
        cv2.copyTo(np.full(chosen.shape, self.paint.ink, np.uint8), chosen, here.ink)

    def _allowed(self, region: Region) -> Mask | None:
        if self.scope.allowed(self._planes, None, Region(0, 0, 0, 0)) is None:
            return None
        # The rule is about the pixels before the stroke: a stroke may cross its own track.
        before = self._recorder.before(region)
        confidence = None if self._confidence is None else self._confidence[region.slices]
        inner = Region(0, 0, region.height, region.width)
        return self.scope.allowed(before, confidence, inner, first=self.first)
