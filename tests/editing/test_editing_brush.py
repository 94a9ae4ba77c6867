import itertools
import math

import cv2
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from swept import swept

from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.core.region import BLOCK, Region
from segstudio.editing.brush import Tip, TipShape
from segstudio.editing.curve import way
from segstudio.editing.scope import UNSURE_BELOW, Paint, PaintOver, Scope
from segstudio.editing.stroke import Stroke
from segstudio.editing.trace import masked

ROUND, SQUARE = TipShape.ROUND, TipShape.SQUARE
PERSON, MODEL, NOBODY = Ink.PERSON, Ink.MODEL, Ink.NOBODY


def on_image(tip: Tip, start, end, height: int, width: int) -> np.ndarray:
    """Return what a tip covers as a mask of the whole image."""
    region, mask = swept(tip, start, end, height=height, width=width)
    assert mask.shape == (region.height, region.width)
    assert region == region.clipped(height, width)
    covered = np.zeros((height, width), np.bool_)
    covered[region.slices] = mask
    return covered


def depth(tip: Tip, start, end, height: int, width: int) -> np.ndarray:
    """Return how far inside the tip's way each pixel's centre lies; below 0 it is outside."""
    y, x = np.mgrid[:height, :width] + 0.5
    (ax, ay), (bx, by) = start, end
    dx, dy = bx - ax, by - ay
    if tip.shape is ROUND:
        squared = dx * dx + dy * dy
        along = ((x - ax) * dx + (y - ay) * dy) / squared if squared > 1e-300 else 0 * x
        along = np.clip(along, 0, 1)
        return tip.size / 2 - np.hypot(x - ax - along * dx, y - ay - along * dy)
    # The hull of two squares: inside the box of both, and near enough to the line.
    inside = np.minimum.reduce([x - min(ax, bx), max(ax, bx) - x, y - min(ay, by), max(ay, by) - y])
    inside = inside + tip.size / 2
    slant = abs(dx) + abs(dy)
    if slant > 1e-9:
        across = np.abs((x - ax) * dy - (y - ay) * dx) / slant
        inside = np.minimum(inside, tip.size / 2 - across)
    return inside


sides = st.integers(1, 24)
coordinates = st.one_of(
    st.floats(-12, 36), st.integers(-12, 36).map(float), st.integers(-24, 72).map(lambda n: n / 2)
)
spots = st.tuples(coordinates, coordinates)
shapes = st.sampled_from(TipShape)


@given(sides, sides, st.integers(3, 40), shapes, spots, spots)
@example(5, 5, 3, ROUND, (1.0, 1.0), (1.0, 1.0))
@example(20, 20, 9, ROUND, (3.0, 4.0), (15.0, 4.0 + 1e-310))
@example(20, 20, 9, SQUARE, (3.0, 4.0), (3.0 + 1e-310, 15.0))
def test_a_tip_covers_the_pixels_whose_centres_it_passes_over(
    height, width, size, shape, start, end
):
    tip = Tip(size, shape)
    covered = on_image(tip, start, end, height, width)
    inside = depth(tip, start, end, height, width)
    clear = np.abs(inside) > 1e-6  # centres on the rim itself may fall to either side
    assert np.array_equal(covered[clear], inside[clear] > 0)


@given(st.integers(1, 300), shapes, st.tuples(st.floats(-400, 700), st.floats(-400, 700)))
def test_the_region_of_a_dab_is_no_larger_than_the_dab(size, shape, point):
    region, mask = swept(Tip(size, shape), point, point, height=300, width=300)
    assert mask.shape == (region.height, region.width)
    assert region.height <= size + 1
    assert region.width <= size + 1


