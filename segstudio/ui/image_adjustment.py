"""How the image is shown: brighter, steeper, one channel of it. Only the screen's pixels change."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from segstudio.core.document import Document

Adjust = Callable[[QImage], None]
"""Changes a 32-bit picture of the screen's size in place."""

MOST = 100
"""Brightness, contrast and gamma go from -100 to 100; 0 changes nothing."""

_CUT = 0.005
"""Share of the darkest and of the brightest pixels that auto levels gives up."""

_GAMMA_AT_MOST = 4.0
_SMALL_SIDE_PX = 512


class Channel(StrEnum):
    """What of the image is shown."""

    COLOUR = "colour"
    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    GREY = "grey"


_PLACES = {Channel.BLUE: 0, Channel.GREEN: 1, Channel.RED: 2}
"""Of the bytes of a 32-bit picture."""

_OPAQUE = np.uint32(0xFF << 24)


@dataclass(frozen=True)
class Adjustment:
    """The numbers of the panel."""

    brightness: int = 0
    contrast: int = 0
    gamma: int = 0
    auto: bool = False
    channel: Channel = Channel.COLOUR

    @property
    def is_neutral(self) -> bool:
        """Whether the image is shown as it is."""
        return self == Adjustment()


def lookup(adjustment: Adjustment, low: int = 0, high: int = 255) -> NDArray[np.uint8]:
    """Return the (256,) levels to show for those of the image.

    Parameters
    ----------
    low, high : int
        The levels that auto levels makes black and white.
    """
    level = np.arange(256) / 255
    if adjustment.auto and high > low:
        level = np.clip((np.arange(256) - low) / (high - low), 0, 1)
    level = level ** (_GAMMA_AT_MOST ** (-adjustment.gamma / MOST))
    share = adjustment.contrast / MOST
    slope = 1 + 3 * share if share > 0 else 1 + share
    level = (level - 0.5) * slope + 0.5 + adjustment.brightness / (2 * MOST)
    shown: NDArray[np.uint8] = np.round(np.clip(level, 0, 1) * 255).astype(np.uint8)
    return shown


def levels(document: Document, channel: Channel) -> tuple[int, int]:
    """Return the levels between which nearly all of an image lies.

    Read from the smallest copy of the image: a few milliseconds at any size.
    """
    small = document.pyramid[-1][..., 2::-1] if document.pyramid else document.image
    every = max(1, max(small.shape[:2]) // _SMALL_SIDE_PX)
    shown = small[::every, ::every]
    if channel in _PLACES:
        values: NDArray[np.uint8] = shown[..., 2 - _PLACES[channel]]
    else:
        grey = cv2.cvtColor(np.ascontiguousarray(shown), cv2.COLOR_RGB2GRAY)
        values = np.asarray(grey, np.uint8)
    ranked = np.cumsum(np.bincount(values.ravel(), minlength=256)) / values.size
    return int(np.argmax(ranked > _CUT)), int(np.argmax(ranked >= 1 - _CUT))


def made_for(adjustment: Adjustment, document: Document) -> Adjust | None:
    """Return what shows an image like this; None where it is shown as it is."""
    if adjustment.is_neutral:
        return None
    low, high = levels(document, adjustment.channel) if adjustment.auto else (0, 255)
    table, channel = lookup(adjustment, low, high), adjustment.channel

    def adjust(picture: QImage) -> None:
        height, width = picture.height(), picture.width()
        pixels = np.frombuffer(picture.bits(), np.uint8).reshape(height, width, 4)
        if channel is Channel.COLOUR:
            cv2.LUT(pixels, table, dst=pixels)
            words = pixels.view(np.uint32)
            words |= _OPAQUE  # half the time of a table of its own for each of the four bytes
            return
        if channel is Channel.GREY:
            one = cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY)
        else:
            one = cv2.extractChannel(pixels, _PLACES[channel])
        cv2.cvtColor(cv2.LUT(one, table), cv2.COLOR_GRAY2BGRA, dst=pixels)

    return adjust
