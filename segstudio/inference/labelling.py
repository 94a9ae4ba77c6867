"""From probabilities at working size to a label map at image size, strip by strip."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap, Probabilities
from segstudio.inference.quads import Axis, mixed_quads

STRIP_PIXELS = 262_144
"""Pixels of a strip: its planes fit the processor's cache."""

_STRIPS_PER_STEP = 8


class LabelWriter:
    """Scales probabilities up and keeps only the best class and its probability.

    The full-size probabilities (576 MB for 12 classes and 12 Mpx) never exist. All classes are
    scaled only between pixels whose best classes differ (see `quads`), elsewhere only the best.

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
        self._rows = Axis.between(probabilities.shape[1], height)
        self._columns = Axis.between(probabilities.shape[2], width)
        self._likeliest, self._best = _likeliest(probabilities)
        has_pixels = self._rows.filled[:, None] & self._columns.filled
        self._mixed = mixed_quads(self._likeliest) & has_pixels

    def strips(self) -> Iterator[float]:
        """Fill strip after strip, from the top; yields the share done, after every few strips."""
        height, width = self.channels.shape
        source = self._likeliest.shape[0]
        quads = max(1, STRIP_PIXELS * source // (width * height))
        told = 0
        for first in range(0, source, quads):
            last = min(source, first + quads)
            self._fill(first, last)
            filled = int(self._rows.starts[last])
            if last == source or (filled - told) * width >= _STRIPS_PER_STEP * STRIP_PIXELS:
                told = filled
                yield filled / height

    def _fill(self, first: int, last: int) -> None:
        """Fill the pixels of some rows of quads."""
        start, stop = int(self._rows.starts[first]), int(self._rows.starts[last])
        if start == stop:
            return
        quads, shares = self._rows.quads[start:stop], self._rows.shares[start:stop, None]
        above, below = self._best[quads], self._best[np.minimum(quads + 1, len(self._best) - 1)]
        best = _widened(above + (below - above) * shares, (stop - start, self.channels.shape[1]))
        cv2.convertScaleAbs(best, dst=self.confidence[start:stop], alpha=255.0)
        alike = self._likeliest[first:last].take(self._columns.quads, axis=1)
        self.channels[start:stop] = alike[quads - first]
        rows, columns = np.nonzero(self._mixed[first:last])
        if len(rows):
            self._compare(rows + first, columns)

    def _compare(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> None:
        """Fill some quads by comparing all classes that are in question there."""
        corners = self._corners(rows, columns)  # (4, K, N)
        possible = _possible(corners.swapaxes(0, 1))
        y, down, has_y = self._rows.inside(rows)
        x, right, has_x = self._columns.inside(columns)
        best = np.full((len(rows), y.shape[1], x.shape[1]), -1, np.float32)
        channels = np.zeros(best.shape, np.uint8)
        for channel in possible:
            values = _between(corners[:, channel], down, right)
            better = values > best
            channels[better] = channel
            np.maximum(values, best, out=best)
        counts = has_y[:, :, None] & has_x[:, None, :]
        where = (y[:, :, None] * self.channels.shape[1] + x[:, None, :])[counts]
        self.channels.reshape(-1)[where] = channels[counts]
        # OpenCV 4 makes a column of a row of values, OpenCV 5 does not.
        sure = cv2.convertScaleAbs(best[counts], alpha=255.0).ravel()
        self.confidence.reshape(-1)[where] = sure

    def _corners(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return what all classes have at the corners of some quads: (4, K, N)."""
        planes = self._probabilities
        below = np.minimum(rows + 1, planes.shape[1] - 1)
        beside = np.minimum(columns + 1, planes.shape[2] - 1)
        pairs = ((rows, columns), (rows, beside), (below, columns), (below, beside))
        return np.stack([planes[:, y, x] for y, x in pairs]).astype(np.float32, copy=False)


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


def _likeliest(probabilities: Probabilities) -> tuple[LabelMap, NDArray[np.float32]]:
    """Return the channel of the largest probability of each (h, w) pixel, and that probability."""
    best = np.array(probabilities[0], np.float32)
    channels = np.zeros(best.shape, np.uint8)
    for channel in range(1, len(probabilities)):
        plane = np.ascontiguousarray(probabilities[channel], np.float32)
        better = cv2.compare(plane, best, cv2.CMP_GT)
        np.copyto(channels, np.uint8(channel), where=better.view(np.bool_))
        cv2.max(plane, best, dst=best)
    return channels, best


def _between(
    corners: NDArray[np.float32], down: NDArray[np.float32], right: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the values within quads, (N, Sy, Sx), from their (4, N) corners."""
    left, beside, below, last = corners[:, :, None]
    above = left + (beside - left) * right
    under = below + (last - below) * right
    values: NDArray[np.float32] = above[:, None] + (under - above)[:, None] * down[:, :, None]
    return values


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
