"""Work that waits for the disk or the net, in threads beside the steps of the hand's requests."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple, Protocol

from segstudio.core.errors import Cancelled
from segstudio.engine.bell import Bell
from segstudio.engine.messages import Reply
from segstudio.engine.replies import Steps
from segstudio.inference.progress import Progress


class Report(Protocol):
    """Tells how far some work is; not every call is passed on, but all news are."""

    def __call__(self, done: float, stage: str, news: object = None) -> None:
        """Tell the share that is done, 0 to 1, and what was just done."""


Work = Callable[[Report, Callable[[], bool]], Reply]
"""Takes how to tell its progress and whether it should stop."""

_NEWS_S = 0.05


class _News(NamedTuple):
    """What a thread tells, and where its next news will be; none after its reply."""

    told: Progress | Reply
    following: "Future[_News] | None"


class _Telling:
    """The thread's side: tells progress now and then, and the end."""

    def __init__(self, work: Work, bell: Bell) -> None:
        self.stop = threading.Event()
        self.first: Future[_News] = Future()
        self._next = self.first
        self._work = work
        self._bell = bell
        self._last = 0.0

    def run(self) -> None:
        try:
            reply = self._work(self._report, self.stop.is_set)
        except BaseException as error:
            self._next.set_exception(error)
        else:
            self._next.set_result(_News(reply, None))
        self._bell.ring()

    def _report(self, done: float, stage: str, news: object = None) -> None:
        now = time.monotonic()
        if news is None and now - self._last < _NEWS_S:
            return
        self._last = now
        told, self._next = self._next, Future()
        told.set_result(_News(Progress(done, stage, news=news), self._next))
        self._bell.ring()


def beside(work: Work, bell: Bell) -> Steps:
    """Run work in a thread of its own until it ends; closing the steps stops it."""
    telling = _Telling(work, bell)
    # A daemon: the engine ends without waiting for the net.
    threading.Thread(target=telling.run, name="engine-side-work", daemon=True).start()
    following: Future[_News] | None = telling.first
    try:
        while following is not None:
            yield following
            news = following.result()
            following = news.following
            if isinstance(news.told, Progress):
                yield news.told
            else:
                return news.told
    finally:
        telling.stop.set()
    raise Cancelled
