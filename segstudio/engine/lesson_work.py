"""Lessons, in a thread beside the requests of the hand and held up for them."""

import gc
import threading
import traceback
from collections.abc import Callable

from segstudio.core.errors import Cancelled
from segstudio.core.lesson import LessonNews, LessonResult
from segstudio.engine.bell import Bell
from segstudio.engine.lesson_messages import TeachRequest
from segstudio.engine.replies import Steps
from segstudio.engine.side_work import Report, beside
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
        finish = threading.Event()
        yield Progress(0.0, "read", finish=finish.set)

        def work(report: Report, should_stop: Callable[[], bool]) -> LessonResult:
            from segstudio.training import teach

            def tell(news: LessonNews) -> None:
                report(news.done, news.stage, news)

            control = _Control(self._open, should_stop, finish)
            try:
                return teach.teach(request.lesson, tell, control)
            except BaseException as error:
                _forget(error)
                raise
            finally:
                gc.collect()  # networks in training hold themselves: images and features as well

        return (yield from beside(work, self._bell))


def _forget(error: BaseException | None) -> None:
    """Let go of what the frames hold in which something failed; where that was stays known."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


class _Control:
    """Says to a lesson when to wait and when to end."""

    def __init__(
        self, is_open: threading.Event, should_stop: Callable[[], bool], finish: threading.Event
    ) -> None:
        self._open = is_open
        self._should_stop = should_stop
        self._finish = finish

    @property
    def should_finish(self) -> bool:
        return self._finish.is_set()

    def step(self) -> None:
        self._open.wait()
        if self._should_stop():
            raise Cancelled
