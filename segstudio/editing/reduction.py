"""An image made small, at a cost that follows the small one."""

import cv2
import numpy as np

from segstudio.core.arrays import Image

ENOUGH = 4
"""Pixels across that a sample is the mean of; of more, evenly spaced ones tell the same."""


def reduced(image: Image, width: int, height: int) -> Image:
    """Return an image of so many samples, each the mean of the pixels that it stands for.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
        May be a part of a larger one.
    width, height : int
        At most those of the image.
    """
    rows, columns = image.shape[:2]
    some = width * ENOUGH, height * ENOUGH
    if columns >= 2 * some[0] and rows >= 2 * some[1]:
        image = np.asarray(cv2.resize(image, some, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
