"""What the window's process and the engine say to each other about learning from a project."""

from dataclasses import dataclass

from segstudio.core.lesson import Lesson


@dataclass(frozen=True)
class TeachRequest:
    """Have a model learn; answers `LessonResult`, with `LessonNews` meanwhile.

    Finished early it keeps the best until then.
    """

    lesson: Lesson
