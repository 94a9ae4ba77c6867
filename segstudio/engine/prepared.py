"""Images that were segmented before anybody asked for them."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.core.errors import ModelError
from segstudio.engine.messages import SegmentFileRequest, SegmentReply, SegmentRequest
from segstudio.engine.replies import Kept, reply_of
from segstudio.models import catalogue

if TYPE_CHECKING:
    from segstudio.inference.segmenter import Segmentation

MOST_IMAGES = 4
"""The next three, and the one that is being opened."""

MOST_BYTES = 512 * 2**20

Stamp = tuple[int, int, int]
"""Size, time and number of a file, which change with its content."""


def stamp_of(path: str) -> Stamp | None:
    """Return the stamp of a file; None when it is not there."""
    try:
        facts = Path(path).stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def stamp_of_model(model: str) -> Stamp | None:
    """Return the stamp of the file of a model; None when there is no such model any more."""
    try:
        return stamp_of(str(catalogue.find(model)))
    except ModelError:
        return None


@dataclass(frozen=True)
class Prepared:
    """The result of one image, and what refining it again needs."""

    stamp: Stamp | None
    model: Stamp | None
    result: "Segmentation"
    kept: Kept
    device: str

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        arrays = (self.result.label_map, self.result.confidence, self.kept.probabilities)
        features = self.kept.features
        rest = self.kept.image.nbytes + (0 if features is None else features.nbytes)
        return rest + sum(array.nbytes for array in arrays)

    def reply(self) -> SegmentReply:
        """Return the answer to the request that it was made for."""
        return reply_of(self.result, self.device)


class PreparedImages:
    """A few prepared images, of one way to segment: those of another are dropped."""

    def __init__(self) -> None:
        self._images: OrderedDict[SegmentFileRequest, Prepared] = OrderedDict()

    def keep(self, request: SegmentFileRequest, prepared: Prepared) -> None:
        """Keep a result; the oldest ones go when there are too many."""
        for other in [r for r in self._images if r.options != request.options]:
            del self._images[other]
        self._images[request] = prepared
        while len(self._images) > MOST_IMAGES or self._nbytes() > MOST_BYTES:
            self._images.popitem(last=False)

    def take(self, request: SegmentRequest, size: tuple[int, int]) -> Prepared | None:
        """Return what was prepared for a request; None where that is nothing, or outdated.

        Parameters
        ----------
        size : (height, width)
            Of the image that is to be segmented; its file may be another by now.
        """
        wanted = SegmentFileRequest(request.key, request.options)
        found = self._images.pop(wanted, None)
        if found is None or found.kept.size != size or found.stamp != stamp_of(request.key):
            return None
        # Its values may have been changed, or another model may bear its name.
        return found if stamp_of_model(request.options.model) in (found.model, None) else None

    def _nbytes(self) -> int:
        return sum(prepared.nbytes for prepared in self._images.values())
