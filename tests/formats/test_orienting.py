"""Labels of pictures that their EXIF turns."""

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.core.errors import SegstudioError
from segstudio.formats import images, orienting


def turned_picture(path, shape, orientation):
    """Write a picture whose left upper pixel is white, to be shown turned."""
    pixels = np.zeros((*shape, 3), np.uint8)
    pixels[0, 0] = 255
    exif = PillowImage.Exif()
    exif[images.ORIENTATION_TAG] = orientation
    PillowImage.fromarray(pixels).save(path, exif=exif)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("shape", [(3, 5), (4, 4)])
def test_what_is_drawn_on_the_upright_picture_is_turned_back(orientation, shape, tmp_path):
    picture = turned_picture(tmp_path / "a.png", shape, orientation)
    upright = images.read_image(picture)[..., 0]
    assert orienting.upright_size(picture) == upright.shape
    turn = orienting.turn_back(upright.shape, picture, of_upright=True)
    labels = orienting.turned_back(upright, turn)
    assert labels.shape == shape
    assert labels[0, 0] == 255


@pytest.mark.parametrize("orientation", range(5, 9))
def test_the_size_says_which_way_labels_lie(orientation, tmp_path):
    picture = turned_picture(tmp_path / "a.png", (3, 5), orientation)
    assert orienting.turn_back((3, 5), picture, of_upright=True) == 1
    assert orienting.turn_back((5, 3), picture, of_upright=False) == orientation


def test_labels_of_another_size_are_not_of_the_picture(tmp_path):
    picture = turned_picture(tmp_path / "a.png", (3, 5), 1)
    with pytest.raises(SegstudioError, match="not of the same image"):
        orienting.turn_back((5, 3), picture, of_upright=True)
