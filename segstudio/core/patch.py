"""Reversible edits of a label map and its ink."""

import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import InkMap, LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.even_planes import held_bytes, kept
from segstudio.core.labels import Ink, class_counts
from segstudio.core.region import Region, trimmed


@dataclass(frozen=True)
class Planes:
    """Label map and ink of one image or of one region of it, same shape."""

    labels: LabelMap
    ink: InkMap

    @classmethod
    def blank(cls, size: tuple[int, ...]) -> "Planes":
        """Return the planes of an image of (height, width) that nobody has touched.

        Every page of their memory is touched now: the first stroke on untouched ones is slow.
        """
        return cls(np.full(size, IGNORE_INDEX, np.uint8), np.full(size, 0, np.uint8))

    def cut(self, region: Region) -> "Planes":
        """Return copies of the two planes inside a region."""
        return Planes(self.labels[region.slices].copy(), self.ink[region.slices].copy())

    def keep(self, region: Region) -> "Planes":
        """Return copies like `cut` that nobody writes: one byte for a plane of one value."""
        return Planes(kept(self.labels[region.slices]), kept(self.ink[region.slices]))

    def view(self, region: Region) -> "Planes":
        """Return views of the two planes inside a region."""
        return Planes(self.labels[region.slices], self.ink[region.slices])

    @property
    def nbytes(self) -> int:
        """Bytes that both planes hold."""
        return held_bytes(self.labels) + held_bytes(self.ink)


@dataclass(frozen=True)
class Change:
    """The pixels of one region before and after an edit."""

    region: Region
    before: Planes
    after: Planes


@dataclass(frozen=True)
class Origin:
    """Where a patch comes from.

    Attributes
    ----------
    tool : str
        Name of the tool or job, such as ``brush`` or ``segment``.
    author : Ink
        Who its pixels belong to.
    class_index : int or None
        The class it painted, if it is one.
    detail : str
        What else to show of it, such as the name of the model.
    annotator : str
        The name of the person at the screen, where the settings have one.
    """

    tool: str
    author: Ink
    class_index: int | None = None
    detail: str = ""
    time: float = field(default_factory=time.time)
    annotator: str = ""


@dataclass(frozen=True)
class Patch:
    """One reversible edit: a list of regions with the pixels before and after.

    Attributes
    ----------
    changes : tuple of Change
        Regions do not overlap.
    origin : Origin
    counts : (257,) int64
        What the edit adds to the class counts of the image (see `labels.class_counts`).
    pixels : int
        Number of pixels whose label or ink it changes.
    """

    changes: tuple[Change, ...]
    origin: Origin
    counts: NDArray[np.int64]
    pixels: int

    @property
    def regions(self) -> tuple[Region, ...]:
        """The regions that the edit changes."""
        return tuple(change.region for change in self.changes)

    @cached_property
    def nbytes(self) -> int:
        """Bytes that the edit holds in memory; the history asks for it with every stroke."""
        return sum(c.before.nbytes + c.after.nbytes for c in self.changes) + self.counts.nbytes

    def apply(self, planes: Planes) -> None:
        """Write the pixels after the edit into `planes`, in place."""
        for change in self.changes:
            planes.labels[change.region.slices] = change.after.labels
            planes.ink[change.region.slices] = change.after.ink

    def revert(self, planes: Planes) -> None:
        """Write the pixels before the edit into `planes`, in place."""
        for change in self.changes:
            planes.labels[change.region.slices] = change.before.labels
            planes.ink[change.region.slices] = change.before.ink

    def inverse(self, tool: str) -> "Patch":
        """Return the edit that takes this one back, made now with a tool of this name."""
        return Patch(
            tuple(Change(c.region, c.after, c.before) for c in self.changes),
            replace(self.origin, tool=tool, time=time.time()),
            -self.counts,
            self.pixels,
        )


@dataclass(frozen=True)
class Difference:
    """A change with what it adds to the class counts and how many pixels differ in it."""

    change: Change
    counts: NDArray[np.int64]
    pixels: int


