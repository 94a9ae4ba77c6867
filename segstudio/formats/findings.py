"""What can be wrong with labels, and where."""

from dataclasses import dataclass
from enum import StrEnum

from segstudio.core.region import Region


class Kind(StrEnum):
    """What is wrong, the worst first."""

    UNREADABLE = "unreadable"
    SIZE = "size"
    UNKNOWN_CLASS = "unknown class"
    NO_PICTURE = "no picture"
    EMPTY = "empty"
    SLIVER = "sliver"
    SPECK = "speck"
    TWIN = "twin"
    ONE_SIDED = "one-sided"
    RARE = "rare"


GRAVE = frozenset({Kind.UNREADABLE, Kind.SIZE, Kind.UNKNOWN_CLASS})
"""A dataset with one of these cannot be trained on as it is."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be.

    Attributes
    ----------
    image : str
        Its name; empty where it is about the whole dataset.
    sentence : str
    place : Region or None
        Where in the image.
    """

    kind: Kind
    image: str
    sentence: str
    place: Region | None = None

    @property
    def is_grave(self) -> bool:
        """Whether the dataset cannot be trained on as it is."""
        return self.kind in GRAVE
