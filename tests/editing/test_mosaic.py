import math

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segstudio.core.region import Region
from segstudio.editing.mosaic import ALIKE, MOST_SAMPLES, Layout, Mosaic, layout, mosaic
from segstudio.editing.sight import Sight


def random_image(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


sides = st.integers(1, 20_000)
scales = st.floats(0.02, 64)


@given(
    sides, sides, st.integers(-500, 20_000), st.integers(-500, 20_000), scales, st.integers(1, 200)
)
def test_what_is_in_sight_is_cut_at_a_bounded_cost(height, width, top, left, scale, granularity):
    window = Region(top, left, top + math.ceil(900 / scale), left + math.ceil(1600 / scale))
    sight = Sight(window.clipped(height, width), scale)
    found = layout(sight, granularity, height=height, width=width)
    assert found.region == found.region.clipped(height, width)
    assert found.region.area
    # The grid of cells may reach out by less than one of them.
    cells = (found.region.height / found.step + found.region.width / found.step) * found.cell
    assert found.samples <= MOST_SAMPLES + cells + found.cell**2 + 10_000
    assert found.serves(found, sight.region if sight.region.area else found.region)
    assert found.region.top % (found.cell * found.step) == 0
    assert found.region.left % (found.cell * found.step) == 0


def test_a_superpixel_is_as_wide_on_the_screen_at_every_zoom():
    for scale in (0.1, 0.25, 0.5, 1.0, 2.0, 8.0):
        side = int(800 / scale)
        found = layout(Sight(Region(0, 0, side, side), scale), 24, height=side, width=side)
        assert found.cell * found.step * scale == 24


def test_a_mosaic_serves_until_the_sight_leaves_it_or_the_width_changes():
    sight = Sight(Region(500, 500, 1000, 1000), 1.0)
    cut = layout(sight, 24, height=2000, width=2000)
    moved = Region(600, 600, 1100, 1100)
    far = Region(900, 900, 1400, 1400)
    for region, expected in ((sight.region, True), (moved, True), (far, False)):
        wanted = layout(Sight(region, 1.0), 24, height=2000, width=2000)
        assert cut.serves(wanted, region) is expected
    for granularity in (24 * ALIKE**2, 24 / ALIKE**2):
        wanted = layout(sight, round(granularity), height=2000, width=2000)
        assert not cut.serves(wanted, sight.region)
    assert not cut.serves(layout(Sight(sight.region, 2.0), 48, height=2000, width=2000), far)


@settings(max_examples=40)
@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 4), st.integers(1, 9), st.data())
def test_the_selections_of_a_mosaic_share_its_part_out(height, width, step, cell, data):
    image = random_image(height, width)
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    part = Region(top, left, height, width)
    cut = mosaic(image, Layout(part, step, cell))
    times = np.zeros((height, width), int)
    for number in np.unique(cut.pieces).tolist():
        row, column = np.argwhere(cut.pieces == number)[0].tolist()
        selection = cut.selection((row, column))
        assert selection.mask.shape == (selection.region.height, selection.region.width)
        times[selection.region.slices] += selection.mask
    wanted = np.zeros_like(times)
    wanted[part.slices] = 1
    assert np.array_equal(times, wanted)


spots = st.tuples(st.floats(-40, 80), st.floats(-40, 80))


@settings(max_examples=60)
@given(spots, spots, st.integers(1, 3))
@example((0.0, 0.0), (2.2250738585e-313, 0.0), 1)
def test_a_way_passes_the_superpixels_under_it(start, end, step):
    cut = Mosaic(
        Layout(Region(5, 3, 35, 45), step, 5),
        np.arange(1, math.ceil(30 / step) * math.ceil(42 / step) + 1, dtype=np.int32).reshape(
            math.ceil(30 / step), -1
        ),
    )
    found = cut.passed(start, end)
    shares = np.linspace(0, 1, 2000)[:, None]
    points = np.array(start) + shares * (np.array(end) - start)
    inside = (points >= (3, 5)).all(axis=1) & (points < (45, 35)).all(axis=1)
    samples = np.floor((points[inside] - (3, 5)) / step).astype(int)
    truth = {int(cut.pieces[row, column]) for column, row in samples}
    # A corner that is only grazed may be missed, an end never.
    assert set(found) <= truth | {cut.pieces[sample] for sample in found.values()}
    for piece, sample in found.items():
        assert cut.pieces[sample] == piece
    for point, is_inside in ((points[0], inside[0]), (points[-1], inside[-1])):
        if is_inside:
            column, row = np.floor((point - (3, 5)) / step).astype(int)
            assert int(cut.pieces[row, column]) in found


def test_a_way_from_far_outside_costs_what_it_crosses():
    cut = Mosaic(Layout(Region(0, 0, 10, 10), 1, 1), np.ones((10, 10), np.int32))
    assert set(cut.passed((-1e12, 5.0), (5.0, 5.0))) == {1}
    assert cut.passed((-1e12, 50.0), (1e12, 50.0)) == {}


@given(st.sampled_from((5e-324, 1e-310, 1e-200, 1e-12)), st.booleans())
def test_a_way_that_hardly_moves_stays_on_its_superpixel(least, along):
    cut = Mosaic(Layout(Region(0, 0, 10, 10), 1, 1), np.arange(100, dtype=np.int32).reshape(10, 10))
    for start in ((0.0, 5.0), (5.0, 0.0), (5.0, 5.0), (0.0, 0.0)):
        step = (least, 0.0) if along else (0.0, least)
        end = start[0] + step[0], start[1] + step[1]
        assert set(cut.passed(start, end)) == {int(start[1]) * 10 + int(start[0])}
        assert set(cut.passed(end, start)) == {int(start[1]) * 10 + int(start[0])}
    assert cut.passed((5.0, -least), (5.0, -least)) == {}
    assert set(cut.passed((5.0, -least), (5.0, 0.0))) == {5}, "its end lies inside"
