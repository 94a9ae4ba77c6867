import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from segstudio.editing import outlines
from segstudio.editing.selection import Selection

sides = st.integers(1, 14)
coordinates = st.one_of(
    st.floats(-20, 34), st.integers(-20, 34).map(float), st.integers(-40, 68).map(lambda n: n / 2)
)
spots = st.tuples(coordinates, coordinates)
corners = st.lists(spots, min_size=0, max_size=9)


def on_image(selection: Selection, height: int, width: int) -> np.ndarray:
    region = selection.region
    assert region == region.clipped(height, width)
    assert selection.mask.shape == (region.height, region.width)
    mask = np.zeros((height, width), np.bool_)
    mask[region.slices] = selection.mask
    return mask


def turns(points, x: float, y: float) -> float:
    """Return how often an outline goes round a point, by the angles of its edges."""
    angle = 0.0
    for (ax, ay), (bx, by) in itertools.pairwise([*points, points[0]]):
        ax, ay, bx, by = ax - x, ay - y, bx - x, by - y
        angle += math.atan2(ax * by - ay * bx, ax * bx + ay * by)
    return angle / math.tau


def gap(points, x: float, y: float) -> float:
    """Return how far a point is from the nearest edge."""
    gaps = []
    for (ax, ay), (bx, by) in itertools.pairwise([*points, points[0]]):
        dx, dy = bx - ax, by - ay
        squared = dx * dx + dy * dy
        along = ((x - ax) * dx + (y - ay) * dy) / squared if squared > 1e-300 else 0.0
        along = min(max(along, 0.0), 1.0)
        gaps.append(math.hypot(x - ax - along * dx, y - ay - along * dy))
    return min(gaps)


@given(sides, sides, st.lists(spots, min_size=3, max_size=9))
@example(5, 5, [(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0)])
@example(3, 3, [(-1e9, -1e9), (1e9, -1e9), (0.0, 1e9)])
@example(4, 4, [(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)])
def test_a_polygon_holds_the_pixels_whose_centres_it_goes_round(height, width, points):
    inside = on_image(outlines.polygon(points, height=height, width=width), height, width)
    for row, column in np.ndindex(height, width):
        x, y = column + 0.5, row + 0.5
        if gap(points, x, y) > 1e-6:  # centres on an edge are the next test's
            assert inside[row, column] == (abs(turns(points, x, y)) > 0.5)


@given(sides, sides, st.lists(spots, min_size=4, max_size=4))
def test_polygons_that_share_an_edge_share_no_pixel_and_leave_none_out(height, width, points):
    first, second, left, right = points
    dx, dy = second[0] - first[0], second[1] - first[1]
    beside = [dx * (y - first[1]) - dy * (x - first[0]) for x, y in (left, right)]
    assume(beside[0] * beside[1] < 0)
    one, other, both = (
        on_image(outlines.polygon(line, height=height, width=width), height, width)
        for line in (
            [first, second, left],
            [second, first, right],
            [left, first, right, second],
        )
    )
    assert not (one & other).any()
    assert np.array_equal(one | other, both)


@given(sides, sides, corners)
def test_the_region_of_a_polygon_is_no_larger_than_it(height, width, points):
    region = outlines.polygon(points, height=height, width=width).region
    if region.area:
        xs, ys = zip(*points, strict=True)
        assert region.top + 0.5 >= min(ys)
        assert region.bottom - 0.5 <= max(ys)
        assert region.left + 0.5 >= min(xs)
        assert region.right - 0.5 <= max(xs)


@given(sides, sides, spots, spots)
def test_an_ellipse_holds_the_pixels_whose_centres_it_goes_round(height, width, first, last):
    inside = on_image(outlines.ellipse(first, last, height=height, width=width), height, width)
    (x, y), (across, down) = (
        [(a + b) / 2 for a, b in zip(first, last, strict=True)],
        [abs(a - b) / 2 for a, b in zip(first, last, strict=True)],
    )
    if across < 1e-3 or down < 1e-3:
        assert np.count_nonzero(inside) <= max(height, width)
        return
    rows, columns = np.mgrid[:height, :width] + 0.5
    depth = 1 - np.hypot((columns - x) / across, (rows - y) / down)
    clear = np.abs(depth) > 1e-6
    assert np.array_equal(inside[clear], depth[clear] > 0)


def test_a_box_from_pixel_edge_to_pixel_edge_holds_just_those_pixels():
    line = outlines.rectangle_line((2.0, 1.0), (5.0, 4.0))
    inside = on_image(outlines.polygon(line, height=8, width=8), 8, 8)
    wanted = np.zeros((8, 8), np.bool_)
    wanted[1:4, 2:5] = True
    assert np.array_equal(inside, wanted)


@pytest.mark.parametrize(
    ("point", "wanted"),
    [((9.0, 1.0), (9.0, 0.0)), ((1.0, 8.0), (0.0, 8.0)), ((8.0, 6.0), (7.0, 7.0))],
)
def test_a_constrained_line_is_level_upright_or_at_45_degrees(point, wanted):
    assert outlines.at_eighth((0.0, 0.0), point) == pytest.approx(wanted)


def test_a_constrained_box_is_a_square_on_the_side_of_the_hand():
    assert outlines.squared((5.0, 5.0), (2.0, 6.0)) == (2.0, 8.0)
