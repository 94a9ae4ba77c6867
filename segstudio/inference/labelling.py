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
        possible, narrow = self._rows(start, stop)
        shape = (stop - start, self.channels.shape[1])
        best = _widened(narrow[0], shape)
        channels = np.full(shape, possible[0], np.uint8)
        for channel, plane in zip(possible[1:], narrow[1:], strict=True):
            values = _widened(plane, shape)
            better = cv2.compare(values, best, cv2.CMP_GT)
            np.copyto(channels, np.uint8(channel), where=better.view(np.bool_))
            cv2.max(values, best, dst=best)
        self.channels[start:stop] = channels
        cv2.convertScaleAbs(best, dst=self.confidence[start:stop], alpha=255.0)

    def _rows(self, start: int, stop: int) -> tuple[list[int], NDArray[np.float32]]:
        """Return the channels in question and their values at image rows, (C, stop - start, w)."""
        source = self._probabilities.shape[1]
        position = (np.arange(start, stop) + 0.5) * (source / self.channels.shape[0]) - 0.5
        position = np.clip(position, 0, source - 1)
        upper = np.floor(position).astype(np.intp)
        lower = np.minimum(upper + 1, source - 1)
        first = int(upper[0])
        block = self._probabilities[:, first : int(lower[-1]) + 1]
        possible = _possible(block)
        block = block[possible].astype(np.float32, copy=False)
        above = block[:, upper - first]
        if source == self.channels.shape[0]:
            return possible, above
        share = (position - upper).astype(np.float32)[None, :, None]
        above += (block[:, lower - first] - above) * share
        return possible, above


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


def confidence_in(
    refined: Probabilities, probabilities: Probabilities, height: int, width: int
) -> LabelMap:
    """Return 255 times what the network gave to the classes that a refinement chose.

    A mean field pushes its beliefs towards 0 and 1, so that they say nothing about doubt; the
    network's own probability of the chosen class does.

    Parameters
    ----------
    refined : (K, h2, w2) floating point
        Beliefs after refinement; their largest is the class chosen.
    probabilities : (K, h, w) floating point
        Of the network.

    Returns
    -------
    (height, width) uint8
    """
    chosen = refined.argmax(axis=0)  # (h2, w2)
    size = (chosen.shape[1], chosen.shape[0])
    given = np.zeros(chosen.shape, np.float32)
    for channel in np.unique(chosen):
        plane = np.asarray(probabilities[channel], np.float32)
        np.copyto(given, cv2.resize(plane, size), where=chosen == channel)
    small = cv2.convertScaleAbs(given, alpha=255.0)
    wide = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide, np.uint8)


def with_indices(channels: LabelMap, indices: tuple[int, ...]) -> LabelMap:
    """Replace a model's channel numbers by its class indices."""
    if indices == tuple(range(len(indices))):
        return channels
    table = np.full(256, 255, np.uint8)
    table[: len(indices)] = indices
    return table[channels]


def _possible(block: Probabilities) -> list[int]:
    """Return the channels that can be the largest somewhere between the pixels of a block.

    A point lies between four pixels, of which one has a share of at least a quarter, so the best
    channel reaches at least a quarter of that pixel's maximum; interpolation exceeds no pixel.
    """
    flat = block.reshape(len(block), -1)
    least = float(flat.max(axis=0).min()) / 4.0
    possible = [int(channel) for channel in np.flatnonzero(flat.max(axis=1) >= least)]
    return possible or list(range(len(block)))  # nothing compares where a value is NaN


def _widened(plane: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the (rows, w) plane as a new array with the columns of `shape`."""
    if plane.shape == shape:
        return plane.copy()
    wide = cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide, np.float32)
