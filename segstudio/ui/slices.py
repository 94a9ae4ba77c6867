"""Many small changes on the GUI thread, a few at a time, so that the window goes on."""

import time
from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer

_SLICE_S = 0.008


class Slices(QObject):
    """Does things in the order in which they were given; a few of them at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], object]] = deque()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    def do(self, works: Iterable[Callable[[], object]]) -> None:
        """Do these things, the first ones now and the rest between events."""
        self._waiting.extend(works)
        self._timer.start(0)
        self._go_on()

    def finish(self) -> None:
        """Do all the rest now."""
        self._go_on(seconds=float("inf"))

    def drop(self) -> None:
        """Leave the rest."""
        self._waiting.clear()
        self._timer.stop()

    def _go_on(self, seconds: float = _SLICE_S) -> None:
        end = time.perf_counter() + seconds
        while self._waiting and time.perf_counter() < end:
            self._waiting.popleft()()
        if not self._waiting:
            self._timer.stop()
