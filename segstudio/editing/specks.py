"""Holes and islands: whole pieces of a label map that are in the wrong class."""

import numpy as np

from segstudio.core.arrays import Mask
from segstudio.core.pieces import Numbers, Pieces, distinct, joined, pieces_of
from segstudio.core.region import Region
from segstudio.editing.kinds import EVERY, IGNORED, UNLABELLED, Kinds, classes_in
from segstudio.editing.nearness import nearest
from segstudio.editing.place import Frame
from segstudio.editing.proposal import Proposal, nothing, propose
from segstudio.editing.wish import Wish

_SUBJECT = UNLABELLED + 1
"""The kind of the one region that is meant, where one is."""


def fill_holes(frame: Frame, wish: Wish) -> Proposal:
    """Give a class its holes.

    A hole of a class is a piece of what is not of that class, joined along edges and at corners,
    that touches neither the border of the image nor the edge of the window: whole holes are filled
    and no parts. With a size, only holes of at most so many pixels. Where every class is asked for
    and holes lie in each other, the outermost class wins; so it does, of two classes with equal
    holes, the lower index.
    """
    kinds = _with_subject(frame)
    pieces = pieces_of(kinds)
    becomes = {wish.kind: wish.kind}
    if frame.subject is not None:
        becomes = {_SUBJECT: wish.kind}
    elif wish.kind == EVERY:
        becomes = {kind: kind for kind in classes_in(kinds)}
    holes = _Holes(pieces)
    is_free = pieces.touched(frame.free)
    targets = pieces.values.astype(np.uint16)
    extents = np.zeros(pieces.areas.shape, np.int64)
    things = 0
    for kind, target in becomes.items():
        is_hole, numbers, areas = holes.of(kind)
        if wish.size:
            is_hole &= areas <= wish.size
        things += distinct(numbers[is_hole & is_free]).size
        is_outer = is_hole & (areas > extents)
        extents[is_outer] = areas[is_outer]
        targets[is_outer] = target
    if not extents.any():
        return nothing(frame.region)
    chosen = pieces.spread(extents > 0) & frame.free
    return propose(frame.region, frame.planes, chosen, pieces.spread(targets), things)


def remove_islands(frame: Frame, wish: Wish) -> Proposal:
    """Remove islands of fewer than `size` pixels.

    An island is a piece of one class, joined along edges; Ignore only where it is asked for. It
    counts when it lies in the window whole. Its pixels become what the nearest pixel is that
    belongs to no such island: a class, Ignore, or unlabelled. With one region, the islands in its
    holes are meant, of any class.
    """
    pieces = pieces_of(frame.kinds)
    is_island = (pieces.areas < wish.size) & _lies_in(pieces, frame.window)
    free = frame.free
    if frame.subject is not None:
        around = pieces_of(_with_subject(frame))
        free = free & around.spread(_Holes(around).of(_SUBJECT)[0])
        is_island &= pieces.values < IGNORED
    elif wish.kind == EVERY:
        is_island &= pieces.values < IGNORED
    else:
        is_island &= pieces.values == wish.kind
    return _dissolved(frame, pieces, is_island, free)


def keep_largest(frame: Frame, wish: Wish) -> Proposal:
    """Remove every region of a class but the largest one in the window.

    Regions are joined along edges and measured as far as the window shows them, with one pixel
    around; of two of a size, the first one, row by row, stays. Those that reach beyond the window
    stay too. What is removed becomes what the nearest pixel is that stays.
    """
    pieces = pieces_of(frame.kinds)
    own = np.flatnonzero(pieces.values == wish.kind)
    if own.size < 2:
        return nothing(frame.region)
    is_island = (pieces.values == wish.kind) & _lies_in(pieces, frame.window)
    is_island[own[np.argmax(pieces.areas[own])]] = False
    return _dissolved(frame, pieces, is_island, frame.free)


def _dissolved(frame: Frame, pieces: Pieces, is_island: Mask, free: Mask) -> Proposal:
    if not is_island.any():
        return nothing(frame.region)
    chosen = pieces.spread(is_island) & free
    things = int(np.count_nonzero(pieces.touched(chosen)))
    kinds = nearest(frame.kinds, chosen, ~chosen)
    return propose(frame.region, frame.planes, chosen, kinds, things)


def _with_subject(frame: Frame) -> Kinds:
    """Return the kinds with the one region, if one is meant, as a kind of its own."""
    if frame.subject is None:
        return frame.kinds
    return np.where(frame.subject, np.uint16(_SUBJECT), frame.kinds)


class _Holes:
    """The holes of the kinds of a map; which pieces touch is found out once for all of them."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._first, self._second = pieces.neighbours()
        height, width = pieces.shape
        # What touches the border is no hole, nor is what the frame shows only a part of.
        self._is_open = ~_lies_in(pieces, Region(1, 1, height - 1, width - 1))

    def of(self, kind: int) -> tuple[Mask, Numbers, Numbers]:
        """Return which pieces lie in holes of a kind, and number and pixels of what each lies in.

        All three are (n,), one for each piece.
        """
        is_own = self._pieces.values == kind
        is_apart = ~(is_own[self._first] | is_own[self._second])
        numbers = joined(is_own.size, self._first[is_apart], self._second[is_apart])
        is_open = np.zeros(is_own.shape, np.bool_)
        is_open[numbers[self._is_open]] = True
        areas = np.bincount(numbers, self._pieces.areas, is_own.size).astype(np.int64)
        return ~is_own & ~is_open[numbers], numbers, areas[numbers]


def _lies_in(pieces: Pieces, window: Region) -> Mask:
    """Return which pieces lie in a part of the map whole."""
    lies: Mask = (pieces.tops >= window.top) & (pieces.bottoms <= window.bottom)
    lies &= (pieces.lefts >= window.left) & (pieces.rights <= window.right)
    return lies
