"""Scribble correct: a short stroke of the right class over what is wrong."""

import itertools
from dataclasses import replace

from segstudio.core.region import BLOCK
from segstudio.editing.brush import Tip, pieces, sweep
from segstudio.editing.marks import Mark, Path
from segstudio.editing.requests import Scribble
from segstudio.editing.scope import Paint
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Refusal, Tool, Why
from segstudio.editing.tool_state import Reach
from segstudio.editing.trace import Trace


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
        state = board.state
        stroke = line(points, state.scribble_width, *board.planes.labels.shape)
        if not stroke:
            return Outcome(refusal=Refusal(Why.OUTSIDE))
        first = board.under(points[0])
        outcome = board.painted(*stroke, paint=paint, first=first, tool=self.name)
        if outcome.patch is None:
            return outcome
        everywhere = state.reach is Reach.IMAGE
        request = Scribble(stroke, paint, everywhere, state.refine, board.scope, first)
        return replace(outcome, request=request)

    def discard(self, board: Board) -> Outcome:
        """Leave the line without a trace."""
        return self._draw(board, ())

    def _draw(self, board: Board, points: tuple[Point, ...]) -> Outcome:
        self._points = points
        opposite = self._paint.class_index is None
        width = float(board.state.scribble_width)
        self._marks = (Path(points, width_px=width, opposite=opposite),) if points else ()
        return NOTHING


def line(points: tuple[Point, ...], size: int, height: int, width: int) -> tuple[Selection, ...]:
    """Return the pixels that a round tip covers on its way through points, block by block.

    A line across a large image lies in few of its blocks; the box around it is the image.

    Parameters
    ----------
    size : int
        Of the tip, in image pixels.
    height, width : int
        Of the image.
    """
    trace = Trace(height, width)
    for start, end in itertools.pairwise(points if len(points) > 1 else points * 2):
        for here, there in pieces(start, end, max(BLOCK, size)):
            trace.add(sweep(Tip(size), here, there, height=height, width=width))
    return trace.selections()
