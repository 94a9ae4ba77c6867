"""Pixels of a colour like that of one place, among those that are seen."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Mask
from segstudio.core.region import Region, trimmed, whole
from segstudio.editing.reduction import reduced
from segstudio.editing.selecting import filled, nothing, tightened
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point, Sight

MOST_CELLS = 2_000_000
"""How finely an image is looked at that is shown smaller than it is."""

_HUE_WEIGHT = 2.55
"""8 bits stretch the lightness of Lab by this and leave its other two axes as they are."""


@dataclass(frozen=True, eq=False)
class View:
    """The colours of what is seen of an image.

    Attributes
    ----------
    region : Region
        What is seen, inside the image.
    step : int
        Side of a cell in image pixels: 1 where the image is shown at its size or larger.
    lab : (h, w, 3) uint8
        Of each cell.
    """

    region: Region
    step: int
    lab: NDArray[np.uint8]

    def cell(self, point: Point) -> tuple[int, int]:
        """Return column and row of the cell at a point, or of the nearest."""
        height, width = self.lab.shape[:2]
        column = math.floor(point[0] - self.region.left) // self.step
        row = math.floor(point[1] - self.region.top) // self.step
        return min(max(column, 0), width - 1), min(max(row, 0), height - 1)

    def colour(self, cell: tuple[int, int], *, within: float) -> NDArray[np.float32]:
        """Return the mean of a cell and those neighbours that differ by no more than `within`."""
        column, row = cell
        patch = self.lab[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        colours = patch.reshape(-1, 3).astype(np.float32)
        centre = self.lab[row, column].astype(np.float32)
        apart = np.square((colours - centre) * (1, _HUE_WEIGHT, _HUE_WEIGHT)).sum(axis=1)
        mean: NDArray[np.float32] = colours[apart <= within**2].mean(axis=0, dtype=np.float32)
        return mean

    def selection(self, mask: Mask) -> Selection:
        """Return the image pixels of some cells, in smooth lines where cells are large."""
        if self.step == 1:
            return tightened(Selection(self.region, mask))
        height, width = mask.shape
        found = trimmed(mask, whole(mask))
        if not found.area:
            return nothing()
        # One cell more on each side, for the line runs half-way to its centre.
        cells = Region(
            max(found.top - 1, 0),
            max(found.left - 1, 0),
            min(found.bottom + 1, height),
            min(found.right + 1, width),
        )
        small = mask[cells.slices].view(np.uint8) * np.uint8(255)
        size = cells.width * self.step, cells.height * self.step
        large = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
        # Less than a cell is left over at the far edges: it goes with the last one.
        bottom = self.region.height - height * self.step if cells.bottom == height else 0
        right = self.region.width - width * self.step if cells.right == width else 0
        if bottom or right:
            large = cv2.copyMakeBorder(large, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
        # In place: memory of the image's size that nobody has used yet costs as much as the work.
        inside = cv2.threshold(large, 127, 1, cv2.THRESH_BINARY, dst=large)[1].view(np.bool_)
        top = self.region.top + cells.top * self.step
        left = self.region.left + cells.left * self.step
        return Selection(Region(top, left, top + inside.shape[0], left + inside.shape[1]), inside)


def look(image: Image, sight: Sight) -> View:
    """Return the colours of what is seen.

    At the size of the image or larger each pixel counts as it is; smaller, cells of several pixels
    do, evened out a little, as they look on the screen.
    """
    height, width = image.shape[:2]
    region = sight.region.clipped(height, width)
    if not region.area:
        region = whole(image)
    if sight.scale >= 1:
        return View(region, 1, _lab(image[region.slices]))
    shown = math.floor(1 / sight.scale)
    step = max(shown, math.ceil(math.sqrt(region.area / MOST_CELLS)))
    step = min(step, region.height, region.width)
    rows, columns = region.height // step, region.width // step
    part = image[region.slices][: rows * step, : columns * step]
    even = cv2.GaussianBlur(reduced(part, columns, rows), (3, 3), 0)
    return View(region, step, _lab(np.asarray(even, np.uint8)))


def prepare(_stopped: Callable[[], bool]) -> None:
    """Let cv2 make its tables of Lab, which takes 0.1 s once and would delay the first press."""
    _lab(np.zeros((1, 1, 3), np.uint8))


def _lab(image: Image) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2LAB), np.uint8)


@dataclass(frozen=True, eq=False)
class Touch:
    """A place that was pressed, and how far the colours in view are from its own.

    Attributes
    ----------
    cell : (column, row)
        Of the view.
    colour : (3,) float32
        Lab of 8 bits.
    """

    view: View
    cell: tuple[int, int]
    colour: NDArray[np.float32]

    @cached_property
    def distances(self) -> NDArray[np.float32]:
        """(h, w) float32: squared, in grey levels."""
        steps = np.arange(256, dtype=np.float32)[:, None] - self.colour  # (256, 3)
        steps *= (1, _HUE_WEIGHT, _HUE_WEIGHT)
        # A table for each axis: three times as fast as the same sum over whole planes.
        squares = cv2.LUT(self.view.lab, np.square(steps)[None])
        summed = cv2.transform(squares, np.ones((1, 3), np.float32))
        return np.asarray(summed, np.float32).reshape(self.view.lab.shape[:2])

    def similar(self, tolerance: int, *, connected: bool, fill_holes: bool) -> Selection:
        """Return the pixels of a similar colour; the cell that was pressed is always one.

        Parameters
        ----------
        tolerance : int
            In grey levels: what a larger one finds holds what a smaller one does.
        connected : bool
            Whether only the piece counts that the pressed cell is part of.
        fill_holes : bool
            Whether what that encloses counts too.
        """
        column, row = self.cell
        alike = self.distances <= max(float(tolerance) ** 2, float(self.distances[row, column]))
        if connected:
            alike = _piece(alike, self.cell)
        if fill_holes:
            alike = filled(alike)
        return self.view.selection(alike)


def touch(view: View, point: Point, *, tolerance: int) -> Touch:
    """Press a point of what is seen."""
    cell = view.cell(point)
    # A neighbour that is barely alike may lie across an edge: it has no say.
    return Touch(view, cell, view.colour(cell, within=tolerance / 2))


def _piece(mask: Mask, cell: tuple[int, int]) -> Mask:
    """Return the part of a mask that is joined with a cell by steps along rows and columns."""
    height, width = mask.shape
    reached = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | (1 << 8) | cv2.FLOODFILL_MASK_ONLY
    cv2.floodFill(mask.view(np.uint8), reached, cell, 0, flags=flags)
    return reached[1:-1, 1:-1].view(np.bool_)
