"""Rectangles of pixels, and the grid of blocks that edits are kept in."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCK = 256
"""Side of a block in pixels: an edit saves the blocks that it touches, never the image."""


@dataclass(frozen=True, order=True)
class Region:
    """A half-open rectangle of pixels: rows `top` to `bottom` - 1, columns likewise."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """The index that cuts the region out of a plane."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def height(self) -> int:
        """Rows; 0 when empty."""
        return max(0, self.bottom - self.top)

    @property
    def width(self) -> int:
        """Columns; 0 when empty."""
        return max(0, self.right - self.left)

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.height * self.width

    def clipped(self, height: int, width: int) -> "Region":
        """Return the part that lies in an image of this size."""
        top, left = min(max(self.top, 0), height), min(max(self.left, 0), width)
        return Region(
            top, left, max(top, min(self.bottom, height)), max(left, min(self.right, width))
        )

    def union(self, other: "Region") -> "Region":
        """Return the smallest region that holds both."""
        if not other.area:
            return self
        if not self.area:
            return other
        return Region(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def intersection(self, other: "Region") -> "Region":
        """Return the pixels in both; empty when they do not meet."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        return Region(
            top,
            left,
            max(top, min(self.bottom, other.bottom)),
            max(left, min(self.right, other.right)),
        )

    def meets(self, other: "Region") -> bool:
        """Tell whether any pixel is in both."""
        return (
            self.top < other.bottom
            and other.top < self.bottom
            and self.left < other.right
            and other.left < self.right
        )

    def without(self, other: "Region") -> "tuple[Region, ...]":
        """Return up to four regions that hold the pixels of this one that the other has not."""
        hole = self.intersection(other)
        if not hole.area:
            return (self,) if self.area else ()
        parts = (
            Region(self.top, self.left, hole.top, self.right),
            Region(hole.top, self.left, hole.bottom, hole.left),
            Region(hole.top, hole.right, hole.bottom, self.right),
            Region(hole.bottom, self.left, self.bottom, self.right),
        )
        return tuple(part for part in parts if part.area)

    def moved(self, down: int, right: int) -> "Region":
        """Return the rectangle so many pixels further down and right."""
        return Region(self.top + down, self.left + right, self.bottom + down, self.right + right)

    def within(self, frame: "Region") -> "Region":
        """Return the same pixels counted from the corner of a frame."""
        return Region(
            self.top - frame.top,
            self.left - frame.left,
            self.bottom - frame.top,
            self.right - frame.left,
        )

    def blocks(self, height: int, width: int) -> Iterator[tuple[int, int]]:
        """Yield row and column in the block grid of every block that the region touches."""
        rows, columns = self.block_slices(height, width)
        for row in range(rows.start, rows.stop):
            for column in range(columns.start, columns.stop):
                yield row, column

    def block_slices(self, height: int, width: int) -> tuple[slice, slice]:
        """Return the index of those blocks in a plane of one value a block."""
        inside = self.clipped(height, width)
        if not inside.area:
            return slice(0, 0), slice(0, 0)
        return (
            slice(inside.top // BLOCK, (inside.bottom - 1) // BLOCK + 1),
            slice(inside.left // BLOCK, (inside.right - 1) // BLOCK + 1),
        )


def whole(plane: NDArray[np.generic]) -> Region:
    """Return the region of all pixels of a plane."""
    return Region(0, 0, int(plane.shape[0]), int(plane.shape[1]))


def block_region(row: int, column: int, height: int, width: int) -> Region:
    """Return the pixels of one block of an image of this size."""
    top, left = row * BLOCK, column * BLOCK
    return Region(top, left, min(top + BLOCK, height), min(left + BLOCK, width))


def grid_shape(height: int, width: int) -> tuple[int, int]:
    """Return how many rows and columns of blocks an image of this size has."""
    return -(-height // BLOCK), -(-width // BLOCK)


def trimmed(mask: NDArray[np.bool_], region: Region) -> Region:
    """Return the smallest part of `region` that holds every True of its `mask`."""
    if not mask.size:
        return Region(region.top, region.left, region.top, region.left)
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    corner = region.top + top, region.left + left
    return Region(*corner, corner[0] + height, corner[1] + width)
