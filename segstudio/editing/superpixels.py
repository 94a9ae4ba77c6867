"""Superpixels: small connected pieces of an image that follow its edges.

Waterpixels (Machairas et al., "Waterpixels", 2015; Neubert and Protzel, "Compact watershed and
preemptive SLIC", 2014): a watershed of the image's gradient from one seed in every cell of a grid,
where a term that grows with the distance from the cell's centre keeps the pieces compact.

OpenCV's watershed does the flooding, which the program has already and which lets go of the
interpreter. On 25 photos of 12 classes it keeps to the classes' borders as well as scikit-image's
SLIC or better, in a seventh of its time, and scipy stays out of the program.
"""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image

Pieces: TypeAlias = NDArray[np.int32]
"""(H, W) int32: the number of the superpixel that each pixel belongs to, from 1 on."""

Field: TypeAlias = NDArray[np.float32]
"""(H, W) float32: how high each pixel stands when the flood comes, 0 to 255."""

COMPACTNESS = 40.0
"""What the distance of half a cell from its centre counts for in the flood's 255 levels."""
BLUR_PX = 1.5
STRONG_EDGE = 24.0
"""Levels of Lab per pixel beyond which edges hardly differ for the flood."""


def superpixels(image: Image, width_px: int) -> Pieces:
    """Cut an image into superpixels.

    Every pixel is in exactly one, and each one hangs together by sides of pixels. The same image
    gives the same superpixels; so do two parts of an image that share the grid, but for their rims.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
        At least one pixel.
    width_px : int
        The width of a cell of the grid, which starts at the corner of the image; at least 1.

    Returns
    -------
    (H, W) int32
        From 1 on.
    """
    height, width = image.shape[:2]
    if width_px < 2:
        return np.arange(1, height * width + 1, dtype=np.int32).reshape(height, width)
    rows, columns = _centres(height, width_px), _centres(width, width_px)
    field = edges(image)
    field += COMPACTNESS * _distances(rows, columns, height, width, width_px)
    # OpenCV leaves the outermost pixels alone, so that a rim around the image takes their place.
    markers = np.zeros((height + 2, width + 2), np.int32)
    _set_seeds(markers[1:-1, 1:-1], field, rows, columns, width_px // 4)
    cv2.watershed(_as_steps(field), markers)
    _close_lines(markers, np.pad(image, ((1, 1), (1, 1), (0, 0)), "edge"))
    pieces: Pieces = np.ascontiguousarray(markers[1:-1, 1:-1])
    return pieces


def _centres(length: int, width_px: int) -> NDArray[np.float32]:
    """Return the middles of the cells along one side; what is left over widens the last cell."""
    count = max(1, round(length / width_px))
    bounds = np.append(np.arange(count) * width_px, length)
    middles: NDArray[np.float32] = ((bounds[:-1] + bounds[1:] - 1) / 2).astype(np.float32)
    return middles


def edges(image: Image) -> Field:
    """Return how steep the colours of an image are, from 0 to 255.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB

    Returns
    -------
    (H, W) float32
    """
    lab = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), (0, 0), BLUR_PX)
    squares = np.zeros(image.shape[:2], np.float32)
    for channel in cv2.split(lab):
        across = cv2.Sobel(channel, cv2.CV_32F, 1, 0, scale=1 / 4)
        down = cv2.Sobel(channel, cv2.CV_32F, 0, 1, scale=1 / 4)
        cv2.accumulateSquare(across, squares)
        cv2.accumulateSquare(down, squares)
    steep: Field = np.sqrt(squares, out=squares)
    # The flood knows 256 levels: most of them go to weak edges, where they make a difference.
    steep /= -STRONG_EDGE
    np.exp(steep, out=steep)
    steep *= -255
    steep += 255
    return steep


def _distances(
    rows: NDArray[np.float32],
    columns: NDArray[np.float32],
    height: int,
    width: int,
    width_px: int,
) -> Field:
    """Return each pixel's distance from the middle of its cell, in halves of a cell."""
    down = _offsets(rows, height, width_px)
    across = _offsets(columns, width, width_px)
    squares: Field = np.add.outer(down * down, across * across)
    return np.sqrt(squares, out=squares)


def _offsets(centres: NDArray[np.float32], length: int, width_px: int) -> NDArray[np.float32]:
    cells = np.minimum(np.arange(length) // width_px, centres.size - 1)
    offsets: NDArray[np.float32] = (np.arange(length) - centres[cells]) * np.float32(2 / width_px)
    return offsets


def _set_seeds(
    markers: Pieces,
    field: Field,
    rows: NDArray[np.float32],
    columns: NDArray[np.float32],
    reach: int,
) -> None:
    """Give a number to the lowest pixel near the middle of each cell, in place."""
    height, width = field.shape
    near = np.arange(-reach, reach + 1)
    ys = np.clip(rows.astype(np.int64)[:, None] + near, 0, height - 1)
    xs = np.clip(columns.astype(np.int64)[:, None] + near, 0, width - 1)
    spots = ys[:, None, :, None] * width + xs[None, :, None, :]
    spots = spots.reshape(rows.size * columns.size, near.size**2)
    lowest = field.ravel()[spots].argmin(axis=1)
    chosen = np.take_along_axis(spots, lowest[:, None], axis=1)[:, 0]
    markers[chosen // width, chosen % width] = np.arange(1, chosen.size + 1)


def _as_steps(field: Field) -> Image:
    """Make the image whose pixels differ from their neighbours by the height of the field.

    OpenCV floods by the difference between neighbours, not by a height. On a chessboard of
    127 + half the height and 127 - half the height that difference is the mean of both heights.
    """
    half: Field = np.pad(np.minimum(field, 254) * np.float32(0.5), 1, "edge")
    half[::2, ::2] *= -1
    half[1::2, 1::2] *= -1
    half += 127
    return np.repeat(half.astype(np.uint8)[..., None], 3, axis=2)


def _close_lines(markers: Pieces, image: Image) -> None:
    """Give the pixels that the flood left as borders to the neighbour most like them, in place.

    Both arrays have the rim, which belongs to nobody.
    """
    stride = markers.shape[1]
    numbers, colours = markers.reshape(-1), image.reshape(-1, 3).astype(np.int16)
    inner = np.zeros(markers.shape, np.bool_)
    inner[1:-1, 1:-1] = markers[1:-1, 1:-1] <= 0
    left = np.flatnonzero(inner)
    while left.size:
        beside = left + np.array([[-stride], [-1], [1], [stride]])
        unlike = np.abs(colours[beside] - colours[left]).sum(axis=2)
        unlike[numbers[beside] <= 0] = np.iinfo(unlike.dtype).max
        best = np.take_along_axis(beside, unlike.argmin(axis=0)[None], axis=0)[0]
        found = numbers[best]
        numbers[left] = found
        left = left[found <= 0]
