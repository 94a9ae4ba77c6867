"""Wand: chooses pixels of a similar colour, which wait for Enter."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from segstudio.editing import selecting, similar_colours
from segstudio.editing.marks import Area, Mark, Words
from segstudio.editing.requests import Computation
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point, Sight
from segstudio.editing.similar_colours import Touch, View
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Pending, Refusal, Tool, Why
from segstudio.editing.tool_state import LIMITS, ToolState

STILL_PX = 4.0
"""How far the hand may slip on the screen before the tolerance follows it."""
PX_PER_LEVEL = 2.0
"""How far on the screen it moves for one grey level."""
MOST_KEPT = 8
KEPT_BYTES = 128 * 2**20
"""How many presses can be taken back, and how much memory may be kept for that."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What is chosen after a press.

    Attributes
    ----------
    selection : Selection
    touch : Touch
        Of the last press.
    join : callable
        Puts together what was chosen before that press and what it finds.
    first : (x, y)
        Where the choice began.
    erases : bool
        Whether its pixels become unlabelled.
    """

    selection: Selection
    touch: Touch
    join: Callable[[Selection], Selection]
    first: Point
    erases: bool

    def found(self, state: ToolState) -> "Choice":
        """Return the choice with what its last press finds now."""
        similar = self.touch.similar(
            state.tolerance, connected=state.connected, fill_holes=state.fill_holes
        )
        return replace(self, selection=self.join(similar))


class WandTool(Tool):
    """A press chooses, a drag changes the tolerance, Shift adds, Ctrl removes, Enter paints.

    Backspace takes the last press back, also one that replaced a choice by mistake.
    """

    name = "wand"

    def __init__(self) -> None:
        self._choice: Choice | None = None
        self._past: list[Choice | None] = []
        self._used: ToolState | None = None
        """The numbers that the choice was found with."""
        self._anchor: tuple[Point, int] | None = None
        """While the button is down: the place that stands for a tolerance."""
        self._cursor: Point = (0.0, 0.0)
        self._seen: tuple[Sight, View] | None = None
        self._marks: tuple[Mark, ...] = ()
        self._pending: Pending | None = None
        self._is_ready = False

    @property
    def pending(self) -> Pending | None:
        """What is chosen."""
        return self._pending

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The pixels chosen, and the tolerance while the button is down."""
        return self._marks

    # Events ----------------------------------------------------------------------------------

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Choose what is like the pixel; with Shift as well, with Ctrl take it away."""
        if board.pixel(point) is None:
            return Outcome(refusal=Refusal(Why.OUTSIDE))
        before, tolerance = self._choice, board.state.tolerance
        touch = similar_colours.touch(self._view(board), point, tolerance=tolerance)
        join: Callable[[Selection], Selection] = _itself
        first, erases = point, keys.opposite
        if before is not None and (keys.opposite or keys.extend):
            combine = selecting.without if keys.opposite else selecting.union
            join = partial(combine, before.selection)
            first, erases = before.first, before.erases
        self._keep(before)
        self._anchor, self._cursor = (point, tolerance), point
        self._find(board, Choice(selecting.nothing(), touch, join, first, erases))
        return NOTHING

    def move(self, board: Board, point: Point) -> Outcome:
        """Choose more to the right and upwards, less to the left and downwards."""
        if self._anchor is None or self._choice is None:
            return NOTHING
        (x, y), anchor = self._anchor
        self._cursor = point
        way = (point[0] - x - (point[1] - y)) * board.sight.scale
        levels = round(max(abs(way) - STILL_PX, 0.0) / PX_PER_LEVEL)
        low, high = LIMITS["tolerance"]
        tolerance = min(max(anchor + (levels if way > 0 else -levels), low), high)
        if tolerance == board.state.tolerance:
            self._show()
            return NOTHING
        changed = replace(board.state, tolerance=tolerance)
        self._find(replace(board, state=changed), self._choice)
        return Outcome(tolerance=tolerance)

    def release(self, board: Board) -> Outcome:
        """Leave what is chosen as it is."""
        self._anchor = None
        self._show()
        return NOTHING

    def hover(self, board: Board, point: Point | None, keys: Modifiers) -> Outcome:
        """Get ready, where the wand was in the hand before there was an image."""
        return self._get_ready()

    def apply(self, board: Board) -> Outcome:
        """Paint what is chosen."""
        choice = self._choice
        if choice is None:
            return NOTHING
        paint, under = board.paint(erase=choice.erases), board.under(choice.first)
        if not choice.selection.pixels:
            return Outcome(refusal=Refusal(Why.NOTHING_FOUND, paint, under))
        outcome = board.painted(choice.selection, paint=paint, first=under, tool=self.name)
        if outcome.patch is not None:
            self._clear()
        return outcome

    def back(self, board: Board) -> Outcome:
        """Take the last press back."""
        self._anchor = None
        if self._past:
            self._choice = self._past.pop()
            self._used = board.state
        self._show()
        return NOTHING

    def discard(self, board: Board) -> Outcome:
        """Take back the press in progress, else choose nothing."""
        if self._anchor is not None:
            return self.back(board)
        self._clear()
        return NOTHING

    def adjusted(self, board: Board) -> Outcome:
        """Get ready when the wand is taken; find anew when the numbers are others."""
        if self._choice is not None and _numbers(board.state) != _numbers(self._used):
            if self._anchor is not None:  # from here on the hand counts from the new number
                self._anchor = self._cursor, board.state.tolerance
            self._find(board, self._choice)
        return self._get_ready()

    # What comes of them ----------------------------------------------------------------------

    def _get_ready(self) -> Outcome:
        if self._is_ready:
            return NOTHING
        self._is_ready = True
        return Outcome(request=Computation(self.name, similar_colours.prepare))

    def _view(self, board: Board) -> View:
        """Return what is seen, worked out once as long as nothing moves."""
        if self._seen is None or self._seen[0] != board.sight:
            self._seen = board.sight, similar_colours.look(board.image, board.sight)
        return self._seen[1]

    def _find(self, board: Board, choice: Choice) -> None:
        self._used = board.state
        self._choice = choice.found(board.state)
        self._show()

    def _keep(self, choice: Choice | None) -> None:
        """Keep a choice to go back to, without the distances that it can work out again."""
        lighter = choice and replace(choice, touch=replace(choice.touch))
        self._past.append(lighter)
        kept = [choice.selection.mask.nbytes if choice else 0 for choice in self._past]
        while len(kept) > 1 and (len(kept) > MOST_KEPT or sum(kept) > KEPT_BYTES):
            del kept[0], self._past[0]

    def _clear(self) -> None:
        self._choice, self._anchor = None, None
        self._past = []
        self._show()

    def _show(self) -> None:
        choice = self._choice
        if choice is None:
            self._marks, self._pending = (), None
            return
        area = Area(choice.selection, opposite=choice.erases)
        pixels = choice.selection.pixels
        self._pending = Pending(pixels=pixels, erases=choice.erases, can_apply=pixels > 0)
        if self._anchor is None or self._used is None:
            self._marks = (area,)
        else:
            self._marks = area, Words(self._cursor, str(self._used.tolerance))


def _numbers(state: ToolState | None) -> tuple[int, bool, bool] | None:
    return None if state is None else (state.tolerance, state.connected, state.fill_holes)


def _itself(found: Selection) -> Selection:
    return found
