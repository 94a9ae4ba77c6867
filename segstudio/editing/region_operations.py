"""Operations on the regions of a label map: one table of pure functions."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segstudio.core.arrays import Confidence
from segstudio.core.patch import Planes
from segstudio.core.region import Region
from segstudio.editing.bands import grow, ignore_band, shrink
from segstudio.editing.kinds import EVERY, IGNORED, UNLABELLED
from segstudio.editing.nearness import nearest, within
from segstudio.editing.place import Frame, Place, frame_of, matches, place_of
from segstudio.editing.proposal import Proposal, nothing, propose
from segstudio.editing.scope import Scope
from segstudio.editing.smoothing import reach_of, smoothed
from segstudio.editing.specks import fill_holes, keep_largest, remove_islands
from segstudio.editing.wish import Wish

EVERYWHERE = 2**30
"""A margin that holds the whole image."""


def smooth(frame: Frame, wish: Wish) -> Proposal:
    """Round boundaries: a pixel becomes what most of its neighbourhood is, see `smoothed`.

    With a class, only pixels change that become it or cease to be it; with one region, only
    those and no farther from it than the neighbourhood reaches.
    """
    kinds = smoothed(frame.kinds, wish.size)
    chosen = frame.free & (kinds != frame.kinds)
    if wish.kind != EVERY:
        chosen &= (kinds == wish.kind) | (frame.kinds == wish.kind)
    if frame.subject is not None:
        chosen &= within(frame.subject, reach_of(wish.size))
    return propose(frame.region, frame.planes, chosen, kinds)


def replace(frame: Frame, wish: Wish) -> Proposal:
    """Make every pixel of one kind another kind."""
    chosen = frame.free & matches(frame, wish.kind)
    return propose(frame.region, frame.planes, chosen, wish.target)


def swap(frame: Frame, wish: Wish) -> Proposal:
    """Make every pixel of one kind another kind, and those the first."""
    first, second = frame.kinds == wish.kind, frame.kinds == wish.target
    kinds = np.where(first, np.uint16(wish.target), np.uint16(wish.kind))
    return propose(frame.region, frame.planes, frame.free & (first | second), kinds)


def fill_unlabelled(frame: Frame, wish: Wish) -> Proposal:
    """Give unlabelled pixels the class of the nearest pixel that has one, see `nearest`.

    Ignore is no class and gives none. With a size, only pixels change that have one at most so
    many pixels away.
    """
    chosen = frame.free & (frame.kinds == UNLABELLED)
    if frame.subject is not None:
        chosen &= frame.subject
    sources = frame.kinds < IGNORED
    if wish.size:
        chosen &= within(sources, wish.size)
    return propose(frame.region, frame.planes, chosen, nearest(frame.kinds, chosen, sources))


@dataclass(frozen=True)
class Size:
    """The one number of an operation, in pixels; 0 means without a limit where that is allowed."""

    least: int
    usual: int
    most: int


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes
    ----------
    margin : callable
        How far around its place it looks, by its size.
    size : Size or None
        None where it has no number.
    is_for_region : bool
        Whether it can be about one region.
    is_for_every_class : bool
        Whether it can be about every class, each for itself.
    takes_class, takes_target : bool
        Whether it asks for a class, and for a second one.
    writes_its_class : bool
        Whether all that changes becomes the class that was asked for.
    things : str
        What it counts, such as ``holes``; else empty.
    """

    name: str
    work: Callable[[Frame, Wish], Proposal]
    margin: Callable[[int], int]
    size: Size | None = None
    is_for_region: bool = True
    is_for_every_class: bool = False
    takes_class: bool = True
    takes_target: bool = False
    writes_its_class: bool = False
    things: str = ""


def _none(_size: int) -> int:
    return 0


def _one(_size: int) -> int:
    return 1


def _size_and_one(size: int) -> int:
    return size + 1


def _as_far_as_needed(size: int) -> int:
    return size or EVERYWHERE


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "fill_holes",
        fill_holes,
        _one,
        Size(0, 0, 10**8),
        is_for_every_class=True,
        writes_its_class=True,
        things="holes",
    ),
    Operation(
        "remove_islands",
        remove_islands,
        _one,
        Size(2, 100, 10**8),
        is_for_every_class=True,
        things="islands",
    ),
    Operation("keep_largest", keep_largest, _one, is_for_region=False, things="islands"),
    Operation("smooth_boundaries", smooth, reach_of, Size(1, 3, 25), is_for_every_class=True),
    Operation("grow", grow, _size_and_one, Size(1, 2, 500), writes_its_class=True),
    Operation("shrink", shrink, _size_and_one, Size(1, 2, 500)),
    Operation("replace_class", replace, _none, takes_target=True),
    Operation("swap_classes", swap, _none, takes_target=True, is_for_region=False),
    Operation(
        "fill_unlabelled", fill_unlabelled, _as_far_as_needed, Size(0, 0, 1000), takes_class=False
    ),
    Operation("ignore_band", ignore_band, _size_and_one, Size(1, 2, 100), is_for_every_class=True),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}


def find(
    wish: Wish,
    planes: Planes,
    confidence: Confidence | None,
    scope: Scope,
    *,
    view: Region,
) -> Proposal:
    """Work out what an operation would change; the planes are not changed.

    Ignore stays as it is unless it is the class that was chosen.

    Parameters
    ----------
    planes : Planes
        Of the whole image; what is looked at of them is copied first.
    confidence : (H, W) uint8 or None
    scope : Scope
        What may change: the locks, and Paint over.
    view : Region
        What is seen of the image.
    """
    operation = BY_NAME[wish.operation]
    place = place_of(planes, wish.where, view=view, pixel=wish.pixel)
    is_possible = place.region is None or operation.is_for_region
    if not place.window.area or not is_possible:
        return nothing(place.window)
    wish = _about(wish, place)
    frame = frame_of(
        planes,
        confidence,
        place,
        scope,
        margin=operation.margin(wish.size),
        names_ignore=IGNORED in (wish.kind, wish.target if operation.takes_target else None),
    )
    return operation.work(frame, wish)


def _about(wish: Wish, place: Place) -> Wish:
    """Return the wish for the kind of the one region, where one is meant."""
    return wish if place.kind is None else wish.about(place.kind)
