"""The label map on the canvas: fill, outline and hatch."""

from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter, qRgba

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.labels import IGNORE_COUNT, Ink
from segstudio.core.region import Region
from segstudio.ui.camera import Camera
from segstudio.ui.sampling import sampled

HATCH_STEP_PX = 6
JOIN_PX = 2
"""How far beyond the exposed part outlines are computed, so that repaints join."""

_NOWHERE = 254
"""Label of the ground around the image, so that outlines end there; never drawn itself."""

# Premultiplied, as a 32-bit picture holds them.
_HATCH_DARK = np.uint32(102 << 24)
_HATCH_BRIGHT = np.uint32(153 * 0x01010101)
_CASING_ALPHA = 150

Colours = NDArray[np.uint32]
"""Premultiplied 0xAARRGGBB, by label."""


class OverlayStyle(StrEnum):
    """How labels are drawn."""

    FILL = "fill"
    OUTLINE = "outline"
    BOTH = "both"


@dataclass(frozen=True)
class OverlayState:
    """Everything that decides how labels look."""

    classes: ClassTable = field(default_factory=ClassTable)
    opacity: float = 0.55
    style: OverlayStyle = OverlayStyle.FILL
    visible: bool = True


class OverlayLayer:
    """Draws the label map of a document straight from its memory.

    Filled areas alone are drawn by Qt from a picture that is the label map. That picture is never
    handed out: a copy would make the next change of its colour table detach it from the label map
    silently. With outlines or hatch, the part in sight is sampled and coloured here: that is one
    picture of the screen's size to draw instead of two.
    """

    paints_ignore = False
    """Whether Ignore is being painted: its pixels are counted only when the stroke has ended."""

    def __init__(self, document: Document, state: OverlayState) -> None:
        self._document = document
        height, width = document.label_map.shape
        self._picture = QImage(
            document.label_map.data, width, height, width, QImage.Format.Format_Indexed8
        )
        self._state = OverlayState()
        self._fill: Colours = np.zeros(256, np.uint32)
        self._casing_and_line: Colours = np.zeros(512, np.uint32)
        self.set_state(state)

    def set_state(self, state: OverlayState) -> None:
        """Change how the labels look; costs new colour tables."""
        self._state = state
        colours = state.classes.colour_table()
        drawn = ~state.classes.flags("hidden")
        drawn[IGNORE_INDEX] = False
        alpha = np.where(drawn, round(255 * state.opacity), 0)
        table = [
            qRgba(int(r), int(g), int(b), int(a))
            for (r, g, b), a in zip(colours, alpha, strict=True)
        ]
        self._picture.setColorTable(table)
        if state.classes.get(_NOWHERE) is None:
            drawn[_NOWHERE] = False
        if state.style is OverlayStyle.OUTLINE:
            alpha = np.zeros(256, np.int64)
        self._fill = _premultiplied(colours, np.where(drawn, alpha, 0))
        line = _premultiplied(colours, np.where(drawn, 255, 0))
        # Dark laid over the fill: what shows through of it is what the casing lets through.
        shown = alpha * (255 - _CASING_ALPHA) // 255
        dark = np.where(drawn, _CASING_ALPHA, 0).astype(np.uint32) << 24
        casing = _premultiplied(colours, np.where(drawn, shown, 0)) + dark
        self._casing_and_line = np.concatenate([casing, line])

    def paint(self, painter: QPainter, exposed: QRect, camera: Camera, ratio: float) -> None:
        """Draw the labels in an exposed part of the widget."""
        if not self._state.visible:
            return
        outlined = self._state.style is not OverlayStyle.FILL
        hatched = self._document.counts[IGNORE_COUNT] > 0 or self.paints_ignore
        if outlined or hatched:
            self._paint_lines(painter, exposed, camera, ratio, outlined=outlined, hatched=hatched)
        else:
            self._paint_fill(painter, exposed, camera)

    def _paint_fill(self, painter: QPainter, exposed: QRect, camera: Camera) -> None:
        part = camera.region(exposed, *self._document.label_map.shape)
        if not part.area:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        source = QRectF(part.left, part.top, part.width, part.height)
        painter.drawImage(camera.rect(part), self._picture, source)

    def _paint_lines(
        self,
        painter: QPainter,
        exposed: QRect,
        camera: Camera,
        ratio: float,
        *,
        outlined: bool,
        hatched: bool,
    ) -> None:
        whole = camera.rect(Region(0, 0, self._document.height, self._document.width))
        shown = exposed.intersected(whole.toAlignedRect())
        if shown.isEmpty():
            return
        area = shown.adjusted(-JOIN_PX, -JOIN_PX, JOIN_PX, JOIN_PX)
        labels = sampled(self._document.label_map, area, camera, ratio, ground=_NOWHERE)
        pixels = np.take(self._fill, labels, mode="clip")  # (h, w) uint32; clip looks up unchecked
        if outlined:
            _outline(labels, self._casing_and_line, pixels)
        if hatched:
            ink = sampled(self._document.ink, area, camera, ratio, ground=0)
            _hatch((labels == IGNORE_INDEX) & (ink != Ink.NOBODY), pixels, area, ratio)
        height, width = labels.shape
        picture = QImage(
            pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        picture.setDevicePixelRatio(ratio)
        painter.save()
        painter.setClipRect(shown)
        painter.drawImage(area.topLeft(), picture)
        painter.restore()


def _premultiplied(colours: NDArray[np.uint8], alpha: NDArray[np.integer]) -> Colours:
    """Return (256, 3) colours of an alpha each (0 to 255) as premultiplied 0xAARRGGBB."""
    parts = (colours.astype(np.uint32) * alpha.astype(np.uint32)[:, None] + 127) // 255
    red, green, blue = parts.T
    packed: Colours = alpha.astype(np.uint32) << 24 | red << 16 | green << 8 | blue
    return packed


def _outline(labels: NDArray[np.uint8], colours: Colours, pixels: Colours) -> None:
    """Draw each class's colour along its border, with a dark line inside for contrast.

    Parameters
    ----------
    colours : (512,) uint32
        By label: of the dark line, then of the border.
    """
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    square = np.ones((3, 3), np.uint8)
    differs = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT, cross)
    _, edge = cv2.threshold(differs, 0, 1, cv2.THRESH_BINARY)
    wide = cv2.dilate(edge, square)
    cased = cv2.dilate(wide, square)
    # By number: borders are few pixels of many.
    at = np.flatnonzero(cased.view(np.bool_))
    rows = labels.ravel()[at] + np.multiply(wide.ravel()[at], 256, dtype=np.uint16)
    pixels.ravel()[at] = colours[rows]


def _hatch(ignored: NDArray[np.bool_], pixels: Colours, area: QRect, ratio: float) -> None:
    """Draw slanted white lines on dark, fixed to the widget so that repaints join."""
    if not ignored.any():
        return
    height, width = ignored.shape
    step = max(2, round(HATCH_STEP_PX * ratio))
    start = round((area.left() + area.top()) * ratio)
    is_bright = (np.arange(height + width) + start) % step < max(1, round(ratio))
    stripe = np.where(is_bright, _HATCH_BRIGHT, _HATCH_DARK)
    # Each row is the stripe begun one further: a view, not a pattern of the screen's size.
    slanted = np.lib.stride_tricks.sliding_window_view(stripe, width)[:height]
    np.copyto(pixels, slanted, where=ignored)
