from dataclasses import replace

import numpy as np
import pytest
from hand import CTRL, PLAIN, SHIFT, Hand, assert_kept_to
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.core.region import whole
from segstudio.editing.marks import Dots, Path
from segstudio.editing.outlines import polygon
from segstudio.editing.polygon_tool import PolygonTool
from segstudio.editing.scope import PaintOver, Scope
from segstudio.editing.sight import Sight
from segstudio.editing.tool import Modifiers, Why
from segstudio.editing.tool_state import Shape, ToolState

SQUARE = ((10.0, 10.0), (50.0, 10.0), (50.0, 50.0), (10.0, 50.0))
DRAGGED = (Shape.FREEHAND, Shape.RECTANGLE, Shape.ELLIPSE)


def hand(shape=Shape.POINTS, *, size=(80, 100), scope=None, label=255, ink=Ink.NOBODY) -> Hand:
    planes = Planes(np.full(size, label, np.uint8), np.full(size, ink, np.uint8))
    image = np.zeros((*size, 3), np.uint8)
    state = ToolState(tool="polygon", shape=shape, class_index=3)
    return Hand(PolygonTool(), image, planes, state=state, scope=scope)


def painted(worker: Hand, index=3) -> int:
    return int(np.count_nonzero(worker.board.planes.labels == index))


@pytest.mark.parametrize("ending", ["enter", "double click", "first corner"])
def test_a_polygon_is_closed_by_enter_by_a_double_click_or_on_its_first_corner(ending):
    worker = hand()
    worker.click(*SQUARE)
    assert worker.tool.pending.points == 4
    if ending == "enter":
        worker.do("apply")
    elif ending == "double click":
        worker.do("double_click", SQUARE[-1], PLAIN)
        worker.do("release")
    else:
        worker.click((11.0, 9.0))
    assert painted(worker) == 1600
    assert worker.tool.pending is None
    assert worker.tool.marks == ()
    assert worker.patches[0].origin.tool == "polygon"
    assert worker.patches[0].origin.author is Ink.PERSON


def test_the_second_press_of_a_double_click_on_the_first_corner_does_nothing():
    worker = hand()
    worker.click(*SQUARE, SQUARE[0])
    worker.do("double_click", SQUARE[0], PLAIN)
    worker.do("release")
    assert len(worker.patches) == 1
    assert worker.tool.pending is None


def test_backspace_takes_back_corner_after_corner():
    worker = hand()
    worker.click(*SQUARE, (90.0, 70.0))
    worker.do("back")
    worker.do("apply")
    assert painted(worker) == 1600
    worker.click((1.0, 1.0), (20.0, 1.0))
    for _ in range(3):
        worker.do("back")
    assert worker.tool.pending is None
    assert worker.tool.marks == ()


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_corners_are_refused_and_kept(count):
    worker = hand()
    worker.click(*SQUARE[:count])
    assert not worker.tool.pending.can_apply
    worker.do("apply")
    assert worker.refusal is Why.TOO_FEW_POINTS
    worker.do("double_click", SQUARE[count - 1], PLAIN)
    assert worker.refusal is Why.TOO_FEW_POINTS
    worker.do("release")
    worker.click(*SQUARE[count:])
    worker.do("apply")
    assert painted(worker) == 1600


def test_a_corner_that_is_set_can_be_dragged():
    worker = hand()
    worker.click((10.0, 10.0), (50.0, 10.0), (70.0, 70.0), (10.0, 50.0))
    worker.drag((71.0, 71.0), (60.0, 60.0), (51.0, 51.0))
    assert worker.tool.pending.points == 4
    worker.drag((10.0, 10.0), (20.0, 20.0), (10.0, 10.0))  # the first one too, without closing
    assert not worker.patches
    worker.do("apply")
    assert painted(worker) == 1600


def test_escape_puts_a_dragged_corner_back_and_then_drops_the_shape():
    worker = hand()
    worker.click(*SQUARE)
    worker.do("press", SQUARE[2], PLAIN)
    worker.do("move", (90.0, 70.0))
    worker.do("discard")
    worker.do("release")
    assert worker.tool.pending.points == 4
    worker.do("press", (70.0, 30.0), PLAIN)
    worker.do("discard")
    assert worker.tool.pending.points == 4
    worker.do("discard")
    assert worker.tool.pending is None
    worker.do("apply")
    assert not worker.patches


def test_shift_sets_corners_level_upright_or_at_45_degrees():
    worker = hand()
    worker.click((10.0, 10.0))
    worker.click((50.0, 12.0), (48.0, 50.0), keys=SHIFT)
    worker.click((10.0, 50.0))
    worker.do("apply")
    assert painted(worker) == 1600


