import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.editing.superpixels import superpixels


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Return smooth random colours."""
    coarse = np.random.default_rng(seed).integers(0, 256, (height // 6 + 1, width // 6 + 1, 3))
    return cv2.resize(coarse.astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)


@settings(max_examples=60)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 70), st.integers(0, 5))
def test_every_pixel_is_in_one_superpixel_that_hangs_together(height, width, size, seed):
    image = noise(height, width, seed)
    pieces = superpixels(image, size)
    assert pieces.shape == (height, width)
    assert pieces.dtype == np.int32
    numbers = np.unique(pieces)
    assert numbers[0] == 1
    assert numbers[-1] == numbers.size
    for number in numbers.tolist():
        parts, _ = cv2.connectedComponents((pieces == number).astype(np.uint8), connectivity=4)
        assert parts == 2
    assert np.array_equal(superpixels(image, size), pieces), "not the same again"


def test_a_width_of_one_pixel_makes_every_pixel_its_own():
    pieces = superpixels(noise(7, 9), 1)
    assert np.unique(pieces).size == 63


def test_superpixels_are_about_as_wide_as_asked_for():
    pieces = superpixels(noise(160, 240), 20)
    assert np.unique(pieces).size == 8 * 12
    assert np.bincount(pieces.ravel())[1:].max() < 4 * 20 * 20


@pytest.mark.parametrize("offset", [0, 3, 8])
def test_superpixels_follow_an_edge_that_the_grid_does_not(offset):
    image = np.full((96, 96, 3), 90, np.uint8)
    image[:, 40 + offset :] = (140, 100, 90)
    image[50 + offset :, :] += 30
    kinds = image[..., 0].astype(int)
    pieces = superpixels(image, 16)
    astray = sum(
        kinds[pieces == n].size - np.bincount(kinds[pieces == n]).max() for n in np.unique(pieces)
    )
    # A grid of squares would have mixed up to half of every square that an edge crosses.
    assert astray <= 0.01 * kinds.size


def test_parts_that_share_the_grid_agree_away_from_their_rims():
    image = noise(240, 320)
    whole, part = superpixels(image, 16), superpixels(image[64:, 64:], 16)
    inner = (slice(64, 144), slice(64, 224))
    whole, part = whole[64:, 64:][inner], part[inner]
    pairs = np.unique(np.stack([whole.ravel(), part.ravel()]), axis=1).shape[1]
    assert pairs == np.unique(whole).size == np.unique(part).size
