import numpy as np
import pytest
from asking_hand import CTRL, PLAIN, AskingHand
from hand import any_board
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.labels import Ink
from segstudio.core.region import Region, whole
from segstudio.editing.marks import Dots, Path
from segstudio.editing.scissors_tool import ScissorsTool
from segstudio.editing.scope import PaintOver, Scope
from segstudio.editing.sight import Sight
from segstudio.editing.tool import Why

SIDE = 100


def disc(side: int = SIDE) -> np.ndarray:
    y, x = np.mgrid[:side, :side] + 0.5
    return np.hypot(x - side / 2, y - side / 2) < 0.3 * side


def disc_image(side: int = SIDE) -> np.ndarray:
    return np.where(disc(side)[..., None], 200, 50).astype(np.uint8).repeat(3, axis=2)


ROUND = ((20.5, 50.5), (50.5, 20.5), (79.5, 50.5), (50.5, 79.5))
"""Four points on the rim of the disc."""


@pytest.fixture
def hand() -> AskingHand:
    return AskingHand(ScissorsTool(), disc_image())


def clicks(hand: AskingHand, *points, keys=PLAIN) -> None:
    for point in points:
        hand.do("hover", point, keys)
        hand.click(point, keys=keys)


def paths(hand: AskingHand, *, dashed: bool) -> list[Path]:
    return [m for m in hand.tool.marks if isinstance(m, Path) and m.dashed is dashed]


def painted(hand: AskingHand, label: int = 3) -> float:
    """Return how well what was painted covers the disc, 0 to 1."""
    mask = hand.labels == label
    return np.count_nonzero(mask & disc()) / np.count_nonzero(mask | disc())


def test_four_clicks_on_its_rim_and_enter_paint_a_disc(hand):
    clicks(hand, *ROUND)
    assert hand.tool.pending.points == 4
    assert not hand.patches
    hand.do("apply")
    assert painted(hand) > 0.95  # the four corners alone would reach 0.64
    (step,) = hand.patches
    assert (step.origin.tool, step.origin.author) == ("scissors", Ink.PERSON)
    assert hand.tool.pending is None
    assert hand.tool.marks == ()


def test_a_click_on_the_first_anchor_closes(hand):
    clicks(hand, *ROUND)
    hand.do("hover", (23.0, 52.0), PLAIN)
    assert any(isinstance(m, Dots) and m.large for m in hand.tool.marks)
    hand.click((23.0, 52.0))
    assert painted(hand) > 0.95


def test_a_double_click_closes_at_the_anchor_it_sets(hand):
    clicks(hand, *ROUND)
    hand.do("double_click", ROUND[-1], PLAIN)
    assert painted(hand) > 0.95
    assert len(hand.patches) == 1
    hand.do("double_click", ROUND[-1], PLAIN)
    assert hand.tool.pending is None


@pytest.mark.parametrize("when", ["first", "last"])
def test_ctrl_makes_the_inside_unlabelled(hand, when):
    hand.labels[:], hand.board.planes.ink[:] = 1, Ink.MODEL
    clicks(hand, ROUND[0], keys=CTRL if when == "first" else PLAIN)
    clicks(hand, *ROUND[1:])
    assert hand.tool.pending.erases is (when == "first")
    hand.click(ROUND[0], keys=CTRL if when == "last" else PLAIN)
    assert painted(hand, 255) > 0.95
    assert hand.patches[0].origin.class_index is None


def test_the_wire_to_the_cursor_is_what_a_click_sets(hand):
    clicks(hand, ROUND[0])
    hand.do("hover", ROUND[1], PLAIN)
    (live,) = paths(hand, dashed=True)
    assert len(live.points) > 10
    clicks(hand, ROUND[1])
    (line,) = paths(hand, dashed=False)
    assert line.points == live.points
    hand.do("hover", None, PLAIN)
    assert not paths(hand, dashed=True)


def test_backspace_takes_anchors_back_to_the_first(hand):
    clicks(hand, *ROUND[:3])
    assert hand.tool.pending.can_apply
    hand.do("back")
    assert hand.tool.pending.points == 2
    assert not hand.tool.pending.can_apply
    hand.do("back")
    hand.do("back")
    assert hand.tool.pending is None
    assert hand.tool.marks == ()
    hand.do("back")


def test_a_click_with_ctrl_on_the_last_anchor_takes_it_back(hand):
    clicks(hand, *ROUND[:3])
    clicks(hand, ROUND[2], keys=CTRL)
    assert hand.tool.pending.points == 2
    clicks(hand, ROUND[2])
    assert hand.tool.pending.points == 3
    clicks(hand, ROUND[2])
    assert hand.tool.pending.points == 3


