"""What a person wants done with regions."""

from dataclasses import dataclass, replace

from segstudio.editing.kinds import EVERY
from segstudio.editing.place import Where


@dataclass(frozen=True)
class Wish:
    """An operation with its choices.

    Attributes
    ----------
    operation : str
        A name of `region_operations.OPERATIONS`.
    kind : int
        The class that it is about, `kinds.IGNORED`, `kinds.UNLABELLED` or `kinds.EVERY`; for one
        region, what that is.
    target : int
        The second class, of operations that have one.
    size : int
        In pixels; what it means each operation says.
    pixel : (x, y) of int, or None
        The pixel that was pointed at; it tells which region is meant.
    """

    operation: str
    where: Where = Where.IMAGE
    kind: int = EVERY
    target: int = EVERY
    size: int = 0
    pixel: tuple[int, int] | None = None

    def about(self, kind: int) -> "Wish":
        """Return the same wish about another kind."""
        return replace(self, kind=kind)
