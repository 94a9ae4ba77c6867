"""What an image looks like on a coarse grid: the ground on which scribbles are compared.

Each cell has traits, a point in a space where cells that look alike lie near each other. They come
from the decoder of the model that segmented the image, or, without one, from a bank of colour and
texture filters. Both are cheap to compare and are computed once an image.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Probabilities
from segstudio.inference import filter_bank
from segstudio.inference.planes import resized_image

STRIDE = 4
"""Pixels of the working size to a cell."""
SHORT_SIDE = 112
"""Cells of the short side where no model says otherwise."""
DIRECTIONS = 24
"""Of a decoder's features, those in which the image varies most."""

FEATURES_WEIGHT = 1.5
COLOUR_WEIGHT = 1.0
BELIEF_WEIGHT = 0.5
PLACE_WEIGHT = 0.2
BANK_WEIGHT = 2.0
"""How much each group counts: mean square of its part of the traits."""


@dataclass(frozen=True, eq=False)
class Cells:
    """An image on a coarse grid.

    Attributes
    ----------
    traits : (N, D) float32
        One row a cell, from the upper left, row by row.
    probabilities : (N, K) float32 or None
        Of the model's classes; None without a model.
    shape : (rows, columns)
        Of the grid, N = rows * columns.
    """

    traits: NDArray[np.float32]
    probabilities: NDArray[np.float32] | None
    shape: tuple[int, int]

    @property
    def nbytes(self) -> int:
        """Memory that they take."""
        return self.traits.nbytes + (
            self.probabilities.nbytes if self.probabilities is not None else 0
        )


def from_model(image: Image, features: NDArray[np.floating], probabilities: Probabilities) -> Cells:
    """Look at an image through the decoder of a network.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
        Of any size.
    features : (D, h, w) floating point
        What the network's last layer reads.
    probabilities : (K, h2, w2) floating point
        At working size.
    """
    height, width = probabilities.shape[1:]
    shape = -(-height // STRIDE), -(-width // STRIDE)
    beliefs = _rows(probabilities, shape)
    traits = (
        scaled(_standardised(main_directions(_rows(features, shape), DIRECTIONS)), FEATURES_WEIGHT),
        scaled(_colours(image, shape), COLOUR_WEIGHT),
        beliefs * np.float32(BELIEF_WEIGHT**0.5),
        scaled(_places(shape), PLACE_WEIGHT),
    )
    return Cells(np.concatenate(traits, axis=1), beliefs, shape)


def from_image(image: Image) -> Cells:
    """Look at an image without any model.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    """
    scale = min(1.0, SHORT_SIDE / min(image.shape[:2]))
    shape = max(1, round(image.shape[0] * scale)), max(1, round(image.shape[1] * scale))
    traits = (
        scaled(_standardised(filter_bank.responses(image, shape)), BANK_WEIGHT),
        scaled(_colours(image, shape), COLOUR_WEIGHT),
        scaled(_places(shape), PLACE_WEIGHT),
    )
    return Cells(np.concatenate(traits, axis=1), None, shape)


def main_directions(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Turn (N, D) rows so that few columns hold what varies most, (N, at most `count`)."""
    standard = _standardised(rows)
    covariance = standard.T @ standard / len(rows)
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :count]
    turned: NDArray[np.float32] = standard @ np.ascontiguousarray(axes, np.float32)
    return turned


def scaled(rows: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    """Centre (N, D) rows and give them a mean square of `weight`."""
    centred = rows - rows.mean(axis=0)
    spread = float(np.square(centred).sum(axis=1).mean())
    weighted: NDArray[np.float32] = centred * np.float32((weight / max(spread, 1e-12)) ** 0.5)
    return weighted


def _standardised(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    standard: NDArray[np.float32] = rows - rows.mean(axis=0)
    standard /= rows.std(axis=0) + np.float32(1e-6)
    return standard


def _rows(planes: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return (K, h, w) planes at the grid's size as (N, K) rows."""
    method = cv2.INTER_AREA if planes.shape[1] > shape[0] else cv2.INTER_LINEAR
    size = shape[::-1]
    small = [cv2.resize(np.asarray(p, np.float32), size, interpolation=method) for p in planes]
    return np.stack(small, axis=-1).reshape(-1, len(planes)).astype(np.float32, copy=False)


def _colours(image: Image, shape: tuple[int, int]) -> NDArray[np.float32]:
    small = resized_image(image, shape).astype(np.float32) / np.float32(255.0)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32).reshape(-1, 3)


def _places(shape: tuple[int, int]) -> NDArray[np.float32]:
    rows, columns = np.indices(shape, np.float32)
    return np.stack([rows.ravel(), columns.ravel()], axis=1)
