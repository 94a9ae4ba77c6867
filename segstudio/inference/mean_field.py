"""The dense CRF's mean field by pydensecrf2, on inputs that cannot crash the native library.

pydensecrf2 checks little of what it is given: a width of zero is a segmentation fault there, and
a NaN spreads to every pixel. It also holds Python's global lock for as long as it computes. So
everything is checked here first, and this module imports nothing but numpy, so that the child
process which runs it (`segstudio.inference.crf_child`) starts in a moment.
"""

import math
from collections.abc import Generator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegstudioError

SMALLEST_WIDTH = 1.0
"""Below one pixel or grey level the library's grid grows without bound, and at 0 it crashes."""
LARGEST_WIDTH = 10_000.0
LARGEST_WEIGHT = 1_000.0
MOST_ITERATIONS = 100
SIDE_PER_WIDTH = 8_000
"""The library numbers grid points with 16 bits: a side may be this many widths long."""


@dataclass(frozen=True)
class CrfSettings:
    """Widths and weights of the fully connected CRF of Krähenbühl and Koltun (2011), equation 3.

    Widths in space count pixels of the image that is given, and suit images of about 500 pixels.
    A large photo is therefore refined at a reduced size: `segstudio.inference.refine`.

    Attributes
    ----------
    gaussian_sxy : float
        Width of the smoothness kernel in pixels, 1 to 10,000.
    gaussian_compat : float
        Its weight, 0 to 1,000: larger removes more small islands.
    bilateral_sxy : float
        Reach in pixels of the appearance kernel, 1 to 10,000.
    bilateral_srgb : float
        Its width in grey levels (0 to 255), 1 to 10,000: smaller follows fainter edges.
    bilateral_compat : float
        Its weight, 0 to 1,000.
    iterations : int
        Mean field steps, 1 to 100; it has settled after about 5.
    """

    gaussian_sxy: float = 3.0
    gaussian_compat: float = 3.0
    bilateral_sxy: float = 80.0
    bilateral_srgb: float = 13.0
    bilateral_compat: float = 10.0
    iterations: int = 5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            low, high = _LIMITS[name]
            if not (math.isfinite(value) and low <= value <= high):
                raise SegstudioError(
                    f"The CRF's {name} is {value}; {low:g} to {high:g} is possible. "
                    "Choose another value."
                )


_WIDTHS = (SMALLEST_WIDTH, LARGEST_WIDTH)
_WEIGHTS = (0.0, LARGEST_WEIGHT)
_LIMITS: dict[str, tuple[float, float]] = {
    "gaussian_sxy": _WIDTHS,
    "gaussian_compat": _WEIGHTS,
    "bilateral_sxy": _WIDTHS,
    "bilateral_srgb": _WIDTHS,
    "bilateral_compat": _WEIGHTS,
    "iterations": (1, MOST_ITERATIONS),
}


def longest_side(settings: CrfSettings) -> int:
    """Return how many pixels long a side may be for these widths."""
    return int(SIDE_PER_WIDTH * min(settings.gaussian_sxy, settings.bilateral_sxy))


def mean_field(
    image: NDArray[np.uint8], unary: NDArray[np.float32], settings: CrfSettings
) -> Generator[float, None, NDArray[np.float32]]:
    """Run the mean field in this process, giving back control after each step.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    unary : (K, H, W) float32
        Negative logarithm of the probabilities.
    settings : CrfSettings

    Yields
    ------
    float
        Share of the work that is done, 0 to 1.

    Returns
    -------
    (K, H, W) float32
        Sums to 1 over K.

    Raises
    ------
    SegstudioError
        When the arrays do not fit each other or hold something else than finite numbers.
    ImportError
        When pydensecrf2 is not installed.
    """
    height, width = checked_size(image, unary, settings)
    from pydensecrf.densecrf import DenseCRF2D

    classes = unary.shape[0]
    # The library takes only writable, contiguous arrays and keeps no copy of its own.
    colours = np.require(image, np.uint8, ["C", "W", "O", "A"])
    energy = np.require(unary.reshape(classes, -1), np.float32, ["C", "W", "O", "A"])  # (K, N)
    field = DenseCRF2D(width, height, classes)
    field.setUnaryEnergy(energy)
    if settings.gaussian_compat > 0:
        field.addPairwiseGaussian(sxy=settings.gaussian_sxy, compat=settings.gaussian_compat)
    yield 0.05
    if settings.bilateral_compat > 0:
        field.addPairwiseBilateral(
            sxy=settings.bilateral_sxy,
            srgb=settings.bilateral_srgb,
            rgbim=colours,
            compat=settings.bilateral_compat,
        )
    yield 0.2
    beliefs, spare, message = field.startInference()
    for step in range(settings.iterations):
        field.stepInference(beliefs, spare, message)
        yield 0.2 + 0.8 * (step + 1) / settings.iterations
    return np.ascontiguousarray(beliefs, np.float32).reshape(classes, height, width)


def checked_size(
    image: NDArray[np.uint8], unary: NDArray[np.float32], settings: CrfSettings
) -> tuple[int, int]:
    """Return the height and width, or raise a SegstudioError unless all fits together."""
    fits = (
        image.ndim == 3
        and image.shape[2] == 3
        and image.dtype == np.uint8
        and unary.ndim == 3
        and unary.shape[1:] == image.shape[:2]
        and min(unary.shape) >= 1
        and bool(np.isfinite(unary).all())
    )
    if not fits:
        raise SegstudioError(
            f"The CRF needs an RGB image and finite energies of the same size, not "
            f"{image.dtype} {image.shape} and {unary.dtype} {unary.shape}."
        )
    height, width = image.shape[:2]
    if max(height, width) > longest_side(settings):
        raise SegstudioError(
            f"A side of {max(height, width)} pixels is too long for a CRF of width "
            f"{min(settings.gaussian_sxy, settings.bilateral_sxy):g}. Choose a larger width."
        )
    return height, width