def test_esc_leaves_it_without_a_trace(hand):
    clicks(hand, *ROUND)
    hand.do("discard")
    assert hand.tool.pending is None
    assert hand.tool.marks == ()
    hand.do("apply")
    assert not hand.patches


def test_two_anchors_have_no_inside(hand):
    clicks(hand, *ROUND[:2])
    hand.do("apply")
    assert hand.refusals[0].why is Why.TOO_FEW_POINTS
    assert hand.tool.pending.points == 2


def test_what_may_not_be_painted_stays_and_says_so(hand):
    hand.labels[:], hand.board.planes.ink[:] = 3, Ink.PERSON
    clicks(hand, *ROUND)
    hand.do("apply")
    assert hand.refusals[0].why is Why.NOT_ALLOWED
    assert hand.tool.pending.points == 4


def test_an_outline_outside_the_image_paints_nothing(hand):
    clicks(hand, (-50.0, -50.0), (-20.0, -50.0), (-20.0, -20.0))
    hand.do("apply")
    assert hand.refusals[0].why is Why.OUTSIDE


def test_a_large_map_is_asked_for_and_a_click_does_not_wait_for_it():
    hand = AskingHand(ScissorsTool(), disc_image(600))
    rim = ((120.5, 300.5), (300.5, 120.5), (479.5, 300.5), (300.5, 479.5))
    clicks(hand, rim[0])
    assert hand.requests
    hand.do("hover", rim[1], PLAIN)
    (live,) = paths(hand, dashed=True)
    assert len(live.points) == 2, "straight until it is known"
    hand.answer()
    (live,) = paths(hand, dashed=True)
    assert len(live.points) > 50
    clicks(hand, *rim[1:])
    hand.do("apply")
    mask = hand.labels == 3
    assert np.count_nonzero(mask ^ disc(600)) < 0.02 * np.count_nonzero(disc(600))


def test_an_answer_for_an_anchor_taken_back_is_left_alone():
    hand = AskingHand(ScissorsTool(), disc_image(600))
    clicks(hand, (120.5, 300.5))
    (first,) = hand.requests
    clicks(hand, (300.5, 120.5))
    hand.do("answered", first, first.work(lambda: False))
    hand.do("hover", (479.5, 300.5), PLAIN)
    assert len(paths(hand, dashed=True)[0].points) == 2


def test_zoom_and_stiffness_change_the_wire_to_the_cursor_only(hand):
    clicks(hand, *ROUND[:2])
    hand.do("hover", ROUND[2], PLAIN)
    (line,), (before,) = paths(hand, dashed=False), paths(hand, dashed=True)
    hand.change(stiffness=100)
    assert len(paths(hand, dashed=True)[0].points) == 2
    hand.change(stiffness=30)
    assert paths(hand, dashed=True)[0].points == before.points
    hand.look(Sight(Region(0, 0, 100, 100), 0.5))
    assert len(paths(hand, dashed=True)[0].points) < len(before.points)
    assert paths(hand, dashed=False)[0].points == line.points


spots = st.tuples(st.floats(-10, 40), st.floats(-10, 40))


@settings(max_examples=50)
@given(st.integers(1, 30), st.integers(1, 30), st.lists(spots, min_size=1, max_size=6), st.data())
def test_outlines_keep_to_the_rules_and_can_be_undone(height, width, way, data):
    any_ = any_board(height, width, data.draw(st.integers(0, 9)))
    planes, confidence = any_.planes, any_.confidence
    scope = Scope(data.draw(st.sampled_from(PaintOver)), any_.locked)
    hand = AskingHand(ScissorsTool(), any_.image, planes=planes, confidence=confidence, scope=scope)
    begin = hand.copy()
    under = [hand.board.under(spot) for spot in way]
    clicks(hand, *way, keys=data.draw(st.sampled_from((PLAIN, CTRL))))
    if not hand.patches:  # else a click closed it, and another one began a new outline
        under = under[:1]
    hand.do("apply")
    changed = (begin.labels != planes.labels) | (begin.ink != planes.ink)
    assert bool(hand.patches) == changed.any()
    allowed = np.any(
        [scope.allowed(begin, confidence, whole(begin.labels), first=first) for first in under],
        axis=0,
    )
    if len(hand.patches) == 1:
        assert not (changed & ~allowed).any()
    assert not (changed & (begin.labels == 1)).any()
    hand.undo()
    assert np.array_equal(planes.labels, begin.labels)
    assert np.array_equal(planes.ink, begin.ink)
