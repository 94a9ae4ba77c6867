"""What the records of all images say together: classes, ink, states, progress, imbalance."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.core.labels import IGNORE_COUNT, ink_counts

FEW_IMAGES = 10
"""A class in fewer images is warned of, once so many images have labels."""
FEW_PIXELS_SHARE = 0.001
"""A class with a smaller share of the labelled pixels is warned of."""

_CODES = IGNORE_COUNT + 1
_CHUNK = 2000
"""Records added up in one go: numpy does not let other threads run within it."""
_PARTS = tuple(Part)
_PLACES = {part: place for place, part in enumerate(_PARTS)}
_FINISHED_PARTS = (Part.TRAINING, Part.VALIDATION, Part.TEST)
_COUNTS_AS_DONE = (ImageState.DONE, ImageState.CHECKED)


@dataclass(frozen=True)
class ClassTotal:
    """Pixels of one class, and the images it occurs in."""

    pixels: int = 0
    images: int = 0


NOTHING = ClassTotal()


@dataclass(frozen=True)
class Statistics:
    """Totals over images.

    Attributes
    ----------
    images : int
        How many there are.
    labelled : int
        How many of them have a labelled or ignored pixel.
    states, parts : dict
        Images by state and by part of the dataset.
    classes : dict of int to ClassTotal
        By class index, for those that occur; 255 is unlabelled, 256 Ignore.
    class_parts : dict of (int, Part) to int
        Images that a class occurs in, by part.
    ink : tuple of int
        Pixels that nobody, a model, a refinement and a person wrote.
    done_by_day : tuple of (date, int)
        Images marked done on each day on which there were any, oldest first.
    """

    images: int
    labelled: int
    states: dict[ImageState, int]
    parts: dict[Part, int]
    classes: dict[int, ClassTotal]
    class_parts: dict[tuple[int, Part], int]
    ink: tuple[int, int, int, int]
    done_by_day: tuple[tuple[date, int], ...]

    def total(self, index: int) -> ClassTotal:
        """Return the totals of a class; zeros when it does not occur."""
        return self.classes.get(index, NOTHING)

    @property
    def pixels(self) -> int:
        """Pixels that are counted, labelled or not."""
        return sum(total.pixels for total in self.classes.values())

    @property
    def labelled_pixels(self) -> int:
        """Pixels that have a class; neither unlabelled nor Ignore."""
        return sum(t.pixels for index, t in self.classes.items() if index < IGNORE_INDEX)


class Lack(StrEnum):
    """What a class lacks."""

    IMAGES = "images"
    PIXELS = "pixels"
    PART = "part"


@dataclass(frozen=True)
class Imbalance:
    """One thing that makes a dataset lopsided.

    Attributes
    ----------
    images : int
        In how many images the class is.
    share : float
        Its share of the labelled pixels, 0 to 1.
    part : Part
        Where it is absent, for `Lack.PART`.
    """

    lack: Lack
    index: int
    images: int = 0
    share: float = 0.0
    part: Part = Part.NONE


def live(record: ImageRecord, document: Document) -> ImageRecord:
    """Return the record of an open image with what its pixels are now."""
    counts = document.counts
    classes = tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts > 0))
    return replace(record, classes=classes, ink=record.ink or ink_counts(document.ink))


def measure(records: Sequence[ImageRecord]) -> Statistics:
    """Add up what is known of images; in a thread, it lets others run every few milliseconds."""
    pixels = np.zeros(_CODES, np.int64)
    by_part = np.zeros((len(_PARTS), _CODES), np.int64)
    ink = np.zeros(4, np.int64)
    for start in range(0, len(records), _CHUNK):
        _add(records[start : start + _CHUNK], pixels, by_part, ink)
    images = by_part.sum(axis=0)
    nobody, model, refinement, person = map(int, ink)
    return Statistics(
        images=len(records),
        labelled=sum(record.has_labels for record in records),
        states=dict(Counter(record.state for record in records)),
        parts=dict(Counter(record.part for record in records)),
        classes={
            int(i): ClassTotal(int(pixels[i]), int(images[i])) for i in np.flatnonzero(images)
        },
        class_parts={
            (int(i), _PARTS[row]): int(by_part[row, i])
            for row, i in zip(*np.nonzero(by_part), strict=True)
        },
        ink=(nobody, model, refinement, person),
        done_by_day=_done_by_day(records),
    )


def imbalances(
    statistics: Statistics,
    classes: ClassTable,
    *,
    few_images: int = FEW_IMAGES,
    few_pixels: float = FEW_PIXELS_SHARE,
) -> tuple[Imbalance, ...]:
    """Return what is lopsided, class by class; nothing while too few images have labels to tell."""
    if statistics.labelled < few_images:
        return ()
    whole = max(1, statistics.labelled_pixels)
    used = [part for part in _FINISHED_PARTS if statistics.parts.get(part)]
    found = []
    for entry in classes:
        total = statistics.total(entry.index)
        share = total.pixels / whole
        if total.images < few_images:
            found.append(Imbalance(Lack.IMAGES, entry.index, total.images, share))
        elif share < few_pixels:
            found.append(Imbalance(Lack.PIXELS, entry.index, total.images, share))
        if total.images:
            found += [
                Imbalance(Lack.PART, entry.index, total.images, share, part)
                for part in used
                if not statistics.class_parts.get((entry.index, part))
            ]
    return tuple(found)


def _add(
    records: Sequence[ImageRecord],
    pixels: NDArray[np.int64],
    by_part: NDArray[np.int64],
    ink: NDArray[np.int64],
) -> None:
    """Add some records to the totals, in place."""
    lengths = np.fromiter((len(r.classes) for r in records), np.int64, len(records))
    flat = chain.from_iterable(chain.from_iterable(r.classes for r in records))
    pairs = np.fromiter(flat, np.int64, 2 * int(lengths.sum())).reshape(-1, 2)
    indices, counts = pairs[:, 0], pairs[:, 1]
    np.add.at(pixels, indices, counts)
    places = np.fromiter((_PLACES[r.part] for r in records), np.int64, len(records))
    codes = np.repeat(places, lengths) * _CODES + indices
    by_part += np.bincount(codes[counts > 0], minlength=by_part.size).reshape(by_part.shape)
    known = [record.ink for record in records if len(record.ink) == 4]
    if known:
        ink += np.array(known, np.int64).sum(axis=0)


def _done_by_day(records: Iterable[ImageRecord]) -> tuple[tuple[date, int], ...]:
    days = Counter(
        date.fromtimestamp(record.done_at)
        for record in records
        if record.done_at > 0 and record.state in _COUNTS_AS_DONE
    )
    return tuple(sorted(days.items()))
