from functools import partial

import numpy as np
import pytest
from hand import Hand
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.core.region import whole
from segstudio.editing import fill
from segstudio.editing.fill import FillTool, all_of_class, connected_region
from segstudio.editing.scope import Paint, PaintOver, Scope
from segstudio.editing.selection import Selection, paint_selections
from segstudio.editing.tool import Why
from segstudio.editing.tool_state import ToolState

painted = partial(paint_selections, tool="fill")

labels = st.sampled_from((0, 1, 255))


@st.composite
def planes_and_pixel(draw):
    shape = draw(array_shapes(min_dims=2, max_dims=2, max_side=9))
    label_map = draw(arrays(np.uint8, shape, elements=labels))
    ink = draw(arrays(np.uint8, shape, elements=st.integers(0, 3)))
    row, column = draw(st.integers(0, shape[0] - 1)), draw(st.integers(0, shape[1] - 1))
    return Planes(label_map, ink), column, row


def kind(planes: Planes, row: int, column: int) -> tuple[int, bool]:
    """Return the class of a pixel; unlabelled and Ignore are two."""
    label = int(planes.labels[row, column])
    return label, label == 255 and planes.ink[row, column] == Ink.NOBODY


def reached(planes: Planes, x: int, y: int) -> set[tuple[int, int]]:
    """Walk from pixel to pixel of the same kind."""
    height, width = planes.labels.shape
    wanted, found, front = kind(planes, y, x), {(y, x)}, [(y, x)]
    while front:
        row, column = front.pop()
        for next_ in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            inside = 0 <= next_[0] < height and 0 <= next_[1] < width
            if inside and next_ not in found and kind(planes, *next_) == wanted:
                found.add(next_)
                front.append(next_)
    return found


def pixels(found: Selection) -> set[tuple[int, int]]:
    region, mask = found.region, found.mask
    assert mask.shape == (region.height, region.width)
    return {(int(r) + region.top, int(c) + region.left) for r, c in np.argwhere(mask)}


@given(planes_and_pixel(), st.sampled_from((1, 2, 3, fill.WINDOW_PX)))
def test_a_region_is_what_can_be_reached_within_one_class(given_, window):
    planes, x, y = given_
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fill, "WINDOW_PX", window)
        found = connected_region(planes, x, y)
    assert pixels(found) == reached(planes, x, y)
    assert found.mask[0].any()
    assert found.mask[:, -1].any()


@given(planes_and_pixel())
def test_all_of_a_class_is_every_pixel_of_its_kind(given_):
    planes, x, y = given_
    height, width = planes.labels.shape
    wanted = {
        (r, c)
        for r in range(height)
        for c in range(width)
        if kind(planes, r, c) == kind(planes, y, x)
    }
    assert pixels(all_of_class(planes, x, y)) == wanted


@given(planes_and_pixel(), st.sampled_from((0, 1, 2, 255)), st.sampled_from(PaintOver))
def test_a_fill_paints_what_was_found_as_far_as_the_scope_allows(given_, index, over):
    planes, x, y = given_
    locked = np.zeros(256, np.bool_)
    locked[1] = True
    scope, paint = Scope(over, locked), Paint.of_class(index)
    confidence = np.full(planes.labels.shape, 10, np.uint8)
    first = int(planes.labels[y, x]), int(planes.ink[y, x])
    before = planes.cut(whole(planes.labels))
    found = connected_region(planes, x, y)
    patch = painted(planes, confidence, (found,), paint=paint, scope=scope, first=first)
    assert np.array_equal(planes.labels, before.labels)
    allowed = scope.allowed(planes, confidence, whole(planes.labels), first=first)
    assert allowed is not None
    wanted = np.zeros(planes.labels.shape, np.bool_)
    wanted[tuple(np.array(sorted(pixels(found))).T)] = True
    wanted &= allowed & (planes.labels != 1)
    if patch is not None:
        patch.apply(planes)
    assert np.array_equal(planes.labels, np.where(wanted, index, before.labels))
    assert np.array_equal(planes.ink, np.where(wanted, Ink.PERSON, before.ink))


def test_a_fill_across_blocks_changes_every_pixel_once():
    planes = Planes(np.full((300, 600), 255, np.uint8), np.zeros((300, 600), np.uint8))
    planes.labels[:, 550:] = 4
    found = connected_region(planes, 0, 0)
    patch = painted(
        planes, None, (found,), paint=Paint.of_class(7), scope=Scope(), first=(255, Ink.NOBODY)
    )
    assert patch is not None
    assert patch.pixels == 300 * 550
    assert sum(region.area for region in patch.regions) == 300 * 550
    patch.apply(planes)
    assert np.count_nonzero(planes.labels == 7) == 300 * 550
    assert (patch.origin.tool, patch.origin.class_index) == ("fill", 7)


@pytest.mark.parametrize("find", [connected_region, all_of_class])
def test_a_fill_that_changes_nothing_is_no_step(find):
    planes = Planes(np.full((5, 5), 2, np.uint8), np.full((5, 5), Ink.PERSON, np.uint8))
    found = find(planes, 2, 2)
    scope, first = Scope(), (2, int(Ink.PERSON))
    assert (
        painted(planes, None, (found,), paint=Paint.of_class(2), scope=scope, first=first) is None
    )
    patch = painted(planes, None, (found,), paint=Paint.eraser(), scope=scope, first=first)
    assert patch is not None
    assert patch.origin.class_index is None


def test_a_click_outside_the_image_says_so():
    planes = Planes(np.full((5, 5), 255, np.uint8), np.zeros((5, 5), np.uint8))
    worker = Hand(FillTool(), np.zeros((5, 5, 3), np.uint8), planes, state=ToolState(class_index=1))
    worker.click((-2.0, 3.0))
    assert [outcome.refusal.why for outcome in worker.outcomes if outcome.refusal] == [Why.OUTSIDE]