@pytest.mark.parametrize("when", ["first", "click", "double click"])
def test_ctrl_at_the_first_press_or_the_close_takes_away(when):
    worker = hand(label=3, ink=Ink.PERSON)
    worker.click(SQUARE[0], keys=CTRL if when == "first" else PLAIN)
    worker.click(*SQUARE[1:])
    assert worker.tool.pending.erases == (when == "first")
    if when == "first":
        worker.do("apply")
    elif when == "click":
        worker.click(SQUARE[0], keys=CTRL)
    else:
        worker.do("double_click", SQUARE[3], CTRL)
    assert painted(worker) == 80 * 100 - 1600
    assert np.count_nonzero(worker.board.planes.ink == Ink.NOBODY) == 1600


def test_a_rectangle_an_ellipse_and_a_freehand_line_are_painted_on_release():
    box = hand(Shape.RECTANGLE)
    box.drag((50.0, 10.0), (20.0, 70.0), (10.0, 50.0))
    assert painted(box) == 1600
    circle = hand(Shape.ELLIPSE)
    circle.drag((10.0, 10.0), (50.0, 30.0), keys=SHIFT)
    assert painted(circle) == pytest.approx(np.pi * 400, rel=0.01)
    free = hand(Shape.FREEHAND)
    free.drag(*SQUARE)
    assert painted(free) == 1600
    for worker in (box, circle, free):
        assert worker.tool.pending is None
        assert worker.tool.marks == ()
        assert len(worker.patches) == 1


def test_shift_counts_when_it_is_held_in_the_middle_of_a_drag():
    worker = hand(Shape.RECTANGLE)
    worker.do("press", (10.0, 10.0), PLAIN)
    worker.do("move", (50.0, 20.0))
    worker.board = replace(worker.board, keys=SHIFT)
    worker.do("move", (50.0, 20.0))
    worker.do("release")
    assert painted(worker) == 1600


@pytest.mark.parametrize("shape", DRAGGED)
def test_a_drag_without_an_inside_or_outside_the_image_says_so(shape):
    worker = hand(shape)
    worker.drag((20.0, 20.0))
    assert worker.refusal is Why.NOT_DRAGGED
    worker.drag((-30.0, -30.0), (-10.0, -30.0), (-10.0, -10.0))
    assert worker.refusal is Why.OUTSIDE
    assert not worker.patches


@pytest.mark.parametrize("shape", DRAGGED)
def test_escape_leaves_a_drag_without_a_trace(shape):
    worker = hand(shape)
    worker.do("press", (10.0, 10.0), PLAIN)
    worker.do("move", (50.0, 20.0))
    worker.do("move", (50.0, 50.0))
    assert worker.tool.marks
    worker.do("discard")
    worker.do("release")
    assert worker.tool.marks == ()
    assert not worker.patches


def test_another_tool_closes_the_corners_and_another_shape_too():
    worker = hand()
    worker.click(*SQUARE)
    worker.turn_away()
    assert painted(worker) == 1600
    worker = hand()
    worker.click(*SQUARE)
    worker.change(shape=Shape.FREEHAND)
    assert painted(worker) == 1600
    worker.change(shape=Shape.POINTS)
    worker.click(*SQUARE[:2])
    worker.change(shape=Shape.RECTANGLE)
    assert worker.tool.pending is None
    assert len(worker.patches) == 1


def test_a_class_chosen_while_corners_wait_is_the_one_painted():
    worker = hand()
    worker.click(*SQUARE)
    worker.change(class_index=5)
    worker.do("apply")
    assert painted(worker, 5) == 1600


def test_corners_stay_where_they_are_in_the_image_while_the_view_moves():
    worker = hand()
    worker.click(*SQUARE[:2])
    worker.look(Sight(whole(worker.board.planes.labels), 8.0))
    worker.click(SQUARE[2])
    worker.click((49.0, 48.0))  # sixteen pixels of the screen away: a corner of its own
    assert worker.tool.pending.points == 4


def test_a_refused_polygon_waits_until_the_class_is_unlocked():
    locked = np.zeros(256, np.bool_)
    locked[7] = True
    worker = hand(label=7, scope=Scope(locked=locked))
    worker.click(*SQUARE)
    worker.do("apply")
    assert worker.refusal is Why.NOT_ALLOWED
    assert worker.tool.pending.points == 4
    worker.board = replace(worker.board, scope=Scope())
    worker.do("apply")
    assert painted(worker) == 1600


