import numpy as np
import pytest
from asking_hand import CTRL, PLAIN, AskingHand
from hand import any_board
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.labels import Ink
from segstudio.core.region import whole
from segstudio.editing.box_cut import BoxCutTool
from segstudio.editing.marks import Area
from segstudio.editing.scope import PaintOver, Scope
from segstudio.editing.tool import Why


def square_image(side: int = 60) -> np.ndarray:
    """Return a bright square, from 20 to 40, on a dark ground; its right half is blue."""
    image = np.full((side, side, 3), 40, np.uint8)
    image[20:40, 20:40] = (220, 200, 60)
    image[20:40, 30:40] = (60, 90, 250)
    return image


BOX = ((14.0, 14.0), (47.0, 46.0))


@pytest.fixture
def hand() -> AskingHand:
    return AskingHand(BoxCutTool(), square_image())


def areas(hand: AskingHand) -> list[Area]:
    return [mark for mark in hand.tool.marks if isinstance(mark, Area)]


def test_a_box_finds_the_object_in_it_and_enter_paints_it(hand):
    hand.drag(*BOX)
    assert hand.tool.pending is not None
    assert hand.tool.pending.pixels is None
    hand.answer()
    assert hand.tool.pending.pixels == 400
    assert areas(hand)[0].selection.pixels == 400
    assert not hand.patches
    hand.do("apply")
    assert hand.tool.pending is None
    assert hand.tool.marks == ()
    (step,) = hand.patches
    assert (step.origin.tool, step.origin.author) == ("box_cut", Ink.PERSON)
    assert (hand.labels[20:40, 20:40] == 3).all()
    assert np.count_nonzero(hand.labels == 3) == 400


def test_a_box_drawn_with_ctrl_erases(hand):
    hand.labels[:], hand.board.planes.ink[:] = 1, Ink.MODEL
    hand.do("press", BOX[0], CTRL)
    hand.do("move", BOX[1])
    hand.do("release")
    hand.answer()
    assert hand.tool.pending.erases
    hand.do("apply")
    assert np.count_nonzero(hand.labels == 255) == 400


def test_strokes_say_what_the_object_is_and_is_not(hand):
    hand.drag(*BOX)
    hand.answer()
    hand.drag((36.0, 22.0), (36.0, 38.0), keys=CTRL)
    hand.answer()
    left_half = hand.tool.pending.pixels
    assert 200 <= left_half < 210
    hand.drag((36.0, 30.0))
    hand.answer()
    assert hand.tool.pending.pixels > left_half
    hand.do("back")
    hand.answer()
    assert hand.tool.pending.pixels == left_half
    hand.do("back")
    hand.answer()
    assert hand.tool.pending.pixels == 400
    hand.do("back")
    assert hand.tool.pending is None


def test_what_is_applied_before_it_is_found_is_found_on_the_spot(hand):
    hand.drag(*BOX)
    (request,) = hand.requests
    hand.do("apply")
    assert hand.tool.pending is None
    assert np.count_nonzero(hand.labels == 3) == 400
    hand.do("answered", request, request.work(lambda: False))
    assert len(hand.patches) == 1
    assert hand.tool.marks == ()


def test_esc_leaves_the_stroke_first_and_then_the_box(hand):
    hand.drag(*BOX)
    hand.answer()
    hand.do("press", (30.0, 30.0), CTRL)
    hand.do("discard")
    assert hand.tool.pending.pixels == 400
    hand.do("discard")
    assert hand.tool.pending is None
    assert hand.tool.marks == ()
    assert not hand.requests
    hand.do("press", BOX[0], PLAIN)
    hand.do("discard")
    assert hand.tool.marks == ()
    hand.do("release")
    assert hand.tool.pending is None


def test_an_answer_to_an_older_question_is_left_alone(hand):
    hand.drag(*BOX)
    (first,) = hand.requests
    hand.drag((36.0, 22.0), (36.0, 38.0), keys=CTRL)
    hand.do("answered", first, first.work(lambda: False))
    assert not areas(hand)
    hand.answer()
    assert areas(hand)
    assert first.work(lambda: True) is None


def test_a_box_of_no_pixels_says_so(hand):
    hand.click((30.2, 30.2))
    assert hand.refusals.pop().why is Why.NOT_DRAGGED
    hand.drag((-30.0, -30.0), (-3.0, -3.0))
    assert hand.refusals.pop().why is Why.OUTSIDE
    assert hand.tool.pending is None
    assert not hand.requests


def test_what_may_not_be_painted_stays_pending_and_says_so(hand):
    hand.labels[:], hand.board.planes.ink[:] = 3, Ink.PERSON
    hand.drag(*BOX)
    hand.answer()
    hand.do("apply")
    assert not hand.patches
    assert hand.refusals[0].why is Why.NOT_ALLOWED
    assert hand.tool.pending is not None


def test_nothing_found_says_so(hand):
    hand.drag(*BOX)
    hand.drag((10.0, 10.0), (50.0, 50.0), keys=CTRL)
    for y in range(14, 47, 4):
        hand.drag((10.0, float(y)), (50.0, float(y)), keys=CTRL)
    hand.answer()
    assert hand.refusals[0].why is Why.NOTHING_FOUND
    assert not hand.tool.pending.can_apply
    hand.do("apply")
    assert not hand.patches


spots = st.tuples(st.floats(-10, 30), st.floats(-10, 30))


@settings(max_examples=25)
@given(st.integers(1, 20), st.integers(1, 20), st.lists(spots, min_size=2, max_size=5), st.data())
def test_cuts_keep_to_the_rules_and_can_be_undone(height, width, ways, data):
    any_ = any_board(height, width, data.draw(st.integers(0, 9)))
    planes, confidence = any_.planes, any_.confidence
    over = data.draw(st.sampled_from([o for o in PaintOver if o is not PaintOver.FIRST_CLASS]))
    scope = Scope(over, any_.locked)
    hand = AskingHand(BoxCutTool(), any_.image, planes=planes, confidence=confidence, scope=scope)
    begin = hand.copy()
    hand.drag(ways[0], ways[1], keys=data.draw(st.sampled_from((PLAIN, CTRL))))
    for point in ways[2:]:
        hand.drag(point, keys=data.draw(st.sampled_from((PLAIN, CTRL))))
    hand.answer()
    hand.do("apply")
    changed = (begin.labels != planes.labels) | (begin.ink != planes.ink)
    assert bool(hand.patches) == changed.any()
    allowed = scope.allowed(begin, confidence, whole(begin.labels))
    assert not (changed & ~allowed).any()
    assert not (changed & (begin.labels == 1)).any()
    hand.undo()
    assert np.array_equal(planes.labels, begin.labels)
    assert np.array_equal(planes.ink, begin.ink)
