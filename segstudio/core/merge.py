"""Putting a model's label map under the ink of a person, and labels of elsewhere beneath both."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.labels import Ink, is_unlabelled
from segstudio.core.patch import Change, Difference, Origin, Patch, Planes, assemble, difference
from segstudio.core.region import Region, block_region, grid_shape

LEAVE_UNLABELLED = -1
"""In a `ClassMatch` table: this class of the model is not written at all."""


@dataclass(frozen=True)
class ClassMatch:
    """What each class of a model becomes.

    Attributes
    ----------
    targets : tuple of int
        By the model's class index: an own class index, `IGNORE_INDEX`, or `LEAVE_UNLABELLED`.
    """

    targets: tuple[int, ...]

    @property
    def matched(self) -> int:
        """How many of the model's classes become something."""
        return sum(target != LEAVE_UNLABELLED for target in self.targets)

    def tables(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return the (256,) lookup tables of label and ink by the model's class index."""
        labels = np.full(256, IGNORE_INDEX, np.uint8)
        ink = np.full(256, Ink.NOBODY, np.uint8)
        for index, target in enumerate(self.targets):
            if target != LEAVE_UNLABELLED:
                labels[index] = target
                ink[index] = Ink.MODEL
        return labels, ink


@dataclass(frozen=True)
class Merge:
    """A result ready to be applied.

    Attributes
    ----------
    changes : dict of block to Difference
        What the result changes, by block of the grid.
    versions : (rows, columns) int64
        The document's block versions that the changes were made against.
    """

    changes: dict[tuple[int, int], Difference]
    versions: NDArray[np.int64]


Writing = Callable[[Planes, Region], Difference | None]
"""What an edit changes in one region, given the region's planes as they are."""


@dataclass(frozen=True)
class Reach:
    """Which part of an image a result may change.

    Attributes
    ----------
    region : Region or None
        None for the whole image.
    only_unlabelled : bool
        Only pixels that nobody has decided.
    """

    region: Region | None = None
    only_unlabelled: bool = False

    def excluded(self, before: Planes, region: Region) -> Mask | None:
        """Return which pixels of a region stay as they are; None when none has to."""
        outside: Mask | None = None
        if self.region is not None:
            inside = self.region.intersection(region)
            outside = np.ones(before.labels.shape, np.bool_)
            if inside.area:
                outside[inside.within(region).slices] = False
        if not self.only_unlabelled:
            return outside
        decided = ~is_unlabelled(before.labels, before.ink)
        return decided if outside is None else decided | outside


EVERYWHERE = Reach()


def merged_block(
    before: Planes,
    proposed: LabelMap,
    match: ClassMatch,
    locked: NDArray[np.bool_],
    region: Region,
    reach: Reach = EVERYWHERE,
    *,
    is_partial: bool = False,
) -> Difference | None:
    """Return what a model's label map changes in one region, whose planes are `before`.

    Pixels of a person and pixels of a locked class keep their label and their ink.
    """
    label_table, ink_table = match.tables()
    model = proposed[region.slices]
    keep = (before.ink == Ink.PERSON) | locked[before.labels]
    if is_partial:
        keep |= model == IGNORE_INDEX
    excluded = reach.excluded(before, region)
    if excluded is not None:
        keep |= excluded
    after = Planes(
        np.where(keep, before.labels, label_table[model]),
        np.where(keep, before.ink, ink_table[model]),
    )
    return difference(region, before, after)


def model_writing(
    proposed: LabelMap,
    match: ClassMatch,
    locked: NDArray[np.bool_],
    reach: Reach = EVERYWHERE,
    *,
    is_partial: bool = False,
) -> Writing:
    """Return the edit that puts a model's label map under the ink of a person.

    Parameters
    ----------
    proposed : (H, W) uint8
        The model's own class indices; 255 where it says nothing.
    locked : (256,) bool
        Classes whose pixels stay.
    is_partial : bool
        Where the model says nothing, it has not looked yet: those pixels stay as they are.
    """
    return lambda before, region: merged_block(
        before, proposed, match, locked, region, reach, is_partial=is_partial
    )


def carried_writing(source: Planes) -> Writing:
    """Return the edit that fills what is unlabelled with the labels of another image.

    What it writes is a person's, whoever wrote it there: a person asked for just these labels to
    be put just here, and what a person's command writes is theirs. No Segment takes it away again.

    Parameters
    ----------
    source : Planes
        Of the size of the image that is written to. What is unlabelled there stays so here;
        Ignore is taken along.
    """

    def write(before: Planes, region: Region) -> Difference | None:
        there = source.view(region)
        takes = is_unlabelled(before.labels, before.ink)
        takes &= ~is_unlabelled(there.labels, there.ink)
        after = Planes(
            np.where(takes, there.labels, before.labels),
            np.where(takes, np.uint8(Ink.PERSON), before.ink),
        )
        return difference(region, before, after)

    return write


def merge(
    planes: Planes,
    versions: NDArray[np.int64],
    writing: Writing,
    *,
    replaced: Patch | None = None,
    blocks: Iterable[tuple[int, int]] | None = None,
) -> Merge:
    """Find out what an edit changes, block by block, while the planes may still be edited.

    Made for a job thread: `versions` is copied first, so that `finish` can tell which blocks were
    edited since and make just those again.

    Parameters
    ----------
    planes : Planes
        The live planes of the document.
    versions : (rows, columns) int64
        The live block versions of the document.
    writing : callable
        See `model_writing` and `carried_writing`.
    replaced : Patch, optional
        The last step, which is to be taken back before the merge is applied.
    blocks : iterable of (row, column), optional
        Where the edit changes something; all blocks where that is not known.
    """
    noted = versions.copy()
    height, width = planes.labels.shape
    taken_back: dict[tuple[int, int], list[Change]] = {}
    for change in replaced.changes if replaced is not None else ():
        for block in change.region.blocks(height, width):
            taken_back.setdefault(block, []).append(change)
    changes = {}
    for row, column in np.ndindex(*grid_shape(height, width)) if blocks is None else blocks:
        region = block_region(row, column, height, width)
        before = planes.view(region)
        if (row, column) in taken_back:
            before = _reverted(before, region, taken_back[row, column])
        found = writing(before, region)
        if found is not None:
            changes[row, column] = found
    return Merge(changes, noted)


def finish(
    made: Merge,
    planes: Planes,
    versions: NDArray[np.int64],
    writing: Writing,
    origin: Origin,
) -> Patch | None:
    """Make the patch of a merge, with the blocks edited meanwhile merged again.

    Cheap on the GUI thread: its cost follows the blocks that were edited. None when the result
    changes nothing.
    """
    changes = dict(made.changes)
    height, width = planes.labels.shape
    for row, column in np.argwhere(made.versions != versions):
        block = (int(row), int(column))
        region = block_region(*block, height=height, width=width)
        found = writing(planes.view(region), region)
        changes.pop(block, None)
        if found is not None:
            changes[block] = found
    return assemble(changes.values(), origin)


def _reverted(planes: Planes, region: Region, changes: list[Change]) -> Planes:
    """Return copies of the planes of a region as they were before some changes."""
    result = Planes(planes.labels.copy(), planes.ink.copy())
    for change in changes:
        part = change.region.intersection(region)
        target, source = part.within(region), part.within(change.region)
        result.labels[target.slices] = change.before.labels[source.slices]
        result.ink[target.slices] = change.before.ink[source.slices]
    return result
