"""The scribble tool: a line that is painted at once, and what it asks for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.core.region import BLOCK, Region
from segstudio.editing.marks import Path
from segstudio.editing.scope import PaintOver, Scope
from segstudio.editing.scribble_tool import ScribbleTool, line
from segstudio.editing.tool import Board, Modifiers, Why
from segstudio.editing.tool_state import Reach, ToolState
from segstudio.editing.trace import masked


def board(size=(40, 60), scope=None, **fields):
    state = ToolState(tool="scribble", class_index=2, scribble_width=3, **fields)
    planes = Planes(np.full(size, 255, np.uint8), np.zeros(size, np.uint8))
    return Board(np.zeros((*size, 3), np.uint8), planes, None, state, scope or Scope())


def draw(tool, table, *points, keys=None):
    tool.press(table, points[0], keys or Modifiers())
    for point in points[1:]:
        tool.move(table, point)
    return tool.release(table)


def test_the_line_is_a_step_and_asks_for_what_follows_from_it():
    table = board(reach=Reach.IMAGE, refine=False)
    outcome = draw(ScribbleTool(), table, (10.5, 10.5), (30.5, 10.5))
    assert outcome.patch.origin.tool == "scribble"
    assert outcome.patch.origin.author == Ink.PERSON
    asked = outcome.request
    assert sum(part.pixels for part in asked.stroke) == outcome.patch.pixels
    assert (asked.everywhere, asked.refine, asked.paint.label) == (True, False, 2)
    assert asked.first == (255, Ink.NOBODY)
    assert (table.planes.labels == 255).all()


def test_while_it_is_drawn_a_line_of_its_width_shows_and_nothing_else_changes():
    tool, table = ScribbleTool(), board()
    tool.press(table, (10.5, 10.5), Modifiers())
    tool.move(table, (20.5, 15.5))
    (line,) = tool.marks
    assert isinstance(line, Path)
    assert line.points == ((10.5, 10.5), (20.5, 15.5))
    assert line.width_px == 3
    assert not tool.is_busy
    tool.discard(table)
    assert tool.marks == ()
    assert tool.release(table).patch is None


def test_shift_draws_a_straight_line_from_the_press_to_the_cursor():
    tool, table = ScribbleTool(), board()
    tool.press(table, (10.5, 10.5), Modifiers(extend=True))
    for x in (20.5, 50.5, 30.5):
        tool.move(table, (x, 10.5 if x == 30.5 else 35.5))
    assert tool.marks[0].points == ((10.5, 10.5), (30.5, 10.5))


def test_ctrl_unlabels():
    table = board()
    table.planes.labels[:] = 1
    outcome = draw(ScribbleTool(), table, (10.5, 10.5), (30.5, 10.5), keys=Modifiers(opposite=True))
    assert outcome.request.paint.class_index is None
    assert outcome.patch.origin.author == Ink.NOBODY


def test_a_click_is_a_scribble_and_one_outside_says_so():
    assert draw(ScribbleTool(), board(), (10.5, 10.5)).patch is not None
    outside = draw(ScribbleTool(), board(), (-30.0, -30.0), (-20.0, -30.0))
    assert outside.refusal.why is Why.OUTSIDE
    assert outside.request is None


@pytest.mark.parametrize("over", [PaintOver.MODEL, PaintOver.UNSURE])
def test_a_scribble_that_may_change_nothing_asks_for_nothing(over):
    outcome = draw(ScribbleTool(), board(scope=Scope(over)), (10.5, 10.5), (30.5, 10.5))
    assert outcome.refusal.why is Why.NOT_ALLOWED
    assert outcome.patch is None
    assert outcome.request is None


coordinates = st.floats(-20, 60, allow_nan=False)


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=6), st.integers(1, 12))
def test_a_line_covers_what_a_brush_would(points, width):
    size = 40, 60
    found = line(tuple(points), width, *size)
    for part in found:
        assert part.region.clipped(*size) == part.region
    covered = masked(found, Region(0, 0, *size))
    for x, y in points:
        if 0 <= x < covered.shape[1] and 0 <= y < covered.shape[0] and width >= 2:
            assert covered[max(0, int(y) - 1) : int(y) + 2, max(0, int(x) - 1) : int(x) + 2].any()


def test_a_line_across_a_large_image_lies_in_few_of_its_blocks():
    side = 64 * BLOCK
    found = line(((10.0, 10.0), (side - 10.0, side - 10.0)), 9, side, side)
    assert 64 <= len(found) <= 3 * 64
    assert sum(part.mask.nbytes for part in found) <= 3 * 64 * BLOCK * BLOCK
    assert sum(part.pixels for part in found) >= 9 * side
