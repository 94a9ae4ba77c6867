"""Pictures of the size of the screen: which part of the widget, their colours, drawing them."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from segstudio.core.region import Region
from segstudio.ui.camera import Camera

JOIN_PX = 3
"""How far beyond the exposed part lines are computed, so that repaints join: a casing's reach."""

Colours = NDArray[np.uint32]
"""Premultiplied 0xAARRGGBB: by some number, or of each pixel."""


def shown_part(exposed: QRect, camera: Camera, height: int, width: int) -> QRect:
    """Return the part of an exposed rectangle that an image of this size covers."""
    whole = camera.rect(Region(0, 0, height, width))
    return exposed.intersected(whole.toAlignedRect())


def widened(shown: QRect) -> QRect:
    """Return what has to be sampled of it, so that lines join with what is beside it."""
    return shown.adjusted(-JOIN_PX, -JOIN_PX, JOIN_PX, JOIN_PX)


def draw(painter: QPainter, pixels: Colours, shown: QRect, ratio: float) -> None:
    """Draw the colours of a widened part, one per device pixel, where it is shown."""
    height, width = pixels.shape
    picture = QImage(
        pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
    )
    picture.setDevicePixelRatio(ratio)
    painter.save()
    painter.setClipRect(shown)
    painter.drawImage(widened(shown).topLeft(), picture)
    painter.restore()


def looked_up(colours: Colours, numbers: NDArray[np.uint8]) -> Colours:
    """Return the colour of each number: (h, w) of a table that must have 256.

    A sixth of the time of numpy's take, which makes eight bytes of each number first.
    """
    found = cv2.LUT(numbers, colours.view(np.int32))
    return np.asarray(found, np.int32).view(np.uint32)


def look_up(colours: Colours, numbers: NDArray[np.uint8], pixels: Colours) -> None:
    """Write the colour of each number, of a table of 256, into a picture."""
    cv2.LUT(numbers, colours.view(np.int32), dst=pixels.view(np.int32))


def lay(top: Colours, where: NDArray[np.uint8], pixels: Colours) -> None:
    """Write one picture into another of the same size where a mask is not 0."""
    cv2.copyTo(top.view(np.int32), where, pixels.view(np.int32))


def premultiplied(colours: NDArray[np.uint8], alpha: NDArray[np.integer]) -> Colours:
    """Return (N, 3) colours of an alpha each (0 to 255) as premultiplied 0xAARRGGBB."""
    parts = (colours.astype(np.uint32) * alpha.astype(np.uint32)[:, None] + 127) // 255
    red, green, blue = parts.T
    packed: Colours = alpha.astype(np.uint32) << 24 | red << 16 | green << 8 | blue
    return packed


def one_colour(colour: tuple[int, int, int], alpha: int) -> int:
    """Return one colour of an alpha as premultiplied 0xAARRGGBB."""
    return int(premultiplied(np.array([colour], np.uint8), np.array([alpha]))[0])
