from dataclasses import replace

import numpy as np
import pytest
from hand import CTRL, PLAIN, SHIFT, Hand, assert_kept_to
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.core.region import Region, whole
from segstudio.editing.marks import Area, Words
from segstudio.editing.scope import PaintOver, Scope
from segstudio.editing.sight import Sight
from segstudio.editing.similar_colours import MOST_CELLS, look, touch
from segstudio.editing.tool import Modifiers, Why
from segstudio.editing.tool_state import ToolState
from segstudio.editing.wand_tool import MOST_KEPT, WandTool

GROUND, FIELD, DISC = (40, 60, 160), (60, 150, 60), (200, 60, 40)


def picture() -> np.ndarray:
    """A field of 40 x 60 on a ground of 80 x 100, with a hole of ground, and a disc beside."""
    image = np.full((80, 100, 3), GROUND, np.uint8)
    image[20:60, 10:70] = FIELD
    image[30:40, 20:30] = GROUND
    image[5:15, 80:90] = FIELD
    image[65:75, 80:90] = DISC
    return image


IN_FIELD, IN_HOLE, IN_SMALL, IN_DISC = (12.5, 22.5), (25.5, 35.5), (85.5, 8.5), (85.5, 70.5)
FIELD_PX, HOLE_PX, SMALL_PX, DISC_PX = 2400, 100, 100, 100


def hand(image=None, *, scope=None, label=255, ink=Ink.NOBODY, **numbers) -> Hand:
    image = picture() if image is None else image
    size = image.shape[:2]
    planes = Planes(np.full(size, label, np.uint8), np.full(size, ink, np.uint8))
    state = replace(ToolState(tool="wand", class_index=3, tolerance=20), **numbers)
    return Hand(WandTool(), image, planes, state=state, scope=scope)


def painted(worker: Hand, index=3) -> int:
    return int(np.count_nonzero(worker.board.planes.labels == index))


def chosen(worker: Hand) -> int:
    pending = worker.tool.pending
    areas = [mark for mark in worker.tool.marks if isinstance(mark, Area)]
    if pending is None:
        assert not areas
        return 0
    assert areas[0].selection.pixels == pending.pixels
    return pending.pixels


def test_a_press_chooses_the_piece_under_the_cursor_and_enter_paints_it():
    worker = hand()
    worker.click(IN_FIELD)
    assert chosen(worker) == FIELD_PX
    assert painted(worker) == 0
    worker.do("apply")
    assert painted(worker) == FIELD_PX
    assert worker.tool.pending is None
    assert worker.tool.marks == ()
    assert worker.patches[0].origin.tool == "wand"


def test_holes_are_kept_and_distant_pieces_taken_by_the_two_switches():
    worker = hand(fill_holes=False)
    worker.click(IN_FIELD)
    assert chosen(worker) == FIELD_PX - HOLE_PX
    worker.change(connected=False)
    assert chosen(worker) == FIELD_PX - HOLE_PX + SMALL_PX
    worker.change(fill_holes=True)
    assert chosen(worker) == FIELD_PX + SMALL_PX


def test_shift_adds_ctrl_removes_and_a_plain_press_begins_anew():
    worker = hand(fill_holes=False)
    worker.click(IN_FIELD)
    worker.click(IN_DISC, keys=SHIFT)
    assert chosen(worker) == FIELD_PX - HOLE_PX + DISC_PX
    worker.click(IN_HOLE, keys=SHIFT)
    assert chosen(worker) == FIELD_PX + DISC_PX
    worker.click(IN_DISC, keys=CTRL)
    assert chosen(worker) == FIELD_PX
    worker.click(IN_SMALL)
    assert chosen(worker) == SMALL_PX
    assert not worker.patches


def test_backspace_takes_back_the_last_press_also_one_that_began_anew():
    worker = hand()
    worker.click(IN_DISC)
    worker.click(IN_FIELD, keys=SHIFT)
    worker.click(IN_HOLE)
    worker.do("back")
    assert chosen(worker) == FIELD_PX + DISC_PX
    worker.change(connected=False)  # the press into the field, with another switch
    assert chosen(worker) == FIELD_PX + DISC_PX + SMALL_PX
    worker.do("back")
    assert chosen(worker) == DISC_PX
    worker.do("back")
    assert worker.tool.pending is None


def test_backspace_stops_where_no_earlier_press_is_kept():
    worker = hand()
    for _ in range(MOST_KEPT + 2):
        worker.click(IN_FIELD, IN_DISC, keys=SHIFT)
    for _ in range(MOST_KEPT + 2):
        worker.do("back")
    assert chosen(worker) == FIELD_PX + DISC_PX


