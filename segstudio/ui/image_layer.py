"""The photograph on the canvas: drawn from its own memory, or from a smaller copy of it."""

import math

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from segstudio.core.document import Document
from segstudio.core.region import Region
from segstudio.ui.camera import Camera

CRISP_FROM = 2.0
"""Zoom from which the image's own pixels are shown as squares."""


class ImageLayer:
    """Draws an image at any zoom for about the cost of the screen's pixels."""

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
