"""A check box whose tick is one of the family's icons."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from segstudio.ui import icons


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
        icons.draw(painter, "check", QRectF(box).adjusted(1, 1, -1, -1), "panel")
        painter.end()
