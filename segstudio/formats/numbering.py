"""The numbers that classes get in a format."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassTable, LabelClass, Role
from segstudio.core.errors import SegstudioError

BACKGROUND_NAMES = frozenset({"background", "_background_", "bg"})
_BLACK = (0, 0, 0)


@dataclass(frozen=True, eq=False)
class Numbering:
    """Own class indices and those of a dataset.

    Attributes
    ----------
    classes : ClassTable
        As they stand in the dataset.
    table : (256,) uint8
        By own class index the one of the dataset; 255 where there is none.
    """

    classes: ClassTable
    table: NDArray[np.uint8]

    def applied(self, labels: LabelMap) -> LabelMap:
        """Return labels (H, W) uint8 in the numbers of the dataset."""
        return self.table[labels]


def kept(classes: ClassTable) -> Numbering:
    """Let every class keep its number; what is to be ignored has none."""
    return _numbered([(entry, entry.index) for entry in _counted(classes)])


def from_zero(classes: ClassTable) -> Numbering:
    """Give the classes 0, 1, 2 and so on, in the order in which they are shown."""
    return _numbered([(entry, number) for number, entry in enumerate(_counted(classes))])


def objects_from_zero(classes: ClassTable) -> Numbering:
    """Give the classes but the background 0, 1, 2 and so on; the background has none.

    Raises
    ------
    SegstudioError
        When there is no class but the background.
    """
    objects = [entry for entry in _counted(classes) if not is_background(entry)]
    if not objects:
        raise SegstudioError(
            "This format has no background, and there is no other class. Add one, or choose "
            "another format."
        )
    return _numbered([(entry, number) for number, entry in enumerate(objects)])


def after_background(classes: ClassTable) -> Numbering:
    """Give 0 to the background and number the others from 1; without one, 0 stays unused.

    The dataset then has a class “background” all the same: its readers count on it.

    Raises
    ------
    SegstudioError
        When there are 255 classes and none of them is the background.
    """
    counted = _counted(classes)
    ground = next((entry for entry in counted if is_background(entry)), None)
    others = [entry for entry in counted if entry is not ground]
    if len(others) >= MAX_CLASSES:
        raise SegstudioError(
            "This format keeps number 0 for the background, so that at most 254 other classes fit. "
            "Leave one class out, or merge two."
        )
    found = _numbered(
        ([(ground, 0)] if ground else []) + [(c, n) for n, c in enumerate(others, start=1)]
    )
    if ground is not None:
        return found
    unused = LabelClass(0, "background", _BLACK, role=Role.BACKGROUND)
    return replace(found, classes=ClassTable((unused, *found.classes)))


def is_background(entry: LabelClass) -> bool:
    """Tell whether a class stands for all that is no object."""
    return entry.role is Role.BACKGROUND or entry.name.casefold() in BACKGROUND_NAMES


def _counted(classes: ClassTable) -> list[LabelClass]:
    return [entry for entry in classes if entry.role is not Role.IGNORE]


def _numbered(pairs: list[tuple[LabelClass, int]]) -> Numbering:
    table = np.full(256, IGNORE_INDEX, np.uint8)
    for entry, number in pairs:
        table[entry.index] = number
    rows = tuple(replace(entry, index=number) for entry, number in pairs)
    return Numbering(ClassTable(rows), table)
