"""An image with its label map laid over it, as a picture."""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX

_ROWS_AT_ONCE = 256
"""Rows blended at a time, so that a large image needs no second copy in floating point."""


def blend(
    image: Image, label_map: LabelMap, colours: NDArray[np.uint8], *, alpha: float = 0.55
) -> Image:
    """Lay the class colours over an image; pixels that count for nothing show the image.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    label_map : (H, W) uint8
    colours : (256, 3) uint8
        Colour of each class index.
    alpha : float
        Share of the class colour, 0 to 1.

    Returns
    -------
    (H, W, 3) uint8, RGB
    """
    assert image.shape[:2] == label_map.shape
    opacity = np.full(256, alpha, np.float32)
    opacity[IGNORE_INDEX] = 0.0
    # Colour times opacity, and what is left of the image, by class index.
    paint = colours.astype(np.float32) * opacity[:, None]
    rest = 1.0 - opacity
    out = np.empty_like(image)
    for top in range(0, len(image), _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        labels = label_map[rows]
        mixed = image[rows] * rest[labels][..., None] + paint[labels]
        out[rows] = np.rint(mixed)
    return out
