"""Keeping what was there: an edit saves the blocks it is about to touch, once each."""

from collections.abc import Iterator

from segstudio.core.patch import Difference, Origin, Patch, Planes, assemble, difference
from segstudio.core.region import Region, block_region


class BlockRecorder:
    """Copies of the blocks that an edit touches, as they were before its first touch.

    The cost of an edit follows what it touches, never the size of the image.
    """

    def __init__(self, planes: Planes) -> None:
        self.planes = planes
        self._before: dict[tuple[int, int], Planes] = {}

    @property
    def touched_bytes(self) -> int:
        """Bytes copied so far."""
        return sum(planes.nbytes for planes in self._before.values())

    def save(self, region: Region) -> None:
        """Keep the blocks that a region touches, unless they are kept already."""
        height, width = self.planes.labels.shape
        for row, column in region.blocks(height, width):
            if (row, column) not in self._before:
                block = block_region(row, column, height, width)
                self._before[row, column] = self.planes.cut(block)

    def before(self, region: Region) -> Planes:
        """Return the two planes of a region as they were, from the saved blocks."""
        result = self.planes.cut(region)
        height, width = self.planes.labels.shape
        # Only the blocks under the region: a long stroke has saved hundreds of others.
        for row, column in region.blocks(height, width):
            saved = self._before.get((row, column))
            if saved is not None:
                block = block_region(row, column, height, width)
                shared = block.intersection(region)
                target = shared.within(region)
                source = shared.within(block)
                result.labels[target.slices] = saved.labels[source.slices]
                result.ink[target.slices] = saved.ink[source.slices]
        return result

    def patch(self, origin: Origin) -> Patch | None:
        """Return what has changed since the blocks were saved; None if nothing has."""
        return assemble(self._differences(), origin)

    def restore(self) -> tuple[Region, ...]:
        """Put every saved block back and return their regions."""
        for block, saved in self._saved():
            self.planes.labels[block.slices] = saved.labels
            self.planes.ink[block.slices] = saved.ink
        return tuple(block for block, _ in self._saved())

    def _saved(self) -> Iterator[tuple[Region, Planes]]:
        height, width = self.planes.labels.shape
        for (row, column), saved in self._before.items():
            yield block_region(row, column, height, width), saved

    def _differences(self) -> Iterator[Difference]:
        for block, saved in self._saved():
            found = difference(block, saved, self.planes.view(block))
            if found is not None:
                yield found
