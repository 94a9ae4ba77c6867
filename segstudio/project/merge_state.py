"""How far two copies of an image have gone apart, from the identities of their steps."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum

from segstudio.core.patch import Planes


class Side(StrEnum):
    """Who went on with an image since the copies were one."""

    SAME = "same"
    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "conflict"


class Choice(StrEnum):
    """What becomes of an image that both went on with.

    ``BOTH`` keeps what a person painted here and takes theirs elsewhere.
    """

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


KEPT = "merge.kept"
"""Setting of a project: by image, the state of another copy that was looked at and left out."""


def side_of(mine: Sequence[str], theirs: Sequence[str]) -> Side:
    """Tell who went on, by the applied steps of both copies, in order.

    A step is made on top of all steps before it, so that its identity says which those are, also
    where a copy has forgotten its oldest. ``BOTH`` where the steps alone do not tell.
    """
    if not mine or not theirs:
        return {(False, False): Side.SAME, (True, False): Side.MINE, (False, True): Side.THEIRS}[
            bool(mine), bool(theirs)
        ]
    if (
        mine[-1] == theirs[-1]
        or _followed(mine[-1], theirs[-1:])
        or _followed(theirs[-1], mine[-1:])
    ):
        return Side.SAME
    if theirs[-1] in mine or has_taken(mine, state_of(theirs)):
        return Side.MINE
    if mine[-1] in theirs or has_taken(theirs, state_of(mine)) or _followed(mine[-1], theirs):
        return Side.THEIRS
    return Side.MINE if _followed(theirs[-1], mine) else Side.BOTH


def state_of(steps: Sequence[str], planes: Planes | None = None) -> str:
    """Return what tells a state of an image from others: its last step, or else its pixels."""
    if steps:
        return _short(steps[-1].encode())
    if planes is None:
        return ""
    return _short(planes.labels.tobytes() + planes.ink.tobytes())


def merge_identity(choice: Choice, mine: str, theirs: str) -> str:
    """Return the identity of the step that merges a state of theirs into one of mine."""
    return f"{choice}-{mine}-{theirs}"


def has_taken(steps: Sequence[str], state: str) -> bool:
    """Tell whether a state of the other copy was merged in one of the steps."""
    return any(_is_merge(step) and step.rpartition("-")[2] == state for step in steps)


def _followed(last: str, other: Sequence[str]) -> bool:
    """Tell whether the last step took the other copy whole, as it was after one of its steps."""
    choice, _, states = last.partition("-")
    taken = states.rpartition("-")[2]
    return choice == Choice.THEIRS and any(state_of([step]) == taken for step in other)


def _is_merge(step: str) -> bool:
    return step.partition("-")[0] in (Choice.THEIRS, Choice.BOTH)


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