def test_what_is_drawn_tells_fixed_edges_from_the_one_to_the_cursor():
    worker = hand()
    worker.click(*SQUARE)
    worker.do("hover", (30.0, 60.0), PLAIN)
    to_cursor, fixed, dots = worker.tool.marks
    assert isinstance(fixed, Path)
    assert not fixed.dashed
    assert fixed.points == SQUARE
    assert isinstance(to_cursor, Path)
    assert to_cursor.dashed
    assert to_cursor.points == (SQUARE[-1], (30.0, 60.0))
    assert isinstance(dots, Dots)
    assert dots.points == SQUARE
    worker.do("hover", (31.0, 60.0), PLAIN)
    assert worker.tool.marks[1:] == (fixed, dots)  # the very same ones, not painted anew
    worker.do("hover", (12.0, 10.0), CTRL)
    assert [m.points for m in worker.tool.marks if isinstance(m, Dots) and m.large] == [SQUARE[:1]]
    assert all(mark.opposite for mark in worker.tool.marks)
    worker.do("hover", None, PLAIN)
    assert not any(isinstance(m, Path) and m.dashed for m in worker.tool.marks)


def test_an_image_of_one_pixel_can_be_painted():
    worker = hand(size=(1, 1))
    worker.board = replace(worker.board, sight=Sight(scale=64.0))
    worker.click((-1.0, -1.0), (3.0, -1.0), (-1.0, 3.0))
    worker.do("apply")
    assert worker.board.planes.labels.tolist() == [[3]]


events = st.lists(
    st.tuples(
        st.sampled_from(
            ("click", "drag", "double_click", "hover", "back", "apply", "discard", "turn_away")
        ),
        st.tuples(st.floats(-5, 25), st.floats(-5, 25)),
        st.tuples(st.floats(-5, 25), st.floats(-5, 25)),
        st.builds(Modifiers, opposite=st.booleans(), extend=st.booleans()),
        st.sampled_from(Shape),
    ),
    max_size=14,
)


@given(
    st.data(),
    array_shapes(min_dims=2, max_dims=2, max_side=20),
    events,
    st.sampled_from(PaintOver),
)
def test_whatever_the_hand_does_locks_and_scope_hold_and_undo_restores(data, shape, script, over):
    planes = Planes(
        data.draw(arrays(np.uint8, shape, elements=st.sampled_from((0, 1, 255)))),
        data.draw(arrays(np.uint8, shape, elements=st.integers(0, 3))),
    )
    start = planes.cut(whole(planes.labels))
    locked = np.zeros(256, np.bool_)
    locked[1] = True
    worker = Hand(
        PolygonTool(),
        np.zeros((*shape, 3), np.uint8),
        planes,
        state=ToolState(tool="polygon", class_index=0),
        scope=Scope(over, locked),
        confidence=data.draw(arrays(np.uint8, shape, elements=st.sampled_from((10, 250)))),
        sight=Sight(whole(planes.labels), 4.0),
    )
    for event, first, last, keys, chosen in script:
        before, made = planes.cut(whole(planes.labels)), len(worker.patches)
        worker.change(shape=chosen)
        if event == "drag":
            worker.drag(first, last, keys=keys)
        elif event == "click":
            worker.click(first, keys=keys)
        elif event in ("double_click", "hover"):
            worker.do(event, first, keys)
            worker.do("release")
        elif event == "turn_away":
            worker.turn_away()
        else:
            worker.do(event)
        changed = (planes.labels != before.labels) | (planes.ink != before.ink)
        assert changed.any() == (len(worker.patches) > made)
        within = np.zeros(shape, np.bool_)
        for patch in worker.patches[made:]:
            for region in patch.regions:
                within[region.slices] = True
        assert not (changed & ~within).any()
        assert_kept_to(over, before, changed)
    for patch in reversed(worker.patches):
        patch.revert(planes)
    assert np.array_equal(planes.labels, start.labels)
    assert np.array_equal(planes.ink, start.ink)


@given(st.lists(st.tuples(st.floats(-5, 25), st.floats(-5, 25)), min_size=3, max_size=7))
def test_what_is_painted_is_what_the_outline_goes_round(points):
    worker = hand(size=(20, 20))
    worker.board = replace(worker.board, sight=Sight(scale=1e9))
    worker.click(*points)
    if worker.tool.pending is None or worker.tool.pending.points != len(points):
        return  # two corners in one place are one
    inside = polygon(points, height=20, width=20)
    worker.do("apply")
    assert painted(worker) == inside.pixels
    assert (worker.board.planes.labels[inside.region.slices] == 3)[inside.mask].all()


def test_a_long_freehand_line_is_drawn_whole_and_mostly_stays_as_it_is():
    worker = hand(Shape.FREEHAND)
    track = [(float(n % 90), float(n // 90 * 4 + n % 2)) for n in range(500)]
    worker.do("press", track[0], PLAIN)
    seen: set[object] = set()
    for number, point in enumerate(track[1:], start=2):
        worker.do("move", point)
        *pieces, closing = worker.tool.marks
        drawn = [pieces[0].points[0]]
        for piece in pieces:
            assert piece.points[0] == drawn[-1]
            drawn += piece.points[1:]
        assert drawn == track[:number]
        assert closing.points == (point, track[0])
        assert sum(len(mark.points) for mark in worker.tool.marks if mark not in seen) < 150
        seen.update(worker.tool.marks)
