"""Eyedropper: the class under the cursor becomes the active one."""

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.labels import Ink
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Refusal, Tool, Why

STILL_PX = 4.0
"""How far the hand may slip on the screen before a click with Alt is a drag."""

SIZED = ("brush", "eraser")
"""The tools whose tip a drag with Alt makes larger or smaller."""


class EyedropperTool(Tool):
    """Picks a class and changes nothing; with Alt, in place of the brush, a drag sizes its tip."""

    name = "eyedropper"
    paints = False

    def __init__(self) -> None:
        self._held: tuple[Point, int] | None = None
        """Where Alt and the button went down, and the size of the tip there."""
        self._is_drag = False

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Pick the class of the pixel, or Ignore; with Alt that waits for what the hand does."""
        self._held, self._is_drag = None, False
        if keys.pick and board.state.tool in SIZED:
            self._held = point, board.state.tip.size
            return NOTHING
        return _picked(board, point)

    def move(self, board: Board, point: Point) -> Outcome:
        """Let the rim of the tip follow the hand: larger to the right, smaller to the left."""
        if self._held is None:
            return NOTHING
        (x, _), size = self._held
        way = point[0] - x
        self._is_drag |= abs(way) * board.sight.scale > STILL_PX
        if not self._is_drag:
            return NOTHING
        grown = 2 * way * (board.sight.scale if board.state.on_screen else 1.0)
        return Outcome(size=round(size + grown))

    def release(self, board: Board) -> Outcome:
        """Pick the class where Alt and the button went down, unless the hand has dragged."""
        held, self._held = self._held, None
        return NOTHING if held is None or self._is_drag else _picked(board, held[0])

    def discard(self, board: Board) -> Outcome:
        """Pick nothing, and give the tip its size again."""
        held, self._held = self._held, None
        return NOTHING if held is None else Outcome(size=held[1])


def _picked(board: Board, point: Point) -> Outcome:
    under = board.under(point)
    if under is None:
        return NOTHING
    label, ink = under
    if label == IGNORE_INDEX and ink == Ink.NOBODY:
        return Outcome(refusal=Refusal(Why.NOTHING_LABELLED))
    return Outcome(picked=label)
