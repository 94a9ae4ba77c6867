"""Scribbles at the engine: what each image looks like is computed once and kept."""

from collections import OrderedDict
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core import shared
from segstudio.core.arrays import Image
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.region import Region, trimmed, whole
from segstudio.engine.messages import DRAWN, FREE, ScribbleReply, ScribbleRequest
from segstudio.engine.replies import Kept, Steps
from segstudio.inference.progress import Progress

if TYPE_CHECKING:
    from segstudio.inference.scribble import Ink
    from segstudio.inference.traits import Cells

MOST_IMAGES = 3
MOST_BYTES = 256 * 2**20

PredictorOf = Callable[[str, str], Any]
Encoded = Callable[[Any, Image], Any]


@dataclass(frozen=True, eq=False)
class _Seen:
    """An image as scribbles see it.

    Attributes
    ----------
    source : object
        What it was computed from: another one is another look at the image.
    image : (h, w, 3) uint8, RGB
        On the grid of the request.
    channels : tuple of int
        The model's class index of each of its channels; empty without a model.
    """

    source: object
    image: Image
    cells: "Cells"
    channels: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        return self.image.nbytes + self.cells.nbytes


class Scribbles:
    """Answers scribbles; an image that is not known is asked for."""

    def __init__(self, predictor_of: PredictorOf, encoded: Encoded) -> None:
        self._predictor_of = predictor_of
        self._encoded = encoded
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def answer(self, request: ScribbleRequest, kept: Kept | None) -> Steps:
        """Work out what follows from a scribble.

        Parameters
        ----------
        kept : Kept or None
            What Segment has left of the image.
        """
        from segstudio.inference import scribble
        from segstudio.inference.prior import prior_of

        seen = yield from self._look(request, kept)
        if seen is None:
            return ScribbleReply(None, Region(0, 0, 0, 0), is_image_wanted=True)
        planes = request.planes.open()  # (2, h, w)
        free, labels = planes[0] == FREE, planes[1]
        prior = prior_of(seen.cells, labels, _targets(seen, request))
        yield Progress(0.45, "scribble")
        stroke = scribble.Stroke(planes[0] == DRAWN, _ink(request.stroke), request.label)
        taken = yield from scribble.correct(
            seen.image,
            seen.cells,
            prior,
            stroke,
            _ink(request.ink),
            free,
            labels,
            everywhere=request.everywhere,
            refine=request.refine,
        )
        region = _around(trimmed(taken >= 128, whole(taken)), taken.shape)
        return ScribbleReply(shared.share(taken[region.slices]), region)

    def _look(
        self, request: ScribbleRequest, kept: Kept | None
    ) -> Generator[Progress, None, _Seen | None]:
        """Return how an image is seen, computed where that is not known yet."""
        source = _source(request, kept)
        seen = self._seen.get(request.key)
        shape = request.planes.shape[1:]
        if seen is not None and seen.source == source and seen.image.shape[:2] == shape:
            self._seen.move_to_end(request.key)
            return seen
        if request.image is None:
            return None
        image: Image = request.image.open()
        seen = yield from self._seen_anew(request, image, kept, source)
        self._seen[request.key] = seen
        self._seen.move_to_end(request.key)
        while len(self._seen) > MOST_IMAGES or self._nbytes() > MOST_BYTES > seen.nbytes:
            self._seen.popitem(last=False)
        return seen

    def _seen_anew(
        self, request: ScribbleRequest, image: Image, kept: Kept | None, source: object
    ) -> Generator[Progress, None, _Seen]:
        from segstudio.inference import traits
        from segstudio.inference.planes import resized_image

        height, width = request.planes.shape[1:]
        small = resized_image(image, (height, width)).copy()  # the block is removed
        yield Progress(0.1, "scribble")
        if not request.model:
            return _Seen(source, small, traits.from_image(small), ())
        if kept is not None and _has_features(kept, request):
            assert kept.features is not None
            found = traits.from_model(small, kept.features, kept.probabilities)
            return _Seen(source, small, found, kept.spec.classes.indices)
        from segstudio.inference import preprocess  # which needs torch

        predictor = self._predictor_of(request.model, request.device)
        yield Progress(0.2, "scribble")
        size = preprocess.working_size(image.shape[0], image.shape[1], predictor.spec)
        encoded = self._encoded(predictor, preprocess.scaled(image, size))
        yield Progress(0.3, "scribble")
        decoded = predictor.decode(encoded)
        yield Progress(0.4, "scribble")
        found = traits.from_model(small, decoded.features, decoded.probabilities)
        return _Seen(source, small, found, predictor.spec.classes.indices)

    def _nbytes(self) -> int:
        return sum(seen.nbytes for seen in self._seen.values())


def _has_features(kept: Kept, request: ScribbleRequest) -> bool:
    return request.is_segmented and kept.features is not None and kept.model == request.model


def _source(request: ScribbleRequest, kept: Kept | None) -> object:
    """Return what an image would be seen by: its last Segment, its model alone, or nothing."""
    if kept is not None and _has_features(kept, request):
        return kept
    return request.model, request.stamp


def _targets(seen: _Seen, request: ScribbleRequest) -> NDArray[np.int64]:
    """Return what each channel of the model is here; below 0 where it is no class."""
    known = [*request.targets, *[-1] * 256]
    targets = np.array([known[index] for index in seen.channels], np.int64)
    targets[targets == IGNORE_INDEX] = -1
    return targets


def _around(region: Region, shape: tuple[int, ...]) -> Region:
    """Return a region with the pixels beside it, between which a border may pass."""
    wider = Region(region.top - 1, region.left - 1, region.bottom + 1, region.right + 1)
    return wider.clipped(shape[0], shape[1])


def _ink(pixels: NDArray[np.float32]) -> "Ink":
    from segstudio.inference.scribble import Ink

    return Ink(pixels[:, 0], pixels[:, 1], pixels[:, 2].astype(np.int64))
