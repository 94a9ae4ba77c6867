"""Eyedropper: the class under the cursor becomes the active one."""

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.labels import Ink
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Refusal, Tool, Why


class EyedropperTool(Tool):
    """Picks a class; changes nothing."""

    name = "eyedropper"
    paints = False

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Pick the class of the pixel, or Ignore."""
        under = board.under(point)
        if under is None:
            return NOTHING
        label, ink = under
        if label == IGNORE_INDEX and ink == Ink.NOBODY:
            return Outcome(refusal=Refusal(Why.NOTHING_LABELLED))
        return Outcome(picked=label)
