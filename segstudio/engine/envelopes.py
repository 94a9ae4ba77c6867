"""What goes through the pipe between window and engine: requests under numbers, and their fates."""

from dataclasses import dataclass

from segstudio.core.shared import SharedArray
from segstudio.engine.messages import (
    DoubtReply,
    Reply,
    Request,
    ScribbleReply,
    SegmentReply,
    SnapReply,
)


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
class Finish:
    """End a request soon with the part that is done; without any, as `Cancel` does."""

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


@dataclass(frozen=True, eq=False)
class News:
    """What else there is to tell of a request, such as `LessonNews`; none is left out."""

    job: int
    content: object


@dataclass(frozen=True)
class Preview:
    """What is done of a large image; whoever gets it removes the block.

    Attributes
    ----------
    labels : SharedArray
        (h, w) uint8 of the model's class indices, of the whole image, thinned out; 255 where
        nothing is done.
    finished, total : int
        Tiles.
    """

    job: int
    labels: SharedArray
    finished: int
    total: int


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
    match message.reply if isinstance(message, Answer) else message:
        case Preview(labels=labels):
            return (labels,)
        case DoubtReply(sureness=sureness):
            return (sureness,)
        case SegmentReply(label_map=label_map, confidence=confidence):
            return label_map, confidence
        case ScribbleReply(taken=SharedArray() as taken):
            return (taken,)
        case SnapReply(inside=inside):
            return (inside,)
    return ()
