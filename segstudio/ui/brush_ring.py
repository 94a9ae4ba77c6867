"""The brush's outline at the cursor."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

SMALLEST_RING_PX = 6
SNAP_RING_PX = 4
"""How far the second ring is from the first."""

_BLACK = QColor(0, 0, 0, 178)
_WHITE = QColor(255, 255, 255)
_MARGIN_PX = 14
_INNER_MARGIN_PX = 4
"""More than half the widest pen, rounded out."""


@dataclass(frozen=True)
class Ring:
    """What the ring shows: size in logical pixels of the screen, class colour, and the rule.

    Attributes
    ----------
    colour : QColor or None
        None for the eraser.
    forbidden : bool
        The scope does not let the tool paint the pixel under the cursor.
    snaps : bool
        A second, thin ring tells that the stroke will go to the edges of the image.
    """

    centre: QPointF
    diameter: float
    colour: QColor | None
    square: bool = False
    forbidden: bool = False
    snaps: bool = False

    @property
    def bounds(self) -> QRect:
        """The rectangle around all of it."""
        return self._box(max(self.diameter, SMALLEST_RING_PX) / 2 + _MARGIN_PX)

    @property
    def region(self) -> QRegion:
        """What has to be painted anew when the ring moves: not the middle of a large one."""
        # The eraser's minus lies inside of a square's corner.
        share = 1.0 if self.square and self.colour is not None else 0.7
        inner = self.diameter / 2 * share - _INNER_MARGIN_PX
        if self.forbidden or inner < _MARGIN_PX:
            return QRegion(self.bounds)
        return QRegion(self.bounds).subtracted(QRegion(self._box(inner)))

    def _box(self, half: float) -> QRect:
        corner = QPointF(half, half)
        return QRectF(self.centre - corner, self.centre + corner).toAlignedRect()

    def paint(self, painter: QPainter) -> None:
        """Draw the ring."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.diameter < SMALLEST_RING_PX:
            self._paint_cross(painter)
        else:
            self._paint_outline(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_outline(self, painter: QPainter) -> None:
        half = QPointF(self.diameter / 2, self.diameter / 2)
        rect = QRectF(self.centre - half, self.centre + half)
        draw = painter.drawRect if self.square else painter.drawEllipse
        painter.setPen(QPen(_BLACK, 3.5))
        draw(rect)
        inner = QPen(self.colour or _WHITE, 1.5)
        if self.colour is None:
            inner.setDashPattern([3, 3])
        painter.setPen(inner)
        draw(rect)
        if self.snaps:
            self._paint_second(painter, rect)
        if self.colour is None:
            self._paint_sign(painter, rect)
        if self.forbidden:
            self._strike(painter, rect)

    def _paint_sign(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the eraser's minus at the upper right."""
        place = rect.center() + QPointF(self.diameter * 0.36 + 4, -self.diameter * 0.36 - 4)
        for colour, width in ((_BLACK, 4.0), (_WHITE, 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(place - QPointF(3, 0), place + QPointF(3, 0))

    def _paint_second(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the ring around the ring that tells of Snap."""
        out = SNAP_RING_PX
        outer = rect.adjusted(-out, -out, out, out)
        draw = painter.drawRect if self.square else painter.drawEllipse
        for colour, width in ((_BLACK, 2.5), (self.colour or _WHITE, 1.0)):
            painter.setPen(QPen(colour, width))
            draw(outer)

    def _strike(self, painter: QPainter, rect: QRectF) -> None:
        across = QPointF(rect.width(), rect.height()) * 0.354
        for colour, width in ((_BLACK, 3.5), (self.colour or _WHITE, 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(rect.center() - across, rect.center() + across)

    def _paint_cross(self, painter: QPainter) -> None:
        for colour, width in ((_BLACK, 3.0), (self.colour or _WHITE, 1.5)):
            painter.setPen(QPen(colour, width))
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(
                    self.centre + QPointF(dx, dy) * 4, self.centre + QPointF(dx, dy) * 9
                )
            painter.drawPoint(self.centre)
