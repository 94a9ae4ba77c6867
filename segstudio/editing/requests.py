"""What tools ask others for: the answer is a patch, or comes back to the tool."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from segstudio.core.patch import Patch
from segstudio.editing.scope import Paint, Scope
from segstudio.editing.selection import Selection


@dataclass(frozen=True, eq=False)
class Snap:
    """Let a stroke that has just become a step follow the edges of the image.

    Attributes
    ----------
    stroke : tuple of Selection
        The pixels that it covered, in parts that do not overlap.
    patch : Patch
        The step.
    size : int
        The largest width of its tip in image pixels.
    scope, first
        The rule that it kept to, as in `Scope.allowed`.
    """

    stroke: tuple[Selection, ...]
    patch: Patch
    paint: Paint
    size: int
    scope: Scope
    first: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Scribble:
    """Relabel what a short stroke of the right class says is wrong.

    Attributes
    ----------
    stroke : tuple of Selection
        Its pixels, in parts that do not overlap: they have the class in the result, whatever else
        happens.
    everywhere : bool
        Whether the whole image may change, not just the surroundings.
    refine : bool
        Whether the result follows the edges of the image.
    scope : Scope
        What the person let it change when it was drawn.
    first : (label, ink) or None
        Of the pixel that was touched first, as it was before.
    """

    stroke: tuple[Selection, ...]
    paint: Paint
    everywhere: bool
    refine: bool
    scope: Scope = field(default_factory=Scope)
    first: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Computation:
    """Something too slow for the hand that needs no model; the tool gets the answer.

    Attributes
    ----------
    tool : str
        Whose `answered` takes it.
    work : callable
        Runs in a thread of its own on values that nobody changes. It is given a function that
        tells whether it should stop.
    """

    tool: str
    work: Callable[[Callable[[], bool]], Any]


Request = Snap | Scribble | Computation
