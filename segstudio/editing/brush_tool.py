"""Brush and eraser: a stroke from the press of the button to its release."""

from dataclasses import replace

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.labels import Ink
from segstudio.core.region import Region
from segstudio.editing.brush import MIN_SIZE_PX, inner_square
from segstudio.editing.requests import Snap
from segstudio.editing.scope import Paint
from segstudio.editing.sight import Point
from segstudio.editing.stroke import Stroke
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Refusal, Tool, Why

LEAST_SHARE = 0.3
"""Of its size that the tip has under a pen that hardly presses."""

PRESSURE_CHANGE = 0.5
"""Share of a change of pressure that a move follows: pens report it with noise."""


class BrushTool(Tool):
    """Paints under the hand; the step is made when the button comes up."""

    name = "brush"

    def __init__(self) -> None:
        self._stroke: Stroke | None = None
        self._size = 0
        self._widest = 0
        self._pressure = 1.0
        self._snaps = False

    @property
    def is_busy(self) -> bool:
        """Whether a stroke is in progress."""
        return self._stroke is not None

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Set the tip down; with Shift, draw the line from where the last stroke ended."""
        tip = board.state.tip_at(board.sight.scale)
        self._size, self._pressure = tip.size, board.pressure
        paint = board.paint(erase=self.erases != keys.opposite)
        self._snaps = board.state.snap and _may_snap(paint)
        self._stroke = Stroke(
            board.planes,
            board.confidence,
            tip=replace(tip, size=self._pressed_size(board)),
            paint=paint,
            scope=board.scope,
            scale=board.sight.scale,
            traced=self._snaps or board.notes_cover,
        )
        self._widest = self._stroke.tip.size
        start = board.last_point if keys.extend else None
        return Outcome(shown=(self._stroke.press(point, line_from=start),))

    def move(self, board: Board, point: Point) -> Outcome:
        """Draw the tip on."""
        stroke = self._stroke
        if stroke is None or stroke.last is None:
            return NOTHING
        self._pressure += PRESSURE_CHANGE * (board.pressure - self._pressure)
        size = self._pressed_size(board)
        self._widest = max(self._widest, size)
        # What the tip covered where it was has been painted: of a large tip little else is new.
        covered = inner_square(stroke.tip, stroke.last)
        return Outcome(shown=stroke.move(point, size=size).without(covered))

    def release(self, board: Board) -> Outcome:
        """Make a step of the stroke, and ask for it to follow the edges of the image."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return NOTHING
        covered = stroke.trace.selections() if stroke.trace is not None else ()
        outcome = Outcome(ended_at=stroke.last, covered=covered)
        patch = stroke.finish()
        if patch is None:
            why = Why.NOT_ALLOWED if stroke.covered_pixels else Why.OUTSIDE
            return replace(outcome, refusal=Refusal(why, stroke.paint, stroke.first))
        snap = None
        if self._snaps:
            snap = Snap(covered, patch, stroke.paint, self._widest, stroke.scope, stroke.first)
        return replace(outcome, patch=patch, is_written=True, request=snap)

    def discard(self, board: Board) -> Outcome:
        """Put back every pixel of the stroke."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return NOTHING
        shown: tuple[Region, ...] = stroke.cancel()
        return Outcome(shown=shown, restored=True)

    def _pressed_size(self, board: Board) -> int:
        if not board.state.pressure:
            return self._size
        share = LEAST_SHARE + (1 - LEAST_SHARE) * self._pressure
        return max(MIN_SIZE_PX, round(self._size * share))


def _may_snap(paint: Paint) -> bool:
    """Ignore stands for no thing that has edges, and only a person may add to it."""
    return paint.ink == Ink.NOBODY or paint.label != IGNORE_INDEX


class EraserTool(BrushTool):
    """Makes pixels unlabelled."""

    name = "eraser"
    erases = True
