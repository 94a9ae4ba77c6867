"""Labels of pictures that their EXIF turns."""

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageOps

from segstudio.core.errors import ImageError
from segstudio.formats import images, orienting


def turned_picture(path, number, shape=(4, 6)):
    """Write a picture that differs in every pixel, turned by EXIF; return its pixels upright."""
    values = np.arange(shape[0] * shape[1], dtype=np.uint8).reshape(shape)
    exif = PillowImage.Exif()
    exif[images.ORIENTATION_TAG] = number
    PillowImage.fromarray(values).save(path, exif=exif)
    with PillowImage.open(path) as opened:
        return values, np.array(ImageOps.exif_transpose(opened))


@pytest.mark.parametrize("number", range(1, 9))
def test_labels_turn_as_pillow_turns_pictures(tmp_path, number):
    stored, upright = turned_picture(tmp_path / "a.png", number)
    assert orienting.orientation(tmp_path / "a.png") == number
    assert np.array_equal(orienting.turn(stored, number), upright)


@pytest.mark.parametrize("number", range(5, 9))
def test_labels_that_lie_as_the_file_does_are_brought_upright(tmp_path, number):
    stored, upright = turned_picture(tmp_path / "a.png", number)
    assert np.array_equal(orienting.upright(stored, tmp_path / "a.png"), upright)
    assert np.array_equal(orienting.upright(upright, tmp_path / "a.png"), upright)


def test_labels_of_another_size_are_refused(tmp_path):
    turned_picture(tmp_path / "a.png", 1)
    with pytest.raises(ImageError, match="6 x 4"):
        orienting.upright(np.zeros((5, 6), np.uint8), tmp_path / "a.png")
    with pytest.raises(ImageError, match="6 x 4"):
        orienting.upright(np.zeros((6, 4), np.uint8), tmp_path / "a.png")
