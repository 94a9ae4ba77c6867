"""How long the window does not answer while an image is segmented, and while a model learns."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from segstudio.cli.benchmarks import lesson_beside
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile, rounded
from segstudio.cli.benchmarks.stage import Stage, opened, run_loop
from segstudio.core.errors import SegstudioError

SIZE = (3000, 4000)
TICK_MS = 5
REPEATS = 5
AFTER_MS = 1500
"""How long to look on after the result: it is also painted and saved."""
PATIENCE_MS = 120_000
TEACH_S, TEACH_GOAL_MS = 15.0, 50.0
ROWS = (("stall", "none", 33.0), ("stall-crf", "crf", 50.0))


class Ticker(QObject):
    """Ticks every few milliseconds and keeps the longest time between two ticks."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = 0.0
        self._last = 0.0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Start anew."""
        self.longest_ms = 0.0
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> float:
        """Stop and return the longest time in milliseconds."""
        self._tick()
        self._timer.stop()
        return self.longest_ms

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000)
        self._last = now


def run(plan: Plan) -> Iterator[Figure]:
    """Segment a photo again and again in the real window, by the real engine."""
    with opened(*plan.pick(SIZE, (300, 400))) as stage:
        for name, refine, goal in ROWS:
            stage.session.settings.set("model.refine", refine)
            _segment(stage)  # what only the first time costs, such as starting the CRF's process
            longest, idle, seconds = [], [], []
            for _ in range(plan.pick(REPEATS, 1)):
                gap, duration = _segment(stage)
                longest.append(gap)
                seconds.append(duration)
                idle.append(_idle(duration))
            info = stage.document.segment_info
            yield Figure(
                name,
                max(longest),
                "ms",
                goal,
                reference=max(idle),
                detail={
                    "longest_of_each_run": [rounded(gap) for gap in longest],
                    "median_of_runs": rounded(quantile(longest, 0.5)),
                    "tick_ms": TICK_MS,
                    "seconds": rounded(max(seconds)),
                    "refined_by": info.refined_by if info else "",
                    "reference": "the same window for as long with nothing to do",
                },
            )
        yield _during_teach(stage, plan)


def _during_teach(stage: Stage, plan: Plan) -> Figure:
    """Look on while a model learns; nobody touches anything."""
    client, seconds = stage.session.segmenting.client, plan.pick(TEACH_S, 0.5)
    with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as folder:
        size = plan.pick(lesson_beside.SIZE, (90, 120))
        with lesson_beside.lesson_beside(client, Path(folder), size):
            ticker = Ticker()
            ticker.start()
            run_loop(round(1000 * seconds))
            longest = ticker.stop()
    detail = {"seconds": seconds, "tick_ms": TICK_MS}
    return Figure("stall-teach", longest, "ms", TEACH_GOAL_MS, reference=_idle(0.0), detail=detail)


def _segment(stage: Stage) -> tuple[float, float]:
    """Segment and look on; return the longest pause in ms and the seconds until the result."""
    session = stage.session
    if session.document is not None and session.document.history.can_undo:
        session.undo()
        stage.settle(2.0)
    loop = QEventLoop()
    session.segmenting.running_changed.connect(loop.quit)
    session.segmenting.failed.connect(loop.quit)
    ticker = Ticker()
    ticker.start()
    started = time.perf_counter()
    session.segment()
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    while session.segmenting.is_running:
        loop.exec()
    seconds = time.perf_counter() - started
    run_loop(AFTER_MS)
    session.segmenting.running_changed.disconnect(loop.quit)
    session.segmenting.failed.disconnect(loop.quit)
    if not stage.document.history.can_undo:
        raise SegstudioError("Segment gave no result. See the log for the reason.")
    return ticker.stop(), seconds


def _idle(seconds: float) -> float:
    ticker = Ticker()
    ticker.start()
    run_loop(round(1000 * seconds) + AFTER_MS)
    return ticker.stop()
