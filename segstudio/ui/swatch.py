"""Colours of classes as small pictures: the swatch, the key chip, the hatch of Ignore."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from segstudio.core.palette import Colour
from segstudio.ui import theme
from segstudio.ui.class_colours import hatched_picture

SWATCH_PX = 14
KEY_CHIP_PX = 18
_HATCH_STEP_PX = 4


def paint_swatch(painter: QPainter, rect: QRectF, colour: Colour | None, hatch: int = 0) -> None:
    """Paint a class colour with a border and its hatch; None paints the hatch of Ignore."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(rect, 3, 3)
    if colour is None:
        painter.fillPath(shape, QColor(40, 40, 40))
        painter.setClipPath(shape)
        painter.setPen(QPen(QColor(255, 255, 255, 200), 1.2))
        reach = int(rect.width() + rect.height())
        for offset in range(0, reach, _HATCH_STEP_PX):
            start = QPointF(rect.left() + offset, rect.top())
            painter.drawLine(start, start + QPointF(-rect.height(), rect.height()))
        painter.setClipping(False)
    else:
        painter.fillPath(shape, QColor(*colour))
        if hatch:
            painter.setClipPath(shape)
            painter.drawImage(rect, hatched_picture(colour, hatch, round(rect.width())))
            painter.setClipping(False)
    painter.setPen(QPen(theme.current().of("border"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.restore()


def icon(colour: Colour | None, hatch: int = 0) -> QIcon:
    """Return a swatch for a menu, a list or a table; None is the hatch of Ignore."""
    side = SWATCH_PX + 2
    picture = QPixmap(2 * side, 2 * side)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_swatch(painter, QRectF(1, 1, SWATCH_PX, SWATCH_PX), colour, hatch)
    painter.end()
    made = QIcon(picture)
    made.addPixmap(picture, QIcon.Mode.Selected)  # else a selected row tints the colour
    return made


def paint_key_chip(painter: QPainter, rect: QRectF, key: str) -> None:
    """Paint a digit as the cap of a key; nothing for an empty key."""
    if not key:
        return
    colours = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.of("line"), 1))
    painter.setBrush(colours.of("panel"))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(colours.of("second"))
    painter.setFont(theme.font(theme.SECONDARY_PX))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, key)
    painter.restore()


def digit_of(key: str) -> str:
    """Return a key if it fits on a key chip: a digit alone, not one with Ctrl."""
    return key if len(key) == 1 else ""
