"""Scissors: an outline that follows the edges of the image from click to click."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from segstudio.core.arrays import Image
from segstudio.editing import outlines
from segstudio.editing.corners import REACH_PX
from segstudio.editing.live_wire import (
    SMALL_SAMPLES,
    LiveWire,
    Start,
    live_wire,
    narrow_window,
    window,
)
from segstudio.editing.marks import Dots, Mark, Path
from segstudio.editing.requests import Computation, Request
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Pending, Refusal, Tool, Why

FEWEST_ANCHORS = 3


class ScissorsTool(Tool):
    """Clicks set anchors; between them runs the wire that was seen when they were set.

    The wires from the last anchor are mapped in a thread where that takes longer than a click may.
    Anchors that make no step when they are closed stay, so that nothing is lost.
    """

    name = "scissors"

    def __init__(self) -> None:
        self._anchors: list[Point] = []
        self._wires: list[tuple[Point, ...]] = []
        """One from each anchor to the next."""
        self._opposite = False
        """Whether the first anchor was set with Ctrl."""
        self._live: LiveWire | None = None
        self._asked: tuple[Computation, Start] | None = None
        self._cursor: Point | None = None
        self._keys = Modifiers()
        self._marks: tuple[Mark, ...] = ()

    @property
    def pending(self) -> Pending | None:
        """The anchors set so far."""
        count = len(self._anchors)
        if not count:
            return None
        can_apply = count >= FEWEST_ANCHORS
        return Pending(points=count, erases=self._opposite, can_apply=can_apply)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The outline so far, its anchors, and the wire to the cursor."""
        return self._marks

    # Events ----------------------------------------------------------------------------------

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Set an anchor; a click on the first closes, one with Ctrl on the last takes it back."""
        self._cursor, self._keys = point, keys
        if not self._anchors:
            self._opposite = keys.opposite
        elif self._closes_at(board, point):
            return self._close(board, erase=self._opposite or keys.opposite)
        elif self._is_near(board, point, self._anchors[-1]):
            return self.back(board) if keys.opposite else NOTHING
        else:
            self._wires.append(self._wire(board, point))
        self._anchors.append(point)
        return self._go_on(board)

    def double_click(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Close the outline: the first press of the two has set the last anchor."""
        if not self._anchors:  # the first of the two has closed it
            return NOTHING
        return self._close(board, erase=self._opposite or keys.opposite)

    def hover(self, board: Board, point: Point | None, keys: Modifiers) -> Outcome:
        """Draw the wire on to the cursor."""
        self._cursor, self._keys = point, keys
        if self._anchors:
            self._show(board)
        return NOTHING

    def apply(self, board: Board) -> Outcome:
        """Close the outline."""
        return self._close(board, erase=self._opposite) if self._anchors else NOTHING

    def back(self, board: Board) -> Outcome:
        """Take back the last anchor."""
        self._anchors, self._wires = self._anchors[:-1], self._wires[:-1]
        return self._go_on(board)

    def discard(self, board: Board) -> Outcome:
        """Leave the outline."""
        self._clear()
        return NOTHING

    def adjusted(self, board: Board) -> Outcome:
        """Follow the view and the stiffness with the wire to the cursor; those set stay."""
        return self._go_on(board)

    def answered(self, board: Board, request: Request, answer: Any) -> Outcome:
        """Take the wires from the last anchor."""
        if self._asked is None or request is not self._asked[0] or answer is None:
            return NOTHING
        self._asked, self._live = None, answer
        self._show(board)
        return NOTHING

    # What comes of them ----------------------------------------------------------------------

    def _close(self, board: Board, *, erase: bool) -> Outcome:
        paint, first = board.paint(erase=erase), board.under(self._anchors[0])
        if len(self._anchors) < FEWEST_ANCHORS:
            return Outcome(refusal=Refusal(Why.TOO_FEW_POINTS, paint, first))
        wires = *self._wires, self._wire(board, self._anchors[0])
        line = [point for wire in wires for point in wire[:-1]]
        height, width = board.planes.labels.shape
        inside = outlines.polygon(line, height=height, width=width)
        if inside.pixels:
            outcome = board.painted(inside, paint=paint, first=first, tool=self.name)
            if outcome.patch is not None:
                self._clear()
            return outcome
        why = Why.OUTSIDE if first is None else Why.TOO_FEW_POINTS
        return Outcome(refusal=Refusal(why, paint, first))

    def _clear(self) -> None:
        self._anchors, self._wires = [], []
        self._live = self._asked = None
        self._marks = ()

    def _go_on(self, board: Board) -> Outcome:
        """Have the wires from the last anchor mapped where that is to do, and show it all."""
        request = self._request(board) if self._anchors else None
        if self._anchors:
            self._show(board)
        else:
            self._clear()
        return Outcome(request=request) if request is not None else NOTHING

    def _request(self, board: Board) -> Computation | None:
        anchor = self._anchors[-1]
        height, width = board.planes.labels.shape
        where = window(anchor, board.sight, height=height, width=width)
        wanted = Start(anchor, where, board.state.stiffness)
        if self._live is not None and self._live.start.serves(wanted):
            self._asked = None
            return None
        if self._asked is not None and self._asked[1].serves(wanted):
            return None
        if where.samples <= SMALL_SAMPLES:
            self._live, self._asked = live_wire(board.image, wanted), None
            return None
        request = Computation(self.name, partial(_map, board.image, wanted))
        self._asked = request, wanted
        return request

    def _live_here(self) -> LiveWire | None:
        """Return the wires mapped last, if they go out from the last anchor."""
        live = self._live
        is_here = live is not None and live.start.anchor == self._anchors[-1]
        return live if is_here else None

    def _wire(self, board: Board, point: Point) -> tuple[Point, ...]:
        """Return the wire from the last anchor; a click may come before its map is there."""
        live = self._live_here()
        if live is None:
            anchor = self._anchors[-1]
            height, width = board.planes.labels.shape
            where = narrow_window(anchor, point, height=height, width=width)
            live = live_wire(board.image, Start(anchor, where, board.state.stiffness))
        return live.to(point)

    def _is_near(self, board: Board, point: Point, anchor: Point) -> bool:
        return math.dist(point, anchor) * board.sight.scale <= REACH_PX

    def _closes_at(self, board: Board, point: Point) -> bool:
        enough = len(self._anchors) >= FEWEST_ANCHORS
        return enough and self._is_near(board, point, self._anchors[0])

    def _show(self, board: Board) -> None:
        """Renew the marks."""
        anchors, cursor = tuple(self._anchors), self._cursor
        closes = cursor is not None and self._closes_at(board, cursor)
        opposite = self._opposite or (closes and self._keys.opposite)
        marks: list[Mark] = []
        if self._wires:
            line = tuple(point for wire in self._wires for point in wire)
            marks.append(Path(line, opposite=opposite))
        if cursor is not None and not self._is_near(board, cursor, anchors[-1]):
            live = self._live_here()
            end = anchors[0] if closes else cursor
            wire = (anchors[-1], end) if live is None else live.to(end)
            marks.append(Path(wire, dashed=True, opposite=opposite))
        marks.append(Dots(anchors[1:] if closes else anchors, opposite=opposite))
        if closes:
            marks.append(Dots(anchors[:1], opposite=opposite, large=True))
        self._marks = tuple(marks)


def _map(image: Image, start: Start, stopped: Callable[[], bool]) -> LiveWire | None:
    return None if stopped() else live_wire(image, start)
