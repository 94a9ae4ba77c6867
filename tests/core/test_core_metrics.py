import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.metrics import confusion_matrix, scores

K = 4
truths = arrays(np.uint8, (3, 7), elements=st.sampled_from((0, 1, 2, 3, 255)))
predictions = arrays(np.uint8, (3, 7), elements=st.sampled_from((0, 1, 2, 3, 9, 255)))


@given(truths, predictions)
def test_scores_are_what_counting_pixel_by_pixel_gives(truth, predicted):
    pairs = [
        (t, p)
        for t, p in zip(truth.ravel().tolist(), predicted.ravel().tolist(), strict=True)
        if t != 255
    ]
    result = scores(confusion_matrix(truth, predicted, classes=K))
    expected = []
    for index in range(K):
        both = sum(t == index and p == index for t, p in pairs)
        either = sum(t == index or p == index for t, p in pairs)
        expected.append(both / either if either else math.nan)
    assert result.iou.tolist() == pytest.approx(expected, nan_ok=True)
    present = [value for value in expected if not math.isnan(value)]
    mean = sum(present) / len(present) if present else math.nan
    assert result.miou == pytest.approx(mean, nan_ok=True)
    assert result.classes_averaged == len(present)
    right = sum(t == p for t, p in pairs) / len(pairs) if pairs else math.nan
    assert result.pixel_accuracy == pytest.approx(right, nan_ok=True)


@given(truths, predictions, truths, predictions)
def test_the_matrix_of_a_set_is_the_sum_over_its_images(t1, p1, t2, p2):
    together = confusion_matrix(np.vstack([t1, t2]), np.vstack([p1, p2]), classes=K)
    one_by_one = confusion_matrix(t1, p1, classes=K) + confusion_matrix(t2, p2, classes=K)
    assert np.array_equal(together, one_by_one)
    assert together.dtype == np.int64


def test_an_unlabelled_prediction_is_a_miss_and_a_hit_of_none():
    truth = np.array([[0, 0, 1]], np.uint8)
    result = scores(confusion_matrix(truth, np.array([[0, 255, 1]], np.uint8), classes=2))
    assert result.iou.tolist() == [0.5, 1.0]
    assert result.pixel_accuracy == pytest.approx(2 / 3)


def test_255_classes_can_be_measured():
    truth = np.arange(255, dtype=np.uint8)[None]
    assert scores(confusion_matrix(truth, truth, classes=255)).miou == 1.0


def test_nothing_to_count_says_so_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nothing = np.full((2, 2), 255, np.uint8)
        result = scores(confusion_matrix(nothing, nothing, classes=3))
    assert math.isnan(result.miou)
    assert math.isnan(result.pixel_accuracy)
    assert result.classes_averaged == 0
