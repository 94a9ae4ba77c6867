"""A check box whose tick follows the theme."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from segstudio.ui import theme

_CORNERS = ((0.22, 0.52), (0.42, 0.72), (0.78, 0.31))
_WIDTH = 0.13
"""Of the line, as a share of the box; the icon of the family would be too thin so small."""


class TickBox(QCheckBox):
    """The style sheet draws the box, this the tick: a style sheet can not colour a picture."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_tick(painter, QRectF(box))
        painter.end()


def paint_tick(painter: QPainter, box: QRectF) -> None:
    """Paint the tick into a filled box."""
    pen = QPen(theme.current().of("panel"), _WIDTH * box.width())
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(
        [box.topLeft() + QPointF(x * box.width(), y * box.height()) for x, y in _CORNERS]
    )
