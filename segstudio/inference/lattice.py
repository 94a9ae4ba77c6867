"""The permutohedral lattice: a sparse grid on which a Gaussian blur of any dimension is cheap.

Adams, Baek, Davis, "Fast High-Dimensional Filtering Using the Permutohedral Lattice" (Eurographics
2010). A point of d dimensions lies in a simplex of d + 1 vertices, between which its value is
shared out; a blur along the d + 1 axes of the lattice, and sharing back, give the Gaussian.
Only vertices near a point exist. Built here for all points at once, with sorted numbers in place
of a hash table.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import SegstudioError
from segstudio.inference.grouping import group

LARGEST_CODE = 2**62

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Lattice:
    """Vertices around points, and which of them lie side by side.

    Attributes
    ----------
    vertices : (d + 1, P) int32
        The vertices of each point's simplex, 0 to `size` - 1.
    weights : (d + 1, P) float32
        Each point's share in them, sums to 1 over the first axis.
    order : ((d + 1) * P,) int64
        Sorts the flat `vertices`.
    starts : (size,) int64
        Where each vertex begins in that order.
    neighbours : (d + 1, 2, size) int32
        The vertices before and behind each along each axis; `size` where there is none.
    """

    vertices: NDArray[np.int32]
    weights: Floats
    order: Integers
    starts: Integers
    neighbours: NDArray[np.int32]

    @property
    def size(self) -> int:
        """The number of vertices."""
        return len(self.starts)


def build(features: Floats) -> Generator[None, None, Lattice]:
    """Build the lattice around points, pausing between the stages.

    Parameters
    ----------
    features : (d, P) float32
        Coordinates in standard deviations of the Gaussian.

    Raises
    ------
    SegstudioError
        When the points lie too far apart for the vertices to be numbered.
    """
    raised = _raised(features)
    corner, rank = _simplex(raised)
    yield
    shares = _shares(raised, corner, rank)
    codes, steps = _codes(corner, rank)
    yield
    flat = codes.reshape(-1)
    groups = group(flat)
    yield
    return Lattice(
        vertices=groups.of.reshape(codes.shape),
        weights=shares,
        order=groups.order,
        starts=groups.starts,
        neighbours=_neighbours(flat[groups.order[groups.starts]], steps),
    )


def _raised(features: Floats) -> Floats:
    """Place points in the plane of d + 1 coordinates whose sum is 0, (d + 1, P)."""
    dimensions, count = features.shape
    axis = np.arange(1, dimensions + 1)
    # The blur [1 2 1] along each axis and the sharing out have this deviation together.
    scale = (dimensions + 1) * np.sqrt(2.0 / 3.0) / np.sqrt(axis * (axis + 1.0))
    scaled = features * scale.astype(np.float32)[:, None]
    raised = np.empty((dimensions + 1, count), np.float32)
    total = np.zeros(count, np.float32)
    for number in range(dimensions, 0, -1):
        raised[number] = total - np.float32(number) * scaled[number - 1]
        total += scaled[number - 1]
    raised[0] = total
    return raised


def _simplex(raised: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """Return each point's nearest vertex of remainder 0 in units of d + 1, and its ranks.

    The rank of a coordinate is its place when the distances to that vertex fall.
    """
    side = len(raised)
    corner = np.rint(raised / np.float32(side))
    rest = raised - corner * np.float32(side)
    rank = np.zeros(raised.shape, np.int8)
    for first in range(side):
        for second in range(first + 1, side):
            is_less = rest[first] < rest[second]
            rank[first] += is_less
            rank[second] += ~is_less
    # Rounding coordinate by coordinate may leave the plane: step back along the nearest ones.
    rank += corner.sum(axis=0).astype(np.int8)
    for outside, step in ((rank < 0, 1), (rank >= side, -1)):
        rank += outside.astype(np.int8) * np.int8(step * side)
        corner += outside.astype(np.float32) * np.float32(step)
    return corner, rank


def _shares(raised: Floats, corner: Floats, rank: NDArray[np.int8]) -> Floats:
    """Return the barycentric coordinates of each point in its simplex, (d + 1, P)."""
    side = len(raised)
    rest = raised / np.float32(side) - corner
    falling = np.empty_like(rest)
    np.put_along_axis(falling, rank.astype(np.int64), rest, axis=0)
    shares = np.empty_like(rest)
    shares[0] = np.float32(1.0) + falling[-1] - falling[0]
    for vertex in range(1, side):
        shares[vertex] = falling[side - 1 - vertex] - falling[side - vertex]
    return shares


def _codes(corner: Floats, rank: NDArray[np.int8]) -> tuple[Integers, Integers]:
    """Return one number for each vertex of each simplex, (d + 1, P), and for a step on each axis.

    The last coordinate follows from the others and takes no part.
    """
    side = len(corner)
    keys = corner[:-1].astype(np.int64) * side  # (d, P)
    # A vertex lies up to d from the first of its simplex, its neighbours d + 1 from there.
    lowest = keys.min(axis=1) - 2 * side
    spans = keys.max(axis=1) + 2 * side - lowest + 1
    if float(np.prod(spans.astype(np.float64))) >= LARGEST_CODE:
        raise SegstudioError("The image is too large for such narrow widths. Choose larger ones.")
    factors = np.ones(side, np.int64)
    factors[:-1] = np.concatenate([np.cumprod(spans[:0:-1])[::-1], [1]])
    factors[-1] = 0
    by_rank = np.empty(corner.shape, np.int64)
    np.put_along_axis(
        by_rank,
        rank.astype(np.int64),
        np.broadcast_to(factors[:, None], corner.shape),
        axis=0,
    )
    codes = np.empty(corner.shape, np.int64)
    codes[0] = factors[:-1] @ (keys - lowest[:, None])
    whole = int(factors.sum())
    for vertex in range(1, side):
        codes[vertex] = codes[vertex - 1] + whole - side * by_rank[side - vertex]
    return codes, side * factors - whole


def _neighbours(codes: Integers, steps: Integers) -> NDArray[np.int32]:
    size = len(codes)
    neighbours = np.full((len(steps), 2, size), size, np.int32)
    for pair, step in zip(neighbours, steps, strict=True):
        wanted = codes + step
        place = np.searchsorted(codes, wanted)
        place[place == size] = 0
        here = np.flatnonzero(codes[place] == wanted)
        there = place[here]
        pair[0][here] = there
        pair[1][there] = here
    return neighbours
