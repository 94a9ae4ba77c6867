"""Connected pieces of a map, found through its runs and not pixel by pixel."""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Mask

BAND_PX = 2**21
"""Pixels looked at in one go: Python's lock is not held longer than the window can wait."""

BAND_RUNS = 2**18

Numbers: TypeAlias = NDArray[np.int64]
Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True)
class _Runs:
    """Runs of equal pixels in rows, in the order of the pixels; together they are the whole map.

    Attributes
    ----------
    starts, lengths : (r,) int64
        Pixels are counted row by row.
    above, below : (r,) int64
        The runs that hold the pixels above and below the first one; -1 beyond the map. Of two runs
        of neighbouring rows that touch, one has its first pixel beside the other.
    """

    starts: Numbers
    lengths: Numbers
    above: Numbers
    below: Numbers


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
    _runs: _Runs
    _run_pieces: Numbers

    def spread(self, values: NDArray[Value]) -> NDArray[Value]:
        """Return a map in which every pixel has the value of its piece.

        Parameters
        ----------
        values : (n,) of any dtype
        """
        result = np.empty(self.shape[0] * self.shape[1], values.dtype)
        by_run, lengths = values[self._run_pieces], self._runs.lengths
        ends = self._runs.starts + lengths
        done, run = 0, 0
        while run < by_run.size:
            last = max(run + 1, int(np.searchsorted(ends, done + BAND_PX, "right")))
            stop = int(ends[last - 1])
            result[done:stop] = np.repeat(by_run[run:last], lengths[run:last])
            done, run = stop, last
        return result.reshape(self.shape)

    def touched(self, mask: Mask) -> Mask:
        """Return which pieces have a pixel in a mask of the map's shape, (n,) bool."""
        in_run = np.bitwise_or.reduceat(mask.reshape(-1), self._runs.starts)
        found = np.zeros(self.areas.shape, np.bool_)
        found[self._run_pieces[in_run]] = True
        return found

    def neighbours(self) -> tuple[Numbers, Numbers]:
        """Return the pairs of pieces that touch along an edge or at a corner, each once."""
        runs, width = self._runs, self.shape[1]
        every = np.arange(runs.starts.size)
        follows = np.flatnonzero(runs.starts % width)  # another run is before it in its row
        found = [self._pairs(follows, follows - 1)]
        for beside, way in ((runs.above, -width), (runs.below, width)):
            # At the corner before a first pixel lies the same run as beside it, or the one before
            # that; after a last pixel begins the next run, which knows what lies beside it.
            ahead = beside[follows]
            begins = runs.starts[ahead] == runs.starts[follows] + way
            found.append(self._pairs(every, beside))
            found.append(self._pairs(follows, ahead - begins))
            found.append(self._pairs(follows - 1, ahead))
        numbers = distinct(np.concatenate(found))
        return numbers // self.areas.size, numbers % self.areas.size

    def _pairs(self, first: Numbers, second: Numbers) -> Numbers:
        """Return the pairs of pieces that runs belong to, each once, as one number each."""
        found = [np.zeros(0, np.int64)]
        for at in range(0, first.size, BAND_RUNS):
            one, other = first[at : at + BAND_RUNS], second[at : at + BAND_RUNS]
            is_there = other >= 0
            one, other = self._run_pieces[one[is_there]], self._run_pieces[other[is_there]]
            differ = one != other
            low, high = np.minimum(one, other)[differ], np.maximum(one, other)[differ]
            found.append(distinct(low * self.areas.size + high))
        return np.concatenate(found)


def pieces_of(values: NDArray[np.integer]) -> Pieces:
    """Find the pieces of a map: pixels are joined where they share an edge and have one value.

    Parameters
    ----------
    values : (H, W) of an integer dtype
        With at least one pixel.
    """
    height, width = values.shape
    runs = _runs_of(values)
    kind = values.reshape(-1)[runs.starts]
    every = np.arange(kind.size)
    first, second = np.tile(every, 2), np.concatenate([runs.above, runs.below])
    is_same = (second >= 0) & (kind[first] == kind[second])
    parents = joined(kind.size, first[is_same], second[is_same])
    roots = np.flatnonzero(parents == every)
    count = roots.size
    number_of = np.zeros(kind.size, np.int64)
    number_of[roots] = np.arange(count)
    numbers = number_of[parents]
    rows, columns = runs.starts // width, runs.starts % width
    # The runs are in the order of the rows, so that the first and the last tell top and bottom.
    bottoms = np.zeros(count, np.int64)
    bottoms[numbers] = rows + 1
    lefts, rights = np.full(count, width, np.int64), np.zeros(count, np.int64)
    np.minimum.at(lefts, numbers, columns)
    np.maximum.at(rights, numbers, columns + runs.lengths)
    areas = np.bincount(numbers, weights=runs.lengths, minlength=count).astype(np.int64)
    return Pieces(
        (height, width), kind[roots], areas, rows[roots], lefts, bottoms, rights, runs, numbers
    )


def _runs_of(values: NDArray[np.integer]) -> _Runs:
    height, width = values.shape
    found = []
    step = max(1, BAND_PX // width)
    for top in range(0, height, step):
        band = values[top : top + step]
        begins = np.ones(band.shape, np.bool_)
        np.not_equal(band[:, 1:], band[:, :-1], out=begins[:, 1:])
        found.append(np.flatnonzero(begins) + top * width)
    starts = np.concatenate(found)
    above = np.searchsorted(starts, starts - width, "right") - 1
    below = np.searchsorted(starts, starts + width, "right") - 1
    below[starts + width >= height * width] = -1
    return _Runs(starts, np.diff(starts, append=height * width), above, below)


def distinct(numbers: Numbers) -> Numbers:
    """Return each number once, ascending.

    Numpy's unique keeps Python's lock while it works, and the window waits; its sort does not.
    """
    found = np.sort(numbers)
    is_new = np.ones(found.shape, np.bool_)
    np.not_equal(found[1:], found[:-1], out=is_new[1:])
    return found[is_new]


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
