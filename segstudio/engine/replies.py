"""What the engine computes and keeps of an image, and how it is handed to the window."""

from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core import shared
from segstudio.core.arrays import Confidence, Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.errors import SegstudioError
from segstudio.engine.messages import Reply, SegmentReply
from segstudio.engine.options import Options
from segstudio.inference.progress import Progress
from segstudio.models.spec import ModelSpec

if TYPE_CHECKING:
    from segstudio.inference.segmenter import Segmentation, SegmentSettings

Steps = Generator[Progress | Future[Any], None, Reply]
"""A request at work; one that yields a future goes on when that is done."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What refining an image again and correcting it by scribbles needs.

    Attributes
    ----------
    image : (h, w, 3) uint8, RGB
        The image or a smaller copy.
    size : (height, width)
        Of the image itself.
    probabilities : (K, h2, w2) float16
    model : str
        Name or path, as it was asked for.
    features : (D, h3, w3) float16 or None
        Of the network's decoder, for scribbles.
    """

    image: Image
    size: tuple[int, int]
    probabilities: NDArray[np.float16]
    spec: ModelSpec
    model: str = ""
    features: NDArray[np.float16] | None = None


def settings_of(options: Options) -> "SegmentSettings":
    """Return what the segmenter needs of a request's options."""
    from segstudio.inference.segmenter import SegmentSettings

    return SegmentSettings(
        refine=cast(Any, options.refine),
        detail=cast(Any, options.detail),
        sharpness=options.sharpness,
        augment=cast(Any, options.augment),
        precision=cast(Any, options.precision),
        tile=options.tile,
    )


def reply_of(result: "Segmentation", device: str) -> SegmentReply:
    """Put a result into shared blocks.

    Raises
    ------
    SegstudioError
        When there is no room; nothing is left behind then.
    """
    label_map: LabelMap = result.label_map
    confidence: Confidence = result.confidence
    first = shared.share(label_map)
    try:
        second = shared.share(confidence)
    except SegstudioError:
        first.remove()
        raise
    is_stopped = result.facts.is_stopped
    done = (label_map != IGNORE_INDEX).view(np.uint8) if is_stopped else None
    sure = cv2.mean(confidence, done)[0] / 255  # a tenth of numpy's time
    return SegmentReply(first, second, result.stages, result.refined_by, result.facts, device, sure)
