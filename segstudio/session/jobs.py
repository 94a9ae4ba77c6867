"""Work off the GUI thread: the only place where the window's process starts threads."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from segstudio.core.errors import Cancelled, SegstudioError

log = logging.getLogger(__name__)

STOP_MS = 3000


class Job(QObject):
    """One piece of work in a thread of its own.

    Connect its signals to methods of QObjects that live in the GUI thread: a lambda or a plain
    function would run in the worker's thread.
    """

    progressed = Signal(float, str)
    """How far it is, 0 to 1, and the stage."""
    succeeded = Signal(object)
    failed = Signal(str)
    cancelled = Signal()
    ended = Signal(object)
    """The job itself, after any of the three."""

    def __init__(self, kind: str, work: "Callable[[Job], Any]", parent: QObject) -> None:
        super().__init__(parent)
        self.kind = kind
        self.stop = threading.Event()
        self.error: SegstudioError | None = None
        """Why it failed, where that is known."""
        self._work = work
        self._thread = threading.Thread(target=self._run, name=f"job-{kind}", daemon=True)

    def report(self, done: float, stage: str) -> None:
        """Say how far the work is; for the thread of the work."""
        self.progressed.emit(done, stage)

    def check(self) -> None:
        """Leave the work where it was asked to stop; for the thread of the work.

        Raises
        ------
        Cancelled
        """
        if self.stop.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask the work to stop; its result is not delivered any more."""
        self.stop.set()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait for the thread and tell whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            result = self._work(self)
        except Cancelled:
            self._emit(self.cancelled)
        except SegstudioError as error:
            log.warning("%s failed: %s", self.kind, error)
            self.error = error
            self._emit(self.failed, str(error))
        except Exception as error:
            log.exception("%s failed", self.kind)
            self._emit(
                self.failed,
                f"Something went wrong: {error}. Your labels are untouched; see the log.",
            )
        else:
            if self.stop.is_set():
                self._emit(self.cancelled)
            else:
                self._emit(self.succeeded, result)
        self._emit(self.ended, self)

    def _emit(self, signal: Any, *values: object) -> None:
        try:
            signal.emit(*values)
        except RuntimeError:
            # The window was closed and Qt has deleted this object: nobody is listening any more.
            log.debug("nobody waits for %s", self.kind)


class JobRunner(QObject):
    """Starts jobs, keeps them alive while they run, and ends them with the program."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: set[Job] = set()

    def new(self, kind: str, work: Callable[[Job], Any]) -> Job:
        """Return a job, not yet started, so that its signals can be connected."""
        job = Job(kind, work, self)
        job.ended.connect(self._forget)
        self._jobs.add(job)
        return job

    def running(self, kind: str) -> list[Job]:
        """Return the jobs of a kind that have not ended."""
        return [job for job in self._jobs if job.kind == kind]

    def stop_all(self) -> None:
        """Cancel every job and wait for the threads for a moment."""
        for job in list(self._jobs):
            job.cancel()
        for job in list(self._jobs):
            if not job.join(STOP_MS / 1000):
                log.warning("%s does not stop", job.kind)

    def _forget(self, job: Job) -> None:
        self._jobs.discard(job)
        job.join(STOP_MS / 1000)
        job.deleteLater()


class Patience:
    """Waits for jobs in the GUI thread, for so many seconds altogether."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def join(self, job: Job, receiver: QObject) -> bool:
        """Wait for a job and let an object hear of its end; tell whether it has ended."""
        has_ended = job.join(max(0.0, self._end - time.monotonic()))
        if has_ended:
            QCoreApplication.sendPostedEvents(receiver, QEvent.Type.MetaCall.value)
        return has_ended
