"""The superpixel brush: paints whole superpixels where the cursor passes."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from segstudio.core.arrays import Image
from segstudio.core.patch import Origin, Patch, Planes
from segstudio.core.region import Region
from segstudio.editing.marks import Area, Mark
from segstudio.editing.mosaic import Layout, Mosaic, Sample, in_sight, layout, mosaic
from segstudio.editing.recorder import BlockRecorder
from segstudio.editing.requests import Computation, Request
from segstudio.editing.scope import Paint, Scope
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Pending, Refusal, Tool, Why

SMALL_SAMPLES = 256 * 256
"""So few samples are cut on the spot, in about 10 ms."""


class _Stroke:
    """The way of the cursor from press to release, and what of it has been painted.

    Attributes
    ----------
    way : list of Point
        What no superpixel is known of yet; its first point is where the painted part ends.
    covered : list of Selection
        The superpixels passed so far.
    has_ended : bool
        Whether the button is up again.
    """

    def __init__(self, planes: Planes, paint: Paint, scope: Scope, way: list[Point]) -> None:
        self.paint = paint
        self.way = way
        self.last = way[-1]
        self.has_ended = False
        self.first: tuple[int, int] | None = None
        self.covered: list[Selection] = []
        self._scope = scope
        self._recorder = BlockRecorder(planes)
        self._done: tuple[Mosaic | None, set[int]] = (None, set())

    def draw(self, board: Board, cut: Mosaic) -> tuple[Region, ...]:
        """Paint what the way passes over and return what may look different now."""
        shown = []
        for start, end in itertools.pairwise([self.way[0], *self.way]):
            for piece, sample in cut.passed(start, end).items():
                if self._is_new(cut, piece):
                    shown.append(self._cover(board, cut.selection(sample)))
        del self.way[:-1]
        return tuple(shown)

    def finish(self) -> Patch | None:
        """Return the stroke as a patch; None when it changed nothing."""
        origin = Origin(SuperpixelTool.name, self.paint.ink, self.paint.class_index)
        return self._recorder.patch(origin)

    def cancel(self) -> tuple[Region, ...]:
        """Put back every pixel and return the regions."""
        return self._recorder.restore()

    def _is_new(self, cut: Mosaic, piece: int) -> bool:
        if self._done[0] is not cut:
            self._done = (cut, set())
        is_new = piece not in self._done[1]
        self._done[1].add(piece)
        return is_new

    def _cover(self, board: Board, piece: Selection) -> Region:
        region = piece.region
        self.covered.append(piece)
        self._recorder.save(region)
        # As they were before the stroke: it may come by again with other superpixels.
        before = self._recorder.before(region)
        inner = Region(0, 0, region.height, region.width)
        confidence = None if board.confidence is None else board.confidence[region.slices]
        allowed = self._scope.allowed(before, confidence, inner, first=self.first)
        chosen = piece.mask if allowed is None else piece.mask & allowed
        here = board.planes.view(region)
        np.copyto(here.labels, np.uint8(self.paint.label), where=chosen)
        np.copyto(here.ink, np.uint8(self.paint.ink), where=chosen)
        return region


class SuperpixelTool(Tool):
    """Superpixels are cut in a thread, for what is in sight, as fine as the zoom asks for.

    A stroke that is faster than that keeps its way and paints it when they are there.
    """

    name = "superpixel"

    def __init__(self) -> None:
        self._mosaic: Mosaic | None = None
        self._asked: tuple[Computation, Layout] | None = None
        self._stroke: _Stroke | None = None
        self._line_start: Point | None = None
        self._hovered: tuple[Mosaic, int, bool] | None = None
        self._marks: tuple[Mark, ...] = ()

    @property
    def is_busy(self) -> bool:
        """Whether a stroke is in progress."""
        return self._stroke is not None

    @property
    def pending(self) -> Pending | None:
        """A stroke whose superpixels are still being cut; whoever cannot wait applies it."""
        stroke = self._stroke
        if stroke is None or not stroke.has_ended:
            return None
        return Pending(erases=stroke.paint.class_index is None)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The superpixel under the cursor."""
        return self._marks

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Paint the superpixel; with Shift also those on the line from the last stroke's end."""
        before = self.apply(board)  # an earlier stroke that still waits
        self._show(None)
        way = [point]
        if keys.extend and self._line_start is not None:
            way.insert(0, self._line_start)
        paint = board.paint(erase=keys.opposite)
        self._stroke = _Stroke(board.planes, paint, board.scope, way)
        self._stroke.first = board.under(point)
        request = self._request(board)
        drawn = self._draw(board)
        return Outcome(
            shown=before.shown + drawn,
            patch=before.patch,
            is_written=True,
            request=request,
            covered=before.covered,
        )

    def move(self, board: Board, point: Point) -> Outcome:
        """Go on along the way."""
        stroke = self._stroke
        if stroke is None or point == stroke.last:
            return NOTHING
        stroke.way.append(point)
        stroke.last = point
        return Outcome(shown=self._draw(board))

    def release(self, board: Board) -> Outcome:
        """Make a step of the stroke, now or when its superpixels are there."""
        stroke = self._stroke
        if stroke is None:
            return NOTHING
        self._line_start = stroke.last
        stroke.has_ended = True
        return NOTHING if self._usable(board) is None else self._finish(())

    def hover(self, board: Board, point: Point | None, keys: Modifiers) -> Outcome:
        """Show the superpixel that a click would paint."""
        if self._stroke is not None or point is None:
            self._show(None)
            return NOTHING
        request = self._request(board)
        cut = self._usable(board)
        found = cut.passed(point, point) if cut is not None else {}
        if cut is None or not found:
            self._show(None)
        else:
            ((piece, sample),) = found.items()
            self._show((cut, piece, keys.opposite), sample)
        return Outcome(request=request) if request is not None else NOTHING

    def adjusted(self, board: Board) -> Outcome:
        """Have superpixels cut where those there are no longer do."""
        if self._usable(board) is None:
            self._show(None)
        request = self._request(board)
        return Outcome(request=request) if request is not None else NOTHING

    def apply(self, board: Board) -> Outcome:
        """Cut superpixels on the spot for a stroke that waits for them, no more than it needs."""
        stroke = self._stroke
        if stroke is None or not stroke.has_ended:
            return NOTHING
        near = self._wanted(board).around(stroke.way)
        drawn = stroke.draw(board, mosaic(board.image, near)) if near.region.area else ()
        return self._finish(drawn)

    def discard(self, board: Board) -> Outcome:
        """Put back every pixel of the stroke."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return NOTHING
        return Outcome(shown=stroke.cancel(), restored=True)

    def answered(self, board: Board, request: Request, answer: Any) -> Outcome:
        """Take superpixels, and paint what has been waiting for them."""
        if self._asked is None or request is not self._asked[0] or answer is None:
            return NOTHING
        self._asked, self._mosaic = None, answer
        drawn = self._draw(board)
        if self._stroke is not None and self._stroke.has_ended:
            return self._finish(drawn)
        return Outcome(shown=drawn)

    def _draw(self, board: Board) -> tuple[Region, ...]:
        cut = self._usable(board)
        return () if cut is None or self._stroke is None else self._stroke.draw(board, cut)

    def _finish(self, shown: tuple[Region, ...]) -> Outcome:
        stroke, self._stroke = self._stroke, None
        assert stroke is not None
        patch, covered = stroke.finish(), tuple(stroke.covered)
        if patch is not None:
            return Outcome(shown=shown, patch=patch, is_written=True, covered=covered)
        why = Why.NOT_ALLOWED if covered else Why.OUTSIDE
        refusal = Refusal(why, stroke.paint, stroke.first)
        return Outcome(shown=shown, refusal=refusal, covered=covered)

    def _show(self, hovered: tuple[Mosaic, int, bool] | None, sample: Sample = (0, 0)) -> None:
        if hovered == self._hovered:
            return
        self._hovered = hovered
        if hovered is None:
            self._marks = ()
        else:
            cut, _, opposite = hovered
            self._marks = (Area(cut.selection(sample), opposite),)

    def _wanted(self, board: Board) -> Layout:
        height, width = board.planes.labels.shape
        return layout(board.sight, board.state.granularity, height=height, width=width)

    def _usable(self, board: Board) -> Mosaic | None:
        """Return the superpixels at hand, if they do for what is in sight."""
        cut = self._mosaic
        if cut is None or not cut.layout.serves(self._wanted(board), _seen(board)):
            return None
        return cut

    def _request(self, board: Board) -> Computation | None:
        """Ask for superpixels where there are none that do and none on the way; cut a few here."""
        if self._usable(board) is not None:
            return None
        wanted = self._wanted(board)
        if self._asked is not None and self._asked[1].serves(wanted, _seen(board)):
            return None
        if wanted.samples <= SMALL_SAMPLES:
            self._mosaic, self._asked = mosaic(board.image, wanted), None
            return None
        request = Computation(self.name, partial(_cut, board.image, wanted))
        self._asked = request, wanted
        return request


def _seen(board: Board) -> Region:
    height, width = board.planes.labels.shape
    return in_sight(board.sight, height=height, width=width)


def _cut(image: Image, wanted: Layout, stopped: Callable[[], bool]) -> Mosaic | None:
    return None if stopped() else mosaic(image, wanted)
