"""What a format loses of label maps, in numbers: pixels, IoU, holes and parts of each class."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.image_record import Part
from segstudio.formats.format import Format, Outgoing, Target


@dataclass(frozen=True)
class ClassLoss:
    """What became of one class.

    Attributes
    ----------
    index : int
        Of the class; 255 stands for unlabelled.
    pixels : int
        Before.
    lost, gained : int
        Pixels that are of another class after, and that were of another class before.
    holes, holes_after, parts, parts_after : int
        Summed over the images; pixels that touch at a corner are of one part.
    """

    index: int
    pixels: int = 0
    lost: int = 0
    gained: int = 0
    holes: int = 0
    holes_after: int = 0
    parts: int = 0
    parts_after: int = 0

    @property
    def iou(self) -> float:
        """Intersection over union of before and after; 1 where neither has a pixel."""
        either = self.pixels + self.gained
        return (self.pixels - self.lost) / either if either else 1.0

    @property
    def is_none(self) -> bool:
        """Whether every pixel is as it was."""
        return not self.lost and not self.gained

    def __add__(self, other: "ClassLoss") -> "ClassLoss":
        return ClassLoss(
            self.index,
            *(getattr(self, name) + getattr(other, name) for name in _SUMMED),
        )


_SUMMED = ("pixels", "lost", "gained", "holes", "holes_after", "parts", "parts_after")


def between(pairs: Iterable[tuple[LabelMap, LabelMap]]) -> tuple[ClassLoss, ...]:
    """Return what was lost between label maps and what became of them, by rising class index.

    Parameters
    ----------
    pairs : iterable of two (H, W) uint8
        Before and after, of the same size and in the same class indices.
    """
    found: dict[int, ClassLoss] = {}
    for before, after in pairs:
        for index in np.flatnonzero(_counts(before) + _counts(after)).tolist():
            loss = _of_class(before == index, after == index, index)
            found[index] = found[index] + loss if index in found else loss
    return tuple(found[index] for index in sorted(found))


def on_sample(
    row: Format, classes: ClassTable, maps: Sequence[LabelMap], options: Mapping[str, str]
) -> tuple[ClassLoss, ...]:
    """Write some label maps as a format, read them back, and return what was lost.

    Classes that the format leaves out come back as unlabelled.

    Parameters
    ----------
    maps : sequence of (H, W) uint8
        In the indices of `classes`.

    Raises
    ------
    SegstudioError
        When the format cannot hold the classes, or the temporary folder cannot be written.
    """
    numbered = row.number(classes)
    back = np.full(256, IGNORE_INDEX, np.uint8)
    for entry in classes:
        number = int(numbered.table[entry.index])
        if number != IGNORE_INDEX:
            back[number] = entry.index
    with tempfile.TemporaryDirectory(prefix="segstudio-") as place:
        writer = row.begin(Target(Path(place), numbered.classes, options=dict(options)))
        pairs = []
        for number, labels in enumerate(maps):
            item = Outgoing(f"sample-{number}", numbered.applied(labels), Part.NONE)
            writer.write(item)
            pairs.append((labels, back[writer.read_back(item)]))
        return between(pairs)


def _counts(labels: LabelMap) -> NDArray[np.int64]:
    return np.bincount(labels.ravel(), minlength=256)


def _of_class(before: Mask, after: Mask, index: int) -> ClassLoss:
    both = int((before & after).sum())
    pixels, pixels_after = int(before.sum()), int(after.sum())
    parts, holes = _parts_and_holes(before)
    parts_after, holes_after = _parts_and_holes(after)
    return ClassLoss(
        index, pixels, pixels - both, pixels_after - both, holes, holes_after, parts, parts_after
    )


def _parts_and_holes(mask: Mask) -> tuple[int, int]:
    _, levels = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if levels is None:
        return 0, 0
    holes = int((levels[0][:, 3] >= 0).sum())
    return len(levels[0]) - holes, holes
