"""Which pixels may change when a stroke goes to the edges of the image, and what becomes of them.

Pixels that leave a stroke are again what they were before it; those that join it belong to the
refinement. What a person has decided stays, but for the stroke itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, Mask
from segstudio.core.labels import Ink, is_ignored, is_unlabelled
from segstudio.core.patch import Difference, Planes, difference
from segstudio.core.region import Region, whole
from segstudio.editing.requests import Snap
from segstudio.editing.scope import Paint
from segstudio.editing.selection import Selection
from segstudio.editing.trace import masked

LEAST_REACH_PX, MOST_REACH_PX = 3, 64

STROKE, INSIDE, FREE = 1, 2, 4
"""Bits of a marked pixel: it was covered, it has the class of the stroke, that may change."""


def reach_of(size: int) -> int:
    """Return how far from its border a stroke of some width may change, in pixels.

    A quarter of the width; a hand that paints with a huge tip is not as unsure as that.
    """
    return min(max(LEAST_REACH_PX, round(size / 4)), MOST_REACH_PX)


@dataclass(frozen=True, eq=False)
class Moved:
    """What a snap changes in a region, all of whose arrays have its shape.

    Attributes
    ----------
    seen, before : Planes
        As they were when the engine was asked, and before the stroke.
    leaves, joins : (h, w) bool
    """

    region: Region
    seen: Planes
    before: Planes
    leaves: Mask
    joins: Mask

    def cut(self, region: Region) -> "Moved":
        """Return the part inside a region."""
        part = self.region.intersection(region)
        inner = part.within(self.region)
        masks = self.leaves[inner.slices], self.joins[inner.slices]
        return Moved(part, self.seen.view(inner), self.before.view(inner), *masks)


@dataclass(frozen=True, eq=False)
class Question:
    """What has to be known of a region to snap a stroke there; arrays have its shape.

    Attributes
    ----------
    seen, before : Planes
        As they are, and before the stroke.
    changed : (h, w) bool
        What the stroke has changed and nobody since.
    marks : (h, w) uint8
        Sum of `STROKE`, `INSIDE` and `FREE`.
    """

    region: Region
    seen: Planes
    before: Planes
    changed: Mask
    marks: NDArray[np.uint8]

    def answered(self, wanted: Mask) -> Moved:
        """Return what changes when the class of the stroke shall be in other pixels, (h, w)."""
        inside, free = (self.marks & INSIDE) > 0, (self.marks & FREE) > 0
        leaves = self.changed & inside & ~wanted
        return Moved(self.region, self.seen, self.before, leaves, free & ~inside & wanted)


def question(
    request: Snap, planes: Planes, confidence: Confidence | None, region: Region
) -> Question | None:
    """Return what there is to ask about a region; None where nothing can change.

    Parameters
    ----------
    planes, confidence
        Of the whole image, as they are after the stroke.
    """
    covered = masked(request.stroke, region)
    if covered.all() or not covered.any():
        return None
    seen = planes.cut(region)
    before, changed = _before(request, seen, region)
    inside = _inside(seen, request.paint)
    here = None if confidence is None else confidence[region.slices]
    free = changed | (~covered & ~inside & _may_join(request, seen, here))
    marks = (STROKE * covered + INSIDE * inside + FREE * free).astype(np.uint8)
    return Question(region, seen, before, changed, marks)


def _before(request: Snap, seen: Planes, region: Region) -> tuple[Planes, Mask]:
    """Return the planes of a region before the stroke, and which pixels it has changed."""
    before = Planes(seen.labels.copy(), seen.ink.copy())
    changed = np.zeros(seen.labels.shape, np.bool_)
    for change in request.patch.changes:
        part = change.region.intersection(region)
        if not part.area:
            continue
        inner, source = part.within(region), part.within(change.region)
        old, new, now = change.before.view(source), change.after.view(source), seen.view(inner)
        differs = (old.labels != new.labels) | (old.ink != new.ink)
        # Somebody may have painted there since.
        differs &= (now.labels == new.labels) & (now.ink == new.ink)
        changed[inner.slices] = differs
        np.copyto(before.labels[inner.slices], old.labels, where=differs)
        np.copyto(before.ink[inner.slices], old.ink, where=differs)
    return before, changed


def _inside(planes: Planes, paint: Paint) -> Mask:
    """Return where the planes are what the stroke has painted, whoever did it."""
    if paint.ink == Ink.NOBODY:
        return is_unlabelled(planes.labels, planes.ink)
    inside: Mask = planes.labels == paint.label
    return inside


def _may_join(request: Snap, planes: Planes, confidence: Confidence | None) -> Mask:
    """Return which pixels beside a stroke may get its class: no person has decided on them."""
    mask: Mask = (planes.ink != Ink.PERSON) & ~is_ignored(planes.labels, planes.ink)
    allowed = request.scope.allowed(planes, confidence, whole(planes.labels), first=request.first)
    return mask if allowed is None else mask & allowed


def written(
    planes: Planes, region: Region, moved: Moved, request: Snap, later: tuple[Selection, ...] = ()
) -> Difference | None:
    """Return what changes in a region that holds a moved one, whose planes are as given now.

    Where they are not what they were when the question was asked, somebody has painted there.

    Parameters
    ----------
    later : tuple of Selection
        What a person has decided since, also where that changed nothing.
    """
    inner = moved.region.within(region)
    now, seen = planes.view(inner), moved.seen
    kept = (now.labels == seen.labels) & (now.ink == seen.ink)
    kept &= ~masked(later, moved.region)
    leaves, joins = moved.leaves & kept, moved.joins & kept
    paint = request.paint
    after = planes.cut(whole(planes.labels))
    labels, ink = after.labels[inner.slices], after.ink[inner.slices]
    for target, source in ((labels, moved.before.labels), (ink, moved.before.ink)):
        np.copyto(target, source, where=leaves)
    author = Ink.NOBODY if paint.ink == Ink.NOBODY else Ink.REFINEMENT
    np.copyto(labels, np.uint8(paint.label), where=joins)
    np.copyto(ink, np.uint8(author), where=joins)
    return difference(region, planes, after)
