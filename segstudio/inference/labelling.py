"""From probabilities at working size to a label map at image size, strip by strip."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap, Probabilities

STRIP_PIXELS = 262_144
"""Pixels of a strip: its planes fit the processor's cache."""

_STRIPS_PER_STEP = 8


class LabelWriter:
    """Scales probabilities up and keeps only the best class and its probability.

    The full-size probabilities (576 MB for 12 classes and 12 Mpx) never exist.

    Attributes
    ----------
    channels : (H, W) uint8
        The channel of the largest probability; the lower one of equals.
    confidence : (H, W) uint8
        255 times that probability.
    """

    def __init__(self, probabilities: Probabilities, height: int, width: int) -> None:
        self._probabilities = probabilities
        self.channels: LabelMap = np.empty((height, width), np.uint8)
        self.confidence: LabelMap = np.empty((height, width), np.uint8)

    def strips(self) -> Iterator[float]:
        """Fill strip after strip, from the top; yields the share done, after every few strips."""
        height, width = self.channels.shape
        rows = max(1, STRIP_PIXELS // width)
        starts = range(0, height, rows)
        for number, start in enumerate(starts, start=1):
            self._fill(start, min(height, start + rows))
            if number % _STRIPS_PER_STEP == 0 or number == len(starts):
                yield number / len(starts)

    def _fill(self, start: int, stop: int) -> None:
        narrow = self._rows(start, stop)  # (K, rows, w)
        shape = (stop - start, self.channels.shape[1])
        possible = _possible(narrow)
        best = _widened(narrow[possible[0]], shape)
        channels = np.full(shape, possible[0], np.uint8)
        for channel in possible[1:]:
            values = _widened(narrow[channel], shape)
            better = cv2.compare(values, best, cv2.CMP_GT)
            np.copyto(channels, np.uint8(channel), where=better.view(np.bool_))
            cv2.max(values, best, dst=best)
        self.channels[start:stop] = channels
        cv2.convertScaleAbs(best, dst=self.confidence[start:stop], alpha=255.0)

    def _rows(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the probabilities interpolated to image rows, (K, stop - start, w)."""
        source = self._probabilities.shape[1]
        position = (np.arange(start, stop) + 0.5) * (source / self.channels.shape[0]) - 0.5
        position = np.clip(position, 0, source - 1)
        upper = np.floor(position).astype(np.intp)
        lower = np.minimum(upper + 1, source - 1)
        first = int(upper[0])
        block = self._probabilities[:, first : int(lower[-1]) + 1].astype(np.float32)
        if source == self.channels.shape[0]:
            return block[:, upper - first]
        share = (position - upper).astype(np.float32)[None, :, None]
        above = block[:, upper - first]
        below = block[:, lower - first]
        mixed: NDArray[np.float32] = above + (below - above) * share
        return mixed


def labelled(probabilities: Probabilities, height: int, width: int) -> tuple[LabelMap, LabelMap]:
    """Return the best channel and 255 times its probability at another size.

    Parameters
    ----------
    probabilities : (K, h, w) floating point
    height, width : int
        Of the result.

    Returns
    -------
    (height, width) uint8 of channels, (height, width) uint8 of confidence
    """
    writer = LabelWriter(probabilities, height, width)
    for _ in writer.strips():
        pass
    return writer.channels, writer.confidence


def with_indices(channels: LabelMap, indices: tuple[int, ...]) -> LabelMap:
    """Replace a model's channel numbers by its class indices."""
    if indices == tuple(range(len(indices))):
        return channels
    table = np.full(256, 255, np.uint8)
    table[: len(indices)] = indices
    return table[channels]


def _possible(narrow: NDArray[np.float32]) -> list[int]:
    """Return the channels that can be the largest somewhere in a strip.

    A pixel lies between two columns, of which one has a share of at least half, so the best
    channel reaches at least half of that column's maximum; interpolation exceeds neither.
    """
    flat = narrow.reshape(len(narrow), -1)
    least = float(flat.max(axis=0).min()) / 2.0
    highest = flat.max(axis=1)
    possible = np.flatnonzero(highest >= min(least, float(highest.max())))
    return [int(channel) for channel in possible]


def _widened(plane: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the (rows, w) plane as a new array with the columns of `shape`."""
    if plane.shape == shape:
        return plane.copy()
    wide = cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide, np.float32)
