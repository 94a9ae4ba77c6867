"""Photos and label maps of any size to measure with."""

import cv2
import numpy as np

from segstudio import assets
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import ClassTable
from segstudio.formats.images import read_image

SAMPLE = "cat.jpg"
CLASS_COUNT = 6


def photo(height: int, width: int) -> Image:
    """Return a bundled photo enlarged to a size."""
    image = read_image(assets.path("samples") / SAMPLE)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def label_map(height: int, width: int, count: int = CLASS_COUNT) -> LabelMap:
    """Return large regions of `count` classes with curved borders, always the same."""
    coarse = np.random.default_rng(0).random((12, 16), np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth * count, 0, count - 1).astype(np.uint8)


def classes(count: int = CLASS_COUNT) -> ClassTable:
    """Return a class table for `label_map`."""
    return ClassTable.named(f"class {number}" for number in range(count))
