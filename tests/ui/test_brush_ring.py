import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from segstudio.ui.brush_ring import Ring


@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("colour", [None, QColor("red")])
@pytest.mark.parametrize("forbidden", [False, True])
@pytest.mark.parametrize("diameter", [1, 7, 40, 90, 230.5])
def test_the_ring_paints_only_where_it_says(qapp, square, colour, forbidden, diameter) -> None:
    ring = Ring(QPointF(150.3, 149.6), diameter, colour, square=square, forbidden=forbidden)
    picture = QImage(300, 300, QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    ring.paint(painter)
    painter.end()
    painted = np.argwhere(np.array(picture.constBits()).reshape(300, 300, 4).any(axis=2))
    region = ring.region
    assert len(painted)
    assert all(region.contains(QPointF(x, y).toPoint()) for y, x in painted.tolist())


def test_the_middle_of_a_large_ring_stays_as_it_is(qapp) -> None:
    ring = Ring(QPointF(500, 500), 900, QColor("red"))
    area = sum(rect.width() * rect.height() for rect in ring.region)
    assert area < 0.7 * ring.bounds.width() * ring.bounds.height()
