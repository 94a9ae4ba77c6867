"""Brush and eraser: a stroke from the press of the button to its release."""

from segstudio.core.region import Region
from segstudio.editing.brush import Stroke, inner_square
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Refusal, Tool, Why


class BrushTool(Tool):
    """Paints under the hand; the step is made when the button comes up."""

    name = "brush"

    def __init__(self) -> None:
        self._stroke: Stroke | None = None
        self._line_start: Point | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a stroke is in progress."""
        return self._stroke is not None

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Set the tip down; with Shift, draw the line from where the last stroke ended."""
        self._stroke = Stroke(
            board.planes,
            board.confidence,
            tip=board.state.tip,
            paint=board.paint(erase=self.erases != keys.opposite),
            scope=board.scope,
        )
        start = self._line_start if keys.extend else None
        return Outcome(shown=(self._stroke.press(point, line_from=start),))

    def move(self, board: Board, point: Point) -> Outcome:
        """Draw the tip on."""
        stroke = self._stroke
        if stroke is None or stroke.last is None:
            return NOTHING
        # What the tip covered where it was has been painted: of a large tip little else is new.
        covered = inner_square(stroke.tip, stroke.last)
        return Outcome(shown=stroke.move(point).without(covered))

    def release(self, board: Board) -> Outcome:
        """Make a step of the stroke."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return NOTHING
        self._line_start = stroke.last
        patch = stroke.finish()
        if patch is not None:
            return Outcome(patch=patch, is_written=True)
        why = Why.NOT_ALLOWED if stroke.covered_pixels else Why.OUTSIDE
        return Outcome(refusal=Refusal(why, stroke.paint, stroke.first))

    def discard(self, board: Board) -> Outcome:
        """Put back every pixel of the stroke."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return NOTHING
        shown: tuple[Region, ...] = stroke.cancel()
        return Outcome(shown=shown, restored=True)


class EraserTool(BrushTool):
    """Makes pixels unlabelled."""

    name = "eraser"
    erases = True
