"""A labelled dataset as a format reads it: its classes, and its images one by one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.image_record import Part


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """One image of a dataset; its labels are read when they are asked for.

    Attributes
    ----------
    name : str
        What tells it from the others: its path in the dataset without suffix, with forward
        slashes.
    image : Path or None
        None where the dataset has only labels of it.
    read : callable
        Returns the (H, W) uint8 class indices of the dataset's classes, 255 for none, as they are
        stored (see `orienting.upright`). Raises `ImageError` where they cannot be used.
    part : Part
        What the dataset says it is for.
    """

    name: str
    image: Path | None
    read: Callable[[], LabelMap]
    part: Part = Part.NONE


@dataclass(frozen=True, eq=False)
class Dataset:
    """What a format found in a folder or a file.

    Attributes
    ----------
    remarks : tuple of str
        Sentences about what was assumed, and about what it has that label maps have not.
    """

    classes: ClassTable
    images: Sequence[LabelledImage]
    remarks: tuple[str, ...] = ()


def told_apart(images: Sequence[LabelledImage]) -> list[LabelledImage]:
    """Return images of which no two have the same name: part or number tells them apart."""
    twice = {name for name, count in Counter(item.name for item in images).items() if count > 1}
    taken: set[str] = set()
    found = []
    for item in images:
        name = f"{item.part}/{item.name}" if item.name in twice and item.part else item.name
        chosen, number = name, 2
        while chosen in taken:
            chosen, number = f"{name}-{number}", number + 1
        taken.add(chosen)
        found.append(replace(item, name=chosen))
    return found
