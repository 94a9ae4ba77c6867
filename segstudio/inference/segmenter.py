"""The whole way from an image to its label map, in short steps."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, Image, LabelMap, Probabilities
from segstudio.inference import labelling, preprocess, refine, tiling
from segstudio.inference.predictor import DecodedImage, Predictor
from segstudio.inference.progress import Progress
from segstudio.inference.refine import Mode
from segstudio.models.spec import ModelSpec

Detail = Literal["1", "2", "4", "native"]

LARGEST_WHOLE_PIXELS = 2_500_000
"""A larger working image is cut into tiles: the network's own memory grows with it."""

RefineStep = Callable[..., Generator[Progress, None, refine.Refinement]]
"""What `refine.refined` is; the engine passes one that runs elsewhere."""

_NETWORK_SHARE = 0.5
_REFINE_SHARE = 0.3


@dataclass(frozen=True)
class SegmentSettings:
    """How to segment.

    Attributes
    ----------
    refine : {"none", "guided", "crf", "pydensecrf2"}
    detail : {"1", "2", "4", "native"}
        How many times finer than the model's working size; finer than 1 runs in tiles.
    sharpness : float
        How closely refined borders follow the image, 0 to 1.
    """

    refine: Mode = "guided"
    detail: Detail = "1"
    sharpness: float = 0.5


@dataclass(frozen=True)
class Segmentation:
    """The result for one image.

    Attributes
    ----------
    label_map : (H, W) uint8
        The model's class indices.
    confidence : (H, W) uint8
        255 times the largest probability; after the CRF, the network's own probability of the
        class chosen.
    probabilities : (K, h, w) float16
        At working size, before refinement; channel k is the model's k-th class.
    stages : dict of str to float
        Milliseconds spent in each stage.
    refined_by : {"none", "guided", "crf", "pydensecrf2"}
        What really refined; see `segstudio.inference.refine.Refinement`.
    tiled : bool
    """

    label_map: LabelMap
    confidence: Confidence
    probabilities: NDArray[np.float16]
    stages: dict[str, float]
    refined_by: str
    tiled: bool
    features: NDArray[np.float16] | None = None


@dataclass
class _Clock:
    """Adds up the time between marks by stage; time spent outside a step is not counted."""

    stages: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    def mark(self, stage: str, done: float) -> Progress:
        elapsed_ms = (time.perf_counter() - self.started) * 1000.0
        self.stages[stage] = self.stages.get(stage, 0.0) + elapsed_ms
        return Progress(min(done, 1.0), stage)

    def resume(self) -> None:
        self.started = time.perf_counter()


def segment(
    image: Image,
    predictor: Predictor,
    settings: SegmentSettings,
    *,
    size: tuple[int, int] | None = None,
    refine_step: RefineStep | None = None,
) -> Generator[Progress, None, Segmentation]:
    """Segment one image, pausing after every short step.

    Closing the generator cancels the work.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
        Of any size from 1 x 1.
    size : (height, width), optional
        Of the image itself, where `image` is a smaller copy with as much detail as is looked at;
        see `needed_size`.

    Yields
    ------
    Progress

    Returns
    -------
    Segmentation
    """
    height, width = size or image.shape[:2]
    clock = _Clock()
    seen = preprocess.working_size(height, width, predictor.spec, settings.detail)
    working = preprocess.scaled(image, seen)
    yield clock.mark("scale", 0.05)
    tiled = settings.detail != "1" or seen[0] * seen[1] > LARGEST_WHOLE_PIXELS
    features = None
    if tiled:
        probabilities = yield from _tiled_probabilities(working, predictor, clock)
    else:
        decoded = yield from _decoded(working, predictor, clock)
        probabilities, features = decoded.probabilities, decoded.features
    result = yield from _labelled(
        image,
        (height, width),
        probabilities,
        predictor.spec,
        settings,
        clock,
        refine_step or partial(refine.refined, device=predictor.device),
        tiled=tiled,
    )
    return replace(result, features=features)


