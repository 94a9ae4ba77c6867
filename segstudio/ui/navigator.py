"""The whole image, small, with the part of it that is in sight."""

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from segstudio.core.document import Document
from segstudio.ui import theme
from segstudio.ui.camera import Camera
from segstudio.ui.controls import named
from segstudio.ui.overlay_layer import OverlayState
from segstudio.ui.sampling import sampled
from segstudio.ui.screen_picture import Colours, looked_up, premultiplied

FROM_PIXELS = 4_000_000
"""Smaller images have no navigator: there is little to get lost in."""

_LONGEST_PX, _SHORTEST_PX = 176, 40


class Navigator(QWidget):
    """Shows where one is; a click or a drag goes elsewhere."""

    place_requested = Signal(float, float)
    """x and y in image pixels, to be in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(
            self,
            "navigator",
            self.tr("Navigator"),
            self.tr("Navigator\nClick or drag to go to a place of the image."),
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._document: Document | None = None
        self._picture = QImage()
        self._colours: Colours = np.zeros(256, np.uint32)
        self._sight = QRectF()

    def set_document(self, document: Document | None) -> None:
        """Show another image."""
        self._document = document
        self._picture = QImage()
        self.updateGeometry()
        self.update()

    def set_overlay(self, state: OverlayState) -> None:
        """Change how labels look; lines are too fine for this size, so that all are areas."""
        alpha = np.full(256, round(255 * state.opacity) if state.visible else 0)
        alpha[state.classes.flags("hidden")] = 0
        alpha[state.classes.ignore_index] = 0
        self._colours = premultiplied(state.colours, alpha)
        self.update()

    def set_sight(self, sight: QRectF) -> None:
        """Show which part of the image is in sight, in image pixels."""
        if sight != self._sight:
            self._sight = sight
            self.update()

    def sizeHint(self) -> QSize:
        if self._document is None:
            return QSize(_LONGEST_PX, _LONGEST_PX)
        width, height = self._document.width, self._document.height
        scale = _LONGEST_PX / max(width, height)
        size = (round(width * scale), round(height * scale))
        return QSize(*(max(_SHORTEST_PX, side) for side in size)) + QSize(2, 2)

    def _camera(self) -> Camera:
        """Return the way from the image to what is inside the frame."""
        assert self._document is not None
        width, height = self._document.width, self._document.height
        inner = self.rect().adjusted(1, 1, -1, -1)
        scale = min(inner.width() / width, inner.height() / height)
        rest = QSizeF(inner.size()) - QSizeF(width, height) * scale
        return Camera(scale, QPointF(1 + rest.width() / 2, 1 + rest.height() / 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().of("canvas"))
        if self._document is not None:
            self._paint_image(painter, self._document)
            self._paint_sight(painter)
        painter.setPen(theme.current().of("border"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_image(self, painter: QPainter, document: Document) -> None:
        camera, ratio = self._camera(), self.devicePixelRatioF()
        inner = self.rect().adjusted(1, 1, -1, -1)
        target = QRectF(camera.origin, QSizeF(document.width, document.height) * camera.scale)
        if self._picture.isNull():
            self._picture = _thumbnail(document, round(_LONGEST_PX * ratio))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self._picture)
        labels = sampled(document.label_map, inner, camera, ratio, ground=255)
        pixels = looked_up(self._colours, labels)
        height, width = pixels.shape
        overlay = QImage(
            pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        overlay.setDevicePixelRatio(ratio)
        painter.drawImage(inner.topLeft(), overlay)

    def _paint_sight(self, painter: QPainter) -> None:
        camera = self._camera()
        corner = camera.to_widget(self._sight.left(), self._sight.top())
        box = QRectF(corner, self._sight.size() * camera.scale).toAlignedRect()
        # Never so small that it cannot be seen.
        box = QRect(box.topLeft(), box.size().expandedTo(QSize(5, 5)))
        box = box.intersected(self.rect().adjusted(1, 1, -2, -2))
        for grown, colour in ((1, QColor(0, 0, 0, 178)), (0, QColor(255, 255, 255))):
            painter.setPen(QPen(colour, 1))
            painter.drawRect(box.adjusted(-grown, -grown, grown, grown))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        if self._document is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        x, y = self._camera().to_image(event.position())
        self.place_requested.emit(
            min(max(x, 0.0), self._document.width), min(max(y, 0.0), self._document.height)
        )


def _thumbnail(document: Document, longest: int) -> QImage:
    """Return a small picture, made from the smallest copy of the image."""
    small = document.pyramid[-1] if document.pyramid else document.image
    scale = longest / max(small.shape[:2])
    height, width = (max(1, round(side * scale)) for side in small.shape[:2])
    made = cv2.resize(small, (width, height), interpolation=cv2.INTER_AREA)
    if made.shape[2] == 3:
        made = cv2.cvtColor(made, cv2.COLOR_RGB2BGRA)
    pixels = np.ascontiguousarray(made)
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
