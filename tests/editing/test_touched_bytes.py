"""No tool's work grows with the image: counted are bytes touched and allocated, not seconds."""

import os
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hand import Hand
from sparse import Sparse

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.core.region import Region
from segstudio.editing.brush import Tip
from segstudio.editing.requests import Computation
from segstudio.editing.sight import Sight
from segstudio.editing.tool_state import Shape, ToolState
from segstudio.editing.toolbox import TOOLS, new_tools

pytestmark = pytest.mark.skipif(
    not hasattr(os, "memfd_create"), reason="only Linux tells which pages of memory were touched"
)

SMALL, LARGE = 4096, 16384
"""Whole pages to a row, so that the same gesture touches as many of them on both."""

THING = Region(1050, 1050, 1250, 1250)
SEEN = Region(900, 900, 1500, 1700)
ROUND_IT = ((1040.0, 1040.0), (1260.0, 1040.0), (1260.0, 1260.0), (1040.0, 1260.0))


def drag(hand: Hand) -> None:
    hand.drag((1040.0, 1040.0), (1150.0, 1100.0), (1260.0, 1260.0))


def click(hand: Hand) -> None:
    hand.click((1150.0, 1150.0))


def clicks(hand: Hand) -> None:
    hand.click(*ROUND_IT)


@dataclass(frozen=True)
class Row:
    """A gesture, after which what waits for Enter is applied, and the numbers of the tool.

    Attributes
    ----------
    label, ink : int
        Of the thing.
    """

    tool: str
    gesture: Callable[[Hand], None] = drag
    state: dict = field(default_factory=dict)
    label: int = 1
    ink: int = Ink.PERSON

    @property
    def name(self) -> str:
        return " ".join([self.tool, *map(str, self.state.values()), str(self.label)])


ROWS = (
    Row("brush"),
    Row("brush", state={"snap": True}),
    Row("eraser"),
    Row("scribble"),
    Row("polygon", clicks, {"shape": Shape.POINTS}),
    Row("polygon", state={"shape": Shape.FREEHAND}),
    Row("polygon", state={"shape": Shape.RECTANGLE}),
    Row("polygon", state={"shape": Shape.ELLIPSE}),
    Row("fill", click),
    Row("fill", click, label=255, ink=Ink.NOBODY),
    Row("wand", click),
    Row("superpixel"),
    Row("scissors", clicks),
    Row("box_cut"),
)


class AnsweredHand(Hand):
    """A hand whose computations are answered at once."""

    def do(self, event, *values):
        outcome = super().do(event, *values)
        if isinstance(outcome.request, Computation):
            answer = outcome.request.work(lambda: False)
            self.do("answered", outcome.request, answer)
        return outcome


class Ground:
    """An image of one colour with a square thing in it; all else is labelled as class 0."""

    def __init__(self, side: int, row: Row) -> None:
        self.parts = image, labels, ink = (
            Sparse(side, side, 3),
            Sparse(side, side),
            Sparse(side, side),
        )
        image.array[THING.slices] = 200
        labels.array[THING.slices], ink.array[THING.slices] = row.label, row.ink
        self.image, self.planes = image.array, Planes(labels.array, ink.array)

    @property
    def touched_bytes(self) -> int:
        return sum(part.touched_bytes for part in self.parts)


def cost(side: int, row: Row) -> tuple[int, int]:
    """Return how many bytes a gesture and its undo touch of an image, and the most it allocates."""
    ground = Ground(side, row)
    state = ToolState(tool=row.tool, class_index=2, tip=Tip(30), pressure=False, **row.state)
    hand = AnsweredHand(
        new_tools()[row.tool], ground.image, ground.planes, state=state, sight=Sight(SEEN, 1.0)
    )
    touched = ground.touched_bytes
    tracemalloc.start()
    try:
        row.gesture(hand)
        hand.do("apply")
        for patch in reversed(hand.patches):
            patch.revert(ground.planes)
        allocated = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert hand.patches, "the gesture has painted nothing"
    return ground.touched_bytes - touched, allocated


def test_every_tool_that_paints_has_a_row():
    painting = {tool.name for tool in new_tools().values() if tool.paints}
    assert {row.tool for row in ROWS} | {"hand", "eyedropper"} == set(TOOLS)
    assert {row.tool for row in ROWS} == painting


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_gesture_costs_as_much_on_a_large_image(row):
    cost(SMALL, row)  # imports and tables that are made once
    small, large = cost(SMALL, row), cost(LARGE, row)
    assert large[0] <= small[0]
    assert large[1] <= small[1] * 1.1
