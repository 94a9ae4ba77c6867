"""Lessons, in a thread beside the requests of the hand and held up for them."""

import threading
from collections import deque
from concurrent.futures import Future
from typing import Any

from segstudio.core.errors import Cancelled
from segstudio.core.lesson import Lesson, LessonNews, LessonResult
from segstudio.engine.bell import Bell
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.engine.replies import Steps
from segstudio.inference.progress import Progress


class LessonWork:
    """Runs lessons; the bell rings for their news and their end."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._open = threading.Event()
        self._open.set()

    def hold(self, held: bool) -> None:
        """Stop lessons at their next step, or let them go on."""
        if held:
            self._open.clear()
        else:
            self._open.set()

    def teach(self, request: TeachRequest) -> Steps:
        """Have a model learn; closing the steps ends that without a result."""
        running = _Running(request.lesson, self._bell, self._open)
        yield Progress(0.0, "read", finish=running.finish)
        running.start()
        try:
            while (found := running.next()) is not None:
                if isinstance(found, LessonNews):
                    yield Progress(found.done, found.stage, news=found)
                else:
                    yield found
            return running.result()
        finally:
            running.stop()


class _Running:
    """One lesson in its thread; as `control` it says when to wait and when to end."""

    def __init__(self, lesson: Lesson, bell: Bell, is_open: threading.Event) -> None:
        self._lesson = lesson
        self._bell = bell
        self._open = is_open
        self._stop = threading.Event()
        self._finish = threading.Event()
        self._lock = threading.Lock()
        self._news: deque[LessonNews] = deque()
        self._waiting: Future[Any] | None = None
        self._result: Future[LessonResult] = Future()

    # The lesson's side -----------------------------------------------------------------------

    @property
    def should_finish(self) -> bool:
        """Whether the best so far is wanted now."""
        return self._finish.is_set()

    def step(self) -> None:
        """Wait while somebody's hand is at work.

        Raises
        ------
        Cancelled
            When nobody wants the result any more.
        """
        self._open.wait()
        if self._stop.is_set():
            raise Cancelled

    def _tell(self, news: LessonNews) -> None:
        with self._lock:
            self._news.append(news)
        self._wake()

    def _run(self) -> None:
        from segstudio.training import teach

        try:
            self._result.set_result(teach.teach(self._lesson, self._tell, self))
        except BaseException as error:
            self._result.set_exception(error)
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.set_result(None)
        self._bell.ring()

    # The server's side -----------------------------------------------------------------------

    def start(self) -> None:
        # A daemon: the engine ends without waiting for it.
        threading.Thread(target=self._run, name="engine-lesson", daemon=True).start()

    def next(self) -> "LessonNews | Future[Any] | None":
        """Return news, or what to wait for until there are some; None at the end."""
        with self._lock:
            if self._news:
                return self._news.popleft()
            if self._result.done():
                return None
            self._waiting = self._waiting or Future()
            return self._waiting

    def result(self) -> LessonResult:
        return self._result.result()

    def finish(self) -> None:
        self._finish.set()

    def stop(self) -> None:
        self._stop.set()
