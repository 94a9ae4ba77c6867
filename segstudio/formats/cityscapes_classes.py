"""Cityscapes' classes: their numbers, their numbers in training, and their colours.

After ``helpers/labels.py`` of cityscapesScripts. The licence plate, whose number is -1, is left
out: no mask of bytes has it.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassTable, LabelClass, Role
from segstudio.core.errors import SegstudioError
from segstudio.core.palette import Colour
from segstudio.formats.numbering import Numbering

UNLABELLED = 0
"""The number of what counts for nothing."""

_FIRST_FREE = 34


class Row(NamedTuple):
    """A class of Cityscapes; 255 in training is none."""

    number: int
    name: str
    in_training: int
    colour: Colour


ROWS = tuple(
    Row(number, name, in_training, colour)
    for number, name, in_training, colour in (
        (1, "ego vehicle", 255, (0, 0, 0)),
        (2, "rectification border", 255, (0, 0, 0)),
        (3, "out of roi", 255, (0, 0, 0)),
        (4, "static", 255, (0, 0, 0)),
        (5, "dynamic", 255, (111, 74, 0)),
        (6, "ground", 255, (81, 0, 81)),
        (7, "road", 0, (128, 64, 128)),
        (8, "sidewalk", 1, (244, 35, 232)),
        (9, "parking", 255, (250, 170, 160)),
        (10, "rail track", 255, (230, 150, 140)),
        (11, "building", 2, (70, 70, 70)),
        (12, "wall", 3, (102, 102, 156)),
        (13, "fence", 4, (190, 153, 153)),
        (14, "guard rail", 255, (180, 165, 180)),
        (15, "bridge", 255, (150, 100, 100)),
        (16, "tunnel", 255, (150, 120, 90)),
        (17, "pole", 5, (153, 153, 153)),
        (18, "polegroup", 255, (153, 153, 153)),
        (19, "traffic light", 6, (250, 170, 30)),
        (20, "traffic sign", 7, (220, 220, 0)),
        (21, "vegetation", 8, (107, 142, 35)),
        (22, "terrain", 9, (152, 251, 152)),
        (23, "sky", 10, (70, 130, 180)),
        (24, "person", 11, (220, 20, 60)),
        (25, "rider", 12, (255, 0, 0)),
        (26, "car", 13, (0, 0, 142)),
        (27, "truck", 14, (0, 0, 70)),
        (28, "bus", 15, (0, 60, 100)),
        (29, "caravan", 255, (0, 0, 90)),
        (30, "trailer", 255, (0, 0, 110)),
        (31, "train", 16, (0, 80, 100)),
        (32, "motorcycle", 17, (0, 0, 230)),
        (33, "bicycle", 18, (119, 11, 32)),
    )
)

_BY_NAME = {row.name: row for row in ROWS}
_BY_NUMBER = {row.number: row for row in ROWS}
_NOT_OF_THE_SCENE = (1, 2, 3)
_TRAINED = 19


def table() -> ClassTable:
    """Return the classes of the dataset itself; what is not of the scene is to be ignored."""
    return ClassTable(
        tuple(
            LabelClass(
                row.number,
                row.name,
                row.colour,
                role=Role.IGNORE if row.number in _NOT_OF_THE_SCENE else Role.NORMAL,
            )
            for row in ROWS
        )
    )


def numbered(classes: ClassTable) -> Numbering:
    """Give classes that have the name of one of Cityscapes its number and colour, others free ones.

    Raises
    ------
    SegstudioError
        When there are not enough numbers that mean nothing else.
    """
    free = iter(range(_FIRST_FREE, MAX_CLASSES))
    numbers = np.full(256, IGNORE_INDEX, np.uint8)
    rows: dict[int, LabelClass] = {}
    for entry in classes:
        if entry.role is Role.IGNORE:
            continue
        row = _BY_NAME.get(_plain(entry.name))
        if row is None or row.number in rows:
            number = next(free, None)
            if number is None:
                raise SegstudioError(
                    f"Cityscapes has numbers for {MAX_CLASSES - _FIRST_FREE} classes beside its "
                    "own, and there are more. Leave some out, or take another format."
                )
            rows[number] = replace(entry, index=number)
        else:
            rows[row.number] = replace(entry, index=row.number, colour=row.colour)
            number = row.number
        numbers[entry.index] = number
    return Numbering(ClassTable(tuple(rows[number] for number in sorted(rows))), numbers)


def in_training(classes: ClassTable) -> NDArray[np.uint8]:
    """Return the number in training of each class number, (256,) uint8, 255 for none.

    Those of Cityscapes keep theirs and others follow; where none is one of Cityscapes' 19, they
    count from 0.
    """
    found = np.full(256, IGNORE_INDEX, np.uint8)
    for entry in classes:
        if entry.index in _BY_NUMBER:
            found[entry.index] = _BY_NUMBER[entry.index].in_training
    first = _TRAINED if (found != IGNORE_INDEX).any() else 0
    others = sorted(entry.index for entry in classes if entry.index >= _FIRST_FREE)
    for number, index in enumerate(others, start=first):
        found[index] = number
    return found


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
