"""An image with what a model got wrong on it, as a picture."""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX

NO_CLASS = (255, 255, 255)
"""Colour of wrong pixels that the model gave no class."""

_SHADE = 0.45
_ROWS_AT_ONCE = 256


def draw(image: Image, truth: LabelMap, predicted: LabelMap, colours: NDArray[np.uint8]) -> Image:
    """Return a dim grey image whose wrong pixels have the colour of the class the model gave them.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    truth, predicted : (H, W) uint8
        Class indices; where `truth` is 255, nothing is wrong.
    colours : (256, 3) uint8
        By class index.

    Returns
    -------
    (H, W, 3) uint8, RGB
    """
    assert image.shape[:2] == truth.shape == predicted.shape
    paint = colours.copy()
    paint[IGNORE_INDEX] = NO_CLASS
    out = np.empty_like(image)
    for top in range(0, len(image), _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        grey = image[rows].mean(axis=2, dtype=np.float32) * _SHADE
        out[rows] = np.rint(grey)[..., None]
        wrong = (truth[rows] != predicted[rows]) & (truth[rows] != IGNORE_INDEX)
        out[rows][wrong] = paint[predicted[rows][wrong]]
    return out
