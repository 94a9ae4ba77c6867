"""Box cut: finds the object in a box that is drawn around it."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from segstudio.core.arrays import Image
from segstudio.core.region import Region
from segstudio.editing.marks import Area, Mark, Path
from segstudio.editing.object_cut import QUICK_SAMPLES, Hint, cut_object
from segstudio.editing.requests import Computation, Request
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Pending, Refusal, Tool, Why

HINT_SCREEN_PX = 6.0
"""The width of a refining stroke."""


class BoxCutTool(Tool):
    """First a box; then, until Enter, strokes over what is the object or, with Ctrl, is not.

    The object is looked for in a thread after each of them.
    """

    name = "box_cut"

    def __init__(self) -> None:
        self._opposite = False
        """Whether the box was begun with Ctrl."""
        self._line: list[Point] = []
        """The gesture in progress: two corners of a box, or a stroke."""
        self._draws_object = True
        self._box: Region | None = None
        self._hints: tuple[Hint, ...] = ()
        self._found: Selection | None = None
        self._asked: Computation | None = None
        self._marks: tuple[Mark, ...] = ()

    @property
    def pending(self) -> Pending | None:
        """What was found, or is being looked for."""
        if self._box is None:
            return None
        pixels = None if self._found is None else self._found.pixels
        can_apply = pixels != 0 or self._asked is not None
        return Pending(pixels, erases=self._opposite, can_apply=can_apply)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The box, the strokes that are not answered yet, and what was found."""
        return self._marks

    # Events ----------------------------------------------------------------------------------

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Begin the box, or a stroke that refines what was found in it."""
        if self._box is None:
            self._opposite = keys.opposite
            self._line = [point, point]
        else:
            self._draws_object = not keys.opposite
            self._line = [point]
        return self._shown(board)

    def move(self, board: Board, point: Point) -> Outcome:
        """Draw the box or the stroke on."""
        if not self._line:
            return NOTHING
        if self._box is None:
            self._line[1] = point
        else:
            self._line.append(point)
        return self._shown(board)

    def release(self, board: Board) -> Outcome:
        """Look for the object."""
        line, self._line = self._line, []
        if not line:
            return NOTHING
        if self._box is not None:
            hint = Hint(tuple(line), HINT_SCREEN_PX / board.sight.scale, self._draws_object)
            self._hints += (hint,)
            return self._look(board)
        box = _between(*line).clipped(*board.planes.labels.shape)
        self._shown(board)
        if not box.area:
            paint = board.paint(erase=self._opposite)
            why = Why.NOT_DRAGGED if board.under(line[0]) is not None else Why.OUTSIDE
            return Outcome(refusal=Refusal(why, paint, board.under(line[0])))
        self._box = box
        return self._look(board)

    def apply(self, board: Board) -> Outcome:
        """Paint what was found; what is still being looked for is found on the spot."""
        if self._box is None:
            return NOTHING
        if self._asked is not None:
            self._asked = None
            self._found = cut_object(board.image, self._box, self._hints, QUICK_SAMPLES)
        outcome = self._paint(board)
        if outcome.patch is not None:
            self._clear(board)
        else:
            self._shown(board)
        return outcome

    def back(self, board: Board) -> Outcome:
        """Take back the last stroke, at last the box."""
        if not self._hints:
            self._clear(board)
            return NOTHING
        self._hints = self._hints[:-1]
        return self._look(board)

    def discard(self, board: Board) -> Outcome:
        """Leave the box or the stroke in progress, else everything."""
        if self._line:
            self._line = []
            return self._shown(board)
        self._clear(board)
        return NOTHING

    def answered(self, board: Board, request: Request, answer: Any) -> Outcome:
        """Show what was found."""
        if request is not self._asked or answer is None:
            return NOTHING
        self._asked, self._found = None, answer
        self._shown(board)
        if answer.pixels:
            return NOTHING
        paint = board.paint(erase=self._opposite)
        return Outcome(refusal=Refusal(Why.NOTHING_FOUND, paint, self._first(board)))

    # What comes of them ----------------------------------------------------------------------

    def _look(self, board: Board) -> Outcome:
        assert self._box is not None
        self._asked = Computation(self.name, partial(_cut, board.image, self._box, self._hints))
        self._shown(board)
        return Outcome(request=self._asked)

    def _paint(self, board: Board) -> Outcome:
        assert self._found is not None
        paint, first = board.paint(erase=self._opposite), self._first(board)
        if not self._found.pixels:
            return Outcome(refusal=Refusal(Why.NOTHING_FOUND, paint, first))
        return board.painted(self._found, paint=paint, first=first, tool=self.name)

    def _first(self, board: Board) -> tuple[int, int] | None:
        # The corners of a box lie beside the object; what the person means is in its middle.
        assert self._box is not None
        box = self._box
        return board.under(((box.left + box.right) / 2, (box.top + box.bottom) / 2))

    def _clear(self, board: Board) -> None:
        self._line, self._box, self._hints = [], None, ()
        self._found = self._asked = None
        self._shown(board)

    def _shown(self, board: Board) -> Outcome:
        """Renew the marks."""
        marks: list[Mark] = []
        if self._found is not None and self._found.pixels:
            marks.append(Area(self._found, self._opposite))
        if self._box is not None:
            marks.append(_outline(self._box, opposite=self._opposite))
        elif self._line:
            marks.append(_outline(_between(*self._line), opposite=self._opposite))
        if self._box is not None:
            hints = self._hints if self._asked is not None else ()
            marks += [Path(h.points, width_px=h.width_px, opposite=not h.is_object) for h in hints]
            if self._line:
                width_px = HINT_SCREEN_PX / board.sight.scale
                points, opposite = tuple(self._line), not self._draws_object
                marks.append(Path(points, width_px=width_px, opposite=opposite))
        self._marks = tuple(marks)
        return NOTHING


def _between(first: Point, last: Point) -> Region:
    """Return the pixels whose centres lie in the box between two points."""
    (left, right), (top, bottom) = (sorted((first[i], last[i])) for i in (0, 1))
    return Region(
        math.ceil(top - 0.5), math.ceil(left - 0.5), math.ceil(bottom - 0.5), math.ceil(right - 0.5)
    )


def _outline(box: Region, *, opposite: bool) -> Path:
    corners = (
        (float(box.left), float(box.top)),
        (float(box.right), float(box.top)),
        (float(box.right), float(box.bottom)),
        (float(box.left), float(box.bottom)),
    )
    return Path(corners, closed=True, dashed=True, opposite=opposite)


def _cut(
    image: Image, box: Region, hints: tuple[Hint, ...], stopped: Callable[[], bool]
) -> Selection | None:
    return None if stopped() else cut_object(image, box, hints)
