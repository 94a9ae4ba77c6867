"""The pixels that a stroke has covered, by blocks."""

from collections.abc import Iterator

import numpy as np

from segstudio.core.arrays import Mask
from segstudio.core.region import Region, block_region
from segstudio.editing.brush import Sweep
from segstudio.editing.selection import Selection


class Trace:
    """A mask that grows with a stroke; it takes room only where the stroke was."""

    def __init__(self, height: int, width: int) -> None:
        self._size = height, width
        self._blocks: dict[tuple[int, int], Mask] = {}
        self._full: set[tuple[int, int]] = set()

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        return sum(mask.nbytes for mask in self._blocks.values())

    def add(self, covered: Sweep) -> None:
        """Note what a tip has covered."""
        for block in covered.region.blocks(*self._size):
            # Of a large tip most blocks were covered by the moves before.
            if block not in self._full:
                self._add_to(block, covered)

    def selections(self) -> tuple[Selection, ...]:
        """Return the covered pixels, one selection for each block."""
        return tuple(Selection(block_region(*b, *self._size), m) for b, m in self._blocks.items())

    def _add_to(self, block: tuple[int, int], covered: Sweep) -> None:
        here = block_region(*block, *self._size)
        part = here.intersection(covered.region)
        cut = covered.part(part)
        mask = self._blocks.get(block)
        if mask is None:
            if not cut.any():
                return
            mask = self._blocks[block] = np.zeros((here.height, here.width), np.bool_)
        mask[part.within(here).slices] |= cut
        if part == here and mask.all():
            self._full.add(block)


def masked(selections: tuple[Selection, ...], region: Region) -> Mask:
    """Return which pixels of a region any of some selections holds."""
    mask = np.zeros((region.height, region.width), np.bool_)
    for selection, part in _parts(selections, region):
        mask[part.within(region).slices] |= selection.mask[part.within(selection.region).slices]
    return mask


def _parts(selections: tuple[Selection, ...], region: Region) -> Iterator[tuple[Selection, Region]]:
    for selection in selections:
        if selection.region.meets(region):
            yield selection, selection.region.intersection(region)
