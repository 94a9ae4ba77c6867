"""Smaller copies of an image, so that a zoomed-out view costs no more than the screen."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image

SMALLEST_SIDE = 600


def build_pyramid(image: Image) -> tuple[NDArray[np.uint8], ...]:
    """Return copies of an image, each half as large as the one before.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB

    Returns
    -------
    tuple of (H / 2**k, W / 2**k, 4) uint8
        For k = 1, 2, ... in the byte order of a 32-bit picture (blue, green, red, 255), until both
        sides are below 600; together 1.33 bytes per pixel of the image.
    """
    levels: list[NDArray[np.uint8]] = []
    above: NDArray[np.uint8] = image
    while max(above.shape[:2]) > SMALLEST_SIDE * 2 and min(above.shape[:2]) >= 2:
        size = (above.shape[1] // 2, above.shape[0] // 2)
        half = cv2.resize(above, size, interpolation=cv2.INTER_AREA)
        if half.shape[2] == 3:
            half = cv2.cvtColor(half, cv2.COLOR_RGB2BGRA)
        above = np.ascontiguousarray(half, np.uint8)
        levels.append(above)
    return tuple(levels)