@given(st.integers(1, 30), shapes, st.integers(0, 1), st.integers(0, 1))
def test_a_dab_is_symmetric(size, shape, half_x, half_y):
    # On a pixel's centre for odd sizes, on its corner for even ones, or the other way round.
    x, y = 20 + half_x / 2, 20 + half_y / 2
    if shape is SQUARE or size <= 2:
        assume((size % 2 == 1) == (half_x == 1) == (half_y == 1))
    covered = on_image(Tip(size, shape), (x, y), (x, y), 41, 41)
    rows, columns = np.nonzero(covered)
    mirrored = np.zeros_like(covered)
    mirrored[rows, (2 * x - 1 - columns).astype(int)] = True
    assert np.array_equal(mirrored, covered)
    mirrored[:] = False
    mirrored[(2 * y - 1 - rows).astype(int), columns] = True
    assert np.array_equal(mirrored, covered)


@given(st.integers(1, 30), st.floats(16, 24), st.floats(16, 24))
def test_a_square_dab_is_as_wide_as_its_size_wherever_it_stands(size, x, y):
    rows, columns = np.nonzero(on_image(Tip(size, SQUARE), (x, y), (x, y), 41, 41))
    assert np.ptp(rows) + 1 == size
    assert np.ptp(columns) + 1 == size
    assert rows.size == size * size


@pytest.mark.parametrize("shape", TipShape)
@given(st.floats(0, 10, exclude_max=True), st.floats(0, 10, exclude_max=True))
def test_a_tip_of_one_pixel_covers_the_pixel_it_is_in(shape, x, y):
    covered = on_image(Tip(1, shape), (x, y), (x, y), 10, 10)
    assert np.argwhere(covered).tolist() == [[int(y), int(x)]]


@given(st.floats(1, 9), st.floats(1, 9))
def test_a_tip_of_two_pixels_covers_two_by_two(x, y):
    rows, columns = np.nonzero(on_image(Tip(2), (x, y), (x, y), 12, 12))
    assert rows.size == 4
    assert np.ptp(rows) == np.ptp(columns) == 1
    assert abs(rows.mean() + 0.5 - y) <= 0.5
    assert abs(columns.mean() + 0.5 - x) <= 0.5


inside = st.tuples(st.floats(3, 56), st.floats(3, 56))


@given(st.integers(1, 9), shapes, inside, inside)
def test_a_fast_stroke_has_no_gaps(size, shape, start, end):
    covered = on_image(Tip(size, shape), start, end, 60, 60)
    parts, _ = cv2.connectedComponents(covered.astype(np.uint8), connectivity=8)
    assert parts == 2
    for point in (start, end):
        assert covered[int(point[1]), int(point[0])]


@given(st.sampled_from((1, 2)), inside, inside)
def test_a_thin_line_has_the_width_of_its_tip(size, start, end):
    covered = on_image(Tip(size), start, end, 60, 60)
    # Drawn from the pixel under one end to that under the other.
    ways = [
        math.floor(b - size / 2 + 0.5) - math.floor(a - size / 2 + 0.5)
        for a, b in zip(start, end, strict=True)
    ]
    steep = abs(ways[1]) > abs(ways[0])
    widths = covered.sum(axis=1 if steep else 0)
    # A line of two may be three pixels thick where it steps to the next row.
    assert set(widths[widths > 0].tolist()) <= ({1} if size == 1 else {2, 3})


@given(st.integers(1, 50), shapes, st.floats(100, 1e7), st.floats(-1e7, 1e7))
def test_a_way_beside_the_image_covers_nothing(size, shape, x, y):
    region, mask = swept(Tip(size, shape), (x, y), (x + 5, -y), height=30, width=40)
    assert region.area == 0
    assert mask.size == 0


def new_planes(height: int = 40, width: int = 50) -> Planes:
    return Planes(np.full((height, width), 255, np.uint8), np.zeros((height, width), np.uint8))


def stroke_on(planes: Planes, **given_) -> Stroke:
    options = {"tip": Tip(9), "paint": Paint.of_class(3), "scope": Scope()} | given_
    return Stroke(planes, options.pop("confidence", None), **options)