def test_ctrl_without_a_choice_chooses_what_becomes_unlabelled():
    worker = hand(label=3, ink=Ink.PERSON)
    worker.click(IN_FIELD, keys=CTRL)
    assert worker.tool.pending.erases
    worker.click(IN_SMALL, keys=SHIFT)
    worker.do("apply")
    assert painted(worker) == 80 * 100 - FIELD_PX - SMALL_PX
    assert np.count_nonzero(worker.board.planes.ink == Ink.NOBODY) == FIELD_PX + SMALL_PX


def test_what_is_left_of_a_choice_may_be_nothing():
    worker = hand()
    worker.click(IN_DISC)
    worker.click(IN_DISC, keys=CTRL)
    assert chosen(worker) == 0
    assert not worker.tool.pending.can_apply
    worker.do("apply")
    assert worker.refusal is Why.NOTHING_FOUND
    worker.turn_away()
    assert worker.tool.pending is None
    assert not worker.patches


@pytest.mark.parametrize(
    ("way", "is_more"), [((60, 0), 1), ((0, -60), 1), ((-30, 0), 0), ((0, 30), 0)]
)
def test_a_drag_changes_the_tolerance_and_shows_the_number(way, is_more):
    worker = hand()
    worker.do("press", IN_FIELD, PLAIN)
    worker.do("move", (IN_FIELD[0] + way[0], IN_FIELD[1] + way[1]))
    tolerance = worker.board.state.tolerance
    assert (tolerance > 20) == bool(is_more)
    assert tolerance != 20
    words = [mark for mark in worker.tool.marks if isinstance(mark, Words)]
    assert [mark.text for mark in words] == [str(tolerance)]
    worker.do("release")
    assert not any(isinstance(mark, Words) for mark in worker.tool.marks)
    assert worker.board.state.tolerance == tolerance


def test_a_hand_that_hardly_moves_leaves_the_tolerance_alone():
    worker = hand()
    worker.drag(IN_FIELD, (IN_FIELD[0] + 3, IN_FIELD[1]), (IN_FIELD[0], IN_FIELD[1] + 3))
    assert worker.board.state.tolerance == 20


def test_a_number_set_in_mid_drag_is_where_the_hand_goes_on():
    worker = hand()
    worker.do("press", IN_FIELD, PLAIN)
    worker.do("move", (IN_FIELD[0] + 24, IN_FIELD[1]))
    assert worker.board.state.tolerance == 30
    worker.change(tolerance=100)
    worker.do("move", (IN_FIELD[0] + 25, IN_FIELD[1]))
    assert worker.board.state.tolerance == 100
    worker.do("move", (IN_FIELD[0] + 48, IN_FIELD[1]))
    assert worker.board.state.tolerance == 110


def test_the_tolerance_of_the_options_finds_anew_while_a_choice_waits():
    ramp = np.repeat(np.arange(0, 200, 2, dtype=np.uint8)[None, :, None], 3, axis=2)
    worker = hand(np.repeat(ramp, 20, axis=0), tolerance=4)
    worker.click((50.5, 10.5))
    few = chosen(worker)
    worker.change(tolerance=40)
    assert chosen(worker) > few > 0
    worker.change(tolerance=4)
    assert chosen(worker) == few


def test_escape_takes_back_the_press_in_progress_and_then_the_choice():
    worker = hand()
    worker.click(IN_FIELD)
    worker.do("press", IN_DISC, SHIFT)
    worker.do("discard")
    worker.do("release")
    assert chosen(worker) == FIELD_PX
    worker.do("discard")
    assert worker.tool.pending is None
    worker.do("apply")
    assert not worker.patches


def test_another_tool_applies_and_another_class_is_what_it_gets():
    worker = hand()
    worker.click(IN_FIELD)
    worker.change(class_index=6)
    assert chosen(worker) == FIELD_PX
    worker.turn_away()
    assert painted(worker, 6) == FIELD_PX


def test_a_refused_choice_waits():
    locked = np.zeros(256, np.bool_)
    locked[7] = True
    worker = hand(label=7, scope=Scope(locked=locked))
    worker.click(IN_FIELD)
    worker.do("apply")
    assert worker.refusal is Why.NOT_ALLOWED
    assert chosen(worker) == FIELD_PX


def test_a_press_outside_the_image_says_so():
    worker = hand()
    worker.do("press", (-3.0, 5.0), PLAIN)
    assert worker.refusal is Why.OUTSIDE
    assert worker.tool.pending is None


def test_only_what_is_seen_is_chosen():
    worker = hand()
    worker.look(Sight(Region(15, 5, 50, 40), 4.0))
    worker.click(IN_FIELD)
    assert chosen(worker) == (50 - 20) * (40 - 10)
    worker.look(Sight(whole(worker.board.planes.labels), 1.0))
    assert chosen(worker) == (50 - 20) * (40 - 10)


