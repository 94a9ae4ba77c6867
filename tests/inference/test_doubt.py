import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.errors import SegstudioError
from segstudio.inference import doubt


def softmax(logits):
    e = np.exp(logits - logits.max(axis=0))
    return (e / e.sum(axis=0)).astype(np.float16)


@given(st.integers(0, 2**31), st.integers(2, 12))
def test_measures_are_what_their_names_say(seed, classes):
    planes = softmax(np.random.default_rng(seed).normal(0, 4, (classes, 7, 9)))
    exact = planes.astype(np.float64)
    ordered = np.sort(exact, axis=0)
    entropy = -(exact * np.log(np.maximum(exact, 1e-12))).sum(axis=0) / np.log(classes)
    expected = {
        "confidence": ordered[-1],
        "margin": ordered[-1] - ordered[-2],
        "entropy": 1 - entropy,
    }
    for measure in doubt.MEASURES:
        found = doubt.sureness(planes, measure)
        assert found.dtype == np.uint8
        assert np.abs(found - 255 * expected[measure]).max() <= 1.0


def test_certainty_is_255_and_saying_nothing_is_0():
    planes = np.zeros((4, 2, 2), np.float16)
    planes[1] = 1.0
    for measure in doubt.MEASURES:
        assert (doubt.sureness(planes, measure) == 255).all()
    even = np.full((4, 2, 2), 0.25, np.float16)
    assert (doubt.sureness(even, "margin") == 0).all()
    assert (doubt.sureness(even, "entropy") == 0).all()
    assert (doubt.sureness(np.ones((1, 2, 2), np.float16), "entropy") == 255).all()


def test_a_measure_comes_at_the_size_of_the_image():
    planes = softmax(np.random.default_rng(0).normal(0, 1, (3, 8, 6)))
    assert doubt.sureness(planes, "margin", (80, 61)).shape == (80, 61)


def test_an_unknown_measure_is_a_sentence():
    with pytest.raises(SegstudioError, match="Choose one of confidence, margin, entropy"):
        doubt.sureness(np.ones((1, 2, 2), np.float16), "mood")
