"""The CRF's appearance kernel in torch: a Gaussian in place and colour, over all pixels at once.

Every stage is a table of weighted sums of rows, which torch computes on any device, in the same
order every time, and without Python's global lock.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from segstudio.inference import clusters, lattice
from segstudio.inference.clusters import Clusters
from segstudio.inference.lattice import Lattice


@dataclass(frozen=True)
class Sums:
    """Weighted sums of rows of a table.

    Attributes
    ----------
    rows : int tensor
        Either (M, n): n rows for each sum, or flat, with `starts`.
    weights : float tensor, optional
        Of the same shape; 1 without.
    starts : int tensor, optional
        Where each sum's rows begin.
    """

    rows: Tensor
    weights: Tensor | None = None
    starts: Tensor | None = None

    def of(self, table: Tensor) -> Tensor:
        """Return the sums of a table's rows, (M, A)."""
        return functional.embedding_bag(
            self.rows, table, self.starts, mode="sum", per_sample_weights=self.weights
        )


class Appearance:
    """The kernel of one image, ready to filter values of its pixels."""

    def __init__(self, found: Clusters, grid: Lattice, device: torch.device) -> None:
        def ours(array: NDArray[np.generic]) -> Tensor:
            kind = np.float32 if array.dtype.kind == "f" else np.int32
            return torch.from_numpy(np.ascontiguousarray(array, kind)).to(device)

        vertices, points = grid.vertices, grid.vertices.shape[1]
        shares = grid.weights.reshape(-1)[grid.order]
        self._of_pixel = ours(found.pixels.of)
        self._gather = Sums(ours(found.pixels.order), None, ours(found.pixels.starts))
        self._splat = Sums(ours(grid.order % points), ours(shares), ours(grid.starts))
        self._slice = Sums(ours(vertices.T), ours(grid.weights.T))
        self._blurs = [Sums(*map(ours, _blur(pair))) for pair in grid.neighbours]
        counts = ours(found.pixels.counts.astype(np.float32)[:, None])
        self._norm = (self._through(counts) + 1e-20).rsqrt()  # (P, 1)

    def message(self, beliefs: Tensor) -> Generator[None, None, Tensor]:
        """Filter beliefs of pixels, (K, N), to messages of clusters, (P, K); see `at`.

        Normalised on both sides: a pixel that few others resemble still gets a message, and the
        kernel stays symmetric.
        """
        rows = beliefs.T.contiguous()  # (N, K)
        yield
        gathered = self._gather.of(rows)  # (P, K)
        del rows  # as large as all beliefs
        yield
        return self._through(gathered.mul_(self._norm)).mul_(self._norm)

    def at(self, pixels: slice, message: Tensor) -> Tensor:
        """Return the messages to some pixels, (n, K)."""
        return message.index_select(0, self._of_pixel[pixels])

    def _through(self, values: Tensor) -> Tensor:
        """Blur values of clusters, (P, A)."""
        grid = self._splat.of(values)  # (M, A)
        grid = functional.pad(grid, (0, 0, 0, 1))  # the last row stands for missing vertices
        for blur in self._blurs:
            grid = blur.of(grid)
        return self._slice.of(grid)


def prepare(
    image: NDArray[np.uint8], width_px: float, width_levels: float, device: torch.device
) -> Generator[None, None, Appearance]:
    """Prepare the kernel of an image, pausing between the stages.

    Parameters
    ----------
    image : (H, W, 3) uint8
    width_px, width_levels : float
        Standard deviations in space and in each colour.
    device : torch.device
        Where it will filter.
    """
    found = clusters.find(image, width_px, width_levels)
    yield
    grid = yield from lattice.build(found.features)
    yield
    return Appearance(found, grid, device)


def _blur(pair: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return rows and weights of [1 2 1] / 2 along one axis, with a last row that stays 0."""
    size = pair.shape[1]
    rows = np.full((size + 1, 3), size, np.int32)
    rows[:, 0] = np.arange(size + 1)
    rows[:size, 1:] = pair.T
    weights = np.tile(np.array([1.0, 0.5, 0.5], np.float32), (size + 1, 1))
    return rows, weights
