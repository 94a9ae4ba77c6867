import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from segstudio.core.region import Region
from segstudio.editing import selecting
from segstudio.editing.selection import Selection

HEIGHT, WIDTH = 9, 11


@st.composite
def selections(draw):
    top, left = draw(st.integers(0, HEIGHT)), draw(st.integers(0, WIDTH))
    region = Region(top, left, draw(st.integers(top, HEIGHT)), draw(st.integers(left, WIDTH)))
    return Selection(region, draw(arrays(np.bool_, (region.height, region.width))))


def pixels(selection: Selection) -> set[tuple[int, int]]:
    region = selection.region
    assert selection.mask.shape == (region.height, region.width)
    return {(int(r) + region.top, int(c) + region.left) for r, c in np.argwhere(selection.mask)}


@given(selections(), selections())
def test_a_union_holds_the_pixels_of_both(first, second):
    assert pixels(selecting.union(first, second)) == pixels(first) | pixels(second)


@given(selections(), selections())
def test_what_is_left_without_another_is_the_difference(first, second):
    before = pixels(first)
    assert pixels(selecting.without(first, second)) == before - pixels(second)
    assert pixels(first) == before


@given(selections())
def test_a_tightened_selection_holds_the_same_in_the_smallest_region(selection):
    tight = selecting.tightened(selection)
    assert pixels(tight) == pixels(selection)
    if tight.region.area:
        for edge in (tight.mask[0], tight.mask[-1], tight.mask[:, 0], tight.mask[:, -1]):
            assert edge.any()


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=9)))
def test_holes_are_what_cannot_be_reached_from_outside(mask):
    filled = selecting.filled(mask)
    height, width = mask.shape
    rim = {
        (r, c)
        for r in range(height)
        for c in range(width)
        if (r in (0, height - 1) or c in (0, width - 1)) and not mask[r, c]
    }
    outside, front = set(rim), list(rim)
    while front:
        row, column = front.pop()
        for next_ in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            is_inside = 0 <= next_[0] < height and 0 <= next_[1] < width
            if is_inside and not mask[next_] and next_ not in outside:
                outside.add(next_)
                front.append(next_)
    assert {(int(r), int(c)) for r, c in np.argwhere(~filled)} == outside


@given(arrays(np.bool_, (6, 7)), arrays(np.bool_, (6, 7)))
def test_filling_holes_keeps_the_order_of_masks(first, second):
    smaller, larger = selecting.filled(first & second), selecting.filled(first)
    assert not (smaller & ~larger).any()
