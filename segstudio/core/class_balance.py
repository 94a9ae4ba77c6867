"""Weights that make up for classes of which there is little."""

import numpy as np
from numpy.typing import NDArray


def class_weights(pixels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return weights that lift rare classes, from pixel counts (K,).

    The inverse square root of each class's share, at most 4 times its mean, with mean 1 over the
    classes that occur. A class that never occurs gets 1.
    """
    weights = np.ones(len(pixels), np.float64)
    there = pixels > 0
    if there.any():
        inverse = 1.0 / np.sqrt(pixels[there] / pixels.sum())
        inverse = np.minimum(inverse / inverse.mean(), 4.0)
        weights[there] = inverse / inverse.mean()
    return weights.astype(np.float32)
