"""Pixels of an image that lie side by side and look alike, taken together.

A kernel that is 80 pixels and 13 grey levels wide cannot tell apart pixels that differ by a few
of each. Filtering the clusters in their place is the same to it, and several times less work.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.inference.grouping import Groups, group

BLOCK_SHARE = 0.2
"""Side of a cluster, as a share of the kernel's width in space."""
COLOUR_SHARE = 0.5
"""Its extent in each colour, as a share of the kernel's width in grey levels."""


@dataclass(frozen=True)
class Clusters:
    """Which pixels belong together.

    Attributes
    ----------
    pixels : Groups
        The pixels, counted row by row, of each of P clusters.
    features : (5, P) float32
        Mean x, y, red, green and blue of its pixels, in widths of the kernel.
    """

    pixels: Groups
    features: NDArray[np.float32]


def find(image: NDArray[np.uint8], width_px: float, width_levels: float) -> Clusters:
    """Cluster the pixels of an image for a kernel of these widths.

    Parameters
    ----------
    image : (H, W, 3) uint8
    width_px, width_levels : float
        Standard deviations in space and in each colour.
    """
    pixels = group(_codes(image, width_px, width_levels))
    features = _means(image, pixels)
    features[:2] /= np.float32(width_px)
    features[2:] /= np.float32(width_levels)
    return Clusters(pixels, features)


def _codes(image: NDArray[np.uint8], width_px: float, width_levels: float) -> NDArray[np.int64]:
    """Return one number for each pixel, (N,), equal where pixels belong together."""
    height, width = image.shape[:2]
    block = max(1, int(width_px * BLOCK_SHARE))
    columns = -(-width // block)
    bins = (np.arange(256) / max(1.0, width_levels * COLOUR_SHARE)).astype(np.int64)
    count = int(bins[-1]) + 1
    rows = np.arange(height, dtype=np.int64)[:, None] // block
    codes = rows * columns + np.arange(width, dtype=np.int64) // block  # (H, W)
    for channel in range(3):
        codes *= count
        codes += bins[image[..., channel]]
    flat: NDArray[np.int64] = codes.reshape(-1)
    return flat


def _means(image: NDArray[np.uint8], pixels: Groups) -> NDArray[np.float32]:
    """Return the mean x, y, red, green and blue of each cluster, (5, P)."""
    counts = pixels.counts.astype(np.float32)
    rows, columns = np.divmod(pixels.order, image.shape[1])
    colours = image.reshape(-1, 3)[pixels.order]
    means = np.empty((5, len(counts)), np.float32)
    for values, mean in zip((columns, rows, *colours.T), means, strict=True):
        np.divide(np.add.reduceat(values, pixels.starts, dtype=np.float32), counts, out=mean)
    return means
