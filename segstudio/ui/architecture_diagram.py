"""A small picture of an architecture: its maps by size from top to bottom, and what leads where."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.ui import theme
from segstudio.ui.architecture_drawings import DRAWINGS, LAST_COLUMN, Block, Drawing
from segstudio.ui.controls import named

WIDTH, HEIGHT = 380, 200
_AXIS, _TOP, _BOTTOM, _RIGHT = 40, 40, 34, 30
_LEVELS = 5
_TALLEST, _SHORTER = 30.0, 3.6
"""Height of a map as fine as the image, and by how much less each half is drawn."""
_HEAD = 5.0


class ArchitectureDiagram(QWidget):
    """Shows the drawing of one architecture, with a key below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "architecture_diagram", self.tr("Drawing of the network"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name = ""

    def set_architecture(self, name: str) -> None:
        """Show an architecture by its name; nothing where there is no drawing of it."""
        self._name = name
        self.setVisible(name in DRAWINGS)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        drawing = DRAWINGS.get(self._name)
        if drawing is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = min(float(self.width()), WIDTH * 1.5)
        _paint_axis(painter, width)
        self._paint_ends(painter, width)
        self._paint_key(painter, DRAWINGS[self._name])
        _paint_drawing(painter, width, drawing)
        painter.end()

    def _paint_ends(self, painter: QPainter, width: float) -> None:
        """Say what goes in and what comes out."""
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(theme.current().of("second"))
        for word, column in ((self.tr("Image"), 0.0), (self.tr("Labels"), LAST_COLUMN)):
            middle = _place(Block(column, 0, "image"), width)
            box = QRectF(middle.x() - 40, middle.y() - _TALLEST / 2 - 17, 80, 15)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_key(self, painter: QPainter, drawing: Drawing) -> None:
        """Say what the colours and lines stand for."""
        colours = theme.current()
        painter.setFont(theme.font(theme.SECONDARY_PX))
        metrics = painter.fontMetrics()
        entries = [
            (self.tr("encoder"), "encoder"),
            (self.tr("with gaps"), "atrous"),
            (self.tr("wide view"), "context"),
            (self.tr("decoder"), "decoder"),
            (self.tr("skip"), "skip"),
        ]
        shown: set[str] = {block.role for block in drawing.blocks}
        if drawing.skips:
            shown.add("skip")
        left, middle = 10.0, HEIGHT - 10.0
        for word, role in entries:
            if role not in shown:
                continue
            if role == "skip":
                painter.setPen(_skip_pen())
                painter.drawLine(QPointF(left, middle), QPointF(left + 14, middle))
            else:
                _paint_box(painter, QRectF(left + 2, middle - 5, 9, 10), role)
            painter.setPen(colours.of("second"))
            painter.drawText(QPointF(left + 18, middle + 4), word)
            left += 18 + metrics.horizontalAdvance(word) + 12


def _paint_axis(painter: QPainter, width: float) -> None:
    """Say how fine the maps of each level are."""
    colours = theme.current()
    painter.setFont(theme.font(theme.SECONDARY_PX - 1))
    for level in range(_LEVELS + 1):
        y = _place(Block(0, level, "encoder"), width).y()
        painter.setPen(QPen(colours.of("line"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(_AXIS - 6, y), QPointF(width - 6, y))
        painter.setPen(colours.of("second"))
        text = "1" if level == 0 else f"1/{2**level}"
        box = QRectF(0, y - 8, _AXIS - 12, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_drawing(painter: QPainter, width: float, drawing: Drawing) -> None:
    boxes = [_box(painter, block, width) for block in drawing.blocks]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for before, after in drawing.skips:
        _paint_arrow(painter, boxes[before], boxes[after], _skip_pen())
    for before, after in drawing.flows:
        pen = QPen(theme.current().of("second"), 1.2)
        _paint_arrow(painter, boxes[before], boxes[after], pen)
    for block, box in zip(drawing.blocks, boxes, strict=True):
        _paint_box(painter, box, block.role)
        _paint_word(painter, block, box)


def _place(block: Block, width: float) -> QPointF:
    """Return the middle of a map."""
    across = (width - _AXIS - _RIGHT - 12) / LAST_COLUMN
    down = (HEIGHT - _TOP - _BOTTOM - 10) / _LEVELS
    return QPointF(_AXIS + 10 + across * block.column, _TOP - 8 + down * block.level)


def _box(painter: QPainter, block: Block, width: float) -> QRectF:
    """Return where a map is drawn: fine ones tall and thin, coarse ones short and wide."""
    height = _TALLEST - _SHORTER * block.level
    thickness = 7.0 + 1.6 * block.level
    if len(block.word) > 1:
        painter.setFont(theme.font(theme.SECONDARY_PX - 1, semibold=True))
        thickness = painter.fontMetrics().horizontalAdvance(block.word) + 8.0
        height = max(height, 17.0)
    elif block.word:
        thickness, height = max(thickness, 14.0), max(height, 14.0)
    middle = _place(block, width)
    return QRectF(middle.x() - thickness / 2, middle.y() - height / 2, thickness, height)


def _paint_box(painter: QPainter, box: QRectF, role: str) -> None:
    colours = theme.current()
    fill, line = {
        "image": ("raised", "second"),
        "encoder": ("line", "border"),
        "atrous": ("line", "border"),
        "context": ("warning", "warning"),
        "decoder": ("accent", "accent"),
        "labels": ("success", "success"),
    }[role]
    ground = colours.of(fill)
    if role in ("context", "decoder", "labels"):
        ground = _mixed(ground, colours.of("panel"))
    painter.setPen(QPen(colours.of(line), 1.2))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 2, 2)
    if role == "atrous":
        _paint_gaps(painter, box)


def _paint_gaps(painter: QPainter, box: QRectF) -> None:
    """Mark a step whose convolutions leave places out."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().of("text"))
    for part in (0.22, 0.5, 0.78):
        painter.drawEllipse(QPointF(box.center().x(), box.top() + part * box.height()), 1.3, 1.3)


def _paint_word(painter: QPainter, block: Block, box: QRectF) -> None:
    if block.word:
        painter.setFont(theme.font(theme.SECONDARY_PX - 1, semibold=True))
        painter.setPen(theme.current().of("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, block.word)


def _paint_arrow(painter: QPainter, before: QRectF, after: QRectF, pen: QPen) -> None:
    """Draw from the border of one box to the border of another."""
    start, end = _border(before, after.center()), _border(after, before.center())
    way = end - start
    length = math.hypot(way.x(), way.y())
    if length < 1:
        return
    ahead = way / length
    aside = QPointF(-ahead.y(), ahead.x())
    painter.setPen(pen)
    painter.drawLine(start, end - ahead * _HEAD * 0.8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(pen.color())
    foot = end - ahead * _HEAD
    half = aside * (_HEAD * 0.45)
    painter.drawPolygon(QPolygonF([end, foot + half, foot - half]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _border(box: QRectF, towards: QPointF) -> QPointF:
    """Return where the line from a box's middle to a point leaves the box, and a pixel more."""
    middle = box.center()
    way = towards - middle
    reach = max(abs(way.x()) / (box.width() / 2 + 1), abs(way.y()) / (box.height() / 2 + 1), 1e-6)
    return middle + way / reach


def _skip_pen() -> QPen:
    return QPen(theme.current().of("accent"), 1.2, Qt.PenStyle.DashLine)


def _mixed(colour: QColor, ground: QColor) -> QColor:
    """Return a colour toned down so that text on it can be read."""
    parts = [
        round(0.38 * c + 0.62 * g)
        for c, g in (
            (colour.red(), ground.red()),
            (colour.green(), ground.green()),
            (colour.blue(), ground.blue()),
        )
    ]
    return QColor(*parts)
