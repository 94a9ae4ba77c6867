"""Tiles cover an image, and overlap by what was asked for at least."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.errors import SegstudioError
from segstudio.formats.tiles import Tiling, tiles


@given(st.integers(1, 200), st.integers(1, 200), st.integers(16, 80), st.integers(0, 15))
def test_every_pixel_is_in_a_tile_and_no_tile_leads_out(height, width, side, overlap):
    seen = np.zeros((height, width), np.int64)
    found = list(tiles(height, width, Tiling(side, overlap)))
    for tile in found:
        assert seen[tile.slices].shape == (tile.height, tile.width)
        assert max(tile.height, tile.width) <= side
        seen[tile.slices] += 1
    assert seen.min() >= 1
    assert len({tile.name for tile in found}) == len(found)


def test_neighbours_have_the_overlap_in_common():
    lefts = [tile.left for tile in tiles(64, 300, Tiling(64, 16))]
    assert lefts == [0, 48, 96, 144, 192, 236]


def test_an_image_that_fits_stays_whole_and_keeps_its_name():
    assert [(t.name, t.height, t.width) for t in tiles(30, 40, Tiling(64))] == [("", 30, 40)]


@pytest.mark.parametrize(("side", "overlap"), [(8, 0), (64, 64), (64, -1)])
def test_tiles_that_make_no_sense_are_refused(side, overlap):
    with pytest.raises(SegstudioError, match="Tiles need"):
        Tiling(side, overlap)
