"""How far a piece of work has come, told between its chunks."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True)
class Progress:
    """One step of work is done.

    Attributes
    ----------
    done : float
        Share of the whole work, 0 to 1, never falling.
    stage : str
        What was just done, in one or two words, such as "network" or "refine".
    """

    done: float
    stage: str


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
