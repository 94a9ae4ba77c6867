"""The one thread that writes a project file, in order, and never loses what it was given."""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from segstudio.core.errors import StorageError
from segstudio.project.holder import HeldError

log = logging.getLogger(__name__)

RETRY_S = 3.0
"""How long after a refusal by the disk it is asked again."""

ALL_IMAGES = "//*"
"""The name of changes that concern the labels of every image."""

MOST_AT_ONCE = 64
"""Changes that share one transaction when they have piled up."""

Work = Callable[[sqlite3.Connection], None]


@dataclass(eq=False)
class Ticket:
    """The promise that a change will be stored.

    Attributes
    ----------
    error : str
        Why it never will be; empty while there is hope.
    """

    name: str
    work: Work
    error: str = ""
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_stored(self) -> bool:
        """Whether it is on the disk."""
        return self._ended.is_set() and not self.error

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the disk, and tell whether the change is on it."""
        self._ended.wait(seconds)
        return self.is_stored

    def end(self, error: str = "") -> None:
        """Say that it is stored, or why it never will be."""
        self.error = error
        self._ended.set()


@dataclass(frozen=True)
class WriterState:
    """How the writing goes.

    Attributes
    ----------
    waiting : int
        Changes that are not on the disk yet.
    problem : str
        Why the disk refuses them; empty when it does not.
    is_over : bool
        The project belongs to another window: nothing will be stored any more.
    """

    waiting: int = 0
    problem: str = ""
    is_over: bool = False


class Writer:
    """Stores changes one after the other.

    When the disk refuses, changes stay in memory, in order, and are tried again every few
    seconds; a person's wish to save now tries at once.
    """

    def __init__(
        self,
        transact: Callable[[list[Ticket]], None],
        told: Callable[[WriterState], None],
        idle: Callable[[], None],
        *,
        idle_s: float,
    ) -> None:
        """Make a writer; its thread starts with the first change.

        Parameters
        ----------
        transact : callable
            Does the work of some tickets in one transaction, all or nothing.
        told : callable
            Hears of every change of the state, in the writer's thread.
        idle : callable
            Called in the writer's thread when nothing was written for a while.
        """
        self._transact = transact
        self._told = told
        self._idle = idle
        self._idle_s = idle_s
        self._queue: deque[Ticket] = deque()
        self._given_up: list[Ticket] = []
        self._storing = threading.Lock()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._is_stopped = False
        self._retry_now = False
        self.state = WriterState()

    def put(self, name: str, work: Work) -> Ticket:
        """Have a change of an image (or of the whole project: an empty name) stored."""
        ticket = Ticket(name, work)
        with self._changed:
            if self.state.is_over:
                self._given_up.append(ticket)
                ticket.end(self.state.problem)
                return ticket
            self._queue.append(ticket)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="project", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return ticket

    @property
    def waiting(self) -> int:
        """How many changes are not on the disk yet, at this moment."""
        with self._changed:
            return len(self._queue)

    @property
    def has_given_up(self) -> bool:
        """Whether there are changes that will never be stored."""
        with self._changed:
            return bool(self._given_up)

    def forget_given_up(self) -> None:
        """Let them go: they are somewhere else."""
        with self._changed:
            self._given_up.clear()

    def is_waiting(self, name: str) -> bool:
        """Tell whether a change of an image, or one of all images, is not stored yet."""
        with self._changed:
            return any(ticket.name in (name, ALL_IMAGES) for ticket in self._queue)

    def retry(self) -> None:
        """Try again now what the disk has refused."""
        with self._changed:
            self._retry_now = True
            self._changed.notify_all()

    def withdraw(self, ticket: Ticket) -> bool:
        """Take back a change that is not stored yet, and tell whether it was not."""
        with self._storing, self._changed:
            if ticket not in self._queue:
                return False
            self._queue.remove(ticket)
            ticket.end("It was taken back.")
            self._changed.notify_all()
        return True

    def flush(self, seconds: float) -> bool:
        """Wait until everything is stored, and tell whether it is; a refusal ends the wait."""
        with self._changed:
            if self._queue:
                self._retry_now = True
                self._changed.notify_all()
                self._changed.wait_for(
                    lambda: not self._queue or (self.state.problem and not self._retry_now),
                    seconds,
                )
            return not self._queue

    @contextmanager
    def paused(self, seconds: float) -> Iterator[list[Ticket]]:
        """Store nothing for a moment; gives all changes that are not on the disk, in order.

        Those that were given up because another window has the project are among them.

        Raises
        ------
        StorageError
            When a write that is going on does not end.
        """
        if not self._storing.acquire(timeout=seconds):
            raise StorageError("The disk does not answer; changes are still being stored.")
        try:
            with self._changed:
                owed = [*self._given_up, *self._queue]
            yield owed
        finally:
            self._storing.release()

    def stop(self, seconds: float) -> bool:
        """End the thread once everything is stored; what the disk refuses is given up."""
        with self._changed:
            self._closing = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(seconds)
            if thread.is_alive():
                return False
        if not self._is_stopped:  # nobody uses the connection from here on, or it stays open
            self._is_stopped = self._storing.acquire(timeout=seconds)
        return self._is_stopped

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._queue and not self._closing:
                    self._changed.wait(self._idle_s)
                if self._closing and (not self._queue or self.state.problem):
                    return
                batch = list(self._queue)[:MOST_AT_ONCE]
            if not batch:
                with self._storing:
                    self._idle()
                continue
            self._store(batch)

    def _store(self, batch: list[Ticket]) -> None:
        self._tell(self.state.problem)
        with self._changed:
            self._retry_now = False
        try:
            with self._storing:
                self._transact(batch)
                self._take_out(batch)
        except HeldError as error:
            self._give_up(str(error))
        except StorageError as error:
            log.warning("not stored: %s", error)
            self._wait_for_disk(str(error))
        except Exception as error:  # what comes after builds on it, so that it is never left out
            log.exception("a change could not be stored")
            self._wait_for_disk(f"A change could not be stored: {error}. See the log.")
        else:
            self._done(batch)

    def _take_out(self, batch: list[Ticket]) -> None:
        with self._changed:
            for ticket in batch:
                self._queue.remove(ticket)

    def _done(self, batch: list[Ticket]) -> None:
        self._tell("")
        for ticket in batch:
            ticket.end()
        with self._changed:
            self._changed.notify_all()

    def _give_up(self, problem: str) -> None:
        with self._changed:
            over = list(self._queue)
            self._queue.clear()
            self._given_up.extend(over)
            self.state = WriterState(0, problem, is_over=True)
            self._changed.notify_all()
        for ticket in over:
            ticket.end(problem)
        self._told(self.state)

    def _wait_for_disk(self, problem: str) -> None:
        self._tell(problem)
        with self._changed:
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._retry_now or self._closing, RETRY_S)

    def _tell(self, problem: str) -> None:
        with self._changed:
            state = WriterState(len(self._queue), problem)
            changed, self.state = state != self.state, state
        if changed:
            self._told(state)
