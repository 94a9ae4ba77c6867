"""How often a model is right, by how sure it says it is."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.core.reliability import BINS, Reliability
from segstudio.ui import theme
from segstudio.ui.controls import named

_LEFT, _FOOT, _TOP = 40, 34, 22


class ReliabilityChart(QWidget):
    """A column for each bin of confidence; those of an honest model end on the line."""

    def __init__(self, object_name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, object_name, title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._title = title
        self._shown: Reliability | None = None

    def set_reliability(self, shown: Reliability | None) -> None:
        self._shown = shown
        if shown is not None:
            self.setAccessibleDescription(self.tr("Error %.1f %%") % (100 * shown.error))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width() - _LEFT - 8, self.height() - _TOP - _FOOT)
        plot = QRectF(_LEFT, _TOP, side, side)
        colours = theme.current()
        painter.fillRect(plot, colours.of("raised"))
        self._paint_columns(painter, plot)
        painter.setPen(QPen(colours.of("text"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(plot.bottomLeft(), plot.topRight())
        self._paint_words(painter, plot)
        painter.end()

    def _paint_columns(self, painter: QPainter, plot: QRectF) -> None:
        if self._shown is None:
            return
        colours, step = theme.current(), plot.width() / BINS
        for place, accuracy in enumerate(self._shown.accuracy.tolist()):
            if math.isnan(accuracy):
                continue
            height = plot.height() * accuracy
            column = QRectF(plot.left() + step * place, plot.bottom() - height, step - 1, height)
            painter.fillRect(column, colours.of("accent"))

    def _paint_words(self, painter: QPainter, plot: QRectF) -> None:
        colours, align = theme.current(), Qt.AlignmentFlag
        painter.setFont(theme.font(theme.BODY_PX, semibold=True))
        painter.setPen(colours.of("text"))
        painter.drawText(QPointF(plot.left(), plot.top() - 8), self._heading())
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(colours.of("second"))
        left, right = int(plot.left()), int(plot.width())
        foot = QRect(left, int(plot.bottom()) + 2, right, 16)
        painter.drawText(foot, align.AlignLeft, self.tr("0 %"))
        painter.drawText(foot, align.AlignRight, self.tr("100 %"))
        painter.drawText(foot, align.AlignHCenter, self.tr("says it is sure"))
        painter.save()
        painter.translate(left - 18, plot.bottom())
        painter.rotate(-90)
        side = QRect(0, 0, int(plot.height()), 16)
        painter.drawText(side, align.AlignHCenter, self.tr("is right"))
        painter.drawText(side, align.AlignRight, self.tr("100 %"))
        painter.restore()

    def _heading(self) -> str:
        if self._shown is None or math.isnan(self._shown.error):
            return self._title
        return self.tr("{title}: off by {error:.1f} %").format(
            title=self._title, error=100 * self._shown.error
        )
