import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.region import BLOCK, Region, block_region, grid_shape, trimmed, whole

numbers = st.integers(-40, 40)
regions = st.builds(Region, numbers, numbers, numbers, numbers)
SIZE = 60


def pixels(region: Region) -> set[tuple[int, int]]:
    return {
        (y, x) for y in range(region.top, region.bottom) for x in range(region.left, region.right)
    }


@given(regions, st.integers(0, 30), st.integers(0, 30))
def test_a_clipped_region_holds_its_pixels_inside_the_image(region, height, width):
    inside = {(y, x) for y, x in pixels(region) if 0 <= y < height and 0 <= x < width}
    assert pixels(region.clipped(height, width)) == inside


@given(regions, regions)
def test_an_intersection_holds_the_pixels_of_both(first, second):
    both = first.intersection(second)
    assert pixels(both) == pixels(first) & pixels(second)
    assert both.area == len(pixels(both))


@given(regions, regions)
def test_a_union_is_the_smallest_region_around_both(first, second):
    union = first.union(second)
    assert pixels(union) >= pixels(first) | pixels(second)
    together = pixels(first) | pixels(second)
    if together:
        rows, columns = zip(*together, strict=True)
        assert union == Region(min(rows), min(columns), max(rows) + 1, max(columns) + 1)
    else:
        assert union.area == 0


@given(st.integers(1, 700), st.integers(1, 700))
def test_the_blocks_of_a_grid_cover_every_pixel_once(height, width):
    rows, columns = grid_shape(height, width)
    covered = np.zeros((height, width), np.uint8)
    for row in range(rows):
        for column in range(columns):
            covered[block_region(row, column, height, width).slices] += 1
    assert (covered == 1).all()


@given(st.integers(1, 700), st.integers(1, 700), st.data())
def test_a_region_touches_the_blocks_that_share_a_pixel_with_it(height, width, data):
    top, left = data.draw(st.integers(-300, 800)), data.draw(st.integers(-300, 800))
    region = Region(top, left, top + data.draw(st.integers(-5, 500)), left + 300)
    rows, columns = grid_shape(height, width)
    expected = {
        (row, column)
        for row in range(rows)
        for column in range(columns)
        if block_region(row, column, height, width).intersection(region).area
    }
    touched = list(region.blocks(height, width))
    assert len(touched) == len(set(touched))
    assert set(touched) == expected


@given(arrays(np.bool_, (5, 7)), st.integers(0, 9), st.integers(0, 9))
def test_trimming_keeps_every_true_and_no_empty_rim(mask, top, left):
    frame = Region(top, left, top + 5, left + 7)
    kept = trimmed(mask, frame)
    inner = kept.within(frame)
    assert np.count_nonzero(mask[inner.slices]) == np.count_nonzero(mask)
    if mask.any():
        cut = mask[inner.slices]
        assert cut[0].any()
        assert cut[-1].any()
        assert cut[:, 0].any()
        assert cut[:, -1].any()
    else:
        assert kept.area == 0


def test_the_whole_of_a_plane_is_its_shape():
    assert whole(np.zeros((3, BLOCK + 1), np.uint8)) == Region(0, 0, 3, BLOCK + 1)
