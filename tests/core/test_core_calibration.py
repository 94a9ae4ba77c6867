import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.reliability import BINS, reliability
from segstudio.core.temperature import Samples, calibrate, fit

confidences = arrays(np.float32, 40, elements=st.floats(0, 1, width=32))


def samples(seed, *, temperature, pixels=4000, classes=4):
    """Pixels of a model whose logits are too large by that factor."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (pixels, classes))
    sure = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = [random.choice(classes, p=row) for row in sure]
    said = np.exp(logits * temperature)
    said /= said.sum(axis=1, keepdims=True)
    return Samples(said.astype(np.float16), np.eye(classes, dtype=np.bool_)[truth])


@given(confidences, arrays(np.bool_, 40))
def test_the_bins_hold_every_pixel_once(confidence, right):
    table = reliability(confidence, right)
    assert table.pixels.sum() == len(confidence)
    assert 0.0 <= table.error <= 1.0
    for place in range(BINS):
        low, high = place / BINS, (place + 1) / BINS
        inside = (confidence > low) & (confidence <= high)
        if place == 0:
            inside |= confidence == 0
        assert abs(int(inside.sum()) - int(table.pixels[place])) <= np.count_nonzero(
            np.isclose(confidence, low) | np.isclose(confidence, high)
        )


def test_no_pixels_have_no_error():
    table = reliability(np.zeros(0, np.float32), np.zeros(0, np.bool_))
    assert math.isnan(table.error)
    assert calibrate([]) is None
    assert calibrate([Samples(np.zeros((0, 3), np.float16), np.zeros((0, 3), np.bool_))]) is None


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_is_found_that_made_a_model_too_sure_or_not_sure_enough(temperature):
    assert fit([samples(0, temperature=temperature)]) == pytest.approx(temperature, rel=0.06)


def test_a_model_that_is_too_sure_is_mended_on_images_that_were_not_fitted_on():
    found = calibrate([samples(seed, temperature=2.5, pixels=1500) for seed in range(4)])
    assert found.is_held_out
    assert found.before.error > 0.1
    assert found.after.error < 0.03
    assert found.helps


def test_what_one_image_gives_is_not_called_held_out():
    assert not calibrate([samples(0, temperature=2.0)]).is_held_out


def test_a_model_that_is_always_right_gets_the_lowest_temperature():
    said = np.tile(np.array([[0.7, 0.3]], np.float16), (50, 1))
    right = np.tile(np.array([[True, False]]), (50, 1))
    assert fit([Samples(said, right)]) < 0.1
