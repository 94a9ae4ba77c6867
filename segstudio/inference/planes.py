"""Class planes (K, H, W) around refinement: checked, cleaned, scaled, made to sum to 1."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Probabilities
from segstudio.core.errors import SegstudioError

ACTIVE_ABOVE = 0.2
ACTIVE_SHARE = 1e-4
"""A class takes part when its probability exceeds 0.2 in at least this share of the pixels."""


def check_shapes(image: Image, probabilities: Probabilities) -> None:
    """Raise a SegstudioError unless both are of one size and have at least one pixel."""
    fits = (
        image.ndim == 3
        and image.shape[2] == 3
        and probabilities.ndim == 3
        and probabilities.shape[1:] == image.shape[:2]
        and min(probabilities.shape) >= 1
    )
    if not fits:
        raise SegstudioError(
            f"Image {image.shape} and probabilities {probabilities.shape} do not fit each other; "
            "(H, W, 3) and (K, H, W) are expected."
        )


def cleaned(probabilities: Probabilities) -> NDArray[np.float32]:
    """Return a float32 copy where pixels with NaN or infinity are undecided between all classes."""
    planes = np.array(probabilities, np.float32)
    total = planes.sum(axis=0)
    broken = ~np.isfinite(total)
    if broken.any():
        planes[:, broken] = 1.0 / len(planes)
    return planes


def normalise(planes: NDArray[np.float32]) -> None:
    """Make planes sum to 1 over K in place; pixels where all are 0 become undecided."""
    total = planes.sum(axis=0)
    empty = total <= 0
    if empty.any():
        planes[:, empty] = 1.0
        total[empty] = len(planes)
    planes /= total


def resized_planes(planes: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Scale (K, h, w) float32 planes bilinearly to `shape`, averaging when that is smaller."""
    if planes.shape[1:] == shape:
        return planes
    return chosen_planes(planes, range(len(planes)), shape)


def chosen_planes(
    planes: Probabilities, indices: Iterable[int], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Return copies of some of (K, h, w) planes as float32, scaled to `shape`."""
    chosen = list(indices)
    out = np.empty((len(chosen), *shape), np.float32)
    for index, target in zip(chosen, out, strict=True):
        _resize(planes[index], target)
    return out


def spread_planes(
    planes: NDArray[np.float32], indices: Iterable[int], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Return (K, H, W) planes of `shape`: those given, scaled, at their indices, the others 0.

    Scaling is linear, so planes that sum to 1 still do.
    """
    # Zeroed memory costs nothing until it is written: classes that take no part take no room.
    out = np.zeros(shape, np.float32)
    for plane, index in zip(planes, indices, strict=True):
        _resize(plane, out[index])
    return out


def _resize(plane: NDArray[np.floating], target: NDArray[np.float32]) -> None:
    if plane.shape == target.shape:
        target[...] = plane
        return
    source = np.ascontiguousarray(plane, np.float32)
    method = _method(plane.shape, target.shape)
    cv2.resize(source, target.shape[::-1], dst=target, interpolation=method)


def resized_image(image: Image, shape: tuple[int, int]) -> Image:
    """Scale an image to `shape`, averaging when that is smaller."""
    if image.shape[:2] == shape:
        return image
    method = _method(image.shape[:2], shape)
    return cv2.resize(image, shape[::-1], interpolation=method)  # type: ignore[return-value]


def _method(before: tuple[int, ...], after: tuple[int, ...]) -> int:
    smaller = after[0] * after[1] < before[0] * before[1]
    return cv2.INTER_AREA if smaller else cv2.INTER_LINEAR


def active_classes(probabilities: Probabilities) -> NDArray[np.intp]:
    """Return the indices of the classes that take part.

    Those whose probability exceeds 0.2 in at least 1 pixel of 10,000; where many classes share
    every pixel and none does, those that are the likeliest of at least as many pixels.

    Parameters
    ----------
    probabilities : (K, H, W) floating point

    Returns
    -------
    (A,) int
        Ascending; at least one.
    """
    classes, height, width = probabilities.shape
    least = ACTIVE_SHARE * height * width
    # Class by class: a (K, H, W) table of bools would cost as much as the probabilities.
    counts = np.array([np.count_nonzero(plane > ACTIVE_ABOVE) for plane in probabilities])
    active = np.flatnonzero(counts >= max(least, 1.0))
    if len(active):
        return active
    wins = np.bincount(probabilities.argmax(axis=0).ravel(), minlength=classes)
    return np.flatnonzero(wins >= min(max(least, 1.0), wins.max()))
