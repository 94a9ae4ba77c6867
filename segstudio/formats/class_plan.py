"""Which classes an export writes, under which names, and which become one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.labels import is_unlabelled
from segstudio.core.patch import Planes


@dataclass(frozen=True)
class ClassPlan:
    """What becomes of each class.

    Attributes
    ----------
    names : mapping of int to str
        By class index the name that is written; of one name they become one class, an empty one
        is left out and counts for nothing. A class that is not named keeps its own.
    unlabelled : int or None
        The class that pixels become which nobody has decided; None leaves them out of account.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    unlabelled: int | None = None

    def classes(self, own: ClassTable) -> ClassTable:
        """Return the classes that are written; the first of those that become one stands for all.

        Raises
        ------
        SegstudioError
            When none is left.
        """
        kept = []
        seen: set[str] = set()
        for entry in own:
            name = self._name(entry.index, entry.name)
            if name and name.casefold() not in seen:
                seen.add(name.casefold())
                kept.append(replace(entry, name=name))
        if not kept and len(own):
            raise SegstudioError("No class is chosen. Tick at least one.")
        return ClassTable(tuple(kept))

    def table(self, own: ClassTable) -> NDArray[np.uint8]:
        """Return, (256,) uint8, by class index the one that it becomes; 255 for none."""
        written = self.classes(own)
        table = np.full(256, IGNORE_INDEX, np.uint8)
        for entry in own:
            target = written.find(self._name(entry.index, entry.name) or "\0")
            if target is not None:
                table[entry.index] = target.index
        return table

    def applied(self, planes: Planes, own: ClassTable) -> LabelMap:
        """Return the labels (H, W) that are written of an image."""
        labels = planes.labels
        if self.unlabelled is not None:
            labels = labels.copy()
            labels[is_unlabelled(planes.labels, planes.ink)] = self.unlabelled
        applied: LabelMap = self.table(own)[labels]
        return applied

    def _name(self, index: int, name: str) -> str:
        return self.names.get(index, name).strip()
