"""Labels of a picture that its EXIF turns: drawn on the upright one, or on the one in the file."""

from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core.arrays import LabelMap
from segstudio.core.errors import ImageError
from segstudio.formats import colour_mask, images

Size = tuple[int, int]
"""Height and width."""

_BACK = {
    2: PillowImage.Transpose.FLIP_LEFT_RIGHT,
    3: PillowImage.Transpose.ROTATE_180,
    4: PillowImage.Transpose.FLIP_TOP_BOTTOM,
    5: PillowImage.Transpose.TRANSPOSE,
    6: PillowImage.Transpose.ROTATE_90,
    7: PillowImage.Transpose.TRANSVERSE,
    8: PillowImage.Transpose.ROTATE_270,
}
"""What turns an upright picture back to how it lies in a file, by its EXIF orientation."""


def upright_size(picture: Path) -> Size:
    """Return height and width of the upright picture.

    Raises
    ------
    ImageError
        When it cannot be read.
    """
    width, height = images.image_size(picture)
    return height, width


def turn_back(size: Size, picture: Path | None, *, of_upright: bool) -> int:
    """Return the orientation to undo in labels of a size, 1 for none.

    Parameters
    ----------
    size : tuple of int
        Height and width of the labels.
    of_upright : bool
        Whether the programs that write this format show pictures upright; where height and width
        differ, the size of the labels says it.

    Raises
    ------
    ImageError
        When the picture has another size, or cannot be read.
    """
    if picture is None:
        return 1
    upright = upright_size(picture)
    turned = _orientation(picture)
    stored = upright[::-1] if turned >= 5 else upright
    if size not in (upright, stored):
        raise ImageError(
            f"{picture.name} has {stored[1]} x {stored[0]} pixels, its labels have "
            f"{size[1]} x {size[0]}. They are not of the same image."
        )
    if turned == 1 or (upright != stored and size == stored):
        return 1
    return turned if of_upright or size != stored else 1


def turned_back(labels: LabelMap, orientation: int) -> LabelMap:
    """Return labels (H, W) uint8 of an upright picture as it lies in the file."""
    if orientation == 1:
        return labels
    return np.array(PillowImage.fromarray(labels).transpose(_BACK[orientation]))


def _orientation(picture: Path) -> int:
    try:
        with PillowImage.open(picture) as opened:
            return images.orientation(opened)
    except colour_mask.BROKEN as error:
        raise ImageError(f"{picture.name} could not be read: {error}.") from error
