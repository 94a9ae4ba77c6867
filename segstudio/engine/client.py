"""The window's side of the engine: ask from any thread, wait for the answer, cancel, restart."""

import contextlib
import itertools
import logging
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from segstudio.core import shared
from segstudio.core.errors import Cancelled, EngineError, SegstudioError
from segstudio.engine import envelopes, process
from segstudio.engine.envelopes import (
    Answer,
    Ask,
    Cancel,
    Failed,
    Finish,
    News,
    Preview,
    Quit,
    Update,
)
from segstudio.engine.messages import Reply, Request

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

log = logging.getLogger(__name__)

Report = Callable[[float, str], None]
Show = Callable[[Preview], None]
Tell = Callable[[object], None]

_POLL_S = 0.05
_STOP_S = 2.0
_KILLED = 9
"""The signal by which a system short of memory ends a process."""


class _Running:
    """One engine process, its pipe, and the threads that wait for its answers."""

    def __init__(self) -> None:
        self.process: BaseProcess
        self.connection: Connection
        self.process, self.connection = process.start()
        self.waiting: dict[int, queue.SimpleQueue[object]] = {}
        self.lock = threading.Lock()
        self._ended = threading.Event()
        self.listener = threading.Thread(target=self._listen, name="engine-answers", daemon=True)
        self.listener.start()

    @property
    def ended(self) -> bool:
        """Whether the process has ended and nobody will answer any more."""
        return self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the process and tell whether it came.

        Only the listener joins the process: of two threads that do, one gets no exit code.
        """
        return self._ended.wait(seconds)

    def end_sentence(self) -> str:
        """Return what to tell a person of the end of the process, once it has come."""
        self.wait(2 * _STOP_S)
        return _end_sentence(self.process.exitcode if self.ended else None)

    def send(self, message: object) -> None:
        try:
            with self.lock:
                self.connection.send(message)
        except (OSError, ValueError) as error:
            raise EngineError(self.end_sentence()) from error

    def _listen(self) -> None:
        while True:
            try:
                message = self.connection.recv()
            except (EOFError, OSError):
                break
            self._deliver(message)
        self.process.join(_STOP_S)
        with self.lock:
            self._ended.set()
            mailboxes = list(self.waiting.values())
        for mailbox in mailboxes:
            mailbox.put(None)
        shared.remove_blocks_of(self.process.pid or 0)

    def _deliver(self, message: object) -> None:
        with self.lock:
            mailbox = self.waiting.get(getattr(message, "job", -1))
            if mailbox is not None:
                mailbox.put(message)  # before whoever waits goes and empties it
                return
        for block in envelopes.blocks_of(message):
            block.remove()


class EngineClient:
    """Talks to the engine. Methods may be called from any thread; `request` blocks its caller."""

    def __init__(self) -> None:
        self._running: _Running | None = None
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Start the engine unless it runs."""
        self._engine()

    @property
    def pid(self) -> int | None:
        """The engine's process number; None while there is none."""
        running = self._running
        return running.process.pid if running is not None and not running.ended else None

    def request(
        self,
        request: Request,
        *,
        report: Report | None = None,
        cancelled: threading.Event | None = None,
        finish: threading.Event | None = None,
        show: Show | None = None,
        tell: Tell | None = None,
    ) -> Reply:
        """Ask the engine and wait for its answer.

        Parameters
        ----------
        request : Request
        report : callable, optional
            Called in this thread with how far it is (0 to 1) and the stage.
        cancelled : threading.Event, optional
            Set it from elsewhere to stop.
        finish : threading.Event, optional
            Set it from elsewhere to have the part that is done; where nothing is, that stops.
        show : callable, optional
            Called in this thread with what is done of a large image.
        tell : callable, optional
            Called in this thread with what else there is to tell, such as `LessonNews`.

        Raises
        ------
        Cancelled
            When `cancelled` was set.
        EngineError
            When the engine ended; the next request starts a new one.
        SegstudioError
            The engine's own sentence.
        """
        running = self._engine()
        job = next(self._numbers)
        mailbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        with running.lock:
            running.waiting[job] = mailbox
        try:
            running.send(Ask(job, request))
            wishes = _Wishes(running, job, cancelled, finish)
            return self._await(running, mailbox, wishes, _Ears(report, show, tell))
        finally:
            with running.lock:
                running.waiting.pop(job, None)
            _drop_rest(mailbox)

    def stop(self) -> None:
        """Ask the engine to end and wait a little for it."""
        with self._lock:
            self._closed = True
            running, self._running = self._running, None
        if running is None:
            return
        with contextlib.suppress(EngineError):
            running.send(Quit())
        if not running.wait(_STOP_S):
            running.process.terminate()
            running.wait(_STOP_S)
        running.listener.join(_STOP_S)
        running.connection.close()
        shared.remove_blocks_of(running.process.pid or 0)

    def _engine(self) -> _Running:
        with self._lock:
            if self._closed:
                raise Cancelled
            if self._running is None or self._running.ended:
                self._running = _Running()
            return self._running

    def _await(
        self,
        running: _Running,
        mailbox: "queue.SimpleQueue[object]",
        wishes: "_Wishes",
        ears: "_Ears",
    ) -> Reply:
        while True:
            wishes.pass_on()
            try:
                message = mailbox.get(timeout=_POLL_S)
            except queue.Empty:
                if running.ended:
                    raise EngineError(running.end_sentence()) from None
                continue
            match message:
                case None:
                    raise Cancelled if self._closed else EngineError(running.end_sentence())
                case Update() | News() | Preview():
                    ears.hear(message)
                case Failed(sentence=sentence, cancelled=was_cancelled):
                    raise Cancelled if was_cancelled else SegstudioError(sentence)
                case Answer(reply=reply):
                    if wishes.has_cancelled:
                        for block in envelopes.blocks_of(message):
                            block.remove()
                        raise Cancelled
                    return reply


