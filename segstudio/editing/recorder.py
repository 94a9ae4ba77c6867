"""Keeping what was there: an edit saves the blocks it is about to touch, once each."""

from collections.abc import Iterator

from segstudio.core.patch import Difference, Origin, Patch, Planes, assemble, difference
from segstudio.core.region import Region, block_region

Place = tuple[int, int]
"""Row and column of a block in the grid."""

OPEN_BLOCKS = 128
"""So many of the blocks touched last are compared at the end; a tip of 2000 pixels is over 81."""


class BlockRecorder:
    """Copies of the blocks that an edit touches, as they were before its first touch.

    The cost of an edit follows what it touches, never the size of the image. Blocks that a long
    stroke has left behind are compared while it goes on, so that its end has few left.
    """

    def __init__(self, planes: Planes) -> None:
        self.planes = planes
        self._before: dict[Place, Planes] = {}
        self._open: dict[Place, None] = {}
        """Blocks to be compared, in the order of their last touch."""
        self._compared: dict[Place, Difference | None] = {}

    @property
    def touched_bytes(self) -> int:
        """Bytes of the pixels kept so far."""
        return sum(2 * planes.labels.size for planes in self._before.values())

    def save(self, region: Region) -> None:
        """Keep the blocks that a region touches, as they are before it is written."""
        height, width = self.planes.labels.shape
        touched = 0
        for place in region.blocks(height, width):
            touched += 1
            if place not in self._before:
                self._before[place] = self.planes.keep(block_region(*place, height, width))
            self._open.pop(place, None)
            self._open[place] = None
            self._compared.pop(place, None)
        while len(self._open) > max(OPEN_BLOCKS, touched):
            place = next(iter(self._open))
            del self._open[place]
            self._compared[place] = self._difference(place)

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
        for place, saved in self._before.items():
            yield block_region(*place, height, width), saved

    def _differences(self) -> Iterator[Difference]:
        for place in self._before:
            done = place in self._compared
            found = self._compared[place] if done else self._difference(place)
            if found is not None:
                yield found

    def _difference(self, place: Place) -> Difference | None:
        block = block_region(*place, *self.planes.labels.shape)
        saved = self._before[place]
        return difference(block, saved, self.planes.view(block), keeps_before=True)
