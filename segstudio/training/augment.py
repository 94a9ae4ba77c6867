"""Varied crops of labelled images."""

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image
from segstudio.core.classes import IGNORE_INDEX
from segstudio.training.labelled import Labelled


@dataclass(frozen=True)
class Augmentation:
    """How much crops vary.

    Attributes
    ----------
    smallest, largest : float
        Scale, relative to the working size.
    colour : float
        Greatest change of brightness and contrast, 0 to 1; of each colour, half of it.
    """

    smallest: float = 0.6
    largest: float = 1.8
    colour: float = 0.3


_INNER = 0.125
"""Of a crop's side: how far from its border a place has to be that the crop is around."""


def random_crop(
    photo: Labelled,
    *,
    size: int,
    short_side: int,
    random: np.random.Generator,
    augmentation: Augmentation,
    around: tuple[int, int] | None = None,
) -> Labelled:
    """Return a scaled, cropped, perhaps mirrored and recoloured part (size, size) of an image.

    What lies outside of the image has the image's mean colour and counts for nothing.

    Parameters
    ----------
    size : int
        Side of the crop in pixels.
    short_side : int
        Working short side of the image, to which the scale is relative.
    around : (row, column), optional
        A pixel that the crop has to show.
    """
    height, width = photo.labels.shape
    low, high = np.log(augmentation.smallest), np.log(augmentation.largest)
    scale = short_side / min(height, width) * float(np.exp(random.uniform(low, high)))
    side = max(1, round(size / scale))  # of the crop in the image's own pixels
    row, column = around or (None, None)
    top = _start(height, side, random, row)
    left = _start(width, side, random, column)
    cut = partial(_cut, top=top, left=left, side=side)
    shrinks = side > size
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    crop = cv2.resize(cut(photo.image), (size, size), interpolation=method)
    planes = [cut(photo.labels, outside=IGNORE_INDEX)]
    if photo.weights is not None:
        planes.append(cut(photo.weights, outside=0))
    exact = cv2.INTER_NEAREST_EXACT
    planes = [
        np.asarray(cv2.resize(plane, (size, size), interpolation=exact), np.uint8)
        for plane in planes
    ]
    if random.random() < 0.5:
        crop, planes = crop[:, ::-1], [plane[:, ::-1] for plane in planes]
    coloured = recoloured(np.ascontiguousarray(crop), random, augmentation.colour)
    return Labelled(coloured, *(np.ascontiguousarray(plane) for plane in planes))


def recoloured(image: Image, random: np.random.Generator, amount: float) -> Image:
    """Return the image with another brightness, contrast, saturation and tint."""
    contrast = 1.0 + random.uniform(-amount, amount)
    brightness = 255.0 * random.uniform(-amount, amount) / 2.0
    tint = 1.0 + random.uniform(-amount, amount, 3) / 2.0
    saturation = 1.0 + random.uniform(-amount, amount)
    values = image.astype(np.float32)
    grey = values @ np.array([0.299, 0.587, 0.114], np.float32)
    values = grey[..., None] + (values - grey[..., None]) * np.float32(saturation)
    mean = float(grey.mean())
    values = (values - mean) * np.float32(contrast) + np.float32(mean + brightness)
    return np.clip(values * tint.astype(np.float32), 0, 255).astype(np.uint8)


def _start(length: int, side: int, random: np.random.Generator, shown: int | None = None) -> int:
    """Return where a crop begins along an axis, such that it has the place `shown` inside."""
    if length < side:
        return -int(random.integers(0, side - length + 1))
    first, last = 0, length - side
    if shown is not None:
        inner = int(_INNER * side)
        first = min(max(first, shown - side + 1 + inner), last)
        last = max(min(last, shown - inner), first)
    return int(random.integers(first, last + 1))


def _slices(
    shape: tuple[int, ...], top: int, left: int, side: int
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return which part of an image a crop shows, and where in the crop that part lies."""
    rows = slice(max(0, top), min(shape[0], top + side))
    columns = slice(max(0, left), min(shape[1], left + side))
    inner = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    return (rows, columns), inner


def _cut(
    plane: NDArray[np.uint8],
    *,
    top: int,
    left: int,
    side: int,
    outside: NDArray[np.uint8] | int | None = None,
) -> NDArray[np.uint8]:
    shown, inner = _slices(plane.shape, top, left, side)
    if inner == (slice(0, side), slice(0, side)):
        return plane[shown]
    if outside is None:
        outside = plane[shown].mean(axis=(0, 1)).astype(np.uint8)
    part = np.empty((side, side, *plane.shape[2:]), np.uint8)
    part[:] = outside
    part[inner] = plane[shown]
    return part
