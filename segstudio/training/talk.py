"""What a lesson tells while it runs, and what it is told."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from segstudio.core.errors import ModelError
from segstudio.core.lesson import LessonNews

Tell = Callable[[LessonNews], None]

TELL_EVERY_S = 0.5


class Control(Protocol):
    """Whoever has a lesson run: says when to wait and when to end."""

    @property
    def should_finish(self) -> bool:
        """Whether the best so far is wanted now."""
        ...

    def step(self) -> None:
        """Wait while others go first; raises `Cancelled` when nobody wants the result any more."""
        ...


@dataclass
class Talk:
    """One lesson's side of it.

    Attributes
    ----------
    ends : float
        When the time for everything is over, by `now` of the same talk.
    """

    tell: Tell
    control: Control
    ends: float
    _told: float = 0.0
    _waited: float = 0.0

    def now(self) -> float:
        """Return the time by a clock that stands while others go first, in seconds.

        Else a lesson beside which somebody works would end before much was learned.
        """
        return time.monotonic() - self._waited

    @property
    def seconds_left(self) -> float:
        """Of the time for everything."""
        return max(0.0, self.ends - self.now())

    def pause(self) -> None:
        """Wait while others go first."""
        before = time.monotonic()
        self.control.step()
        self._waited += time.monotonic() - before

    def say(self, news: LessonNews, *, always: bool = False) -> None:
        """Tell news, unless there were some just now."""
        now = time.monotonic()
        if always or now - self._told >= TELL_EVERY_S:
            self._told = now
            self.tell(news)

    def early(self, stage: str, done: float) -> None:
        """Tell what comes before the first step, and wait while others go first.

        Raises
        ------
        ModelError
            When the lesson is to end before anything was learned.
        """
        self.pause()
        if self.control.should_finish:
            raise ModelError(
                "Nothing has been learned yet that could be kept. Give it some more seconds."
            )
        self.say(LessonNews(stage, done, seconds_left=self.seconds_left))