class _Ears(NamedTuple):
    """Who hears of a request while it is on its way."""

    report: Report | None
    show: Show | None
    tell: Tell | None

    def hear(self, message: Update | News | Preview) -> None:
        match message:
            case Update(done=done, stage=stage) if self.report is not None:
                self.report(done, stage)
            case News(content=content) if self.tell is not None:
                self.tell(content)
            case Preview(labels=labels):
                try:
                    if self.show is not None:
                        self.show(message)
                finally:
                    labels.remove()


class _Wishes:
    """What somebody may want of a request while it is on its way.

    Attributes
    ----------
    has_cancelled : bool
        Whether the engine was asked to stop.
    """

    def __init__(
        self,
        running: _Running,
        job: int,
        cancelled: threading.Event | None,
        finish: threading.Event | None,
    ) -> None:
        self.has_cancelled = False
        self._running = running
        self._left: list[tuple[threading.Event, Cancel | Finish]] = [
            (event, message)
            for event, message in ((finish, Finish(job)), (cancelled, Cancel(job)))
            if event is not None
        ]

    def pass_on(self) -> None:
        """Tell the engine what is wished for, once."""
        for wish in list(self._left):
            event, message = wish
            if event.is_set():
                self._left.remove(wish)
                self._running.send(message)
                self.has_cancelled |= isinstance(message, Cancel)


def _drop_rest(mailbox: "queue.SimpleQueue[object]") -> None:
    while True:
        try:
            message = mailbox.get_nowait()
        except queue.Empty:
            return
        for block in envelopes.blocks_of(message):
            block.remove()


def _end_sentence(code: int | None) -> str:
    log.error("the engine ended with exit code %s", code)
    why = ", perhaps for lack of memory," if code == -_KILLED else ""
    return (
        f"The model stopped unexpectedly{why} and is started again with the next Segment. "
        "Your labels are untouched."
    )
