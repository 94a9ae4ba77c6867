"""How fast images are being finished, and so how long the rest will take."""

import heapq
from bisect import insort
from collections.abc import Iterable
from statistics import median

_LAST = 20
_LEAST = 3
_PAUSE = 30 * 60
_TOGETHER = 1.0
"""Images marked in one go are no sign of how long one takes."""


class Pace:
    """Knows when the last images were finished; seconds since 1970."""

    def __init__(self, done_at: Iterable[float] = ()) -> None:
        self._times = sorted(heapq.nlargest(2 * _LAST, (time for time in done_at if time > 0)))

    def change(self, before: float, after: float) -> None:
        """Note that an image was finished at another time; 0 is never."""
        if before in self._times:
            self._times.remove(before)
        if after > 0:
            insort(self._times, after)
            del self._times[: -2 * _LAST]

    def seconds_each(self) -> float | None:
        """Return the median of the last images, without pauses; None before three are known."""
        spans = [b - a for a, b in zip(self._times, self._times[1:], strict=False)]
        usual = [span for span in spans if _TOGETHER <= span <= _PAUSE][-_LAST:]
        return median(usual) if len(usual) >= _LEAST else None
