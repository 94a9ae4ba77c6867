"""The sign of who wrote something: a shape and a colour each, so that neither is needed alone."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from segstudio.core.labels import Ink
from segstudio.ui import theme

_ROLES = {
    Ink.PERSON: "warning",
    Ink.REFINEMENT: "accent",
    Ink.MODEL: "second",
    Ink.NOBODY: "line",
}


def paint_author(painter: QPainter, rect: QRectF, author: Ink) -> None:
    """Paint a disc for a person, a diamond for a refinement, a square for a model, else a ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = theme.current().of(_ROLES[author])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if author is Ink.PERSON:
        painter.drawEllipse(rect)
    elif author is Ink.MODEL:
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
    elif author is Ink.REFINEMENT:
        middle = rect.center()
        corners = (
            QPointF(middle.x(), rect.top()),
            QPointF(rect.right(), middle.y()),
            QPointF(middle.x(), rect.bottom()),
            QPointF(rect.left(), middle.y()),
        )
        painter.drawPolygon(QPolygonF(corners))
    else:
        painter.setPen(theme.current().of("border"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()
