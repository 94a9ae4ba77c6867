"""The images of a lesson: read from its project, and those that cannot be used left out."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.comparison import reduced, reduced_size
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import ImageState, Part
from segstudio.core.labels import Ink
from segstudio.core.lesson import Lesson
from segstudio.formats import images as pictures
from segstudio.inference import preprocess
from segstudio.project.reader import Reader
from segstudio.training import dataset
from segstudio.training.crops import Photos
from segstudio.training.examples import Example
from segstudio.training.labelled import FULL_WEIGHT, Labelled

ACCEPTED_WEIGHT = FULL_WEIGHT // 2
"""Of a pixel that a machine wrote and a person accepted: nobody looked at each of them."""

LEAST_READ = 20
"""Of the images to learn from, however long it takes."""


@dataclass(frozen=True)
class LessonExample:
    """An image of a project; unless it is done, only what a person painted counts.

    Large images are read smaller, as they are compared: no model looks closer.
    """

    reader: Reader
    root: Path
    name: str
    part: Part = Part.NONE

    def read(self, classes: ClassTable) -> Labelled:
        """Return the image and its labels as they are stored now.

        Classes that are not in the table count for nothing.
        """
        path = self.root / self.name
        if not path.is_file():
            raise ImageError(f"{self.name} is not in {self.root} any more.")
        image, size = pictures.read_reduced(path, reduced_size)
        image = preprocess.scaled(image, reduced_size(*size))
        stored = self.reader.load(self.name, size)
        if stored is None:
            return Labelled(image, np.full(image.shape[:2], IGNORE_INDEX, np.uint8))
        labels, ink = reduced(stored.planes.labels), reduced(stored.planes.ink)
        by_person = ink == Ink.PERSON
        labels[~np.isin(labels, classes.indices)] = IGNORE_INDEX
        if stored.record.state not in (ImageState.DONE, ImageState.CHECKED):
            labels[~by_person] = IGNORE_INDEX
        weights = np.where(by_person, np.uint8(FULL_WEIGHT), np.uint8(ACCEPTED_WEIGHT))
        return Labelled(image, dataset.to_channels(labels, classes, self.name), weights)


@dataclass(frozen=True, eq=False)
class LessonImages:
    """What a lesson has to learn from and to measure on.

    Attributes
    ----------
    photos : Photos
        Of all images of the lesson, in one numbering.
    training, held_out : list of int
        Those that can be used.
    pixels : (images, K) int64
        Labelled ones of each class.
    skipped : dict of str to str
        By image that cannot be used, why.
    unread : int
        Images that there was no time to read.
    """

    photos: Photos
    names: tuple[str, ...]
    training: list[int]
    held_out: list[int]
    pixels: NDArray[np.int64]
    skipped: dict[str, str]
    unread: int = 0

    def labels(self, number: int) -> LabelMap:
        """Return the labels (H, W) of an image as channel numbers."""
        return self.photos.get(number).labels

    @property
    def told(self) -> tuple[str, ...]:
        """What a person has to know of the choice, in sentences."""
        if not self.unread:
            return ()
        read = len(self.names) - self.unread
        return (
            f"There was time to read {read} of {len(self.names)} images. Give it more minutes to "
            "learn from more.",
        )


def of_project(lesson: Lesson, names: Sequence[str], reader: Reader) -> list[LessonExample]:
    """Return images of the project of a lesson."""
    return [LessonExample(reader, Path(lesson.root), name) for name in names]


def read(
    training: Sequence[Example],
    held_out: Sequence[Example],
    classes: ClassTable,
    pause: Callable[[float], None],
    seconds: float = math.inf,
) -> LessonImages:
    """Read all images once.

    Parameters
    ----------
    pause : callable
        Called before each image, with the share that is done.
    seconds : float
        After which no more of those to learn from are read, but for the first `LEAST_READ`.

    Raises
    ------
    ModelError
        When there is nothing left to learn from, or only one class.
    """
    every = [*training, *held_out]
    photos = Photos(every, classes)
    pixels = np.zeros((len(every), len(classes)), np.int64)
    faults: dict[int, str] = {}
    order, done = _order(len(training), len(held_out)), 0
    for number in _in_time(order, len(held_out) + LEAST_READ, seconds):
        pause(done / len(every))
        done += 1
        try:
            pixels[number] = photos.count(number)
        except SegstudioError as error:
            faults[number] = str(error)
            continue
        if not pixels[number].any():
            faults[number] = f"{every[number].name} has no labelled pixel that counts."
    taught = [n for n in range(len(training)) if pixels[n].any()]
    if not taught and faults:
        raise ImageError(
            f"None of the images can be learned from. The first: {faults[min(faults)]}"
        )
    dataset.check_variety(pixels[taught].sum(axis=0), classes)
    tested = [n for n in range(len(training), len(every)) if pixels[n].any()]
    names = tuple(example.name for example in every)
    skipped = {names[number]: faults[number] for number in sorted(faults)}
    return LessonImages(photos, names, taught, tested, pixels, skipped, len(order) - done)


def _in_time(order: Sequence[int], least: int, seconds: float) -> Iterator[int]:
    """Give numbers until the time is up, but some in any case."""
    started = time.monotonic()
    for place, number in enumerate(order):
        if place >= least and time.monotonic() - started >= seconds:
            return
        yield number


def _order(training: int, held_out: int) -> list[int]:
    """Return the numbers of images as they are read.

    First what is measured on again and again, so that it is what is kept in memory; then a
    mixture, so that some are of all kinds.
    """
    mixed = np.random.default_rng(0).permutation(training).tolist()
    return [*range(training, training + held_out), *mixed]
