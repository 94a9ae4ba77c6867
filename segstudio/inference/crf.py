"""Fully connected CRF refinement: labels that follow the edges of the image.

Krähenbühl and Koltun, "Efficient Inference in Fully Connected CRFs with Gaussian Edge
Potentials" (NIPS 2011). The mean field is our own or that of pydensecrf2. Two measures make it
fast without changing what it finds: classes that are nowhere likely do not take part, and above
`MOST_PIXELS` the mean field runs on a reduced copy, with widths reduced alike, whose result is
scaled back.
"""

import importlib.util
from collections.abc import Callable, Generator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Probabilities
from segstudio.inference.mean_field import (
    SMALLEST_WIDTH,
    CrfSettings,
    longest_side,
)
from segstudio.inference.planes import (
    active_classes,
    check_shapes,
    chosen_planes,
    cleaned,
    normalise,
    resized_image,
    spread_planes,
)
from segstudio.inference.progress import drained
from segstudio.inference.torch_field import mean_field

__all__ = [
    "MOST_PIXELS",
    "CrfSettings",
    "MeanField",
    "is_installed",
    "refine",
    "steps",
    "working_size",
]

MOST_PIXELS = 400_000
"""The mean field runs on at most this many pixels.

At 3 megapixels and 21 classes, 400,000 give 99.6 % of the labels of one plain call of pydensecrf2
in less than a seventh of its time (`segstudio benchmark crf`). Half as many are too few: photos of
0.3 megapixels keep 97.7 to 99.5 % of the plain call's labels then, and 99.4 to 99.9 % as it is.
"""
CLIP = 1e-5
"""Smallest probability in an energy, so that no class is ever impossible at a pixel."""

MeanField = Callable[
    [NDArray[np.uint8], NDArray[np.float32], CrfSettings],
    Generator[float, None, NDArray[np.float32]],
]
"""What runs the mean field: `torch_field`, `mean_field`, or `crf_process` in a child process."""


def is_installed() -> bool:
    """Tell whether pydensecrf2 can be found, without importing it."""
    return importlib.util.find_spec("pydensecrf") is not None


def refine(image: Image, probabilities: Probabilities, settings: CrfSettings) -> Probabilities:
    """Sharpen probabilities along the edges of the image, in this process.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    probabilities : (K, H, W) floating point
        Sum 1 over K; pixels that hold NaN count as undecided.
    settings : CrfSettings
        Widths in pixels of `image`; colour widths in grey levels (0-255).

    Returns
    -------
    (K, H, W) float32
        Sums to 1 over K; 0 for classes that did not take part.

    Raises
    ------
    SegstudioError
        When the shapes do not fit each other.
    """
    return drained(steps(image, probabilities, settings))


def steps(
    image: Image,
    probabilities: Probabilities,
    settings: CrfSettings,
    *,
    run: MeanField = mean_field,
    most_pixels: int = MOST_PIXELS,
) -> Generator[float, None, Probabilities]:
    """Do what `refine` does, yielding the share of the work that is done (0 to 1) as it goes.

    Parameters
    ----------
    image, probabilities, settings
        As for `refine`.
    run : callable
        What runs the mean field.
    most_pixels : int
        Larger images are reduced to this.
    """
    check_shapes(image, probabilities)
    active = active_classes(probabilities)
    yield 0.02
    if len(active) == 1:
        out = np.zeros(probabilities.shape, np.float32)
        out[active[0]] = 1.0
        return out
    shape, reduced = working_size(image.shape, settings, most_pixels=most_pixels)
    # Cleaned after reducing: that is many times less to look at.
    planes = energies(cleaned(chosen_planes(probabilities, active, shape)))  # (A, h, w)
    yield 0.05
    field = run(resized_image(image, shape), planes, reduced)
    beliefs = yield from _between(field, 0.05, 0.95)
    return spread_planes(beliefs, active, probabilities.shape)


def _between(
    run: Generator[float, None, NDArray[np.float32]], start: float, end: float
) -> Generator[float, None, NDArray[np.float32]]:
    try:
        while True:
            try:
                yield start + (end - start) * next(run)
            except StopIteration as stop:
                result: NDArray[np.float32] = stop.value
                return result
    finally:
        run.close()


def working_size(
    shape: tuple[int, ...], settings: CrfSettings, *, most_pixels: int = MOST_PIXELS
) -> tuple[tuple[int, int], CrfSettings]:
    """Return the size at which the mean field runs, and the settings with widths for that size.

    Parameters
    ----------
    shape : (height, width) of the image
    settings : CrfSettings
        Widths in pixels of the image.

    Returns
    -------
    shape : (height, width)
        No larger than the image, at most `most_pixels`, and as long as the library can number.
    settings : CrfSettings
    """
    height, width = shape[:2]
    scale = min(1.0, (most_pixels / (height * width)) ** 0.5)
    reduced = replace(
        settings,
        # The narrow kernel is a pixel or two wide by then, and as costly as it is narrow.
        # Reducing it a little less is a third faster and changes 0.1 % of the labels.
        gaussian_sxy=max(SMALLEST_WIDTH, settings.gaussian_sxy * scale**0.75),
        bilateral_sxy=max(SMALLEST_WIDTH, settings.bilateral_sxy * scale),
    )
    scale = min(scale, longest_side(reduced) / max(height, width))
    return (max(1, int(height * scale)), max(1, int(width * scale))), reduced


def energies(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the negative logarithm of probabilities that are made to sum to 1 over K first."""
    scaled = np.maximum(planes, 0.0)
    normalise(scaled)
    np.maximum(scaled, CLIP, out=scaled)
    np.log(scaled, out=scaled)
    return np.negative(scaled, out=scaled)
