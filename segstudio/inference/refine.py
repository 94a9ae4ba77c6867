"""The one entrance to refinement: which filter, at which size, how sharp.

Refinement runs between the size at which the model saw the image and the size of the image, on at
most about 0.75 megapixels: widths in pixels then mean the same for every photo, and a 12 megapixel
photo costs no more than a small one. Only where the model itself saw more than twice that (native
detail of aerial photos or microscopy) the CRF runs in tiles.
"""

import logging
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Probabilities
from segstudio.core.errors import SegstudioError
from segstudio.inference import crf, crf_process, guided, torch_field
from segstudio.inference.crf import CrfSettings
from segstudio.inference.guided import GuidedSettings
from segstudio.inference.planes import active_classes, chosen_planes, resized_image, spread_planes
from segstudio.inference.progress import Progress

log = logging.getLogger(__name__)

Mode = Literal["none", "guided", "crf", "pydensecrf2"]
MODES: tuple[Mode, ...] = ("none", "guided", "crf", "pydensecrf2")
DENSE: tuple[Mode, ...] = ("crf", "pydensecrf2")
"""The fully connected CRF by a mean field of our own, and by that library where it is installed."""
INSTEAD: dict[Mode, Mode] = {"pydensecrf2": "crf", "crf": "guided"}
"""What takes the place of a way that cannot run."""

MOST_PIXELS = 750_000
"""Size at which photos are refined."""
TILES_ABOVE = 2 * MOST_PIXELS
TILE_PIXELS = 1_000_000
"""Tiles keep their full detail; smaller ones would consist of overlap for the most part."""
USUAL_PIXELS = 187_500
"""The published widths are for images of 500 x 375; smaller ones get smaller widths."""
STAGE = "refine"

Filter = Callable[[Image, NDArray[np.float32], float], Generator[float, None, NDArray[np.floating]]]


@dataclass(frozen=True)
class Refinement:
    """Refined probabilities.

    Attributes
    ----------
    probabilities : (K, h, w) float32
        Sum 1 over K; `h` and `w` lie between the model's working size and the image's size.
    refined_by : str
        What was really used: "pydensecrf2" becomes "crf" where it is not installed or failed,
        and "crf" becomes "guided" where it failed.
    ms : float
        Milliseconds from start to end.
    """

    probabilities: Probabilities
    refined_by: Mode
    ms: float


def refined(
    image: Image,
    probabilities: Probabilities,
    mode: Mode,
    *,
    sharpness: float = 0.5,
    device: torch.device | None = None,
) -> Generator[Progress, None, Refinement]:
    """Refine the probabilities of one image, chunk by chunk.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    probabilities : (K, h, w) float16 or float32
        At the model's working size; sum 1 over K. Pixels with NaN count as undecided.
    mode : "none", "guided", "crf" or "pydensecrf2"
    sharpness : float
        0 follows only strong edges and removes small islands, 1 follows faint edges and keeps
        thin parts.
    device : torch.device, optional
        Where the network ran. The CRF runs there too when that is CUDA, else on the CPU.

    Yields
    ------
    Progress
        After each chunk. Closing the generator cancels the work, a running CRF at once.

    Returns
    -------
    Refinement

    Raises
    ------
    SegstudioError
        When the mode is not known or the arrays have no pixels.
    """
    started = time.perf_counter()
    if mode not in MODES:
        raise SegstudioError(f"“{mode}” is no way to refine. Choose {', '.join(MODES)}.")
    if image.ndim != 3 or min(image.shape) < 1 or min(probabilities.shape) < 1:
        raise SegstudioError("There is nothing to refine: the image has no pixels.")
    sharpness = min(1.0, max(0.0, sharpness))
    used = mode if mode != "pydensecrf2" or crf.is_installed() else "crf"
    filters: dict[Mode, Filter] = {
        "guided": _guided,
        "crf": partial(_crf, run=partial(torch_field.mean_field, device=_of_crf(device))),
        "pydensecrf2": partial(_crf, run=crf_process.mean_field),
    }
    while used != "none":
        try:
            out = yield from _through(filters[used], image, probabilities, sharpness)
            break
        except SegstudioError as error:
            if used not in INSTEAD:
                raise
            log.warning("%s “%s” is used instead.", error, INSTEAD[used])
            used = INSTEAD[used]
    else:
        out = np.asarray(probabilities, np.float32)
    return Refinement(out, used, (time.perf_counter() - started) * 1000.0)


