"""Planes of one value all over, kept as one byte: what a large brush leaves is mostly that."""

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
"""(h, w) uint8, with at least one pixel."""


def even(value: int, shape: tuple[int, ...]) -> Plane:
    """Return a plane of one value that cannot be written and holds one byte."""
    return np.ndarray(shape, np.uint8, bytes([value]), 0, (0, 0))


def is_even(plane: Plane) -> bool:
    """Tell whether a plane is kept as one byte."""
    return plane.size > 0 and plane.strides == (0, 0)


def kept(plane: Plane) -> Plane:
    """Return a copy of a plane, as one byte where it has one value."""
    low, high, _, _ = cv2.minMaxLoc(plane)
    return even(int(low), plane.shape) if low == high else plane.copy()


def held_bytes(plane: Plane) -> int:
    """Return how many bytes a plane holds in memory."""
    return 1 if is_even(plane) else plane.nbytes
