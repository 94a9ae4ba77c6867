"""What becomes of an image when its project is repaired."""

from dataclasses import dataclass

from segstudio.core.patch import Planes


@dataclass(frozen=True)
class Outcome:
    """What became of one image."""

    name: str
    is_whole: bool
    text: str


@dataclass(frozen=True)
class Reach:
    """A state of an image that can be had.

    Attributes
    ----------
    number : int
        The last line of the journal that is in it.
    lost : int
        Lines that came after it.
    rows_of : int or None
        The image of the backup whose rows are just this state, with all steps.
    """

    planes: Planes
    number: int
    lost: int
    from_backup: bool
    rows_of: int | None = None
