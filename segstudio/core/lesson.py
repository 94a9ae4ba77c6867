"""Teaching a model from a project: what to learn, what is told meanwhile, what comes of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from segstudio.core.classes import ClassTable

Reach = Literal["head", "last", "all"]
"""What may change in the network: its head, the encoder's last blocks as well, or everything."""


@dataclass(frozen=True)
class Lesson:
    """What a model is to learn, from which images of a project.

    Attributes
    ----------
    project, root : str
        The project file, and the folder that its images lie below.
    training, held_out : tuple of str
        Images by name. Of those that are not done only what a person painted counts. Nothing is
        learned from the held-out ones; the old and the new model are measured on them.
    classes : ClassTable
        What is to be told apart; in the new model they have their indices of the project.
    ignored : tuple of int
        Classes of the project that count for nothing.
    start : str
        The model to begin with, by name; empty to begin with the embedded encoder alone.
    targets : tuple of int
        As in `segstudio.core.merge.ClassMatch`, of the classes of `start`.
    name, title : str
        Of the new model.
    out : str
        Its file.
    minutes : float
        For everything.
    is_comparable : bool
        Whether `start` is about the same classes, as far as is known: a version of the project
        that had others is not compared, though it may know all that are left.
    """

    project: str
    root: str
    training: tuple[str, ...]
    held_out: tuple[str, ...]
    classes: ClassTable
    ignored: tuple[int, ...]
    start: str
    targets: tuple[int, ...]
    name: str
    title: str
    out: str
    reach: Reach = "head"
    minutes: float = 0.75
    seed: int = 0
    device: str = "auto"
    is_comparable: bool = True


@dataclass(frozen=True)
class LessonNews:
    """How far it is.

    Attributes
    ----------
    stage : {"read", "features", "train", "measure"}
    done : float
        Share of the whole, 0 to 1.
    step : int
    loss : float or None
        Mean of the last steps.
    miou : float or None
        On the held-out images, just measured.
    seconds_left : float or None
    """

    stage: str
    done: float
    step: int = 0
    loss: float | None = None
    miou: float | None = None
    seconds_left: float | None = None


class Verdict(StrEnum):
    """What the held-out images say of the new model beside the old one."""

    BETTER = "better"
    ALIKE = "alike"
    """The difference is within the noise between images."""
    WORSE = "worse"
    NOT_COMPARABLE = "not comparable"
    """The old one knows other classes."""
    FIRST = "first"
    """There is no old one."""
    UNSCORED = "unscored"
    """No image is held out."""


@dataclass(frozen=True)
class ClassOutcome:
    """One class before and after.

    Attributes
    ----------
    before, after : float or None
        IoU on the held-out images, 0 to 1; None where the model does not know the class, or no
        held-out pixel has it.
    pixels : int
        That were learned from.
    """

    index: int
    before: float | None
    after: float | None
    pixels: int


@dataclass(frozen=True, eq=False)
class HeldOutPicture:
    """What both models make of a held-out image.

    Attributes
    ----------
    before, after : bytes
        PNGs of class indices of the project, at `comparison.reduced_size`; 255 for none.
        `before` is empty where there is no old model.
    miou_before, miou_after : float or None
    """

    name: str
    before: bytes
    after: bytes
    miou_before: float | None
    miou_after: float | None


@dataclass(frozen=True, eq=False)
class LessonResult:
    """What came of a lesson.

    Attributes
    ----------
    before, after : float or None
        Mean IoU on the held-out images.
    change : tuple of float, or None
        Lowest and highest change of the mean IoU that the differences between images allow
        (95 %).
    pictures : tuple of HeldOutPicture
        The held-out images that changed most, two at most.
    skipped : mapping of str to str
        By image that could not be used, the sentence that says why.
    metrics : mapping of str to object
        As written into the model.
    stopped : bool
        Somebody ended it early; the best until then was kept.
    told : tuple of str
        Sentences about what was otherwise than asked for.
    """

    verdict: Verdict
    before: float | None
    after: float | None
    change: tuple[float, float] | None
    classes: tuple[ClassOutcome, ...]
    pictures: tuple[HeldOutPicture, ...]
    skipped: dict[str, str]
    metrics: dict[str, object]
    steps: int
    seconds: float
    stopped: bool = False
    told: tuple[str, ...] = ()