@given(st.lists(st.tuples(st.floats(-30, 80), st.floats(-30, 70)), min_size=1, max_size=6))
def test_a_stroke_paints_what_its_tip_covers_on_its_way(spots):
    planes = new_planes()
    stroke = stroke_on(planes)
    wanted = on_image(Tip(9), spots[0], spots[0], 40, 50)
    stroke.press(spots[0])
    noted = spots[:1]
    for start, end in itertools.pairwise(spots):
        before = planes.labels.copy()
        region = stroke.move(end)
        before[region.slices] = planes.labels[region.slices]
        assert np.array_equal(before, planes.labels), "a pixel outside the region has changed"
        noted += [end] if end != start else []
        for first, last in itertools.pairwise([start, *way(noted[-4:])]):
            wanted |= on_image(Tip(9), first, last, 40, 50)
    assert np.array_equal(planes.labels == 3, wanted)
    assert np.array_equal(planes.ink == PERSON, wanted)
    patch = stroke.finish()
    assert (patch is None) == (not wanted.any())
    if patch is not None:
        assert patch.pixels == wanted.sum()
        assert (patch.origin.tool, patch.origin.class_index) == ("brush", 3)


def test_a_line_from_the_last_stroke_is_painted_on_the_press():
    planes = new_planes()
    stroke_on(planes).press((40.0, 20.0), line_from=(10.0, 20.0))
    assert (planes.labels[20, 10:40] == 3).all()


def test_a_stroke_that_starts_outside_paints_where_it_comes_in():
    planes = new_planes()
    stroke = stroke_on(planes)
    assert stroke.press((-500.0, 20.0)).area == 0
    stroke.move((10.0, 20.0))
    assert (planes.labels[20, :10] == 3).all()


def test_moving_to_the_same_point_changes_nothing():
    stroke = stroke_on(new_planes())
    stroke.press((5.0, 5.0))
    assert stroke.move((5.0, 5.0)).area == 0


def test_a_stroke_that_changes_nothing_is_no_step():
    planes = new_planes()
    planes.labels[:], planes.ink[:] = 3, PERSON
    stroke = stroke_on(planes)
    stroke.press((5.0, 5.0))
    assert stroke.covered_pixels > 0
    assert stroke.finish() is None


def test_confirming_a_pixel_of_the_model_is_a_step_although_its_class_stays():
    planes = new_planes()
    planes.labels[:], planes.ink[:] = 3, MODEL
    stroke = stroke_on(planes)
    stroke.press((5.0, 5.0))
    patch = stroke.finish()
    assert patch is not None
    assert not patch.counts.any()
    assert planes.ink[5, 5] == PERSON


def test_ignore_and_the_eraser_leave_different_traces():
    planes = new_planes()
    stroke = stroke_on(planes, paint=Paint.of_class(255))
    stroke.press((5.0, 5.0))
    assert (planes.labels[5, 5], planes.ink[5, 5]) == (255, PERSON)
    ignored = stroke.finish()
    assert ignored is not None
    assert ignored.counts[256] == ignored.pixels
    stroke = stroke_on(planes, paint=Paint.eraser())
    stroke.press((5.0, 5.0))
    assert (planes.labels[5, 5], planes.ink[5, 5]) == (255, NOBODY)
    erased = stroke.finish()
    assert erased is not None
    assert erased.origin.tool == "eraser"
    assert erased.origin.class_index is None


def test_a_cancelled_stroke_puts_back_every_pixel():
    random = np.random.default_rng(0)
    planes = Planes(
        random.integers(0, 5, (300, 600), np.uint8), random.integers(0, 4, (300, 600), np.uint8)
    )
    labels, ink = planes.labels.copy(), planes.ink.copy()
    stroke = stroke_on(planes, tip=Tip(60))
    stroke.press((20.0, 20.0))
    stroke.move((590.0, 290.0))
    assert not np.array_equal(planes.labels, labels)
    stroke.cancel()
    assert np.array_equal(planes.labels, labels)
    assert np.array_equal(planes.ink, ink)
    assert stroke.finish() is None


