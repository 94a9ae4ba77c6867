"""Cutting large images and their labels into tiles that overlap."""

from collections.abc import Iterator
from dataclasses import dataclass

from segstudio.core.errors import SegstudioError

LEAST_SIDE = 16


@dataclass(frozen=True)
class Tiling:
    """How images are cut.

    Attributes
    ----------
    side : int
        Of a tile, in pixels; an image that is not larger stays whole.
    overlap : int
        Pixels that a tile has in common with the next at least.
    """

    side: int
    overlap: int = 0

    def __post_init__(self) -> None:
        if self.side < LEAST_SIDE or not 0 <= self.overlap < self.side:
            raise SegstudioError(
                f"Tiles need a side of at least {LEAST_SIDE} pixels, and an overlap below it."
            )


@dataclass(frozen=True)
class Tile:
    """One tile; `name` is what the name of its image gets added, empty for a whole image."""

    name: str
    top: int
    left: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns in the image."""
        return (
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )


def tiles(height: int, width: int, tiling: Tiling) -> Iterator[Tile]:
    """Yield the tiles of an image, row by row; the last of a row ends where the image does."""
    if height <= tiling.side and width <= tiling.side:
        yield Tile("", 0, 0, height, width)
        return
    for top in starts(height, tiling):
        for left in starts(width, tiling):
            rows, columns = min(tiling.side, height), min(tiling.side, width)
            yield Tile(f"_y{top}_x{left}", top, left, rows, columns)


def starts(length: int, tiling: Tiling) -> list[int]:
    """Return where tiles begin along one side of an image."""
    if length <= tiling.side:
        return [0]
    last = length - tiling.side
    return [*range(0, last, tiling.side - tiling.overlap), last]
