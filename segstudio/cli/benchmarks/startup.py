"""From the start of the process to the first painted window."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

from segstudio.cli.benchmarks.figure import Figure, Plan, rounded, summary
from segstudio.core.errors import SegstudioError

GOAL_MS = 450
RUNS = 10

_TELL = """
import os, sys, time
from PySide6.QtCore import QObject, Qt, QTimer
class Clock(QObject):
    goes_on = False
    def tell(self):
        # Posted by the first paint event: it comes when the whole window has been painted.
        self.painted = self.last = time.time()
        self.longest = 0
        if not self.goes_on:
            self.end()
        self.timer = QTimer(interval=1)
        self.timer.timeout.connect(self.beat)
        self.timer.start()
    def beat(self):
        now = time.time()
        self.longest, self.last = max(self.longest, now - self.last), now
    def end(self):
        self.beat()
        sys.stdout.write(f"{{self.painted}} {{self.last}} {{self.longest}}")
        sys.stdout.flush()
        os._exit(0)
"""

OURS = """
{tell}
from PySide6.QtWidgets import QApplication
clock, run = Clock(), QApplication.exec
def watch_and_run(app):
    window = next(w for w in app.topLevelWidgets() if hasattr(w, "first_painted"))
    window.first_painted.connect(clock.tell, Qt.ConnectionType.QueuedConnection)
    clock.goes_on = True
    window.completed.connect(clock.end)
    return run()
QApplication.exec = watch_and_run
import segstudio.__main__ as program
sys.argv = ["segstudio"]
program.main()
"""
"""What ``python -m segstudio`` does, with a clock that looks on."""

BARE = """
import numpy, cv2
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QMainWindow
{tell}
class Window(QMainWindow):
    painted = Signal()
    def paintEvent(self, event):
        super().paintEvent(event)
        self.painted.emit()
app = QApplication([])
window = Window()
clock = Clock()
window.painted.connect(clock.tell, Qt.ConnectionType.QueuedConnection)
window.resize(1024, 640)
window.show()
app.exec()
"""


def run(plan: Plan) -> Iterator[Figure]:
    """Start the program and a bare window in turn, from a warm disk."""
    from segstudio.cli.benchmarks.stage import use_platform

    use_platform()
    ours, bare = [], []
    with tempfile.TemporaryDirectory(prefix="segstudio-benchmark-") as home:
        os.environ["SEGSTUDIO_HOME"] = home
        for number in range(plan.pick(RUNS, 1) + 1):
            pair = _start(OURS), _start(BARE)
            if number:  # the first one warms the disk
                ours.append(pair[0])
                bare.append(pair[1].painted_ms)
    painted = [start.painted_ms for start in ours]
    yield Figure(
        "startup",
        statistics.median(painted),
        "ms",
        GOAL_MS,
        reference=statistics.median(bare),
        detail={
            **summary(painted),
            "working page ready, ms after": rounded(statistics.median(s.ready_ms for s in ours)),
            "longest turn until then, ms": rounded(statistics.median(s.longest_ms for s in ours)),
            # Where Python may not keep them, each start compiles every module of ours again.
            "compiled modules kept": not sys.dont_write_bytecode,
            "reference": "a window of PySide6 with numpy and cv2 imported",
        },
    )


@dataclass(frozen=True)
class Start:
    """One start: when the window was painted, how long the rest took, and its longest turn."""

    painted_ms: float
    ready_ms: float
    longest_ms: float


def _start(script: str) -> Start:
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", script.format(tell=_TELL.format())],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        painted, ready, longest = map(float, done.stdout.split())
    except ValueError as error:
        raise SegstudioError(f"The window did not start: {done.stderr[-500:]}") from error
    return Start((painted - started) * 1000, (ready - painted) * 1000, longest * 1000)
