"""Results of tiles put together as they come, so that the part that is done can be had any time."""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.inference.labelling import with_indices
from segstudio.inference.tiling import Tile

PREVIEW_SIDE = 1024
"""Longest side of a preview in pixels: about what a screen shows of a whole image."""


class Blend:
    """Adds up tiles row by row of tiles, in float32; what is done is kept in float16.

    Adding in float16 would lose a little with every tile, and float32 for a whole large image
    twice the memory: only the rows that further tiles may still cover are held in it.

    Attributes
    ----------
    finished, total : int
        Tiles.
    ends_early : bool
        Whether somebody asked for what is done.
    """

    def __init__(
        self, indices: tuple[int, ...], size: tuple[int, int], side: int, total: int
    ) -> None:
        """Begin with nothing.

        Parameters
        ----------
        indices : tuple of int
            Class index of each of the K channels.
        size : (height, width)
            Of all tiles together.
        side : int
            Of a tile.
        total : int
            How many tiles there are.
        """
        height, width = size
        channels, rows = len(indices), min(side, height)
        self.finished, self.total = 0, total
        self.ends_early = False
        self._indices = indices
        # Zeroed memory costs nothing until it is written.
        self._done = np.zeros((channels, height, width), np.float16)
        self._covered = np.zeros((height, width), np.bool_)
        self._top = 0
        self._sum = np.zeros((channels, rows, width), np.float32)
        self._weight = np.zeros((rows, width), np.float32)
        self._step = -(-max(size) // PREVIEW_SIDE)
        shape = -(-height // self._step), -(-width // self._step)
        self._preview: LabelMap = np.full(shape, IGNORE_INDEX, np.uint8)

    def add(self, tile: Tile, planes: NDArray[np.float32]) -> None:
        """Add the (K, h, w) probabilities of a tile, which lies no higher than those before."""
        rows, columns = tile.region
        if rows.start > self._top:
            self._keep(rows.start - self._top)
        inside = slice(rows.start - self._top, rows.stop - self._top)
        self._sum[:, inside, columns] += planes * tile.weights
        self._weight[inside, columns] += tile.weights
        self.finished += 1
        self._show(rows.start, columns.start, planes)

    def preview(self) -> LabelMap:
        """Return the class indices of what is done, thinned out; 255 where nothing is."""
        return self._preview.copy()

    def finish(self) -> None:
        """Ask for an early end with what is done."""
        self.ends_early = True

    def result(self) -> tuple[NDArray[np.float16], Mask]:
        """Return the (K, H, W) probabilities, and which (H, W) pixels a tile has covered.

        Where no tile has been, probabilities are 0.
        """
        self._keep(self._sum.shape[1])
        return self._done, self._covered

    def _keep(self, rows: int) -> None:
        """Put the upper rows of those that are added up to what is done."""
        rows = min(rows, self._sum.shape[1])
        height = self._done.shape[1]
        last = min(self._top + rows, height)
        count = last - self._top
        weight = self._weight[:count]
        covered = weight > 0
        # All shares of a pixel sum to 1; fewer do where it was stopped.
        np.divide(self._sum[:, :count], weight, out=self._sum[:, :count], where=covered)
        self._done[:, self._top : last] = self._sum[:, :count]
        self._covered[self._top : last] = covered
        for plane in (*self._sum, self._weight):
            plane[: -rows or None] = plane[rows:].copy()
            plane[len(plane) - rows :] = 0
        self._top += rows

    def _show(self, top: int, left: int, planes: NDArray[np.float32]) -> None:
        step = self._step
        thinned = planes[:, -top % step :: step, -left % step :: step]
        labels = with_indices(thinned.argmax(axis=0).astype(np.uint8), self._indices)
        first, beside = -(-top // step), -(-left // step)
        rows, columns = labels.shape
        self._preview[first : first + rows, beside : beside + columns] = labels
