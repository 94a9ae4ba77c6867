"""How far a piece of work has come, told between its chunks."""

from dataclasses import dataclass


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
