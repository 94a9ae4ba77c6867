"""The last stroke of a person, to be given another class."""

from collections.abc import Sequence

import numpy as np

from segstudio.core.arrays import Confidence
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.patch import Patch, Planes
from segstudio.core.region import Region
from segstudio.editing.proposal import Proposal, propose
from segstudio.editing.scope import Scope


def last_stroke(applied: Sequence[Step]) -> Step | None:
    """Return the last step in which a person painted one class, or erased; None without any.

    Parameters
    ----------
    applied : sequence of Step
        The steps that are done, oldest first.
    """
    for step in reversed(applied):
        origin = step.origin
        if origin.author == Ink.PERSON and origin.class_index is not None:
            return step
        if origin.author == Ink.NOBODY and origin.tool == "eraser":
            return step
    return None


def repaint(
    stroke: Patch, planes: Planes, confidence: Confidence | None, scope: Scope, *, kind: int
) -> Proposal:
    """Give the pixels of a stroke another kind: those that are still as it left them.

    Parameters
    ----------
    planes : Planes
        Of the whole image; what is looked at of them is copied first.
    """
    region = Region(0, 0, 0, 0)
    for change in stroke.changes:
        region = region.union(change.region)
    before = planes.cut(region)
    chosen = np.zeros(before.labels.shape, np.bool_)
    for change in stroke.changes:
        place = change.region.within(region)
        now = before.view(place)
        is_painted = (change.before.labels != change.after.labels) | (
            change.before.ink != change.after.ink
        )
        is_still = (now.labels == change.after.labels) & (now.ink == change.after.ink)
        chosen[place.slices] = is_painted & is_still
    sure = None if confidence is None else confidence[region.slices]
    allowed = scope.allowed(
        before,
        sure,
        Region(0, 0, region.height, region.width),
        first=_painted(stroke),
    )
    if allowed is not None:
        chosen &= allowed
    return propose(region, before, chosen, kind)


def _painted(stroke: Patch) -> tuple[int, int]:
    """Return label and ink that a stroke gave its pixels."""
    index = stroke.origin.class_index
    return (IGNORE_INDEX, int(Ink.NOBODY)) if index is None else (index, int(Ink.PERSON))
