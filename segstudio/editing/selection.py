"""A set of pixels that a tool has found, and the edit that paints it."""

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


def paint_selection(
    planes: Planes,
    confidence: Confidence | None,
    selection: Selection,
    *,
    paint: Paint,
    scope: Scope,
    first: tuple[int, int] | None,
    tool: str,
) -> Patch | None:
    """Make the patch that paints a selection, as far as the scope allows.

    The planes are not changed. None when nothing would change.

    Parameters
    ----------
    first : (label, ink) or None
        Of the pixel that was touched first.
    tool : str
        The name that the step has in the history.
    """
    region, mask = selection.region, selection.mask
    height, width = planes.labels.shape
    differences = []
    for row, column in region.blocks(height, width):
        part = region.intersection(block_region(row, column, height, width))
        cut = mask[part.within(region).slices]
        if not cut.any():
            continue
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
