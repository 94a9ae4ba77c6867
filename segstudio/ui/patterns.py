"""Lines and dots laid over areas, fixed to the widget so that repaints join."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

Where = NDArray[np.uint8]
"""(h, w), one value per device pixel: 0, or `value` where something is drawn; not to be written to.

A view where that can be: patterns of the size of the screen take longer to make than to use.
"""


def stripes(
    area: QRect,
    shape: tuple[int, int],
    ratio: float,
    *,
    step: float,
    line: float,
    up: bool = True,
    inner: float = 0,
    value: int = 1,
) -> Where:
    """Return slanted lines.

    Parameters
    ----------
    area : QRect
        The part of the widget, in logical pixels.
    shape : (h, w)
        The same in device pixels.
    step, line : float
        From one line to the next, measured along a row, and how wide it is; logical pixels.
    up : bool
        Whether the lines rise to the right.
    inner : float
        How far inside the lines of the same step those are that are returned, for a casing.
    """
    height, width = shape
    period, wide = max(2, round(step * ratio)), max(1, round(line * ratio))
    left, top = round(area.left() * ratio), round(area.top() * ratio)
    start = left + top if up else left - top - height + 1
    inset = round(inner * ratio)
    place = (np.arange(height + width) + start) % period
    stripe = ((place >= inset) & (place < wide - inset)) * np.uint8(value)
    # Each row is the stripe begun one further: a view, not a pattern of the screen's size.
    slanted = np.lib.stride_tricks.sliding_window_view(stripe, width)[:height]
    return slanted if up else slanted[::-1]


def grid(
    area: QRect,
    shape: tuple[int, int],
    ratio: float,
    *,
    step: float,
    side: float,
    value: int = 1,
) -> Where:
    """Return square dots, with the numbers of `stripes`."""
    columns, rows = (
        (np.arange(length) + round(start * ratio)) % max(2, round(step * ratio))
        < max(1, round(side * ratio))
        for start, length in ((area.left(), shape[1]), (area.top(), shape[0]))
    )
    both = np.stack([np.zeros(shape[1], np.uint8), columns * np.uint8(value)])
    return both[rows.astype(np.intp)]
