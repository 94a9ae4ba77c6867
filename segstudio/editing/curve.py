"""The way of a fast hand between the few places that the mouse reports."""

import math
from collections.abc import Sequence

from segstudio.editing.sight import Point

LEAST_BULGE_PX = 0.25
"""What nobody sees in any image, however large it is shown."""

SHARPEST_TURN = math.pi / 2
"""What turns more, in radians from one chord to the next, is a corner."""

MOST_PIECES = 8
NOTED_POINTS = 4
"""Points that `way` looks at: the last chord and the two before it."""


def way(points: Sequence[Point], least_bulge: float = LEAST_BULGE_PX) -> list[Point]:
    """Return the points to draw through after the last but one, ending at the last.

    A chord becomes an arc where the hand turns the same way at its start and at the point before,
    so that circles do not look like polygons. It ends where the cursor is, and bends no more than
    the lesser of the two turns: a corner after a straight line stays a corner, and a hand that
    trembles draws chords.

    Parameters
    ----------
    points : sequence of (x, y)
        The last few places of the cursor, the newest last; at least one.
    least_bulge : float
        A curve that keeps closer than this to its chord is drawn as the chord.
    """
    if len(points) < NOTED_POINTS:
        return [points[-1]]
    start, end = points[-2], points[-1]
    bend = _bend(points[-NOTED_POINTS:])
    chord = end[0] - start[0], end[1] - start[1]
    bulge = math.hypot(*chord) / 4 * math.tan(abs(bend))
    if bulge < least_bulge:
        return [end]
    # On the middle of the chord, so that the arc leaves and arrives at the same angle.
    side = math.tan(bend) / 2
    control = (
        start[0] + chord[0] / 2 + chord[1] * side,
        start[1] + chord[1] / 2 - chord[0] * side,
    )
    count = min(MOST_PIECES, 1 + math.ceil(math.sqrt(bulge / least_bulge)))
    return [*(_between(start, control, end, i / count) for i in range(1, count)), end]


def _bend(points: Sequence[Point]) -> float:
    """Return the angle between the last chord and the curve at its start, 0 where none is sure."""
    first, second, third, fourth = points
    before = _turn(first, second, third)
    now = _turn(second, third, fourth)
    if before * now <= 0 or max(abs(before), abs(now)) > SHARPEST_TURN:
        return 0.0
    return math.copysign(min(abs(before), abs(now)), now) / 2


def _turn(first: Point, second: Point, third: Point) -> float:
    """Return the angle from one chord to the next, -pi to pi."""
    ax, ay = second[0] - first[0], second[1] - first[1]
    bx, by = third[0] - second[0], third[1] - second[1]
    return math.atan2(ax * by - ay * bx, ax * bx + ay * by)


def _between(start: Point, control: Point, end: Point, share: float) -> Point:
    rest = 1 - share
    weights = rest * rest, 2 * rest * share, share * share
    x, y = (
        sum(w * p[axis] for w, p in zip(weights, (start, control, end), strict=True))
        for axis in (0, 1)
    )
    return x, y
