import numpy as np
import pytest

from segstudio.inference import tiling

CASES = [(1, 1, 8), (1, 50, 8), (7, 9, 16), (16, 16, 16), (50, 37, 16), (33, 17, 16)]


def shares(height, width, size, overlap):
    total = np.zeros((height, width))
    for tile in tiling.tiles(height, width, size, overlap=overlap):
        total[tile.region] += tile.weights
    return total


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5, 0.9])
@pytest.mark.parametrize(("height", "width", "size"), CASES)
def test_the_shares_of_every_pixel_sum_to_one(height, width, size, overlap):
    np.testing.assert_allclose(shares(height, width, size, overlap), 1.0, rtol=1e-6)


@pytest.mark.parametrize(("height", "width", "size"), CASES)
def test_every_weight_is_above_zero(height, width, size):
    for tile in tiling.tiles(height, width, size):
        assert tile.weights.min() > 0
        assert tile.weights.shape == (min(size, height), min(size, width))


def test_what_every_tile_agrees_on_is_reconstructed():
    plane = np.random.default_rng(0).random((61, 83))
    total = np.zeros_like(plane)
    for tile in tiling.tiles(61, 83, 20):
        total[tile.region] += plane[tile.region] * tile.weights
    np.testing.assert_allclose(total, plane, rtol=1e-5)


def test_tiles_stay_inside_and_overlap_as_asked():
    starts = sorted({tile.region[0].start for tile in tiling.tiles(100, 10, 32, overlap=0.25)})
    assert starts[0] == 0
    assert starts[-1] == 100 - 32
    assert max(np.diff(starts)) <= 24


def test_a_seam_between_tiles_that_disagree_is_a_slope():
    """Left tile says 0, right tile says 1: no step between neighbours is large."""
    blended = np.zeros((64, 112))
    for tile in tiling.tiles(64, 112, 64):
        blended[tile.region] += tile.weights * (tile.region[1].start > 0)
    assert np.abs(np.diff(blended, axis=1)).max() < 0.35
    assert (np.diff(blended, axis=1) >= -1e-6).all()