# One pixel for every kind: label and ink.
KINDS = [(255, NOBODY), (255, PERSON), (1, MODEL), (1, PERSON), (2, Ink.REFINEMENT), (2, PERSON)]
SURE = [False, True]


def painted(over: PaintOver, *, first: int = 0, locked: tuple[int, ...] = ()) -> list[int]:
    """Paint over one pixel of every kind, sure and unsure, and return which of them changed."""
    kinds = [(label, ink, sure) for label, ink in KINDS for sure in SURE]
    planes = Planes(
        np.array([[label for label, _, _ in kinds]], np.uint8),
        np.array([[ink for _, ink, _ in kinds]], np.uint8),
    )
    confidence = np.array(
        [[UNSURE_BELOW if sure else UNSURE_BELOW - 1 for _, _, sure in kinds]], np.uint8
    )
    locks = np.zeros(256, np.bool_)
    locks[list(locked)] = True
    stroke = stroke_on(
        planes, confidence=confidence, tip=Tip(1), paint=Paint.of_class(9), scope=Scope(over, locks)
    )
    stroke.press((first + 0.5, 0.5))
    # There and back: what the stroke itself has painted follows the same rule as before it.
    for x in (-3.0, len(kinds) + 3.0, -3.0):
        stroke.move((x, 0.5))
    return np.flatnonzero(planes.labels[0] == 9).tolist()


