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
from segstudio.core.patch import Planes
from segstudio.ui.camera import Camera
from segstudio.ui.class_colours import hatch, hatch_table, line_colours, safe_colour_table
from segstudio.ui.layers import Layer, Scene
from segstudio.ui.patterns import stripes
from segstudio.ui.sampling import sampled
from segstudio.ui.screen_picture import (
    Colours,
    draw,
    lay,
    looked_up,
    premultiplied,
    shown_part,
    widened,
)

HATCH_STEP_PX = 6

_NOWHERE = 254
"""Label of the ground around the image, so that outlines end there; never drawn itself."""

# Premultiplied, as a 32-bit picture holds them.
_HATCH: Colours = np.zeros(256, np.uint32)
_HATCH[:2] = 102 << 24, 153 * 0x01010101  # dark, and the bright lines
_CASING_ALPHA = 150

_MOST_HATCHES = 8
"""Kinds in one picture; each is a bit."""
_HATCH_STRONGER = 60
"""By how much lines of a hatch are less transparent than the fill, of 255."""


class OverlayStyle(StrEnum):
    """How labels are drawn."""

    FILL = "fill"
    OUTLINE = "outline"
    BOTH = "both"


@dataclass(frozen=True)
class OverlayState:
    """Everything that decides how labels look.

    Attributes
    ----------
    safe : bool
        Whether classes have the colours that colour-blind people tell apart.
    """

    classes: ClassTable = field(default_factory=ClassTable)
    opacity: float = 0.55
    style: OverlayStyle = OverlayStyle.FILL
    visible: bool = True
    safe: bool = False

    @property
    def colours(self) -> NDArray[np.uint8]:
        """The (256, 3) colours by label."""
        return safe_colour_table(self.classes) if self.safe else self.classes.colour_table()


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
        self._layer: Layer | None = None
        self._earlier: Planes | None = None
        self._fill: Colours = np.zeros(256, np.uint32)
        self._casing_and_line: Colours = np.zeros(512, np.uint32)
        self._hatches: tuple[int, ...] = ()
        self._hatch_bits = np.zeros(256, np.uint8)
        self._hatch_line: Colours = np.zeros(256, np.uint32)
        self.set_state(state)

    def set_state(self, state: OverlayState) -> None:
        """Change how the labels look; costs new colour tables."""
        self._state = state
        colours = state.colours
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
        if self._style is OverlayStyle.OUTLINE:
            alpha = np.zeros(256, np.int64)
        self._fill = premultiplied(colours, np.where(drawn, alpha, 0))
        line = premultiplied(colours, np.where(drawn, 255, 0))
        # Dark laid over the fill: what shows through of it is what the casing lets through.
        shown = alpha * (255 - _CASING_ALPHA) // 255
        dark = np.where(drawn, _CASING_ALPHA, 0).astype(np.uint32) << 24
        casing = premultiplied(colours, np.where(drawn, shown, 0)) + dark
        self._casing_and_line = np.concatenate([casing, line])
        self._set_hatches(colours, np.where(drawn, alpha, 0))

    def _set_hatches(self, colours: NDArray[np.uint8], alpha: NDArray[np.integer]) -> None:
        numbers = hatch_table(self._state.classes) if self._state.safe else np.zeros(256, np.uint8)
        numbers[alpha == 0] = 0
        self._hatches = tuple(map(int, np.unique(numbers[numbers > 0])))[:_MOST_HATCHES]
        self._hatch_bits = np.zeros(256, np.uint8)
        for bit, number in enumerate(self._hatches):
            self._hatch_bits[numbers == number] = 1 << bit
        stronger = np.minimum(255, alpha + _HATCH_STRONGER)
        self._hatch_line = premultiplied(line_colours(colours), stronger)

    @property
    def _style(self) -> OverlayStyle:
        covered = self._layer is not None and self._layer.covers_areas
        return OverlayStyle.OUTLINE if covered else self._state.style

    @property
    def _planes(self) -> Planes:
        return self._earlier or self._document.planes

    def set_layer(self, layer: Layer | None) -> None:
        """Draw one more layer with the labels, or none any more."""
        self._layer = layer
        self.set_state(self._state)

    def show_earlier(self, planes: Planes | None) -> None:
        """Draw these labels instead of those of the document; None for the document's again."""
        self._earlier = planes

    def paint(self, painter: QPainter, exposed: QRect, camera: Camera, ratio: float) -> None:
        """Draw the labels in an exposed part of the widget."""
        if not self._state.visible and self._layer is None:
            return
        outlined = self._style is not OverlayStyle.FILL
        is_earlier = self._earlier is not None
        hatched = self._document.counts[IGNORE_COUNT] > 0 or self.paints_ignore or is_earlier
        if outlined or hatched or self._hatches or self._layer is not None:
            self._paint_sampled(painter, exposed, camera, ratio, outlined=outlined, hatched=hatched)
        else:
            self._paint_fill(painter, exposed, camera)

    def _paint_fill(self, painter: QPainter, exposed: QRect, camera: Camera) -> None:
        part = camera.region(exposed, *self._document.label_map.shape)
        if not part.area:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        source = QRectF(part.left, part.top, part.width, part.height)
        painter.drawImage(camera.rect(part), self._picture, source)

    def _paint_sampled(
        self,
        painter: QPainter,
        exposed: QRect,
        camera: Camera,
        ratio: float,
        *,
        outlined: bool,
        hatched: bool,
    ) -> None:
        planes, layer, visible = self._planes, self._layer, self._state.visible
        shown = shown_part(exposed, camera, *planes.labels.shape)
        if shown.isEmpty():
            return
        area = widened(shown)
        labels = sampled(planes.labels, area, camera, ratio, ground=_NOWHERE)
        if visible and self._fill.any():
            pixels = looked_up(self._fill, labels)
        else:
            pixels = np.zeros(labels.shape, np.uint32)
        scene = Scene(self._document, planes, labels, area, camera, ratio)
        if layer is not None and layer.covers_areas:
            layer.draw_on(pixels, scene)
        if visible:
            if self._hatches:
                self._draw_hatches(labels, pixels, area, ratio)
            if outlined:
                _outline(labels, self._casing_and_line, pixels)
            if hatched:
                self._hatch(scene, pixels)
        if layer is not None and not layer.covers_areas:
            layer.draw_on(pixels, scene)
        draw(painter, pixels, shown, ratio)

    def _draw_hatches(
        self, labels: NDArray[np.uint8], pixels: Colours, area: QRect, ratio: float
    ) -> None:
        """Draw the lines that tell classes of one colour apart."""
        lines = np.zeros(labels.shape, np.uint8)
        for bit, number in enumerate(self._hatches):
            lines |= hatch(number, area, labels.shape, ratio, value=1 << bit)
        lines &= np.asarray(cv2.LUT(labels, self._hatch_bits), np.uint8)
        # By number: lines are few pixels of many.
        at = np.flatnonzero(lines)
        pixels.ravel()[at] = self._hatch_line[labels.ravel()[at]]

    def _hatch(self, scene: Scene, pixels: Colours) -> None:
        """Draw slanted white lines on dark where somebody wrote Ignore."""
        is_255 = scene.labels == IGNORE_INDEX
        left, top, width, height = cv2.boundingRect(is_255.view(np.uint8))
        if not width:
            return
        # Lines only where Ignore can be: mostly that is a small part, or nothing.
        part = slice(top, top + height), slice(left, left + width)
        ignored = (scene.ink[part] != Ink.NOBODY) & is_255[part]
        bright = stripes(scene.area, pixels.shape, scene.ratio, step=HATCH_STEP_PX, line=1)[part]
        lay(looked_up(_HATCH, np.ascontiguousarray(bright)), ignored.view(np.uint8), pixels[part])


def _outline(labels: NDArray[np.uint8], colours: Colours, pixels: Colours) -> None:
    """Draw each class's colour along its border, with a dark line inside for contrast.

    Parameters
    ----------
    colours : (512,) uint32
        By label: of the dark line, then of the border.
    """
    across = cv2.compare(labels[:, 1:], labels[:, :-1], cv2.CMP_NE)
    down = cv2.compare(labels[1:], labels[:-1], cv2.CMP_NE)
    edge = np.zeros(labels.shape, np.uint8)
    # A third of the time of OpenCV's gradient with a cross.
    for side, differs in (
        (edge[:, 1:], across),
        (edge[:, :-1], across),
        (edge[1:], down),
        (edge[:-1], down),
    ):
        cv2.bitwise_or(side, differs, dst=side)
    square = np.ones((3, 3), np.uint8)
    wide = np.asarray(cv2.dilate(edge, square), np.uint8)
    cased = np.asarray(cv2.dilate(wide, square), np.uint8)
    lay(looked_up(colours[:256], labels), cased, pixels)
    lay(looked_up(colours[256:], labels), wide, pixels)
