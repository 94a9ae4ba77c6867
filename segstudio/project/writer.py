"""The one thread that writes a project file, in order, and never loses what it was given."""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from segstudio.core.errors import StorageError
from segstudio.project.holder import HeldError

log = logging.getLogger(__name__)

RETRY_S = 3.0
"""How long after a refusal by the disk it is asked again."""

ALL_IMAGES = "//*"
"""The name of changes that concern the labels of every image."""

HOUSEKEEPING = "//"
"""The name under which changes are stored that nobody would miss."""

MODELS = "//models"
"""The name of changes that concern taught models, on which nothing else builds."""

NAMES_TOLD = 3
"""So many images that are not saved are told by their names."""

LOOK_S = 0.05
"""How often who waits for a change looks whether it is to stop waiting."""

MOST_AT_ONCE = 64
"""Changes that share one transaction when they have piled up."""

Work = Callable[[sqlite3.Connection], None]


@dataclass(eq=False)
class Ticket:
    """The promise that a change will be stored.

    Attributes
    ----------
    touches : frozenset of str
        The images whose labels or records it changes, by their names.
    error : str
        Why it never will be; empty while there is hope.
    fault : str
        What is wrong with the change itself, so that it cannot be stored.
    """

    name: str
    work: Work
    touches: frozenset[str] = frozenset()
    error: str = ""
    fault: str = ""
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def has_ended(self) -> bool:
        """Whether it is stored, or never will be."""
        return self._ended.is_set()

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
    seconds; a person's wish to save now tries at once. A change that is wrong in itself is parked
    with all later ones of its image, which build on it; other images go on.
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
            Does the work of some tickets in one transaction, all or nothing, but for those that it
            gives a fault (see `faults.do_each`).
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
        self._parked: list[Ticket] = []
        self._in_hand: list[Ticket] = []
        """What is being written at this moment."""
        self._refusal = ""
        self._storing = threading.Lock()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._is_stopped = False
        self._retry_now = False
        self.state = WriterState()

    def put(self, name: str, work: Work, *, touches: Collection[str] = ()) -> Ticket:
        """Have a change of an image (or of the whole project: an empty name) stored.

        Parameters
        ----------
        touches : collection of str, optional
            Names of images, where a change of the whole project depends on what is stored of them.
        """
        ticket = Ticket(name, work, frozenset(touches or (name,)))
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
            return len(self._queue) + len(self._parked)

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
            is_parked = any(name in ticket.touches for ticket in self._parked)
            return is_parked or any(ticket.name in (name, ALL_IMAGES) for ticket in self._queue)

    def retry(self) -> None:
        """Try again now what the disk has refused."""
        with self._changed:
            self._retry_now = True
            self._changed.notify_all()

    def withdraw(self, ticket: Ticket) -> bool:
        """Take back a change that is not stored yet, and tell whether it was not.

        Waits for the disk only while it has that very change.
        """
        with self._changed:
            self._changed.wait_for(lambda: ticket not in self._in_hand)
            held_in = self._parked if ticket in self._parked else self._queue
            if ticket not in held_in:
                return False
            held_in.remove(ticket)
            ticket.end("It was taken back.")
            self._changed.notify_all()
        if held_in is self._parked:
            self._tell(self._refusal)
        return True

    def settle(self, ticket: Ticket, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait until a change is stored, never will be, or is refused by the disk just now."""
        end = time.monotonic() + seconds
        with self._changed:
            self._retry_now = True
            self._changed.notify_all()
            while not ticket.has_ended and not (self._refusal and not self._retry_now):
                left = end - time.monotonic()
                if left <= 0 or (stop is not None and stop.is_set()):
                    return
                self._changed.wait(min(left, LOOK_S))

    def flush(self, seconds: float) -> bool:
        """Wait until all that can be is stored, and tell whether everything is.

        A refusal ends the wait.
        """
        with self._changed:
            if self._queue:
                self._retry_now = True
                self._changed.notify_all()
                self._changed.wait_for(
                    lambda: not self._queue or (self._refusal and not self._retry_now),
                    seconds,
                )
            return not (self._queue or self._parked or self._given_up)

    @contextmanager
    def paused(self, seconds: float) -> Iterator[list[Ticket]]:
        """Store nothing for a moment; gives all changes that are not on the disk, in order.

        Those that were given up because another window has the project are among them, and those
        that are parked.

        Raises
        ------
        StorageError
            When a write that is going on does not end.
        """
        if not self._storing.acquire(timeout=seconds):
            raise StorageError("The disk does not answer; changes are still being stored.")
        try:
            with self._changed:
                owed = [*self._parked, *self._given_up, *self._queue]
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
                if self._closing and (not self._queue or self._refusal):
                    return
                self._park_those_behind()
                batch = self._in_hand = list(self._queue)[:MOST_AT_ONCE]
            if not batch:
                self._tell(self._refusal)
                with self._storing:
                    self._idle()
                continue
            self._store(batch)

    def _store(self, batch: list[Ticket]) -> None:
        self._tell(self._refusal)
        with self._changed:
            self._retry_now = False
        try:
            with self._storing:
                self._transact(batch)
                self._take_out(batch)
        except HeldError as error:
            self._put_down()
            self._give_up(str(error))
        except StorageError as error:
            log.warning("not stored: %s", error)
            self._put_down()
            self._wait_for_disk(str(error))
        except Exception as error:  # what comes after builds on it, so that it is never left out
            log.exception("a change could not be stored")
            self._put_down()
            self._wait_for_disk(f"A change could not be stored: {error}. See the log.")
        else:
            self._tell("")
            self._put_down()

    def _put_down(self) -> None:
        with self._changed:
            self._in_hand = []
            self._changed.notify_all()

    def _take_out(self, batch: list[Ticket]) -> None:
        """Let go of what was stored; at no moment is a change neither waiting nor ended."""
        with self._changed:
            for ticket in batch:
                self._queue.remove(ticket)
            self._parked.extend(t for t in batch if t.fault and t.name != HOUSEKEEPING)
            for ticket in batch:
                ticket.end(ticket.fault and (_parked_sentence(self._parked) or ticket.fault))

    def _park_those_behind(self) -> None:
        """Park what builds on something parked; a change of several images takes all with it."""
        if not self._parked:
            return
        held = frozenset().union(*(ticket.touches for ticket in self._parked))
        going_on: deque[Ticket] = deque()
        for ticket in self._queue:
            if held & ticket.touches:
                held |= ticket.touches
                self._parked.append(ticket)
                ticket.end(_parked_sentence(self._parked))
            else:
                going_on.append(ticket)
        self._queue = going_on
        self._changed.notify_all()

    def _give_up(self, problem: str) -> None:
        with self._changed:
            over = list(self._queue)
            self._queue.clear()
            self._given_up.extend(over)
            self._refusal = problem
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

    def _tell(self, refusal: str) -> None:
        with self._changed:
            if self.state.is_over:
                return
            self._refusal = refusal
            problem = refusal or _parked_sentence(self._parked)
            state = WriterState(len(self._queue) + len(self._parked), problem)
            changed, self.state = state != self.state, state
        if changed:
            self._told(state)


def _parked_sentence(parked: Sequence[Ticket]) -> str:
    """Say what is not saved, although the disk would take it; empty when there is nothing."""
    touched = {name for ticket in parked for name in ticket.touches}
    names = sorted(name for name in touched if name and not name.startswith(HOUSEKEEPING))
    if not parked:
        return ""
    shown = ", ".join(names[:NAMES_TOLD]) or "a change of the project"
    more = f" and {len(names) - NAMES_TOLD} more" if len(names) > NAMES_TOLD else ""
    fault = next((f" ({t.fault.rstrip('.')})" for t in parked if t.fault), "")
    return (
        f"Not saved: {shown}{more}{fault}. Everything else is saved. Save a copy, then open the "
        "project again."
    )
