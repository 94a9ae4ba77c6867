"""What is known of an image beside its pixels: how far the work is, and what people noted."""

from dataclasses import dataclass
from enum import StrEnum


class ImageState(StrEnum):
    """How far the work on an image has come."""

    NEW = "new"
    SEGMENTED = "segmented"
    IN_WORK = "in work"
    DONE = "done"
    CHECKED = "checked"
    SKIPPED = "skipped"

    @property
    def is_finished(self) -> bool:
        """Whether no machine may change the image: it is done, checked or skipped."""
        return self in _FINISHED


_FINISHED = (ImageState.DONE, ImageState.CHECKED, ImageState.SKIPPED)


class Part(StrEnum):
    """Which part of a dataset an image belongs to, for good."""

    NONE = ""
    TRAINING = "training"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One image as the list shows it.

    Attributes
    ----------
    name : str
        Its path below the root of the project, with forward slashes.
    flagged : bool
        Someone wants it looked at again; `note` says why.
    author : str
        Who changed the labels last, by the name in the settings.
    model : str
        The model of the last Segment; empty when there was none.
    unsure : float
        1 less the mean confidence of the last Segment, 0 to 1.
    classes : tuple of (int, int)
        Pixels by class index, for those that occur, as of the last stored step; 255 stands for
        unlabelled, 256 for Ignore (see `labels.class_counts`).
    ink : tuple of int
        Pixels that nobody, a model, a refinement and a person wrote; empty when not known.
    width, height : int
        In pixels; 0 while not known.
    changed_at, done_at : float
        Seconds since 1970 of the last change and of being marked done; 0 for never.
    is_missing : bool
        The file is not where it was.
    is_altered : bool
        The file has other content than when it was labelled.
    """

    name: str
    state: ImageState = ImageState.NEW
    flagged: bool = False
    note: str = ""
    author: str = ""
    part: Part = Part.NONE
    model: str = ""
    unsure: float = 0.0
    classes: tuple[tuple[int, int], ...] = ()
    ink: tuple[int, ...] = ()
    width: int = 0
    height: int = 0
    changed_at: float = 0.0
    done_at: float = 0.0
    is_missing: bool = False
    is_altered: bool = False

    @property
    def has_labels(self) -> bool:
        """Whether any pixel is labelled or ignored."""
        return any(index != 255 for index, _ in self.classes)
