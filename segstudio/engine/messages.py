"""What the window's process and the engine say to each other.

Small frozen values that can be pickled; arrays travel as `SharedArray`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.lesson import LessonResult
from segstudio.core.model_proposal import ModelProposal
from segstudio.core.region import Region
from segstudio.core.run_facts import RunFacts
from segstudio.core.shared import SharedArray
from segstudio.engine.evaluation_messages import (
    CalibrateRequest,
    EvaluateReply,
    EvaluateRequest,
)
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.engine.model_messages import (
    ArchitecturesReply,
    ArchitecturesRequest,
    ChangeModelRequest,
    DefaultModelRequest,
    ExportModelRequest,
    FetchModelRequest,
    FetchRepositoryRequest,
    ImportModelRequest,
    InspectModelRequest,
    ModelInfo,
    ModelsReply,
    ModelsRequest,
    RemoveModelRequest,
    RenameModelRequest,
)
from segstudio.engine.options import Options


@dataclass(frozen=True)
class WarmRequest:
    """Load a model ahead of the first Segment; answered with the name of the device."""

    model: str
    device: str = "auto"
    precision: str = "auto"


@dataclass(frozen=True)
class SegmentRequest:
    """Segment one image.

    Attributes
    ----------
    image : SharedArray
        (H, W, 3) uint8, RGB; whoever asks removes it after the answer.
    key : str
        Under which the engine keeps image and probabilities for `RefineRequest`; empty to keep
        nothing.
    """

    image: SharedArray
    key: str
    options: Options


@dataclass(frozen=True)
class SegmentFileRequest:
    """Segment an image that nobody looks at now, read from its file by the engine itself."""

    path: str
    options: Options


@dataclass(frozen=True)
class PrepareRequest:
    """Segment a file before anybody asks for it; answered with an empty string.

    A `SegmentRequest` with its path as key and the same options is then answered at once.
    """

    file: SegmentFileRequest


@dataclass(frozen=True)
class RefineRequest:
    """Refine again from the probabilities that the engine kept of an image."""

    key: str
    refine: str
    sharpness: float


@dataclass(frozen=True)
class SnapRequest:
    """Bring the border of a stroke to the edges of the image; see `segstudio.inference.snap`.

    Attributes
    ----------
    image : SharedArray
        (h, w, 3) uint8, RGB: the surroundings of the stroke. Whoever asks removes both blocks.
    marks : SharedArray
        (h, w) uint8.
    reach : int
        In pixels.
    """

    image: SharedArray
    marks: SharedArray
    reach: int


@dataclass(frozen=True)
class SnapReply:
    """Where the class of the stroke is now, (h, w) uint8, 0 or 1; whoever gets it removes it."""

    inside: SharedArray


@dataclass(frozen=True)
class SegmentReply:
    """A segmented image; whoever gets it removes the two blocks.

    Attributes
    ----------
    label_map : SharedArray
        (H, W) uint8 of the model's class indices.
    confidence : SharedArray
        (H, W) uint8, 0 to 255.
    stages : dict of str to float
        Milliseconds.
    facts : RunFacts
        How the network ran; pixels where it was stopped before have label 255.
    sure : float
        Mean confidence, 0 to 1.
    """

    label_map: SharedArray
    confidence: SharedArray
    stages: dict[str, float]
    refined_by: str
    facts: RunFacts
    device: str
    sure: float


@dataclass(frozen=True)
class DoubtRequest:
    """Ask how sure a model was of an image that it segmented, by some measure.

    Attributes
    ----------
    key : str
        Under which the engine keeps the probabilities of the image.
    measure : {"confidence", "margin", "entropy"}
        See `segstudio.inference.doubt`.
    """

    key: str
    measure: str


@dataclass(frozen=True)
class DoubtReply:
    """How sure it was, (H, W) uint8, 255 for certain; whoever gets it removes the block."""

    sureness: SharedArray


FREE, DRAWN = 1, 2
"""In the planes of a `ScribbleRequest`."""


@dataclass(frozen=True, eq=False)
class ScribbleRequest:
    """Ask which pixels should have the class of a scribble.

    Attributes
    ----------
    key : str
        Under which the engine keeps what it has seen of the image.
    stamp : str
        Another one means another image under the same key.
    is_segmented : bool
        Whether what the engine kept of the last Segment belongs to this image.
    image : SharedArray or None
        (H, W, 3) uint8, RGB; only needed where the engine asks for it. Whoever asks removes the
        blocks after the answer.
    planes : SharedArray
        (2, h, w) uint8, of the image or thinned: what may change (`FREE`) and the stroke
        (`DRAWN`); and the class indices as they were before the stroke, 255 for none.
    stroke, ink : (M, 3) float32
        Pixels of the stroke, and others that a person has decided: row and column as shares of
        the image's height and width, and class index.
    label : int
        The class of the stroke; see `segstudio.inference.scribble.UNLABEL`.
    model : str
        Through which to see the image; empty for none.
    targets : tuple of int
        By the model's class index: an own class index, or below 0.
    """

    key: str
    stamp: str
    is_segmented: bool
    image: SharedArray | None
    planes: SharedArray
    stroke: NDArray[np.float32]
    ink: NDArray[np.float32]
    label: int
    model: str
    targets: tuple[int, ...]
    everywhere: bool
    refine: bool
    device: str = "auto"


@dataclass(frozen=True)
class ScribbleReply:
    """What follows from a scribble; whoever gets it removes the block.

    Attributes
    ----------
    taken : SharedArray or None
        (rows, columns) uint8: from 128 on the pixel takes the class.
    region : Region
        Where that lies among the planes of the request.
    is_image_wanted : bool
        The image is not known any more: ask again with it.
    """

    taken: SharedArray | None
    region: Region
    is_image_wanted: bool = False


Request = (
    ModelsRequest
    | ArchitecturesRequest
    | WarmRequest
    | SegmentRequest
    | SegmentFileRequest
    | PrepareRequest
    | EvaluateRequest
    | CalibrateRequest
    | TeachRequest
    | RefineRequest
    | DoubtRequest
    | ScribbleRequest
    | SnapRequest
    | FetchModelRequest
    | FetchRepositoryRequest
    | InspectModelRequest
    | ImportModelRequest
    | RenameModelRequest
    | ChangeModelRequest
    | RemoveModelRequest
    | DefaultModelRequest
    | ExportModelRequest
)
Reply = (
    ModelsReply
    | ArchitecturesReply
    | ModelInfo
    | ModelProposal
    | SegmentReply
    | EvaluateReply
    | LessonResult
    | DoubtReply
    | ScribbleReply
    | SnapReply
    | str
)

BACKGROUND: tuple[type, ...] = (
    RenameModelRequest,
    ChangeModelRequest,
    RemoveModelRequest,
    DefaultModelRequest,
    CalibrateRequest,
    ArchitecturesRequest,
    FetchModelRequest,
    FetchRepositoryRequest,
    InspectModelRequest,
    ImportModelRequest,
    ExportModelRequest,
    WarmRequest,
    EvaluateRequest,
    SegmentFileRequest,
    PrepareRequest,
    TeachRequest,
)
"""Requests that wait while a request of the hand is served, the more urgent ones first."""


QUICK: tuple[type, ...] = (SnapRequest,)
"""Requests of the hand that are answered in a moment, and go before the others of the hand."""


FILES_UNDER_WAY = 4
"""Files to ask for at a time: some are with the model, one waits, one is on its way back."""


def urgency(request: Request) -> int:
    """Return the place of a request among others: 0 for those of the hand, which come first."""
    kind = type(request)
    return BACKGROUND.index(kind) + 1 if kind in BACKGROUND else 0
