"""The chip in the options bar that shows the active class."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from segstudio.core.classes import IGNORE_INDEX, LabelClass
from segstudio.ui import class_colours, swatch, theme
from segstudio.ui.controls import named

CHIP_WIDTH = 136


class ClassChip(QAbstractButton):
    """Digit, swatch and name of a class; a click asks for the class picker."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "class_chip", self.tr("Active class"))
        self.setFixedSize(CHIP_WIDTH, theme.FIELD_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._entry: LabelClass | None = None
        self._digit = ""
        self.set_class(None, "0")

    def set_class(self, entry: LabelClass | None, digit: str) -> None:
        """Show a class; None is Ignore with its digit 0, and no class at all without a digit."""
        self._entry = entry
        self._digit = digit
        name = self.tr("Ignore") if digit else self.tr("No class yet")
        name = entry.name if entry else name
        self.setText(name)
        self.setAccessibleName(self.tr("Active class: {name}").format(name=name))
        self.setToolTip(
            self.tr("{name}: the active class (/)\nClick to choose another one.").format(name=name)
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(CHIP_WIDTH, theme.FIELD_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "line" if self.isDown() else "hover" if self.underMouse() else "raised"
        ring = "accent" if self.hasFocus() else "border"
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(colours.of(ring), width))
        painter.setBrush(colours.of(ground))
        edge = width / 2
        frame = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
        left = 6.0
        if self._digit:
            side = swatch.KEY_CHIP_PX
            swatch.paint_key_chip(painter, QRectF(left, 5, side, side), self._digit)
            left += side + 6
        side = swatch.SWATCH_PX
        if self._entry or self._digit:
            has_colour = self._entry and self._entry.index != IGNORE_INDEX
            look = class_colours.look(self._entry) if self._entry and has_colour else (None, 0)
            swatch.paint_swatch(painter, QRectF(left, 7, side, side), *look)
            left += side + 6
        painter.setPen(colours.of("text"))
        painter.setFont(theme.font(theme.BODY_PX))
        room = QRectF(left, 0, self.width() - left - 6, self.height())
        name = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.end()
