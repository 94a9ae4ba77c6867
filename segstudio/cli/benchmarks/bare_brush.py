"""The least that a brush can be: numpy writes a disc, QPainter draws what lies under it."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, qRgba
from PySide6.QtWidgets import QWidget

from segstudio.core.document import Document
from segstudio.ui.camera import Camera


class BareBrush(QWidget):
    """Paints on a copy of the labels: no undo, no ink, no ring, no scope."""

    def __init__(self, document: Document, size: QSize, tip: int) -> None:
        super().__init__()
        height, width = document.label_map.shape
        self._labels = document.label_map.copy()
        self._pixels = document.image
        self._image = QImage(
            self._pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888
        )
        self._overlay = QImage(
            self._labels.data, width, height, width, QImage.Format.Format_Indexed8
        )
        self._overlay.setColorTable([qRgba(40 * (i % 6), 200, 90, 140) for i in range(256)])
        self._radius = tip / 2
        reach = np.arange(-math.ceil(self._radius), math.ceil(self._radius) + 1)
        self._disc = np.add.outer(reach**2, reach**2) <= self._radius**2
        self._camera = Camera()
        self._last: tuple[float, float] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(size)
        self.show()

    def look_like(self, camera: Camera) -> None:
        """Show the same part of the image at the same zoom."""
        self._camera = Camera(camera.scale, QPointF(camera.origin))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Start at a place."""
        self._last = self._camera.to_image(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Stamp the disc every half radius on the way."""
        point = self._camera.to_image(event.position())
        if self._last is None:
            return
        (x0, y0), (x1, y1) = self._last, point
        steps = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / (self._radius / 2)))
        for step in range(1, steps + 1):
            share = step / steps
            self._stamp(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
        corner = QPointF(self._radius, self._radius)
        ends = [QPointF(*self._last), QPointF(*point)]
        for end in ends:
            box = QRectF(end - corner, end + corner)
            self.update(self._camera.transform().mapRect(box).toAlignedRect())
        self._last = point

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the stroke."""
        self._last = None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw image and labels."""
        painter = QPainter(self)
        exposed: QRect = event.rect()
        painter.fillRect(exposed, Qt.GlobalColor.black)
        part = self._camera.region(exposed, *self._labels.shape)
        target = self._camera.rect(part)
        source = QRectF(part.left, part.top, part.width, part.height)
        smooth = self._camera.scale < 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(target, self._image, source)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(target, self._overlay, source)

    def _stamp(self, x: float, y: float) -> None:
        height, width = self._labels.shape
        size = self._disc.shape[0]
        top, left = math.floor(y) - size // 2, math.floor(x) - size // 2
        rows = slice(max(0, top), min(height, top + size))
        columns = slice(max(0, left), min(width, left + size))
        disc = self._disc[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
        self._labels[rows, columns][disc] = 1
