"""Mean and spread of the colours of pictures, for normalising what a network reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegstudioError
from segstudio.formats import images

AT_MOST = 100
"""Pictures that are looked at, spread over all of them: more hardly change the result."""

_SIDE = 128


@dataclass(frozen=True)
class PictureStatistics:
    """What pictures look like.

    Attributes
    ----------
    mean, std : tuple of 3 floats
        Of red, green and blue, 0 to 255.
    pictures : int
        How many were looked at.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    pictures: int


def measure(pictures: Sequence[Path]) -> PictureStatistics | None:
    """Return mean and standard deviation over the pixels of pictures; None without any."""
    step = max(1, len(pictures) // AT_MOST)
    total, squares, pixels, seen = np.zeros(3), np.zeros(3), 0, 0
    for path in pictures[::step]:
        try:
            image, _ = images.read_reduced(path, lambda _h, _w: (_SIDE, _SIDE))
        except SegstudioError:
            continue
        values = image.reshape(-1, 3).astype(np.float64)
        total += values.sum(axis=0)
        squares += (values**2).sum(axis=0)
        pixels += len(values)
        seen += 1
    if not pixels:
        return None
    mean = total / pixels
    std = np.sqrt(np.maximum(squares / pixels - mean**2, 0.0))
    return PictureStatistics(_rounded(mean), _rounded(std), seen)


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 2) for value in values)
