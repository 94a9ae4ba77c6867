"""Lines of the history as values: which steps stand in one, and which are the same as before."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from segstudio.core.history import Step
from segstudio.core.patch import Origin
from segstudio.ui.history_text import MACHINES, author_of

SEGMENT = "segment"
FOLD_WITHIN_S = 2.0
"""Strokes of one class that follow each other as fast as this are one row."""


@dataclass(slots=True)
class Row:
    """What one line shows.

    Attributes
    ----------
    first : int
        The number of its first step, counted from the first that ever was.
    count : int
        How many steps it stands for; 0 for the line before all steps.
    is_child : bool
        It is one of the strokes of the folded row above.
    """

    first: int
    count: int = 0
    pixels: int = 0
    origin: Origin | None = None
    is_child: bool = False

    @property
    def end(self) -> int:
        """The number after its last step."""
        return self.first + self.count


def common_steps(known: Sequence[Step], steps: Sequence[Step], forgotten: int) -> int:
    """Return how many steps at the front are the same; behind the first other one all are others.

    Steps are only ever added and dropped at the ends, so that they need not be compared one by one.
    """
    most = min(len(known) - forgotten, len(steps))
    return bisect_left(range(most), 1, key=lambda n: int(known[forgotten + n] is not steps[n]))


def are_one(before: Origin, after: Origin) -> bool:
    """Return whether two steps that follow each other are shown as one."""
    if author_of(after) in MACHINES:
        return False
    same = ("tool", "author", "class_index", "annotator")
    is_near = 0 <= after.time - before.time <= FOLD_WITHIN_S
    return is_near and all(getattr(before, name) == getattr(after, name) for name in same)


def tool_of(row: Row) -> str:
    """Return the tool or job of a row; empty for the line before all steps."""
    return row.origin.tool if row.origin is not None else ""
