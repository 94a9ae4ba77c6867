import cv2
import numpy as np
import pytest

from segstudio.core.errors import SegstudioError
from segstudio.inference import guided
from segstudio.inference.guided import GuidedSettings


def two_halves(height: int, width: int, edge: int) -> np.ndarray:
    image = np.full((height, width, 3), (40, 90, 60), np.uint8)
    image[:, edge:] = (200, 120, 160)
    return image


def ramp(height: int, width: int, centre: float, reach: float) -> np.ndarray:
    right = np.clip((np.arange(width) - centre) / (2 * reach) + 0.5, 0, 1)
    right = np.tile(right.astype(np.float32), (height, 1))
    return np.stack([1 - right, right])


def test_constant_probabilities_stay_constant() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (60, 80, 3)).astype(np.uint8)
    share = np.array([0.5, 0.3, 0.2], np.float32)
    constant = np.broadcast_to(share[:, None, None], (3, 60, 80))
    refined = guided.refine(image, constant, GuidedSettings())
    np.testing.assert_allclose(refined, constant, atol=2e-3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 37), (37, 1), (3, 5), (90, 130)])
def test_result_sums_to_one_at_any_size(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    raw = rng.random((4, *shape), np.float32)
    refined = guided.refine(image, raw / raw.sum(0), GuidedSettings(radius=4))
    assert refined.dtype == np.float32
    assert refined.shape == (4, *shape)
    assert refined.min() >= 0
    np.testing.assert_allclose(refined.sum(0), 1, atol=1e-5)


def test_border_moves_to_the_edge_of_the_image() -> None:
    image = two_halves(80, 120, edge=60)
    blurred = ramp(80, 120, centre=64, reach=20)
    refined = guided.refine(image, blurred, GuidedSettings(radius=12, epsilon=1e-4))
    border = np.diff(refined[1], axis=1).argmax(axis=1)
    assert abs(np.median(border) - 59) <= 1
    assert np.diff(refined[1], axis=1).max() > 4 * np.diff(blurred[1], axis=1).max()


def test_colour_edge_without_a_change_of_brightness_is_followed() -> None:
    image = np.full((60, 100, 3), (0, 128, 0), np.uint8)
    grey_of = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[0, 0]
    image[:, 50:] = (int(grey_of / 0.299), 0, 0)
    refined = guided.refine(
        image, ramp(60, 100, centre=50, reach=20), GuidedSettings(radius=10, epsilon=1e-4)
    )
    assert np.diff(refined[1], axis=1)[30].argmax() == 49


def test_pixels_without_a_number_do_not_spread() -> None:
    image = two_halves(40, 40, edge=20)
    probabilities = ramp(40, 40, centre=20, reach=3)
    probabilities[:, 5, 5] = np.nan
    refined = guided.refine(image, probabilities, GuidedSettings(radius=4))
    assert np.isfinite(refined).all()
    assert refined[0, 30, 5] > 0.9


@pytest.mark.parametrize(("radius", "epsilon"), [(0, 1e-3), (5000, 1e-3), (8, 0.0), (8, np.nan)])
def test_impossible_settings_are_refused(radius: int, epsilon: float) -> None:
    with pytest.raises(SegstudioError, match="possible"):
        GuidedSettings(radius=radius, epsilon=epsilon)


def test_arrays_of_different_size_are_refused() -> None:
    with pytest.raises(SegstudioError, match="do not fit"):
        guided.refine(two_halves(10, 10, edge=5), ramp(9, 10, 5, 2), GuidedSettings())
