"""Varied crops of labelled images."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX


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


def random_crop(
    image: Image,
    mask: LabelMap,
    *,
    size: int,
    short_side: int,
    random: np.random.Generator,
    augmentation: Augmentation,
) -> tuple[Image, LabelMap]:
    """Return a scaled, cropped, perhaps mirrored and recoloured part of an image.

    What lies outside of the image has the image's mean colour and counts for nothing.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    mask : (H, W) uint8
    size : int
        Side of the crop in pixels.
    short_side : int
        Working short side of the image, to which the scale is relative.

    Returns
    -------
    (size, size, 3) uint8, (size, size) uint8
    """
    height, width = image.shape[:2]
    low, high = np.log(augmentation.smallest), np.log(augmentation.largest)
    scale = short_side / min(height, width) * float(np.exp(random.uniform(low, high)))
    side = max(1, round(size / scale))  # of the crop in the image's own pixels
    top = _start(height, side, random)
    left = _start(width, side, random)
    part, part_mask = _cut(image, mask, top, left, side)
    shrinks = side > size
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    crop = cv2.resize(part, (size, size), interpolation=method)
    crop_mask = cv2.resize(part_mask, (size, size), interpolation=cv2.INTER_NEAREST_EXACT)
    if random.random() < 0.5:
        crop, crop_mask = crop[:, ::-1], crop_mask[:, ::-1]
    coloured = recoloured(np.ascontiguousarray(crop), random, augmentation.colour)
    return coloured, np.ascontiguousarray(crop_mask)


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


def _start(length: int, side: int, random: np.random.Generator) -> int:
    if length >= side:
        return int(random.integers(0, length - side + 1))
    return -int(random.integers(0, side - length + 1))


def _cut(
    image: Image, mask: LabelMap, top: int, left: int, side: int
) -> tuple[Image, NDArray[np.uint8]]:
    height, width = mask.shape
    rows = slice(max(0, top), min(height, top + side))
    columns = slice(max(0, left), min(width, left + side))
    if rows.stop - rows.start == side and columns.stop - columns.start == side:
        return image[rows, columns], mask[rows, columns]
    part = np.empty((side, side, 3), np.uint8)
    part[:] = image[rows, columns].mean(axis=(0, 1)).astype(np.uint8)
    part_mask = np.full((side, side), IGNORE_INDEX, np.uint8)
    inner = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    part[inner] = image[rows, columns]
    part_mask[inner] = mask[rows, columns]
    return part, part_mask
