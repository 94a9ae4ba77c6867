"""What two models make of one image, beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.palette import Colour, next_colour

LONGEST_PX = 1600
"""Larger images are compared smaller: they are shown in a part of a window."""


@dataclass(frozen=True)
class ClassShare:
    """How much of an image has a class, 0 to 1."""

    name: str
    colour: Colour
    share: float


def reduced_size(height: int, width: int) -> tuple[int, int]:
    """Return height and width at which an image is compared."""
    scale = min(1.0, LONGEST_PX / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def reduced(label_map: LabelMap) -> LabelMap:
    """Return a label map at the size at which it is compared; one of its own in any case.

    Parameters
    ----------
    label_map : (H, W) uint8
    """
    height, width = reduced_size(*label_map.shape)
    if (height, width) == label_map.shape:
        return label_map.copy()
    small = cv2.resize(label_map, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(small, np.uint8).reshape(height, width)


def in_common_colours(tables: Sequence[ClassTable]) -> list[ClassTable]:
    """Return class tables in which classes of one name have one colour.

    A class has the colour of the first table that knows it, unless another class has that one
    already. Names are compared without regard to case.
    """
    chosen: dict[str, Colour] = {}
    changed = []
    for table in tables:
        for entry in table:
            key = entry.name.casefold()
            if key not in chosen:
                used = list(chosen.values())
                chosen[key] = next_colour(used) if entry.colour in used else entry.colour
        changed.append(ClassTable(tuple(_coloured(entry, chosen) for entry in table)))
    return changed


def shares(label_map: LabelMap, classes: ClassTable) -> list[ClassShare]:
    """Return the classes of a label map, the largest first.

    Parameters
    ----------
    label_map : (H, W) uint8 of class indices
    """
    counts = np.bincount(label_map.ravel(), minlength=256)
    found = [
        ClassShare(entry.name, entry.colour, float(counts[entry.index] / label_map.size))
        for entry in classes
        if counts[entry.index]
    ]
    return sorted(found, key=lambda entry: -entry.share)


def agreement(
    left: LabelMap, left_classes: ClassTable, right: LabelMap, right_classes: ClassTable
) -> float | None:
    """Return the share of pixels that have the same class by name, 0 to 1.

    None where the two have no class in common, so that there is nothing to agree on.

    Parameters
    ----------
    left, right : (H, W) uint8 of class indices, of one shape
    """
    numbers: dict[str, int] = {}
    left_names = _name_numbers(left_classes, numbers)
    right_names = _name_numbers(right_classes, numbers)
    if not set(left_names[left_names >= 0]) & set(right_names[right_names >= 0]):
        return None
    # As counts of pairs: two planes of names would take eight bytes a pixel.
    pairs = np.bincount(
        (left.astype(np.uint16) * np.uint16(256) + right).ravel(), minlength=65536
    ).reshape(256, 256)
    same = (left_names[:, None] == right_names[None, :]) & (left_names[:, None] >= 0)
    return float(pairs[same].sum() / left.size)


def _name_numbers(classes: ClassTable, numbers: dict[str, int]) -> NDArray[np.int64]:
    table = np.full(256, -1, np.int64)
    for entry in classes:
        table[entry.index] = numbers.setdefault(entry.name.casefold(), len(numbers))
    return table


def _coloured(entry: LabelClass, chosen: dict[str, Colour]) -> LabelClass:
    return LabelClass(entry.index, entry.name, chosen[entry.name.casefold()])
