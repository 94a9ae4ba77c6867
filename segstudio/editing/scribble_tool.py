"""Scribble correct: a short stroke of the right class over what is wrong."""

import itertools

import numpy as np

from segstudio.core.patch import Planes
from segstudio.core.region import Region
from segstudio.editing.brush import Sweep, Tip, sweep
from segstudio.editing.marks import Mark, Path
from segstudio.editing.requests import Scribble
from segstudio.editing.scope import Paint
from segstudio.editing.selection import Selection, paint_selection
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Refusal, Tool, Why
from segstudio.editing.tool_state import Reach


class ScribbleTool(Tool):
    """Draws a line; when the button comes up it is painted, and what follows from it asked for.

    The line is a step at once, so that no scribble is lost whatever becomes of its consequence.
    """

    name = "scribble"

    def __init__(self) -> None:
        self._points: tuple[Point, ...] = ()
        self._paint = Paint.eraser()
        self._is_straight = False
        self._marks: tuple[Mark, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The line so far."""
        return self._marks

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Begin a line; with Shift a straight one, with Ctrl one that unlabels."""
        self._paint = board.paint(erase=keys.opposite)
        self._is_straight = keys.extend
        return self._draw(board, (point,))

    def move(self, board: Board, point: Point) -> Outcome:
        """Draw the line on, or turn a straight one."""
        if not self._points or point == self._points[-1]:
            return NOTHING
        before = self._points[:1] if self._is_straight else self._points
        return self._draw(board, (*before, point))

    def release(self, board: Board) -> Outcome:
        """Paint the line and ask what follows from it."""
        points, paint = self._points, self._paint
        self._draw(board, ())
        if not points:
            return NOTHING
        stroke = line_selection(board.planes, points, board.state.scribble_width)
        if stroke is None:
            return Outcome(refusal=Refusal(Why.OUTSIDE))
        first = board.under(points[0])
        patch = paint_selection(
            board.planes,
            board.confidence,
            stroke,
            paint=paint,
            scope=board.scope,
            first=first,
            tool=self.name,
        )
        if patch is None:
            return Outcome(refusal=Refusal(Why.NOT_ALLOWED, paint, first))
        state = board.state
        everywhere = state.reach is Reach.IMAGE
        request = Scribble(stroke, paint, everywhere, state.refine, board.scope, first)
        return Outcome(patch=patch, request=request)

    def discard(self, board: Board) -> Outcome:
        """Leave the line without a trace."""
        return self._draw(board, ())

    def _draw(self, board: Board, points: tuple[Point, ...]) -> Outcome:
        self._points = points
        opposite = self._paint.class_index is None
        width = float(board.state.scribble_width)
        self._marks = (Path(points, width_px=width, opposite=opposite),) if points else ()
        return NOTHING


def line_selection(planes: Planes, points: tuple[Point, ...], width: int) -> Selection | None:
    """Return the pixels of an image that a round tip covers on its way through points.

    Parameters
    ----------
    width : int
        Of the tip, in image pixels.

    Returns
    -------
    Selection or None
        None when the whole way lies outside the image.
    """
    size = planes.labels.shape
    ways = itertools.pairwise(points if len(points) > 1 else points * 2)
    covered: list[Sweep] = [
        sweep(Tip(width), start, end, height=size[0], width=size[1]) for start, end in ways
    ]
    region = Region(0, 0, 0, 0)
    for piece in covered:
        region = region.union(piece.region)
    if not region.area:
        return None
    mask = np.zeros((region.height, region.width), np.uint8)
    for piece in covered:
        if piece.region.area:
            piece.write(mask[piece.region.within(region).slices], 1)
    return Selection(region, mask.view(np.bool_)) if mask.any() else None