def test_a_large_image_shown_small_is_looked_at_in_cells():
    image = np.full((3000, 4001, 3), GROUND, np.uint8)
    image[600:2400, 800:3200] = FIELD
    view = look(image, Sight(whole(image[..., 0]), 0.25))
    assert view.lab[..., 0].size <= MOST_CELLS
    found = touch(view, (1000.0, 1000.0), tolerance=20).similar(20, connected=True, fill_holes=True)
    region = found.region
    assert found.pixels == pytest.approx(1800 * 2400, rel=0.01)
    assert abs(region.top - 600) <= view.step * 2
    assert abs(region.right - 3200) <= view.step * 2
    around = touch(view, (10.0, 10.0), tolerance=20).similar(20, connected=True, fill_holes=True)
    assert around.region == whole(image[..., 0])  # to the last column, where no cell is whole
    assert around.mask.all()


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))),
    st.data(),
    st.booleans(),
    st.booleans(),
)
def test_more_tolerance_never_loses_a_pixel_and_the_pressed_one_is_always_chosen(
    image, data, connected, fill_holes
):
    height, width = image.shape[:2]
    row, column = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    lower, upper = sorted((data.draw(st.integers(0, 255)), data.draw(st.integers(0, 255))))
    place = touch(look(image, Sight()), (column + 0.5, row + 0.5), tolerance=lower)
    smaller, larger = (
        np.zeros((height, width), np.bool_),
        np.zeros((height, width), np.bool_),
    )
    for mask, tolerance in ((smaller, lower), (larger, upper)):
        found = place.similar(tolerance, connected=connected, fill_holes=fill_holes)
        mask[found.region.slices] = found.mask
    assert smaller[row, column]
    assert not (smaller & ~larger).any()


@given(arrays(np.uint8, (7, 8), elements=st.sampled_from((20, 120, 220))), st.data())
def test_without_tolerance_a_pixel_is_chosen_with_those_of_its_colour(grey, data):
    row, column = data.draw(st.integers(0, 6)), data.draw(st.integers(0, 7))
    image = np.repeat(grey[..., None], 3, axis=2)
    worker = hand(image, tolerance=0, connected=False, fill_holes=False)
    worker.click((column + 0.5, row + 0.5))
    worker.do("apply")
    assert np.array_equal(worker.board.planes.labels == 3, grey == grey[row, column])


places = st.tuples(st.floats(-2, 18), st.floats(-2, 18))
script = st.lists(
    st.tuples(
        st.sampled_from(("drag", "click", "back", "apply", "discard", "turn_away", "look")),
        places,
        places,
        st.builds(Modifiers, opposite=st.booleans(), extend=st.booleans()),
        st.integers(0, 255),
        st.booleans(),
    ),
    max_size=12,
)


@given(
    st.data(), array_shapes(min_dims=2, max_dims=2, max_side=16), script, st.sampled_from(PaintOver)
)
def test_whatever_the_hand_does_locks_and_scope_hold_and_undo_restores(data, shape, events, over):
    planes = Planes(
        data.draw(arrays(np.uint8, shape, elements=st.sampled_from((0, 1, 255)))),
        data.draw(arrays(np.uint8, shape, elements=st.integers(0, 3))),
    )
    grey = data.draw(arrays(np.uint8, shape, elements=st.sampled_from((20, 60, 220))))
    start = planes.cut(whole(planes.labels))
    locked = np.zeros(256, np.bool_)
    locked[1] = True
    worker = Hand(
        WandTool(),
        np.repeat(grey[..., None], 3, axis=2),
        planes,
        state=ToolState(tool="wand", class_index=0),
        scope=Scope(over, locked),
        confidence=data.draw(arrays(np.uint8, shape, elements=st.sampled_from((10, 250)))),
    )
    for event, first, last, keys, tolerance, switch in events:
        before, made = planes.cut(whole(planes.labels)), len(worker.patches)
        worker.change(tolerance=tolerance, connected=switch)
        expected = None
        if event == "drag":
            worker.drag(first, last, keys=keys)
        elif event == "click":
            worker.click(first, keys=keys)
        elif event == "look":
            part = Region(0, 0, 1 + int(abs(first[1])), 1 + int(abs(first[0]))).clipped(*shape)
            worker.look(Sight(part, 0.3 if switch else 2.0))
        elif event == "turn_away":
            worker.turn_away()
        else:
            expected = worker.tool.marks if event == "apply" else None
            worker.do(event)
        changed = (planes.labels != before.labels) | (planes.ink != before.ink)
        assert changed.any() == (len(worker.patches) > made)
        if expected and changed.any():
            area = expected[0].selection
            outside = changed.copy()
            outside[area.region.slices] &= ~area.mask
            assert not outside.any()
        assert_kept_to(over, before, changed)
    for patch in reversed(worker.patches):
        patch.revert(planes)
    assert np.array_equal(planes.labels, start.labels)
    assert np.array_equal(planes.ink, start.ink)
