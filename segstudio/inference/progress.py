"""How far a piece of work has come, told between its chunks."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from segstudio.core.arrays import LabelMap


class Partial(Protocol):
    """The part of an image that is segmented already.

    Attributes
    ----------
    finished, total : int
        Tiles.
    """

    finished: int
    total: int

    def preview(self) -> LabelMap:
        """Return the class indices of it, thinned out; 255 where nothing is."""

    def finish(self) -> None:
        """Ask for an early end: this part then is the result."""


@dataclass(frozen=True)
class Progress:
    """One step of work is done.

    Attributes
    ----------
    done : float
        Share of the whole work, 0 to 1, never falling.
    stage : str
        What was just done, in one or two words, such as "network" or "refine".
    partial : Partial or None
        What can be shown of a large image meanwhile.
    finish : callable, optional
        Ends work that is no image early, with what there is by then.
    news : object, optional
        What else there is to tell.
    """

    done: float
    stage: str
    partial: Partial | None = None
    finish: Callable[[], None] | None = None
    news: object = None


Yielded = TypeVar("Yielded")
Result = TypeVar("Result")


def drained(steps: Generator[Yielded, None, Result]) -> Result:
    """Run a generator of steps to its end and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
