"""Bands of pixels along the boundaries of classes: growing, shrinking, ignoring them."""

import numpy as np

from segstudio.core.arrays import Mask
from segstudio.editing.kinds import EVERY, IGNORED, Kinds
from segstudio.editing.nearness import nearest, within
from segstudio.editing.place import Frame, matches
from segstudio.editing.proposal import Proposal, nothing, propose
from segstudio.editing.wish import Wish


def grow(frame: Frame, wish: Wish) -> Proposal:
    """Give a class every pixel that is at most `size` pixels away from one of its own.

    Distances are straight ones from centre to centre, so that corners come out round.
    """
    subject = matches(frame, wish.kind)
    chosen = within(subject, wish.size) & ~subject & frame.free
    return propose(frame.region, frame.planes, chosen, wish.kind)


def shrink(frame: Frame, wish: Wish) -> Proposal:
    """Take from a class every pixel that is at most `size` pixels away from one of another kind.

    It becomes what the nearest of those is, unlabelled and Ignore among them. The border of the
    image is no other kind: a class does not shrink from it.
    """
    others = ~matches(frame, wish.kind)
    if not others.any():
        return nothing(frame.region)
    chosen = within(others, wish.size) & ~others & frame.free
    return propose(frame.region, frame.planes, chosen, nearest(frame.kinds, chosen, others))


def ignore_band(frame: Frame, wish: Wish) -> Proposal:
    """Make Ignore of the pixels along boundaries, `size` pixels wide on each side.

    A boundary is where pixels of two classes share an edge; unlabelled and Ignore are no classes
    and have none. Pixels with such an edge are the first pixel of the band; every pixel of a class
    that is at most `size` - 1 pixels away from one of them belongs to it. With a class, or one
    region, only its own boundaries count.
    """
    edge = _boundary(frame.kinds, wish.kind, frame.subject)
    chosen = within(edge, wish.size - 1) & (frame.kinds < IGNORED) & frame.free
    return propose(frame.region, frame.planes, chosen, IGNORED)


def _boundary(kinds: Kinds, kind: int, subject: Mask | None) -> Mask:
    """Return the pixels that share an edge with a pixel of another class."""
    edge = np.zeros(kinds.shape, np.bool_)
    halves = (
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
    )
    for one, other in halves:
        a, b = kinds[one], kinds[other]
        meets = (a != b) & (a < IGNORED) & (b < IGNORED)
        if subject is not None:
            meets &= subject[one] | subject[other]
        elif kind != EVERY:
            meets &= (a == kind) | (b == kind)
        edge[one] |= meets
        edge[other] |= meets
    return edge
