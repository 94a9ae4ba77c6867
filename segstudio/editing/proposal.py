"""What an edit of many pixels would change, to be shown first and made a step later."""

from dataclasses import dataclass

import numpy as np

from segstudio.core.arrays import InkMap, LabelMap, Mask
from segstudio.core.merge import Writing
from segstudio.core.patch import Difference, Planes, difference
from segstudio.core.region import Region, trimmed
from segstudio.editing.kinds import Kinds, written
from segstudio.editing.selection import Selection


@dataclass(frozen=True, eq=False)
class Proposal:
    """Pixels with what they would become.

    Attributes
    ----------
    selection : Selection
        The pixels that would change in label or in ink, none that would not.
    before : Planes
        Of the selection's region, as they were when this was worked out.
    labels, ink : (h, w) uint8
        What the selected pixels become.
    things : int
        How many holes, islands or other whole things these pixels are of; 0 where none are
        counted.
    """

    selection: Selection
    before: Planes
    labels: LabelMap
    ink: InkMap
    things: int = 0

    @property
    def pixels(self) -> int:
        """How many pixels would change."""
        return self.selection.pixels

    @property
    def writing(self) -> Writing:
        """The edit that it stands for: it leaves alone what somebody has changed since."""
        return self._write

    def _write(self, planes: Planes, region: Region) -> Difference | None:
        part = self.selection.region.intersection(region)
        if not part.area:
            return None
        ours = part.within(self.selection.region).slices
        chosen = self.selection.mask[ours]
        if not chosen.any():
            return None
        now = planes.view(part.within(region))
        untouched = now.labels == self.before.labels[ours]
        untouched &= now.ink == self.before.ink[ours]
        chosen = chosen & untouched
        after = Planes(
            np.where(chosen, self.labels[ours], now.labels),
            np.where(chosen, self.ink[ours], now.ink),
        )
        return difference(part, now, after)


def propose(
    frame: Region, before: Planes, chosen: Mask, kinds: Kinds | int, things: int = 0
) -> Proposal:
    """Make a proposal of pixels of a frame that a person gives other kinds.

    Parameters
    ----------
    frame : Region
    before : Planes
        Of the frame; copies that nobody changes.
    chosen : (h, w) bool
        Of the frame's shape.
    kinds : (h, w) uint16 or int
        What the chosen pixels become.
    """
    if isinstance(kinds, int):
        kinds = np.full((1, 1), kinds, np.uint16)
    labels, ink = written(kinds)
    chosen = chosen & ((labels != before.labels) | (ink != before.ink))
    region = trimmed(chosen, frame)
    inner = region.within(frame)

    def cut(plane: LabelMap) -> LabelMap:
        return np.broadcast_to(plane, chosen.shape)[inner.slices].copy()

    return Proposal(
        Selection(region, chosen[inner.slices].copy()),
        before.cut(inner),
        cut(labels),
        cut(ink),
        things,
    )


def nothing(frame: Region) -> Proposal:
    """Return a proposal that changes nothing."""
    empty = np.zeros((0, 0), np.uint8)
    region = Region(frame.top, frame.left, frame.top, frame.left)
    return Proposal(Selection(region, empty.view(np.bool_)), Planes(empty, empty), empty, empty)