def difference(
    region: Region, before: Planes, after: Planes, *, keeps_before: bool = False
) -> Difference | None:
    """Return what differs inside one region, trimmed; None if nothing does.

    Parameters
    ----------
    region : Region
        Where `before` and `after` lie in the image.
    before, after : Planes
        Both of the region's shape; what is kept of them is copied.
    keeps_before : bool
        Whether nobody writes `before` any more, so that all of it is kept without a copy.
    """
    differs = (before.labels != after.labels) | (before.ink != after.ink)
    pixels = int(np.count_nonzero(differs))
    if not pixels:
        return None
    changed = trimmed(differs, region)
    inner = changed.within(region)
    whole = keeps_before and changed == region
    change = Change(changed, before if whole else before.keep(inner), after.keep(inner))
    counts = class_counts(change.after.labels, change.after.ink)
    counts -= class_counts(change.before.labels, change.before.ink)
    return Difference(change, counts, pixels)


def assemble(differences: Iterable[Difference], origin: Origin) -> Patch | None:
    """Make one patch of differences whose regions do not overlap; None when there are none."""
    found = list(differences)
    if not found:
        return None
    counts: NDArray[np.int64] = np.stack([d.counts for d in found]).sum(axis=0)
    return Patch(tuple(d.change for d in found), origin, counts, sum(d.pixels for d in found))


@dataclass(frozen=True)
class PackedPatch:
    """A patch squeezed for keeping, in memory and in the project file.

    zlib level 1 over the pixels before and their XOR with those after: where nothing changes the
    XOR is 0. Label maps shrink about a hundredfold, so that old steps cost next to nothing.
    """

    regions: tuple[Region, ...]
    data: bytes
    origin: Origin
    counts: NDArray[np.int64]
    pixels: int

    @property
    def nbytes(self) -> int:
        """Bytes that the packed edit holds in memory."""
        return len(self.data) + self.counts.nbytes

    @property
    def unpacked_nbytes(self) -> int:
        """Bytes that it would hold unpacked."""
        return sum(4 * region.area for region in self.regions) + self.counts.nbytes


@dataclass(frozen=True)
class StoredPatch:
    """A patch that lies in a file and is read when it is needed; in memory it costs nothing.

    Attributes
    ----------
    read : callable
        Returns the patch. Raises `StorageError` when the file cannot be read.
    """

    regions: tuple[Region, ...]
    origin: Origin
    counts: NDArray[np.int64]
    pixels: int
    read: Callable[[], Patch]

    @property
    def nbytes(self) -> int:
        """Bytes that it holds in memory, next to nothing."""
        return 0

    @property
    def unpacked_nbytes(self) -> int:
        """Bytes that the patch holds once it is read."""
        return sum(4 * region.area for region in self.regions) + self.counts.nbytes


def pack(patch: Patch) -> PackedPatch:
    """Squeeze a patch."""
    packer = zlib.compressobj(level=1)
    parts = [
        packer.compress(np.ascontiguousarray(plane).data)
        for change in patch.changes
        for plane in _planes(change)
    ]
    data = b"".join([*parts, packer.flush()])
    return PackedPatch(patch.regions, data, patch.origin, patch.counts, patch.pixels)


def unpack(packed: PackedPatch) -> Patch:
    """Bring a squeezed patch back, equal in every pixel.

    Raises
    ------
    zlib.error, ValueError
        When the data was damaged.
    """
    flat = np.frombuffer(zlib.decompress(packed.data), np.uint8)
    if flat.size != 4 * sum(region.area for region in packed.regions):
        raise ValueError("the pixels of a step do not fill its regions")
    changes, start = [], 0
    for region in packed.regions:
        size = region.height, region.width
        planes = [
            flat[start + i * region.area : start + (i + 1) * region.area].reshape(size)
            for i in range(4)
        ]
        before = Planes(planes[0], planes[1])
        after = Planes(planes[0] ^ planes[2], planes[1] ^ planes[3])
        changes.append(Change(region, before, after))
        start += 4 * region.area
    return Patch(tuple(changes), packed.origin, packed.counts, packed.pixels)


def _planes(change: Change) -> tuple[NDArray[np.uint8], ...]:
    before, after = change.before, change.after
    return before.labels, before.ink, before.labels ^ after.labels, before.ink ^ after.ink
