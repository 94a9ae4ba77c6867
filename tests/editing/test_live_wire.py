import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.region import Region
from segstudio.editing.live_wire import (
    REACH_SAMPLES,
    SMALL_SAMPLES,
    Start,
    Window,
    live_wire,
    narrow_window,
    window,
)
from segstudio.editing.sight import Sight


def disc(side: int = 100, radius: float = 30.0) -> np.ndarray:
    y, x = np.mgrid[:side, :side] + 0.5
    inside = np.hypot(x - side / 2, y - side / 2) < radius
    return np.where(inside[..., None], 200, 50).astype(np.uint8).repeat(3, axis=2)


def whole(side: int, step: int = 1) -> Window:
    return Window(Region(0, 0, side, side), step)


@pytest.mark.parametrize("step", [1, 2])
def test_a_wire_follows_the_edge_between_its_ends(step):
    wire = live_wire(disc(), Start((20.5, 50.5), whole(100, step), 30)).to((50.5, 20.5))
    assert (wire[0], wire[-1]) == ((20.5, 50.5), (50.5, 20.5))
    off = [abs(math.dist(point, (50, 50)) - 30) for point in wire]
    assert max(off) <= 1.5 * step
    assert math.dist((20.5, 50.5), (50.5, 20.5)) < sum(
        itertools.starmap(math.dist, itertools.pairwise(wire))
    )


def test_a_stiff_wire_is_straight():
    assert len(live_wire(disc(), Start((20.5, 50.5), whole(100), 100)).to((50.5, 20.5))) == 2


def test_a_stiffer_wire_takes_a_shorter_way():
    random = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)
    lengths = [
        sum(
            itertools.starmap(
                math.dist,
                itertools.pairwise(
                    live_wire(random, Start((5.5, 5.5), whole(80), s)).to((70.5, 60.5))
                ),
            )
        )
        for s in (0, 50, 95, 100)
    ]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[-1] * 1.1


spots = st.tuples(st.floats(-300, 400), st.floats(-300, 400))


@settings(max_examples=50)
@given(st.integers(1, 60), st.integers(1, 60), spots, spots, st.integers(1, 3), st.integers(0, 100))
def test_a_wire_joins_any_two_points(height, width, anchor, point, step, stiffness):
    image = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    where = Window(Region(0, 0, height, width), step)
    wire = live_wire(image, Start(anchor, where, stiffness)).to(point)
    assert wire[0] == anchor
    assert wire[-1] == point
    for x, y in wire[1:-1]:
        assert 0 <= x < width + step
        assert 0 <= y < height + step


@given(
    st.tuples(st.floats(-1e4, 3e4), st.floats(-1e4, 3e4)),
    st.integers(0, 20_000),
    st.integers(0, 20_000),
    st.floats(0.02, 64),
)
def test_a_window_is_bounded_at_any_zoom(anchor, top, left, scale):
    seen = Region(top, left, top + math.ceil(900 / scale), left + math.ceil(1600 / scale))
    where = window(anchor, Sight(seen.clipped(20_000, 20_000), scale), height=20_000, width=20_000)
    assert where.region == where.region.clipped(20_000, 20_000)
    assert where.samples <= (2 * REACH_SAMPLES + 2) ** 2


@given(spots, spots)
def test_a_narrow_window_is_mapped_on_the_spot(anchor, end):
    where = narrow_window(anchor, end, height=1000, width=1000)
    assert where.samples <= SMALL_SAMPLES
