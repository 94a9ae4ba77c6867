"""The photograph on the canvas: drawn from its own memory, or from a smaller copy of it."""

import math

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from segstudio.core.document import Document
from segstudio.core.region import Region
from segstudio.ui.camera import Camera
from segstudio.ui.image_adjustment import Adjust

CRISP_FROM = 2.0
"""Zoom from which the image's own pixels are shown as squares."""


class ImageLayer:
    """Draws an image at any zoom for about the cost of the screen's pixels."""

    adjust: Adjust | None = None
    """Changes what is shown in place, at the size of the screen; the image stays what it is."""

    def __init__(self, document: Document) -> None:
        height, width = document.height, document.width
        # QImage does not keep the memory alive; the document is held for it.
        self._document = document
        first = QImage(document.image.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self._levels = [first]
        for level in document.pyramid:
            rows, columns = level.shape[:2]
            picture = QImage(level.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
            self._levels.append(picture)

    def paint(self, painter: QPainter, exposed: QRect, camera: Camera, ratio: float) -> None:
        """Draw the part of the image that an exposed part of the widget shows.

        Parameters
        ----------
        ratio : float
            Device pixels per logical pixel.
        """
        if self.adjust is None:
            self._paint(painter, exposed, camera, ratio)
            return
        picture = QImage(exposed.size() * ratio, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        inner = QPainter(picture)
        inner.translate(-exposed.topLeft())
        self._paint(inner, exposed, camera, ratio)
        inner.end()
        whole = camera.rect(Region(0, 0, self._document.height, self._document.width))
        self.adjust(picture)
        painter.save()
        painter.setClipRect(whole.toRect())
        painter.drawImage(exposed.topLeft(), picture)
        painter.restore()

    def _paint(self, painter: QPainter, exposed: QRect, camera: Camera, ratio: float) -> None:
        zoom = camera.scale * ratio
        number = min(max(0, math.floor(math.log2(1 / zoom))), len(self._levels) - 1)
        picture = self._levels[number]
        width, height = self._document.width, self._document.height
        across, down = picture.width() / width, picture.height() / height
        level_camera = Camera(camera.scale / across, camera.origin)
        part = level_camera.region(exposed, picture.height(), picture.width())
        if not part.area:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < CRISP_FROM)
        target = QRectF(
            camera.origin.x() + part.left / across * camera.scale,
            camera.origin.y() + part.top / down * camera.scale,
            part.width / across * camera.scale,
            part.height / down * camera.scale,
        )
        painter.drawImage(target, picture, _rect(part))


def _rect(region: Region) -> QRectF:
    return QRectF(region.left, region.top, region.width, region.height)
