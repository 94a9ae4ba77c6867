"""Teaching a model from the labels of a project."""

from collections.abc import Callable
from typing import Protocol

from segstudio.core.lesson import Lesson, LessonNews, LessonResult

Tell = Callable[[LessonNews], None]


class Control(Protocol):
    """Whoever has a lesson run: says when to wait and when to end."""

    @property
    def should_finish(self) -> bool:
        """Whether the best so far is wanted now."""
        ...

    def step(self) -> None:
        """Wait while others go first; raises `Cancelled` when nobody wants the result any more."""
        ...


def teach(lesson: Lesson, tell: Tell, control: Control) -> LessonResult:
    """Have a model learn and write its file."""
    raise NotImplementedError
