import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from swept import swept

from segstudio.core.region import Region
from segstudio.editing.brush import Tip, TipShape, inner_square

numbers = st.integers(-20, 60)
regions = st.tuples(numbers, numbers, numbers, numbers).map(lambda n: Region(*n))


@given(
    st.integers(1, 300), st.sampled_from(TipShape), st.tuples(st.floats(0, 99), st.floats(0, 99))
)
def test_a_tip_covers_its_inner_square(size, shape, point):
    tip = Tip(size, shape)
    region, mask = swept(tip, point, point, height=100, width=100)
    square = inner_square(tip, point).clipped(100, 100)
    if square.area:
        assert region.intersection(square) == square
        assert mask[square.within(region).slices].all()


@given(regions, regions)
def test_what_is_left_without_a_region_is_all_but_its_pixels(region, hole):
    region = region.clipped(50, 50)
    expected = np.zeros((50, 50), int)
    expected[region.slices] = 1
    hidden = region.intersection(hole)
    if hidden.area:
        expected[hidden.slices] = 0
    found = np.zeros((50, 50), int)
    for part in region.without(hole):
        assert part.area
        found[part.slices] += 1
    assert np.array_equal(found, expected)
