"""The whole way from an image to its label map, in short steps."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, Image, LabelMap, Mask, Probabilities
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.run_facts import RunFacts
from segstudio.inference import labelling, network_run, preprocess, refine
from segstudio.inference.blend import Blend
from segstudio.inference.clock import StageClock
from segstudio.inference.feature_cache import FeatureCache
from segstudio.inference.network_run import Look
from segstudio.inference.passes import LARGEST_SCALE, Augment
from segstudio.inference.precision import Precision
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import Progress
from segstudio.inference.refine import Mode
from segstudio.models.spec import ModelSpec

Detail = Literal["1", "2", "4", "native"]

RefineStep = Callable[..., Generator[Progress, None, refine.Refinement]]
"""What `refine.refined` is; the engine passes one that runs elsewhere."""

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
    augment : {"none", "flip", "scales"}
        Whether the network looks several times, flipped and at other scales as well.
    precision : {"auto", "full", "half"}
        Auto is half where that is faster and as good.
    tile : int
        Side of a tile in pixels; 0 for what memory allows.
    """

    refine: Mode = "guided"
    detail: Detail = "1"
    sharpness: float = 0.5
    augment: Augment = "none"
    precision: Precision = "auto"
    tile: int = 0


@dataclass(frozen=True)
class Segmentation:
    """The result for one image.

    Attributes
    ----------
    label_map : (H, W) uint8
        The model's class indices; 255 where it was stopped before.
    confidence : (H, W) uint8
        255 times the largest probability; after the CRF, and of a calibrated model, the network's
        own probability of the class chosen. 255 where it was stopped before.
    probabilities : (K, h, w) float16
        At working size, before refinement; channel k is the model's k-th class.
    stages : dict of str to float
        Milliseconds spent in each stage.
    refined_by : {"none", "guided", "crf", "pydensecrf2"}
        What really refined; see `segstudio.inference.refine.Refinement`.
    facts : RunFacts
        How the network ran.
    """

    label_map: LabelMap
    confidence: Confidence
    probabilities: NDArray[np.float16]
    stages: dict[str, float]
    refined_by: str
    facts: RunFacts = field(default_factory=RunFacts)
    features: NDArray[np.float16] | None = None

    @property
    def tiled(self) -> bool:
        """Whether the image was cut into tiles."""
        return self.facts.is_tiled


def segment(
    image: Image,
    predictor: Predictor,
    settings: SegmentSettings,
    *,
    size: tuple[int, int] | None = None,
    refine_step: RefineStep | None = None,
    cache: FeatureCache | None = None,
    sharers: int = 1,
) -> Generator[Progress, None, Segmentation]:
    """Segment one image, pausing after every short step.

    Closing the generator cancels the work; `Partial.finish` of its progress ends it soon with the
    tiles that are done, not refined.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
        Of any size from 1 x 1.
    size : (height, width), optional
        Of the image itself, where `image` is a smaller copy with as much detail as is looked at;
        see `needed_size`.
    cache : FeatureCache, optional
        Of what encoders saw.
    sharers : int
        How many images are segmented at a time, which have the free memory together.

    Yields
    ------
    Progress

    Returns
    -------
    Segmentation

    Raises
    ------
    MemoryError
        When memory is not enough, in whatever way it is tried.
    """
    height, width = size or image.shape[:2]
    clock = StageClock()
    seen = preprocess.working_size(height, width, predictor.spec, settings.detail)
    finer = seen[0] > preprocess.working_size(height, width, predictor.spec)[0]
    yield clock.mark("scale", network_run.BEFORE)
    look = Look(finer, settings.augment, settings.precision, settings.tile)
    found = yield from network_run.found(
        image, seen, predictor, look, clock, cache=cache, sharers=sharers
    )
    result = yield from _labelled(
        image,
        (height, width),
        found.probabilities,
        predictor.spec,
        settings,
        clock,
        refine_step or partial(refine.refined, device=predictor.device),
        found.blend,
    )
    result = replace(result, features=found.features, facts=found.facts)
    return result if found.covered is None else _without(result, found.covered)


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
    scale = LARGEST_SCALE[settings.augment]
    seen = round(seen[0] * scale), round(seen[1] * scale)
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
    clock = StageClock()
    return (yield from _labelled(image, whole, probabilities, spec, settings, clock, None, None))


def _labelled(
    image: Image,
    size: tuple[int, int],
    probabilities: Probabilities,
    spec: ModelSpec,
    settings: SegmentSettings,
    clock: StageClock,
    refine_step: RefineStep | None,
    blend: Blend | None,
) -> Generator[Progress, None, Segmentation]:
    """Refine probabilities and turn them into labels at the image's own size."""
    height, width = size
    clock.resume()
    raw = untempered(probabilities, spec.temperature)
    step = (refine_step or refine.refined)(
        image, raw, settings.refine, sharpness=settings.sharpness
    )
    refinement = yield from _through(step, clock, blend)
    if refinement is None:
        refinement = refine.Refinement(np.asarray(raw, np.float32), "none", 0.0)
    clock.resume()
    labels = labelling.LabelWriter(refinement.probabilities, height, width)
    for done in labels.strips():
        yield clock.mark("labels", 0.85 + 0.15 * done)
        clock.resume()
    confidence = labels.confidence
    if refinement.refined_by in refine.DENSE or raw is not probabilities:
        confidence = labelling.confidence_in(refinement.probabilities, probabilities, height, width)
        yield clock.mark("labels", 1.0)
    return Segmentation(
        label_map=labelling.with_indices(labels.channels, spec.classes.indices),
        confidence=confidence,
        probabilities=probabilities.astype(np.float16, copy=False),
        stages=clock.stages,
        refined_by=refinement.refined_by,
    )


def untempered(probabilities: Probabilities, temperature: float) -> Probabilities:
    """Return what probabilities (K, h, w) would be at a temperature of 1.

    Labels come from these, so that a calibrated model says what it said before.
    """
    if temperature == 1.0:
        return probabilities
    raw: NDArray[np.float32] = np.asarray(probabilities / probabilities.max(axis=0), np.float32)
    np.power(raw, np.float32(temperature), out=raw)
    raw /= raw.sum(axis=0)
    return raw


def _through(
    step: Generator[Progress, None, refine.Refinement],
    clock: StageClock,
    blend: Blend | None,
) -> Generator[Progress, None, refine.Refinement | None]:
    """Pass on the refinement's progress as a part of the whole; None when it was stopped."""
    while blend is None or not blend.ends_early:
        clock.resume()
        try:
            progress = next(step)
        except StopIteration as end:
            refinement: refine.Refinement = end.value
            yield clock.mark("refine", 0.55 + _REFINE_SHARE)
            return refinement
        yield clock.mark("refine", 0.55 + _REFINE_SHARE * progress.done)
    step.close()
    return None


def _without(result: Segmentation, covered: Mask) -> Segmentation:
    """Return a result that says nothing where no tile has been."""
    height, width = result.label_map.shape
    wide = cv2.resize(
        covered.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST
    ).view(np.bool_)
    result.label_map[~wide] = IGNORE_INDEX
    result.confidence[~wide] = 255
    return result
