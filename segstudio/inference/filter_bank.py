"""Colour and texture of an image by filters: what can be told without any model.

Colours at several scales, the strength and the direction of edges (the structure tensor), and how
much the brightness varies nearby.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image
from segstudio.inference.planes import resized_image

OVERSAMPLING = 4
"""Texture is seen this many times finer than the grid it is told on."""
SCALES = (1.0, 2.5, 6.0)
"""Widths of the surroundings in cells."""


def responses(image: Image, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return what the filters find around each cell of a grid.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    shape : (rows, columns)
        Of the grid, at most the image's own size.

    Returns
    -------
    (rows * columns, D) float32
    """
    planes = [*_colours(image, shape), *_textures(image, shape)]
    return np.stack([plane.ravel() for plane in planes], axis=1).astype(np.float32, copy=False)


def _colours(image: Image, shape: tuple[int, int]) -> Iterator[NDArray[np.float32]]:
    small = resized_image(image, shape).astype(np.float32) / np.float32(255.0)
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32)
    for scale in SCALES:
        yield from np.moveaxis(_blurred(lab, scale), -1, 0)


def _textures(image: Image, shape: tuple[int, int]) -> Iterator[NDArray[np.float32]]:
    fine = tuple(
        min(OVERSAMPLING * cells, pixels)
        for cells, pixels in zip(shape, image.shape[:2], strict=True)
    )
    grey = cv2.cvtColor(resized_image(image, (fine[0], fine[1])), cv2.COLOR_RGB2GRAY)
    light = grey.astype(np.float32) / np.float32(255.0)
    dx, dy = cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)
    detail = light - _blurred(light, OVERSAMPLING / 2)
    squares = np.stack([dx * dx, dy * dy, dx * dy, detail * detail], axis=-1)
    coarse = cv2.resize(squares, shape[::-1], interpolation=cv2.INTER_AREA)
    for scale in SCALES:
        blurred = _blurred(np.asarray(coarse, np.float32), scale)
        xx, yy, xy, variance = np.moveaxis(blurred, -1, 0)
        # Square roots: strengths instead of energies, whose few large values would rule the rest.
        yield np.sqrt(xx + yy)
        yield (xx - yy) / (np.sqrt(xx + yy) + np.float32(1e-3))
        yield 2 * xy / (np.sqrt(xx + yy) + np.float32(1e-3))
        yield np.sqrt(variance)


def _blurred(planes: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    blurred = cv2.GaussianBlur(planes, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, np.float32)