def needed_size(
    height: int, width: int, spec: ModelSpec, settings: SegmentSettings
) -> tuple[int, int]:
    """Return the height and width of the smallest copy of an image that `segment` can do with.

    Parameters
    ----------
    height, width : int
        Of the image itself.
    """
    seen = preprocess.working_size(height, width, spec, settings.detail)
    if settings.refine == "none":
        return seen
    refined = refine.target_shape((height, width), seen)
    return max(seen[0], refined[0]), max(seen[1], refined[1])


def refine_again(
    image: Image,
    probabilities: Probabilities,
    spec: ModelSpec,
    settings: SegmentSettings,
    *,
    size: tuple[int, int] | None = None,
) -> Generator[Progress, None, Segmentation]:
    """Refine and label an image anew from the probabilities of an earlier `Segmentation`.

    Costs no run of the network: what a change of refinement or sharpness needs.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    probabilities : (K, h, w) float16
        At working size.
    spec : ModelSpec
        Of the model that they come from.
    size : (height, width), optional
        Of the image itself, as for `segment`.
    """
    whole = size or (image.shape[0], image.shape[1])
    clock = _Clock()
    return (
        yield from _labelled(image, whole, probabilities, spec, settings, clock, None, tiled=False)
    )


def _labelled(
    image: Image,
    size: tuple[int, int],
    probabilities: Probabilities,
    spec: ModelSpec,
    settings: SegmentSettings,
    clock: _Clock,
    refine_step: RefineStep | None,
    *,
    tiled: bool,
) -> Generator[Progress, None, Segmentation]:
    """Refine probabilities and turn them into labels at the image's own size."""
    height, width = size
    clock.resume()
    step = (refine_step or refine.refined)(
        image, probabilities, settings.refine, sharpness=settings.sharpness
    )
    refinement = yield from _through(step, clock)
    clock.resume()
    labels = labelling.LabelWriter(refinement.probabilities, height, width)
    for done in labels.strips():
        yield clock.mark("labels", 0.85 + 0.15 * done)
        clock.resume()
    confidence = labels.confidence
    if refinement.refined_by in refine.DENSE:
        confidence = labelling.confidence_in(refinement.probabilities, probabilities, height, width)
        yield clock.mark("labels", 1.0)
    return Segmentation(
        label_map=labelling.with_indices(labels.channels, spec.classes.indices),
        confidence=confidence,
        probabilities=probabilities.astype(np.float16, copy=False),
        stages=clock.stages,
        refined_by=refinement.refined_by,
        tiled=tiled,
    )


def _decoded(
    working: Image, predictor: Predictor, clock: _Clock
) -> Generator[Progress, None, DecodedImage]:
    clock.resume()
    encoded = predictor.encode(working)
    yield clock.mark("encoder", 0.35)
    clock.resume()
    decoded = predictor.decode(encoded)
    yield clock.mark("decoder", 0.55)
    return decoded


def _tiled_probabilities(
    working: Image, predictor: Predictor, clock: _Clock
) -> Generator[Progress, None, Probabilities]:
    height, width = working.shape[:2]
    side = -(-predictor.spec.short_side // predictor.spec.multiple) * predictor.spec.multiple
    pieces = tiling.tiles(height, width, side)
    # float16 adds up at most a few shares below 1: errors stay below 0.002 at half the memory
    total = np.zeros((len(predictor.spec.classes), height, width), np.float16)
    for number, tile in enumerate(pieces, start=1):
        clock.resume()
        rows, columns = tile.region
        part = predictor.predict(np.ascontiguousarray(working[rows, columns]))
        total[:, rows, columns] += (part * tile.weights).astype(np.float16)
        yield clock.mark("tiles", 0.05 + _NETWORK_SHARE * number / len(pieces))
    return total


def _through(
    step: Generator[Progress, None, refine.Refinement], clock: _Clock
) -> Generator[Progress, None, refine.Refinement]:
    """Pass on the refinement's progress as a part of the whole."""
    while True:
        clock.resume()
        try:
            progress = next(step)
        except StopIteration as end:
            refinement: refine.Refinement = end.value
            yield clock.mark("refine", 0.55 + _REFINE_SHARE)
            return refinement
        yield clock.mark("refine", 0.55 + _REFINE_SHARE * progress.done)
