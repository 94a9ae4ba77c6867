"""What there is to learn from: which images, and how much of which classes."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.classes import ClassTable, Role
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.core.labels import Ink

ENOUGH_PIXELS = 200
"""A person's pixels from which on an image is learned from that is not done."""

DONE = (ImageState.DONE, ImageState.CHECKED)
WORKED_ON = (*DONE, ImageState.IN_WORK)
"""States of images that a person has worked on and does not want skipped."""

Counts = Mapping[int, int]
"""Pixels by class index, of those that count."""


@dataclass(frozen=True)
class UsableImage:
    """An image that can be learned from.

    Attributes
    ----------
    is_used : bool
        Whether the person wants it to be.
    person_pixels : int
        That a person gave a class.
    pixels : mapping of int to int
        Pixels that count, by class index: all labelled ones of an image that is done, of others
        just a person's.
    """

    name: str
    path: Path
    state: ImageState
    part: Part
    is_used: bool
    person_pixels: int
    is_done: bool
    pixels: Counts


@dataclass(frozen=True)
class UsableClass:
    """A class, and what there is of it in the images that are used."""

    index: int
    name: str
    colour: tuple[int, int, int]
    pixels: int
    images: int


@dataclass(frozen=True)
class Usable:
    """What there is to learn from now.

    Attributes
    ----------
    images : tuple of UsableImage
        In the order of the list.
    classes : tuple of UsableClass
        All that can be learned, in the order of the class list.
    problem : str
        Empty, or what is missing, in a sentence.
    ready : int
        How many images would be used.
    """

    images: tuple[UsableImage, ...] = ()
    classes: tuple[UsableClass, ...] = ()
    problem: str = ""
    ready: int = 0

    @property
    def used(self) -> tuple[UsableImage, ...]:
        """The images that would be learned from or measured on."""
        return tuple(image for image in self.images if image.is_used)


def may_teach(record: ImageRecord) -> bool:
    """Tell whether an image can be learned from at all, if there is enough in it.

    The test part never is, or it would say nothing about a model any more.
    """
    return record.state in WORKED_ON and not record.is_missing and record.part is not Part.TEST


def countable(table: ClassTable) -> tuple[int, ...]:
    """Return the classes that can be learned; what counts for nothing is none of them."""
    return tuple(entry.index for entry in table if entry.role is not Role.IGNORE)


def usable_image(
    record: ImageRecord, path: Path, person: Counts | None, classes: Collection[int], *, used: bool
) -> UsableImage | None:
    """Return what an image teaches; None where that is nothing.

    Parameters
    ----------
    person : mapping of int to int, or None
        Pixels of a person by class index; None where nobody has counted them.
    """
    is_done = record.state in DONE
    counts = dict(record.classes) if is_done else person or {}
    pixels = {index: counts[index] for index in classes if counts.get(index)}
    by_person = sum((person or {}).get(index, 0) for index in classes)
    if person is None and len(record.ink) == len(Ink):
        by_person = min(
            record.ink[Ink.PERSON], sum(dict(record.classes).get(i, 0) for i in classes)
        )
    if not pixels or (not is_done and by_person < ENOUGH_PIXELS):
        return None
    return UsableImage(
        record.name, path, record.state, record.part, used, by_person, is_done, pixels
    )


def usable_classes(table: ClassTable, images: Iterable[UsableImage]) -> tuple[UsableClass, ...]:
    """Add up what the images that are used have of each class."""
    pixels: Counter[int] = Counter()
    occurs: Counter[int] = Counter()
    for image in images:
        if image.is_used:
            for index, count in image.pixels.items():
                pixels[index] += count
                occurs[index] += 1
    chosen = set(countable(table))
    return tuple(
        UsableClass(entry.index, entry.name, entry.colour, pixels[entry.index], occurs[entry.index])
        for entry in table
        if entry.index in chosen
    )