ALL = list(range(12))


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        (PaintOver.ANYTHING, ALL),
        (PaintOver.UNLABELLED, [0, 1]),
        (PaintOver.MODEL, [4, 5, 8, 9]),
        (PaintOver.UNSURE, [0, 4, 8]),
    ],
)
def test_a_stroke_paints_over_what_it_may(over, expected):
    assert painted(over) == expected
    without_two = [n for n in expected if KINDS[n // 2][0] != 2]
    assert painted(over, locked=(2,)) == without_two


@pytest.mark.parametrize(
    ("first", "expected"),
    [(0, [0, 1]), (3, [2, 3]), (4, [4, 5, 6, 7]), (7, [4, 5, 6, 7]), (10, [8, 9, 10, 11])],
)
def test_a_stroke_paints_over_the_class_first_touched(first, expected):
    assert painted(PaintOver.FIRST_CLASS, first=first) == expected
    kept = [] if KINDS[first // 2][0] == 2 else expected
    assert painted(PaintOver.FIRST_CLASS, first=first, locked=(2,)) == kept


def test_a_stroke_that_touches_no_class_first_paints_over_none():
    assert painted(PaintOver.FIRST_CLASS, first=-5) == []


def test_without_a_segment_no_pixel_is_unsure():
    planes = new_planes()
    stroke = stroke_on(planes, scope=Scope(PaintOver.UNSURE))
    stroke.press((5.0, 5.0))
    assert stroke.finish() is None


def test_a_stroke_saves_the_blocks_under_it_and_no_more():
    planes = new_planes(8 * BLOCK, 8 * BLOCK)
    stroke = stroke_on(planes, tip=Tip(20))
    stroke.press((100.0, 100.0))
    assert stroke.touched_bytes == 2 * BLOCK * BLOCK
    stroke.move((BLOCK - 10.0, 100.0))
    assert stroke.touched_bytes == 2 * BLOCK * BLOCK, "no pixel of the next block is covered"
    stroke.move((BLOCK - 8.0, 100.0))
    assert stroke.touched_bytes == 4 * BLOCK * BLOCK
    stroke.move((8 * BLOCK - 20.0, 8 * BLOCK - 20.0))
    on_the_diagonal = 3 * 8
    assert stroke.touched_bytes <= on_the_diagonal * 2 * BLOCK * BLOCK
    patch = stroke.finish()
    assert patch is not None
    assert len(patch.regions) <= on_the_diagonal


def test_a_line_across_a_large_image_paints_what_one_sweep_covers():
    start, end = (5.3, 1990.2), (2040.0, 30.7)
    for tip in (Tip(9), Tip(40, SQUARE), Tip(700)):
        planes = new_planes(8 * BLOCK, 8 * BLOCK)
        stroke_on(planes, tip=tip).press(end, line_from=start)
        wanted = on_image(tip, start, end, 8 * BLOCK, 8 * BLOCK)
        assert np.array_equal(planes.labels == 3, wanted)


def test_a_line_from_far_outside_ends_in_the_image():
    planes = new_planes()
    stroke_on(planes).press((20.0, 20.0), line_from=(-1e9, 20.0))
    assert (planes.labels[20, :20] == 3).all()


def test_a_scoped_stroke_looks_at_the_blocks_under_the_tip_only(monkeypatch):
    planes = new_planes(2 * BLOCK, 40 * BLOCK)
    stroke = stroke_on(planes, scope=Scope(PaintOver.UNLABELLED))
    stroke.press((5.0, 5.0))
    stroke.move((40 * BLOCK - 5.0, 5.0))
    looked_at: list[tuple[Region, Region]] = []
    intersection = Region.intersection
    monkeypatch.setattr(
        Region, "intersection", lambda *two: (looked_at.append(two), intersection(*two))[1]
    )
    stroke.move((40 * BLOCK - 9.0, 9.0))
    assert 0 < len(looked_at) <= 4


@given(st.lists(st.tuples(st.floats(5, 45), st.floats(5, 35), st.integers(1, 16)), min_size=2))
def test_a_stroke_of_changing_width_is_continuous_and_a_cone(places):
    planes = new_planes()
    (x, y, size), *rest = places
    stroke = stroke_on(planes, tip=Tip(size))
    stroke.press((x, y))
    for x, y, size in rest:
        stroke.move((x, y), size=size)
        # As wide as the tip is by now, at least where the cursor is.
        dab = on_image(Tip(stroke.tip.size), (x, y), (x, y), 40, 50)
        assert (planes.labels[dab] == 3).all()
        assert stroke.tip.size == size or dab.any()
    painted = (planes.labels == 3).astype(np.uint8)
    assert cv2.connectedComponents(painted, connectivity=8)[0] == 2


def test_a_cone_has_straight_sides():
    planes = new_planes(80, 300)
    stroke = stroke_on(planes, tip=Tip(10))
    stroke.press((40.0, 40.0))
    stroke.move((240.0, 40.0), size=50)
    widths = (planes.labels == 3).sum(axis=0)
    wanted = np.interp(np.arange(60, 220), [40, 240], [10, 50])
    assert np.abs(widths[60:220] - wanted).max() <= 3


def test_a_traced_stroke_notes_what_it_covered_though_it_might_not_paint_it():
    planes = new_planes()
    planes.labels[:, 25:], planes.ink[:, 25:] = 1, PERSON
    stroke = stroke_on(planes, scope=Scope(PaintOver.UNLABELLED), traced=True)
    stroke.press((10.0, 20.0))
    stroke.move((40.0, 20.0))
    wanted = on_image(Tip(9), (10.0, 20.0), (40.0, 20.0), 40, 50)
    covered = masked(stroke.trace.selections(), Region(0, 0, 40, 50))
    assert np.array_equal(covered, wanted)
    assert (planes.labels[:, 25:] == 1).all()


def test_a_traced_stroke_on_a_large_image_touches_only_its_surroundings():
    planes = new_planes(60 * BLOCK, 60 * BLOCK)
    stroke = stroke_on(planes, tip=Tip(50), traced=True)
    stroke.press((1000.0, 1000.0))
    for step in range(100):
        stroke.move((1000.0 + 7 * step, 1000.0 + 3 * step))
    around = (725 // BLOCK + 2) * (350 // BLOCK + 2)
    assert stroke.touched_bytes <= around * 3 * BLOCK * BLOCK
