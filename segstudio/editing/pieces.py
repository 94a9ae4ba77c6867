"""Connected pieces of a map, found through its runs and not pixel by pixel."""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Mask

BAND_PX = 2**21
"""Pixels looked at in one go: Python's lock is not held longer than the window can wait."""

Numbers: TypeAlias = NDArray[np.int64]
Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True)
class Pieces:
    """Every piece of a map: pixels of one value that are joined.

    Attributes
    ----------
    shape : (height, width)
    values : (n,) of the map's dtype
        What the pixels of each piece are.
    areas, tops, lefts, bottoms, rights : (n,) int64
        Pixels, and the smallest rectangle that holds them, half-open. Pieces are in the order of
        their first pixels, row by row.
    """

    shape: tuple[int, int]
    values: NDArray[np.integer]
    areas: Numbers
    tops: Numbers
    lefts: Numbers
    bottoms: Numbers
    rights: Numbers
    _run_lengths: Numbers
    _run_pieces: Numbers

    def spread(self, values: NDArray[Value]) -> NDArray[Value]:
        """Return a map in which every pixel has the value of its piece.

        Parameters
        ----------
        values : (n,) of any dtype
        """
        result = np.empty(self.shape[0] * self.shape[1], values.dtype)
        by_run = values[self._run_pieces]
        ends = np.cumsum(self._run_lengths)
        done, run = 0, 0
        while run < by_run.size:
            last = max(run + 1, int(np.searchsorted(ends, done + BAND_PX, "right")))
            stop = int(ends[last - 1])
            result[done:stop] = np.repeat(by_run[run:last], self._run_lengths[run:last])
            done, run = stop, last
        return result.reshape(self.shape)

    def touched(self, mask: Mask) -> Mask:
        """Return which pieces have a pixel in a mask of the map's shape, (n,) bool."""
        in_run = np.bitwise_or.reduceat(mask.reshape(-1), self._run_starts)
        found = np.zeros(self.areas.shape, np.bool_)
        found[self._run_pieces[in_run]] = True
        return found

    def neighbours(self) -> tuple[Numbers, Numbers]:
        """Return the pairs of pieces that touch along an edge or at a corner, each once."""
        starts, (height, width) = self._run_starts, self.shape
        runs = np.arange(starts.size)
        last = starts + self._run_lengths - 1
        firsts, seconds = [runs[:-1]], [runs[1:]]  # ends of rows among them: they are left out
        is_same_row = starts[:-1] // width == starts[1:] // width
        firsts[0], seconds[0] = firsts[0][is_same_row], seconds[0][is_same_row]
        before = runs[starts % width > 0]
        after = runs[last % width < width - 1]
        for way in (-width, width):
            for places, asking in (
                (starts + way, runs),
                (starts[before] - 1 + way, before),
                (last[after] + 1 + way, after),
            ):
                one, other = _beside(starts, places, asking, height * width)
                firsts.append(one)
                seconds.append(other)
        one = self._run_pieces[np.concatenate(firsts)]
        other = self._run_pieces[np.concatenate(seconds)]
        differ = one != other
        low, high = np.minimum(one, other)[differ], np.maximum(one, other)[differ]
        pairs = np.unique(low * self.areas.size + high)
        return pairs // self.areas.size, pairs % self.areas.size

    @property
    def _run_starts(self) -> Numbers:
        return np.cumsum(self._run_lengths) - self._run_lengths


def pieces_of(values: NDArray[np.integer]) -> Pieces:
    """Find the pieces of a map: pixels are joined where they share an edge and have one value.

    Parameters
    ----------
    values : (H, W) of an integer dtype
        With at least one pixel.
    """
    height, width = values.shape
    starts = _run_starts(values)
    size = height * width
    flat = values.reshape(-1)
    kind = flat[starts]
    lengths = np.diff(starts, append=size)
    above = _beside(starts, starts - width, np.arange(starts.size), size)
    below = _beside(starts, starts + width, np.arange(starts.size), size)
    first, second = np.concatenate([above, below], axis=1)
    is_same = kind[first] == kind[second]
    parents = joined(starts.size, first[is_same], second[is_same])
    roots, numbers = np.unique(parents, return_inverse=True)
    rows, columns = starts // width, starts % width
    count = roots.size
    areas = np.bincount(numbers, weights=lengths, minlength=count).astype(np.int64)
    # The runs are in the order of the rows, so that the first and the last tell top and bottom.
    bottoms = np.zeros(count, np.int64)
    bottoms[numbers] = rows + 1
    lefts, rights = np.full(count, width, np.int64), np.zeros(count, np.int64)
    np.minimum.at(lefts, numbers, columns)
    np.maximum.at(rights, numbers, columns + lengths)
    return Pieces(
        (height, width),
        kind[roots],
        areas,
        rows[roots],
        lefts,
        bottoms,
        rights,
        lengths,
        numbers.reshape(-1),
    )


def _run_starts(values: NDArray[np.integer]) -> Numbers:
    """Return the numbers of the pixels at which a run of equal ones begins in a row."""
    height, width = values.shape
    found = []
    step = max(1, BAND_PX // width)
    for top in range(0, height, step):
        band = values[top : top + step]
        begins = np.ones(band.shape, np.bool_)
        np.not_equal(band[:, 1:], band[:, :-1], out=begins[:, 1:])
        found.append(np.flatnonzero(begins) + top * width)
    return np.concatenate(found)


def _beside(
    starts: Numbers, places: Numbers, asking: Numbers, size: int
) -> tuple[Numbers, Numbers]:
    """Return pairs of runs: those that ask, and those in which the places lie that they ask for.

    Of two runs of neighbouring rows that touch, one has its first pixel beside the other: to ask
    for the pixels above and below each first one finds all.
    """
    is_inside = (places >= 0) & (places < size)
    return asking[is_inside], np.searchsorted(starts, places[is_inside], "right") - 1


def joined(count: int, first: Numbers, second: Numbers) -> Numbers:
    """Return for each of `count` items the lowest one that it is joined with by pairs."""
    parents = np.arange(count)
    while True:
        first, second = parents[first], parents[second]
        differ = first != second
        if not differ.any():
            return parents
        first, second = first[differ], second[differ]
        np.minimum.at(parents, np.maximum(first, second), np.minimum(first, second))
        while True:  # every item to its root
            above = parents[parents]
            if np.array_equal(above, parents):
                break
            parents = above
