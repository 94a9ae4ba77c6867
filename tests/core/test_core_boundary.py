import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from segstudio.core.boundary import boundary_counts, boundary_f, tolerance_px

K = 3
shapes = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)
maps = shapes.flatmap(
    lambda shape: st.tuples(
        arrays(np.uint8, shape, elements=st.sampled_from((0, 1, 2, 255))),
        arrays(np.uint8, shape, elements=st.sampled_from((0, 1, 2, 255))),
    )
)


def border(labels, counted, index):
    height, width = labels.shape
    found = set()
    for y in range(height):
        for x in range(width):
            if not counted[y, x] or labels[y, x] != index:
                continue
            for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                inside = 0 <= v < height and 0 <= u < width
                if inside and counted[v, u] and labels[v, u] != index:
                    found.add((y, x))
    return found


def near(one, other, reach):
    return sum(any(math.dist(a, b) <= reach for b in other) for a in one)


@given(maps)
def test_border_pixels_are_those_counted_one_by_one(pair):
    truth, predicted = pair
    reach = tolerance_px(*truth.shape)
    counts = boundary_counts(truth, predicted, classes=K)
    counted = truth != 255
    for index in range(K):
        true, guess = border(truth, counted, index), border(predicted, counted, index)
        expected = [len(guess), near(guess, true, reach), len(true), near(true, guess, reach)]
        assert counts[index].tolist() == expected


def test_the_score_is_one_within_the_tolerance_and_falls_beyond_it():
    truth = np.zeros((300, 400), np.uint8)
    truth[:, 200:] = 1
    reach = tolerance_px(300, 400)
    assert reach == 4

    def moved(by):
        predicted = np.zeros_like(truth)
        predicted[:, 200 + by :] = 1
        return boundary_f(boundary_counts(truth, predicted, classes=K))

    assert moved(0)[:2].tolist() == [1.0, 1.0]
    assert moved(reach)[:2].tolist() == [1.0, 1.0]
    assert moved(reach + 1)[:2].tolist() == [0.0, 0.0]
    assert math.isnan(moved(0)[2])


def test_a_border_that_only_one_of_the_two_has_scores_nothing():
    truth = np.zeros((20, 20), np.uint8)
    predicted = truth.copy()
    predicted[5:9, 5:9] = 1
    for one, other in ((truth, predicted), (predicted, truth)):
        assert boundary_f(boundary_counts(one, other, classes=K))[:2].tolist() == [0.0, 0.0]


def test_the_scores_of_a_set_come_from_the_sum_of_its_counts():
    half = np.array([[10, 5, 10, 5]], np.int64)
    whole = np.array([[30, 30, 30, 30]], np.int64)
    assert boundary_f(half + whole) == pytest.approx([35 / 40])
