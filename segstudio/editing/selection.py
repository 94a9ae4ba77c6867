"""A set of pixels that a tool has found, and the edit that paints it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from segstudio.core.arrays import Confidence, Mask
from segstudio.core.patch import Origin, Patch, Planes, assemble, difference
from segstudio.core.region import Region, block_region
from segstudio.editing.scope import Paint, Scope


@dataclass(frozen=True, eq=False)
class Selection:
    """Pixels of an image.

    Attributes
    ----------
    region : Region
        Inside the image; holds all of them.
    mask : (h, w) bool
        Of the region's shape.
    """

    region: Region
    mask: Mask

    @property
    def pixels(self) -> int:
        """How many they are."""
        return int(np.count_nonzero(self.mask))


def paint_selections(
    planes: Planes,
    confidence: Confidence | None,
    parts: Iterable[Selection],
    *,
    paint: Paint,
    scope: Scope,
    first: tuple[int, int] | None,
    tool: str,
) -> Patch | None:
    """Make the patch that paints selections, as far as the scope allows.

    The planes are not changed. None when nothing would change.

    Parameters
    ----------
    parts : iterable of Selection
        In different blocks, where they are several.
    first : (label, ink) or None
        Of the pixel that was touched first.
    tool : str
        The name that the step has in the history.
    """
    differences = []
    for part, cut in _by_blocks(parts, *planes.labels.shape):
        allowed = scope.allowed(planes, confidence, part, first=first)
        written = cut if allowed is None else cut & allowed
        before = planes.view(part)
        after = Planes(
            np.where(written, np.uint8(paint.label), before.labels),
            np.where(written, np.uint8(paint.ink), before.ink),
        )
        change = difference(part, before, after)
        if change is not None:
            differences.append(change)
    return assemble(differences, Origin(tool, paint.ink, paint.class_index))


def _by_blocks(
    parts: Iterable[Selection], height: int, width: int
) -> Iterator[tuple[Region, Mask]]:
    """Yield what of each block is selected, without empty ones."""
    for selection in parts:
        region = selection.region
        for row, column in region.blocks(height, width):
            part = region.intersection(block_region(row, column, height, width))
            cut = selection.mask[part.within(region).slices]
            if cut.any():
                yield part, cut
