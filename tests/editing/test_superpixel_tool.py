import numpy as np
import pytest
from asking_hand import CTRL, PLAIN, SHIFT, AskingHand
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.core.region import Region, whole
from segstudio.editing.marks import Area
from segstudio.editing.mosaic import layout, mosaic
from segstudio.editing.scope import PaintOver, Scope
from segstudio.editing.sight import Sight
from segstudio.editing.superpixel_tool import SuperpixelTool
from segstudio.editing.tool import Why

LARGE = (300, 400)
"""More than is cut on the spot."""


def colours(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (height, width, 3), np.uint8)


def hand_on(height: int, width: int, **given) -> AskingHand:
    given = {"state": {"granularity": 8}} | given
    return AskingHand(SuperpixelTool(), colours(height, width), **given)


def pieces_of(hand: AskingHand) -> np.ndarray:
    """Return the superpixels of the whole image, as the tool sees them."""
    height, width = hand.labels.shape
    wanted = layout(hand.board.sight, hand.board.state.granularity, height=height, width=width)
    assert wanted.region == whole(hand.labels)
    return mosaic(hand.board.image, wanted).pieces


def test_a_click_paints_the_superpixel_under_it():
    hand = hand_on(40, 50)
    hand.click((20.5, 17.5))
    pieces = pieces_of(hand)
    assert np.array_equal(hand.labels == 3, pieces == pieces[17, 20])
    (step,) = hand.patches
    assert (step.origin.tool, step.origin.class_index) == ("superpixel", 3)


def test_a_drag_paints_every_superpixel_it_passes_in_one_step():
    hand = hand_on(40, 50)
    hand.drag((5.5, 5.5), (45.5, 5.5), (45.5, 35.5))
    pieces = pieces_of(hand)
    passed = np.union1d(pieces[5, 5:46], pieces[5:36, 45])
    assert np.array_equal(hand.labels == 3, np.isin(pieces, passed))
    assert len(hand.patches) == 1


def test_ctrl_erases_superpixels():
    hand = hand_on(40, 50)
    hand.labels[:], hand.board.planes.ink[:] = 1, Ink.MODEL
    hand.click((20.5, 17.5), keys=CTRL)
    pieces = pieces_of(hand)
    assert np.array_equal(hand.labels == 255, pieces == pieces[17, 20])
    assert hand.patches[0].origin.class_index is None


def test_shift_paints_the_line_from_the_last_point():
    hand = hand_on(40, 50)
    hand.click((2.5, 20.5))
    hand.click((47.5, 20.5), keys=SHIFT)
    assert (hand.labels[20, 2:48] == 3).all()
    assert len(hand.patches) == 2


def test_hovering_shows_what_a_click_will_paint():
    hand = hand_on(40, 50)
    hand.do("hover", (20.5, 17.5), PLAIN)
    (mark,) = hand.tool.marks
    assert isinstance(mark, Area)
    shown = np.zeros_like(hand.labels, np.bool_)
    shown[mark.selection.region.slices] = mark.selection.mask
    hand.do("hover", (20.6, 17.6), PLAIN)
    assert hand.tool.marks[0] is mark, "drawn anew although it is the same"
    hand.do("hover", (20.6, 17.6), CTRL)
    assert hand.tool.marks[0].opposite
    hand.click((20.5, 17.5))
    assert hand.tool.marks == ()
    assert np.array_equal(hand.labels == 3, shown)
    hand.do("hover", (-5.0, 3.0), PLAIN)
    assert hand.tool.marks == ()
    hand.do("hover", None, PLAIN)
    assert hand.tool.marks == ()


def test_superpixels_are_as_wide_on_the_screen_at_any_zoom():
    widths = {}
    for scale in (0.5, 1.0, 4.0):
        hand = hand_on(200, 200, scale=scale, state={"granularity": 20})
        hand.click((100.0, 100.0))
        widths[scale] = np.sqrt(np.count_nonzero(hand.labels == 3)) * scale
    for width in widths.values():
        assert 8 < width < 36


def test_a_stroke_faster_than_its_superpixels_is_painted_when_they_are_there():
    slow, quick = hand_on(*LARGE), hand_on(*LARGE)
    quick.do("adjusted")
    quick.answer()
    way = [(20.0, 30.0), (200.0, 100.0), (390.0, 290.0)]
    quick.drag(*way)
    slow.do("press", way[0], PLAIN)
    slow.do("move", way[1])
    assert not (slow.labels == 3).any()
    slow.answer()
    assert (slow.labels == 3).any()
    assert not slow.patches
    slow.do("move", way[2])
    slow.do("release")
    assert np.array_equal(slow.labels, quick.labels)
    assert len(slow.patches) == 1


def test_a_click_faster_than_its_superpixels_becomes_a_step_when_they_are_there():
    hand = hand_on(*LARGE)
    hand.click((200.0, 100.0))
    assert hand.tool.pending is not None
    assert not hand.patches
    hand.answer()
    assert hand.tool.pending is None
    assert len(hand.patches) == 1
    assert hand.labels[100, 200] == 3