def target_shape(image_shape: tuple[int, ...], working_shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the height and width at which an image is refined.

    The image's own size up to about 0.75 megapixels, above that a reduced one that is not
    smaller than the working size.
    """
    height, width = image_shape[:2]
    most = max(MOST_PIXELS, working_shape[0] * working_shape[1])
    scale = min(1.0, (most / (height * width)) ** 0.5)
    return max(1, round(height * scale)), max(1, round(width * scale))


def crf_settings(shape: tuple[int, ...], sharpness: float) -> CrfSettings:
    """Return the CRF's widths for an image of `shape`; sharpness 0.5 gives the published ones."""
    factor = 2.0 ** (1.0 - 2.0 * sharpness)  # 2 for smooth, 0.5 for sharp
    size = min(1.0, (shape[0] * shape[1] / USUAL_PIXELS) ** 0.5)
    return CrfSettings(
        gaussian_sxy=max(1.0, 3.0 * factor * size),
        bilateral_sxy=max(1.0, 80.0 * size),
        bilateral_srgb=13.0 * factor,
    )


def guided_settings(shape: tuple[int, ...], sharpness: float) -> GuidedSettings:
    """Return the guided filter's settings for an image of `shape`."""
    size = min(1.0, (shape[0] * shape[1] / MOST_PIXELS) ** 0.25)
    return GuidedSettings(radius=max(2, round(16 * size)), epsilon=10.0 ** (-2.0 - 2.0 * sharpness))


def _through(
    run: Filter, image: Image, probabilities: Probabilities, sharpness: float
) -> Generator[Progress, None, NDArray[np.float32]]:
    shape = target_shape(image.shape, probabilities.shape[1:])
    guide = resized_image(image, shape)
    yield Progress(0.01, STAGE)
    active = active_classes(probabilities)
    yield Progress(0.02, STAGE)
    planes = chosen_planes(probabilities, active, shape)  # (A, h, w)
    yield Progress(0.03, STAGE)
    steps = run(guide, planes, sharpness)
    try:
        while True:
            try:
                yield Progress(0.03 + 0.96 * next(steps), STAGE)
            except StopIteration as end:
                return spread_planes(end.value, active, (len(probabilities), *shape))
    finally:
        steps.close()


def _guided(
    guide: Image, planes: NDArray[np.float32], sharpness: float
) -> Generator[float, None, NDArray[np.floating]]:
    return guided.steps(guide, planes, guided_settings(guide.shape, sharpness))


def _crf(
    guide: Image,
    planes: NDArray[np.float32],
    sharpness: float,
    run: crf.MeanField,
) -> Generator[float, None, NDArray[np.floating]]:
    shape = guide.shape
    settings = crf_settings(shape, sharpness)
    if shape[0] * shape[1] <= TILES_ABOVE:
        return crf.steps(guide, planes, settings, run=run)
    return _crf_in_tiles(guide, planes, settings, run)


def _of_crf(device: torch.device | None) -> torch.device:
    # Apple's MPS lacks some of what the mean field is made of.
    return device if device is not None and device.type == "cuda" else torch.device("cpu")


def _crf_in_tiles(
    guide: Image, planes: NDArray[np.float32], settings: CrfSettings, run: crf.MeanField
) -> Generator[float, None, NDArray[np.floating]]:
    out = np.empty_like(planes)
    tiles = list(tiles_of(guide.shape, overlap=round(2 * settings.bilateral_sxy)))
    for number, (inner, outer) in enumerate(tiles):
        part = (slice(None), *outer)
        steps = crf.steps(
            guide[outer],
            planes[part],
            settings,
            run=run,
            most_pixels=TILE_PIXELS,
        )
        while True:
            try:
                yield (number + next(steps)) / len(tiles)
            except StopIteration as end:
                rows = slice(inner[0].start - outer[0].start, inner[0].stop - outer[0].start)
                columns = slice(inner[1].start - outer[1].start, inner[1].stop - outer[1].start)
                out[(slice(None), *inner)] = end.value[:, rows, columns]
                break
    return out


Region = tuple[slice, slice]


def tiles_of(shape: tuple[int, ...], *, overlap: int) -> Iterator[tuple[Region, Region]]:
    """Yield the tiles of an image: the part that each fills, and that part with its surroundings.

    Parameters
    ----------
    shape : (height, width, ...)
    overlap : int
        Width of the surroundings in pixels on each side.
    """
    side = max(int(TILE_PIXELS**0.5) - 2 * overlap, 64)
    height, width = shape[:2]
    for top in range(0, height, side):
        for left in range(0, width, side):
            bottom, right = min(top + side, height), min(left + side, width)
            inner = (slice(top, bottom), slice(left, right))
            outer = (
                slice(max(0, top - overlap), min(height, bottom + overlap)),
                slice(max(0, left - overlap), min(width, right + overlap)),
            )
            yield inner, outer
