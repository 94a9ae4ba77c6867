"""What the window's process and the engine say to each other.

Small frozen values that can be pickled; arrays travel as `SharedArray`.
"""

from dataclasses import dataclass

from segstudio.core.classes import ClassTable
from segstudio.core.shared import SharedArray


@dataclass(frozen=True)
class ModelInfo:
    """What the window shows of a model."""

    name: str
    title: str
    path: str
    classes: ClassTable
    miou: float | None
    refine: str


@dataclass(frozen=True)
class ModelsRequest:
    """Ask what the engine can do."""


@dataclass(frozen=True)
class ModelsReply:
    """What the engine can do.

    Attributes
    ----------
    models : tuple of ModelInfo
        The default one first.
    crf_installed : bool
    """

    models: tuple[ModelInfo, ...]
    crf_installed: bool


@dataclass(frozen=True)
class WarmRequest:
    """Load a model ahead of the first Segment; answered with the name of the device."""

    model: str
    device: str = "auto"


@dataclass(frozen=True)
class SegmentRequest:
    """Segment one image.

    Attributes
    ----------
    image : SharedArray
        (H, W, 3) uint8, RGB; whoever asks removes it after the answer.
    key : str
        Under which the engine keeps image and probabilities for `RefineRequest`.
    model : str
        Name of a bundled model or path of a model file.
    refine, detail, device : str
        See `segstudio.inference.segmenter.SegmentSettings` and `segstudio.inference.device`.
    sharpness : float
        0 to 1.
    """

    image: SharedArray
    key: str
    model: str
    refine: str = "guided"
    sharpness: float = 0.5
    detail: str = "1"
    device: str = "auto"


@dataclass(frozen=True)
class SegmentFileRequest:
    """Segment an image that nobody looks at now, read from its file by the engine itself.

    The fields are those of `SegmentRequest`.
    """

    path: str
    model: str
    refine: str = "guided"
    sharpness: float = 0.5
    detail: str = "1"
    device: str = "auto"


@dataclass(frozen=True)
class PrepareRequest:
    """Segment a file before anybody asks for it; answered with an empty string.

    A `SegmentRequest` with its path as key and the same settings is then answered at once.
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
    sure : float
        Mean confidence, 0 to 1.
    """

    label_map: SharedArray
    confidence: SharedArray
    stages: dict[str, float]
    refined_by: str
    tiled: bool
    device: str
    sure: float


Request = (
    ModelsRequest
    | WarmRequest
    | SegmentRequest
    | SegmentFileRequest
    | PrepareRequest
    | RefineRequest
    | SnapRequest
)
Reply = ModelsReply | SegmentReply | SnapReply | str

BACKGROUND: tuple[type, ...] = (WarmRequest, SegmentFileRequest, PrepareRequest)
"""Requests that wait while a request of the hand is served, the more urgent ones first."""


QUICK: tuple[type, ...] = (SnapRequest,)
"""Requests of the hand that are answered in a moment, and go before the others of the hand."""


FILES_UNDER_WAY = 4
"""Files to ask for at a time: some are with the model, one waits, one is on its way back."""


def urgency(request: Request) -> int:
    """Return the place of a request among others: 0 for those of the hand, which come first."""
    kind = type(request)
    return BACKGROUND.index(kind) + 1 if kind in BACKGROUND else 0


@dataclass(frozen=True)
class Ask:
    """A request under a number."""

    job: int
    request: Request


@dataclass(frozen=True)
class Cancel:
    """Stop a request; it is answered with a cancelled `Failed`, or with `Answer` if it was done."""

    job: int


@dataclass(frozen=True)
class Quit:
    """End the engine; it ends as well when the pipe breaks."""


@dataclass(frozen=True)
class Update:
    """How far a request is, 0 to 1."""

    job: int
    done: float
    stage: str


@dataclass(frozen=True)
class Answer:
    """The end of a request that succeeded."""

    job: int
    reply: Reply


@dataclass(frozen=True)
class Failed:
    """The end of a request that did not."""

    job: int
    sentence: str
    cancelled: bool = False


def blocks_of(message: object) -> tuple[SharedArray, ...]:
    """Return the blocks that a message hands over, to be removed if nobody takes them."""
    reply = message.reply if isinstance(message, Answer) else None
    match reply:
        case SegmentReply():
            return reply.label_map, reply.confidence
        case SnapReply():
            return (reply.inside,)
    return ()