def test_a_stroke_that_cannot_wait_is_painted_much_as_if_it_had():
    patient, hasty = hand_on(*LARGE), hand_on(*LARGE)
    for hand in (patient, hasty):
        hand.drag((150.0, 100.0), (180.0, 120.0), (185.0, 150.0))
    patient.answer()
    hasty.do("apply")
    # Ties of the flood may end otherwise in a part than in the whole.
    differs = np.count_nonzero(patient.labels != hasty.labels)
    assert differs <= 0.05 * np.count_nonzero(patient.labels == 3)
    far = hand_on(*LARGE)
    far.drag((-1e9, 5.0), (-1e9, 9.0))
    far.do("apply")
    assert far.refusals[0].why is Why.OUTSIDE


@pytest.mark.parametrize("event", ["apply", "press"])
def test_a_stroke_that_waits_is_never_lost(event):
    hand = hand_on(*LARGE)
    hand.click((200.0, 100.0))
    hand.do(event, *(((20.0, 20.0), CTRL) if event == "press" else ()))
    assert len(hand.patches) == 1
    assert hand.labels[100, 200] == 3
    assert hand.tool.pending is None


def test_a_stroke_that_waits_is_left_with_esc():
    hand = hand_on(*LARGE)
    hand.click((200.0, 100.0))
    hand.do("discard")
    hand.answer()
    assert not hand.patches
    assert (hand.labels == 255).all()


def test_superpixels_are_asked_for_once_and_anew_when_the_zoom_changes():
    hand = hand_on(*LARGE)
    hand.do("hover", (10.0, 10.0), PLAIN)
    (first,) = hand.requests
    assert hand.do("hover", (20.0, 10.0), PLAIN).request is None
    hand.look(Sight(Region(0, 0, 300, 400), 2.0))
    (second,) = hand.requests
    assert second is not first
    stale = first.work(lambda: False)
    assert hand.do("answered", first, stale).request is None
    hand.do("hover", (20.0, 10.0), PLAIN)
    assert hand.tool.marks == (), "shows superpixels of another zoom"
    hand.answer()
    hand.do("hover", (20.0, 11.0), PLAIN)
    assert hand.tool.marks
    hand.change(granularity=40)
    assert hand.requests


def test_a_stroke_goes_on_with_other_superpixels_after_a_zoom():
    hand = hand_on(40, 50, scope=Scope(PaintOver.UNLABELLED))
    hand.do("press", (5.5, 5.5), PLAIN)
    hand.look(Sight(Region(0, 0, 40, 50), 0.5))
    hand.do("move", (45.5, 35.5))
    hand.do("release")
    assert hand.labels[5, 5] == hand.labels[35, 45] == 3
    assert len(hand.patches) == 1
    hand.undo()
    assert (hand.labels == 255).all()


def test_outside_the_image_nothing_is_painted_and_it_says_so():
    hand = hand_on(10, 10)
    hand.drag((-5.0, -5.0), (20.0, -3.0))
    assert not hand.patches
    assert hand.refusals[0].why is Why.OUTSIDE


points = st.tuples(st.floats(-10, 40), st.floats(-10, 40))
gestures = st.lists(
    st.tuples(
        st.lists(points, min_size=1, max_size=4),
        st.sampled_from((PLAIN, CTRL, SHIFT)),
        st.sampled_from(("release", "discard")),
        st.integers(3, 30),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60)
@given(st.integers(1, 30), st.integers(1, 30), gestures, st.sampled_from(PaintOver), st.data())
def test_strokes_keep_to_the_rules_and_can_be_undone(height, width, gestures, over, data):
    random = np.random.default_rng(data.draw(st.integers(0, 9)))
    planes = Planes(
        random.choice(np.array([0, 1, 3, 255], np.uint8), (height, width)),
        random.integers(0, 4, (height, width), np.uint8),
    )
    confidence = random.integers(0, 256, (height, width), np.uint8)
    locked = np.zeros(256, np.bool_)
    locked[1] = True
    scope = Scope(over, locked)
    hand = hand_on(height, width, planes=planes, confidence=confidence, scope=scope)
    begin = hand.copy()
    for way, keys, end, granularity in gestures:
        hand.change(granularity=granularity)
        before = hand.copy()
        count = len(hand.patches)
        hand.do("press", way[0], keys)
        for point in way[1:]:
            hand.do("move", point)
        hand.do(end)
        changed = (before.labels != hand.labels) | (before.ink != planes.ink)
        assert (len(hand.patches) > count) == changed.any()
        if end == "discard":
            assert not changed.any()
            continue
        assert not (changed & (before.labels == 1)).any(), "a locked class has changed"
        x, y = int(np.floor(way[0][0])), int(np.floor(way[0][1]))
        inside = 0 <= x < width and 0 <= y < height
        first = (int(before.labels[y, x]), int(before.ink[y, x])) if inside else None
        allowed = scope.allowed(before, confidence, whole(begin.labels), first=first)
        assert not (changed & ~allowed).any()
        if changed.any():
            covered = np.zeros_like(changed)
            for region in hand.patches[-1].regions:
                covered[region.slices] = True
            assert not (changed & ~covered).any()
            assert hand.patches[-1].pixels == changed.sum()
    hand.undo()
    assert np.array_equal(planes.labels, begin.labels)
    assert np.array_equal(planes.ink, begin.ink)


def test_a_single_pixel_is_a_superpixel():
    hand = hand_on(1, 1)
    hand.click((0.5, 0.5))
    assert hand.labels.tolist() == [[3]]
