"""A frame around a place of the image that somebody is led to."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from segstudio.core.region import Region
from segstudio.ui.camera import Camera

_GROWN_PX = 6


def paint_frame(painter: QPainter, region: Region, camera: Camera) -> None:
    """Draw the frame, white inside black."""
    box = camera.rect(region).toAlignedRect()
    box.adjust(-_GROWN_PX, -_GROWN_PX, _GROWN_PX, _GROWN_PX)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor(0, 0, 0, 178), 4), (QColor(255, 255, 255), 2)):
        painter.setPen(QPen(colour, width))
        painter.drawRoundedRect(box, 4, 4)
