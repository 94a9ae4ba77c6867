import math
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.metrics import agreement, cohens_kappa, confusion_matrix, scores

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


# Two people


def brute_kappa(one, other):
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if 255 not in (a, b)]
    if not pairs:
        return math.nan
    n = len(pairs)
    observed = Fraction(sum(a == b for a, b in pairs), n)
    labels = {label for pair in pairs for label in pair}
    expected = sum(
        Fraction(sum(a == k for a, _ in pairs), n) * Fraction(sum(b == k for _, b in pairs), n)
        for k in labels
    )
    return math.nan if expected == 1 else float((observed - expected) / (1 - expected))


@given(predictions, predictions)
def test_agreement_is_what_counting_pixel_by_pixel_gives(one, other):
    found = agreement(one, other)
    flat_one, flat_other = one.ravel().tolist(), other.ravel().tolist()
    assert found.kappa == pytest.approx(brute_kappa(flat_one, flat_other), nan_ok=True)
    both = [(a, b) for a, b in zip(flat_one, flat_other, strict=True) if 255 not in (a, b)]
    assert found.pixels == len(both)
    assert found.one_sided == sum(
        (a == 255) != (b == 255) for a, b in zip(flat_one, flat_other, strict=True)
    )
    for index in range(255):
        either = sum(index in pair for pair in both)
        hits = sum(pair == (index, index) for pair in both)
        expected = hits / either if either else math.nan
        assert found.iou[index] == pytest.approx(expected, nan_ok=True)
    present = found.iou[~np.isnan(found.iou)]
    assert (found.worst is None) == (not present.size)
    if present.size:
        assert found.miou == pytest.approx(present.mean())
        assert found.iou[found.worst] == present.min()


@given(predictions, predictions)
def test_agreement_is_the_same_from_both_sides(one, other):
    there, back = agreement(one, other), agreement(other, one)
    assert there.kappa == pytest.approx(back.kappa, nan_ok=True)
    np.testing.assert_array_equal(there.iou, back.iou)
    assert (there.pixels, there.one_sided) == (back.pixels, back.one_sided)


@given(predictions)
def test_equal_maps_agree_wholly_where_that_is_defined(one):
    found = agreement(one, one)
    classes = {int(label) for label in np.unique(one)} - {255}
    assert math.isnan(found.kappa) == (len(classes) < 2)
    if len(classes) > 1:
        assert found.kappa == 1
    assert math.isnan(found.miou) == (not classes)
    assert math.isnan(found.miou) or found.miou == 1


def test_the_agreement_of_large_images_does_not_overflow():
    one = np.zeros((600, 3), np.uint8)
    one[300:] = 1
    matrix = np.array([[2**40, 2**39], [2**39, 2**40]], np.int64)
    assert agreement(one, one).pixels == 1800
    assert cohens_kappa(matrix) == pytest.approx(1 / 3)
