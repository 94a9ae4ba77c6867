"""Labels of a large image that are still on their way: striped, as they are not kept yet."""

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, qRgba

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.region import Region
from segstudio.ui.camera import Camera
from segstudio.ui.overlay_layer import OverlayState
from segstudio.ui.patterns import stripes
from segstudio.ui.screen_picture import shown_part

STEP_PX, LINE_PX = 10, 5
_BETWEEN = 110
"""How much of a colour is left between the lines, of 255."""


class ComingLayer:
    """Draws a thinned label map over the place of the whole image."""

    def __init__(self) -> None:
        self._labels: LabelMap | None = None

    def set_labels(self, labels: LabelMap | None) -> None:
        """Take the (h, w) class indices, 255 for none; None when there are none any more."""
        self._labels = None if labels is None else np.ascontiguousarray(labels)

    def paint(
        self,
        painter: QPainter,
        exposed: QRect,
        camera: Camera,
        ratio: float,
        size: tuple[int, int],
        state: OverlayState,
    ) -> None:
        """Draw what is exposed of it over an image of (height, width)."""
        shown = shown_part(exposed, camera, *size)
        if self._labels is None or not state.visible or shown.isEmpty():
            return
        picture = QImage(shown.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(0)
        picture.setDevicePixelRatio(ratio)
        inner = QPainter(picture)
        target = camera.rect(Region(0, 0, *size)).translated(-QPointF(shown.topLeft()))
        inner.drawImage(target, _coloured(self._labels, state))
        inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        inner.drawImage(QRectF(QPointF(), shown.size().toSizeF()), _striped(shown, picture, ratio))
        inner.end()
        painter.drawImage(shown.topLeft(), picture)


def _coloured(labels: LabelMap, state: OverlayState) -> QImage:
    height, width = labels.shape
    picture = QImage(labels.data, width, height, width, QImage.Format.Format_Indexed8)
    drawn = ~state.classes.flags("hidden")
    drawn[IGNORE_INDEX] = False
    alpha = np.where(drawn, round(255 * max(state.opacity, 0.3)), 0)
    picture.setColorTable(
        [
            qRgba(int(red), int(green), int(blue), int(a))
            for (red, green, blue), a in zip(state.colours, alpha, strict=True)
        ]
    )
    return picture


def _striped(shown: QRect, picture: QImage, ratio: float) -> QImage:
    shape = picture.height(), picture.width()
    lines = stripes(shown, shape, ratio, step=STEP_PX, line=LINE_PX)
    alpha = np.where(lines, np.uint8(255), np.uint8(_BETWEEN))
    height, width = shape
    return QImage(alpha.data, width, height, width, QImage.Format.Format_Alpha8).copy()
