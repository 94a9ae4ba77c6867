"""What moving files did to the names of images."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Moves:
    """Images that are known by other names now, and those whose file is another one.

    Attributes
    ----------
    names : mapping of str to str
        New names by the old ones; names may have been exchanged.
    lost : frozenset of str
        Old names of images whose file has become another image: what was read from it is worth
        nothing. The labels may have moved nevertheless.
    """

    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lost: frozenset[str] = frozenset()

    def of(self, name: str) -> str:
        """Return what something read from an image is called now; empty if it is out of date."""
        return "" if name in self.lost else self.names.get(name, name)

    def concerns(self, name: str) -> bool:
        """Tell whether the file of this name has moved or become another one."""
        return name in self.names or name in self.lost


NOTHING_MOVED = Moves()
