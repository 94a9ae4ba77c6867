"""Edge-preserving smoothing of probabilities by a guided filter.

He, Sun, Tang, "Guided Image Filtering" (PAMI 2013), equations 19 to 21 (colour guide), with the
coefficients computed on a reduced copy as in He, Sun, "Fast Guided Filter" (arXiv 1505.00996,
2015). Linear in the number of pixels whatever the radius, a few hundredths of a second for a
photo: what the live preview shows and what stands in where the CRF fails.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Probabilities
from segstudio.core.errors import SegstudioError
from segstudio.inference.planes import (
    check_shapes,
    cleaned,
    normalise,
    resized_image,
    resized_planes,
)
from segstudio.inference.progress import drained

LEAST_RADIUS = 4
"""The image is reduced for the coefficients until the radius is this many pixels (2015, §4)."""


@dataclass(frozen=True)
class GuidedSettings:
    """How far and how faithfully the probabilities follow the image.

    Attributes
    ----------
    radius : int
        Half width of the window in pixels of the image that is given, 1 to 1,000.
    epsilon : float
        Variance, with colours from 0 to 1, below which a window counts as flat: smaller follows
        fainter edges, 1e-8 to 1.
    """

    radius: int = 16
    epsilon: float = 1e-3

    def __post_init__(self) -> None:
        if not 1 <= self.radius <= 1000:
            raise SegstudioError(
                f"The guided filter's radius is {self.radius}; 1 to 1,000 is possible."
            )
        if not (math.isfinite(self.epsilon) and 1e-8 <= self.epsilon <= 1.0):
            raise SegstudioError(
                f"The guided filter's epsilon is {self.epsilon}; 1e-8 to 1 is possible."
            )


def refine(image: Image, probabilities: Probabilities, settings: GuidedSettings) -> Probabilities:
    """Smooth probabilities inside even areas of the image and bind their borders to its edges.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    probabilities : (K, H, W) floating point
        Sum 1 over K; pixels that hold NaN count as undecided.
    settings : GuidedSettings
        Radius in pixels of `image`.

    Returns
    -------
    (K, H, W) float32
        From 0 to 1, sums to 1 over K.

    Raises
    ------
    SegstudioError
        When the shapes do not fit each other.
    """
    return drained(steps(image, probabilities, settings))


def steps(
    image: Image, probabilities: Probabilities, settings: GuidedSettings
) -> Generator[float, None, Probabilities]:
    """Do what `refine` does, yielding the share of the work that is done (0 to 1) as it goes."""
    check_shapes(image, probabilities)
    out = cleaned(probabilities)
    guide = _Guide(image, settings)
    yield 0.1
    for number, plane in enumerate(out):
        guide.filter(plane)
        yield 0.1 + 0.9 * (number + 1) / len(out)
    normalise(out)
    return out


def smooth(
    image: Image,
    share: NDArray[np.float32],
    settings: GuidedSettings,
    *,
    least_radius: int = LEAST_RADIUS,
) -> None:
    """Do what `refine` does to one plane, (H, W) from 0 to 1, in place: two classes, one array.

    Parameters
    ----------
    least_radius : int
        As `LEAST_RADIUS`: larger follows finer edges of a wide window and takes longer.
    """
    _Guide(image, settings, least_radius).filter(share)


Planes = tuple[NDArray[np.float32], ...]


class _Guide:
    """An image ready to filter planes of its size."""

    def __init__(
        self, image: Image, settings: GuidedSettings, least_radius: int = LEAST_RADIUS
    ) -> None:
        self._shape = image.shape[:2]
        height, width = self._shape
        scale = min(1.0, least_radius / settings.radius)
        self._small = (max(1, round(height * scale)), max(1, round(width * scale)))
        radius = max(1, round(settings.radius * scale))
        self._window = _Window(resized_image(image, self._small), radius, settings.epsilon)
        self._channels = _split(image.astype(np.float32) / 255.0)  # three of (H, W)

    def filter(self, plane: NDArray[np.float32]) -> None:
        """Filter a plane, (H, W), in place."""
        small = resized_planes(plane[None], self._small)[0]
        slopes = self._window.coefficients(small)  # (4, h, w)
        red, green, blue, offset = resized_planes(slopes, self._shape)  # each (H, W)
        for slope, channel in zip((red, green, blue), self._channels, strict=True):
            offset += np.multiply(slope, channel, out=slope)
        np.clip(offset, 0.0, 1.0, out=plane)


class _Window:
    """What the filter needs to know of the guide, computed once for all classes."""

    def __init__(self, image: Image, radius: int, epsilon: float) -> None:
        self._size = (2 * radius + 1, 2 * radius + 1)
        self._guide = image.astype(np.float32) / 255.0  # (h, w, 3)
        self._mean = _split(self._box(self._guide))
        red, green, blue = _split(self._guide)
        pairs = _merged((red * red, red * green, red * blue, green * green))
        rest = _merged((green * blue, blue * blue))
        squares = (*_split(self._box(pairs)), *_split(self._box(rest)))
        self._inverse = _inverse(squares, self._mean, epsilon)

    def coefficients(self, plane: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return slopes for red, green, blue and the offset, averaged over windows, (4, h, w)."""
        weighted = _merged((plane, *(plane * c for c in _split(self._guide))))
        mean, *products = _split(self._box(weighted))
        shared = [p - m * mean for p, m in zip(products, self._mean, strict=True)]
        rr, rg, rb, gg, gb, bb = self._inverse
        red = rr * shared[0] + rg * shared[1] + rb * shared[2]
        green = rg * shared[0] + gg * shared[1] + gb * shared[2]
        blue = rb * shared[0] + gb * shared[1] + bb * shared[2]
        offset = mean - red * self._mean[0] - green * self._mean[1] - blue * self._mean[2]
        smooth = self._box(_merged((red, green, blue, offset)))
        return np.stack(_split(smooth))

    def _box(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        return cv2.boxFilter(  # type: ignore[return-value]
            planes, cv2.CV_32F, self._size, borderType=cv2.BORDER_REFLECT
        )


def _inverse(squares: Planes, mean: Planes, epsilon: float) -> Planes:
    """Invert covariance + epsilon of each window: the six different entries of a 3 x 3 matrix."""
    red, green, blue = mean
    rr = squares[0] - red * red + epsilon
    rg = squares[1] - red * green
    rb = squares[2] - red * blue
    gg = squares[3] - green * green + epsilon
    gb = squares[4] - green * blue
    bb = squares[5] - blue * blue + epsilon
    entries = (
        gg * bb - gb * gb,
        rb * gb - rg * bb,
        rg * gb - rb * gg,
        rr * bb - rb * rb,
        rb * rg - rr * gb,
        rr * gg - rg * rg,
    )
    determinant = rr * entries[0] + rg * entries[1] + rb * entries[2]
    # Positive in exact arithmetic, at least epsilon cubed.
    determinant = np.maximum(determinant, epsilon**3)
    return tuple(entry / determinant for entry in entries)


def _split(planes: NDArray[np.float32]) -> Planes:
    return tuple(cv2.split(planes))  # type: ignore[arg-type]


def _merged(planes: Planes) -> NDArray[np.float32]:
    return cv2.merge(planes)  # type: ignore[return-value]
