"""Outlines of masks as polygons: whoever draws them gets the same pixels again."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image as PillowImage
from PIL import ImageDraw
from pycocotools import mask as coco_mask

from segstudio.core.errors import SegstudioError
from segstudio.formats import outlines

MASKS = arrays.arrays(
    np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.booleans()
)


def by_pycocotools(polygons, shape):
    if not polygons:
        return np.zeros(shape, bool)
    runs = coco_mask.frPyObjects([points.ravel().tolist() for points in polygons], *shape)
    return coco_mask.decode(coco_mask.merge(runs)).astype(bool)


def by_opencv(polygons, shape):
    drawn = np.zeros(shape, np.uint8)
    for points in polygons:
        cv2.fillPoly(drawn, [points.astype(np.int32)], 1)
    return drawn.astype(bool)


def by_pillow(polygons, shape):
    drawn = PillowImage.new("L", shape[::-1])
    for points in polygons:
        ImageDraw.Draw(drawn).polygon([tuple(p) for p in points], fill=1, outline=1)
    return np.array(drawn, bool)


def by_ourselves(polygons, shape):
    return outlines.filled(polygons, shape, "it")


def by_painting(polygons, shape):
    labels = np.zeros(shape, np.uint8)
    for points in polygons:
        outlines.paint(labels, points, 1)
    return labels.astype(bool)


READERS = [by_pycocotools, by_opencv, by_pillow, by_ourselves, by_painting]


@pytest.mark.parametrize("draw", READERS)
@settings(max_examples=60)
@given(mask=MASKS)
def test_polygons_have_the_pixels_they_were_made_of(draw, mask):
    assert np.array_equal(draw(outlines.of_mask(mask), mask.shape), mask)


@pytest.mark.parametrize("draw", READERS)
def test_holes_in_holes_are_kept(draw):
    mask = np.zeros((23, 25), bool)
    for inset in range(1, 11):
        mask[inset:-inset, inset:-inset] = inset % 2
    assert len(outlines.of_mask(mask)) == 5
    assert np.array_equal(draw(outlines.of_mask(mask), mask.shape), mask)


def test_a_part_is_one_polygon_however_many_holes_it_has():
    mask = np.ones((40, 40), bool)
    mask[1::2, 1::2] = False
    assert len(outlines.of_mask(mask)) == 1


def test_joined_parts_are_one_polygon_with_the_same_middles():
    mask = np.zeros((9, 20), bool)
    mask[2:5, 1:4] = mask[1:8, 8:12] = mask[6:8, 15:19] = True
    mask[3, 9] = False
    whole = [outlines.joined(outlines.of_mask(mask))]
    assert np.array_equal(by_pycocotools(whole, mask.shape), mask)
    assert np.array_equal(by_ourselves(whole, mask.shape), mask)


def test_an_empty_mask_has_no_polygons():
    assert outlines.of_mask(np.zeros((3, 3), bool)) == []


@pytest.mark.parametrize(
    "points",
    [
        [[0, 0], [1e9, 0], [0, 5]],
        [[-150_000, 0], [3, 0], [0, 1]],
        [[0, 0], [99_000, 1]] * 200,
    ],
)
def test_an_outline_that_would_take_forever_is_refused(points):
    with pytest.raises(SegstudioError):
        outlines.filled([np.array(points, float)], (2, 100_000), "x.json")
