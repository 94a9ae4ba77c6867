"""Labels for pictures that their EXIF turns: brought upright where they lie as the file does."""

from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core.arrays import LabelMap
from segstudio.core.errors import ImageError
from segstudio.formats import images


def upright(labels: LabelMap, picture: Path) -> LabelMap:
    """Return labels as they lie on the upright picture.

    Programs that ignore EXIF label a picture as it lies in the file. Which way it was is seen by
    the size; where that says nothing, the labels are taken to be upright, as most programs show
    pictures.

    Parameters
    ----------
    labels : (H, W) uint8

    Raises
    ------
    ImageError
        When the size is not that of the picture, or the picture cannot be read.
    """
    width, height = images.image_size(picture)
    if labels.shape == (height, width):
        return labels
    if labels.shape == (width, height):
        turned = turn(labels, orientation(picture))
        if turned.shape == (height, width):
            return turned
    raise ImageError(
        f"{picture.name} is {width} x {height} pixels, its labels are {labels.shape[1]} x "
        f"{labels.shape[0]}. They belong to another picture, or to one of another size."
    )


def orientation(picture: Path) -> int:
    """Return the EXIF orientation of a picture file, 1 to 8.

    Raises
    ------
    ImageError
        When it cannot be read.
    """
    try:
        with PillowImage.open(picture) as opened:
            return images.orientation(opened)
    except (OSError, ValueError, SyntaxError) as error:
        raise ImageError(f"{picture.name} could not be read: {error}.") from error


def turn(labels: LabelMap, number: int) -> LabelMap:
    """Return labels turned as EXIF's orientation 1 to 8 asks for."""
    flipped = labels[:, ::-1] if number in _FLIPPED else labels
    return np.ascontiguousarray(np.rot90(flipped, _QUARTERS[number]))


_FLIPPED = frozenset({2, 4, 5, 7})
_QUARTERS = {1: 0, 2: 0, 3: 2, 4: 2, 5: 1, 6: 3, 7: 3, 8: 1}
"""Turns by a quarter to the left, after the flip."""
