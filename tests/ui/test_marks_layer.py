"""What a tool draws over the image, part by part."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from segstudio.editing.marks import Dots, Path
from segstudio.ui.camera import Camera
from segstudio.ui.marks_layer import MarksLayer

CORNERS = ((5.0, 5.0), (60.0, 8.0), (31.0, 32.0), (33.0, 60.0), (4.0, 57.0))
WHOLE = QRect(0, 0, 64, 64)
PARTS = (QRect(0, 0, 32, 32), QRect(32, 0, 32, 32), QRect(0, 32, 32, 32), QRect(32, 32, 32, 32))


@pytest.mark.parametrize("large", [False, True])
def test_marks_painted_in_parts_are_those_painted_whole(qapp, large):
    layer = MarksLayer()
    layer.marks = (Path(CORNERS, closed=True), Dots(CORNERS, large=large))

    def painted(*parts):
        picture = QImage(WHOLE.size(), QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(0)
        for part in parts:
            painter = QPainter(picture)
            painter.setClipRect(part)
            layer.paint(painter, part, Camera(), 1.0)
            painter.end()
        return picture

    assert painted(*PARTS) == painted(WHOLE)
