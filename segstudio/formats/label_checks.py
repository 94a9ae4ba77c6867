"""Looking for what may be wrong in one label map: nothing labelled, slivers, specks."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.pieces import Pieces, pieces_of
from segstudio.core.region import Region
from segstudio.formats.findings import Finding, Kind

SPECK_PX = 4
"""A piece of at most so many pixels is no object, but a slip of the hand."""

SLIVER_PX = 2
"""A piece that is nowhere thicker than this is the rest of a border."""

LEAST_SLIVER_PX = 12
MOST_PLACES = 20
"""Findings of one kind in an image; the sentence of the last says how many more there are."""


def check(name: str, labels: LabelMap, classes: ClassTable) -> Iterator[Finding]:
    """Yield what may be wrong with the labels (H, W) uint8 of an image."""
    known = {*classes.indices, IGNORE_INDEX}
    used = np.flatnonzero(np.bincount(labels.ravel(), minlength=256)).tolist()
    for number in used:
        if number not in known:
            yield Finding(Kind.UNKNOWN_CLASS, name, f"The number {number} is no class of the list.")
    if used == [IGNORE_INDEX]:
        yield Finding(Kind.EMPTY, name, "No pixel has a class.")
        return
    pieces = pieces_of(labels)
    yield from _specks(name, pieces, classes)
    yield from _slivers(name, labels, pieces, classes)


def _specks(name: str, pieces: Pieces, classes: ClassTable) -> Iterator[Finding]:
    chosen = (pieces.areas <= SPECK_PX) & (pieces.values != IGNORE_INDEX)
    if chosen.all():
        return  # the image itself is as small
    yield from _told(
        name, pieces, classes, np.flatnonzero(chosen), Kind.SPECK, "Only {} px of “{}”."
    )


def _slivers(name: str, labels: LabelMap, pieces: Pieces, classes: ClassTable) -> Iterator[Finding]:
    candidates = np.flatnonzero(
        (pieces.areas >= LEAST_SLIVER_PX)
        & (pieces.values != IGNORE_INDEX)
        # What is thin has few pixels for its frame, or a frame that is thin itself.
        & (
            pieces.areas
            <= SLIVER_PX * (pieces.bottoms - pieces.tops + pieces.rights - pieces.lefts)
        )
    )
    thin = [place for place in candidates if _is_thin(labels, pieces, int(place))]
    yield from _told(
        name, pieces, classes, np.array(thin, np.int64), Kind.SLIVER,
        f"{{}} px of “{{}}”, nowhere thicker than {SLIVER_PX}.",
    )  # fmt: skip


def _is_thin(labels: LabelMap, pieces: Pieces, place: int) -> bool:
    region = _frame(pieces, place)
    own = (labels[region.slices] == pieces.values[place]).view(np.uint8)
    square = np.ones((SLIVER_PX + 1, SLIVER_PX + 1), np.uint8)
    padded = cv2.copyMakeBorder(own, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return not cv2.erode(padded, square).any()


def _told(
    name: str,
    pieces: Pieces,
    classes: ClassTable,
    chosen: NDArray[np.int64],
    kind: Kind,
    words: str,
) -> Iterator[Finding]:
    for number, place in enumerate(chosen[:MOST_PLACES]):
        title = classes.name_of(int(pieces.values[place]))
        sentence = words.format(f"{pieces.areas[place]:,}", title)
        if number == MOST_PLACES - 1 and len(chosen) > MOST_PLACES:
            sentence += f" There are {len(chosen) - MOST_PLACES:,} more such places."
        yield Finding(kind, name, sentence, _frame(pieces, int(place)))


def _frame(pieces: Pieces, place: int) -> Region:
    return Region(
        int(pieces.tops[place]),
        int(pieces.lefts[place]),
        int(pieces.bottoms[place]),
        int(pieces.rights[place]),
    )
