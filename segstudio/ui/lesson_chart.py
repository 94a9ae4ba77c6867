"""How a lesson goes: the held-out IoU and the loss, each with an axis of its own."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from segstudio.core.lesson import LessonNews
from segstudio.ui import theme
from segstudio.ui.chart import Chart

HEIGHT = 168
_LEFT, _RIGHT, _TOP, _FOOT = 26, 30, 40, 6
_LEGEND_ROW, _SAMPLE = 18, 20
_DOT = 2.5
_ALIGN = Qt.AlignmentFlag


class LessonChart(Chart):
    """The IoU is a line with dots on an axis from 0 to 1 at the left, the loss is dashed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("lesson_chart", "", parent)
        self.setAccessibleName(self.tr("How the lesson goes"))
        self.setFixedHeight(HEIGHT)
        self._losses: list[tuple[int, float]] = []
        self._scores: list[tuple[int, float]] = []

    def clear(self) -> None:
        """Begin anew."""
        self._losses, self._scores = [], []
        self._say()

    def add(self, news: LessonNews) -> None:
        """Take what was just measured."""
        if news.loss is not None and math.isfinite(news.loss):
            self._losses.append((news.step, news.loss))
        if news.miou is not None:
            self._scores.append((news.step, news.miou))
        self._say()

    def _say(self) -> None:
        self.setAccessibleDescription("; ".join(self._legend()))
        self.update()

    def _legend(self) -> tuple[str, str]:
        score, loss = self.tr("Held-out IoU"), self.tr("Loss (less is better)")
        if self._scores:
            score = self.tr("Held-out IoU %.2f") % self._scores[-1][1]
        if self._losses:
            loss = self.tr("Loss %.2f (less is better)") % self._losses[-1][1]
        return score, loss

    def tip_at(self, spot: QPoint) -> str:
        plot, last = self._plot(), self._last_step()
        step = round((spot.x() - plot.left()) / max(1.0, plot.width()) * last)
        lines = [self.tr("Step {:,}").format(min(max(step, 0), last))]
        score, loss = _until(self._scores, step), _until(self._losses, step)
        if score is not None:
            lines.append(self.tr("Held-out IoU %.2f") % score)
        if loss is not None:
            lines.append(self.tr("Loss %.2f") % loss)
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    # Painting --------------------------------------------------------------------------------

    def _plot(self) -> QRectF:
        return QRectF(
            _LEFT, _TOP, max(1, self.width() - _LEFT - _RIGHT), self.height() - _TOP - _FOOT
        )

    def _last_step(self) -> int:
        steps = [points[-1][0] for points in (self._losses, self._scores) if points]
        return max([1, *steps])

    def _most_loss(self) -> float:
        """Return the top of the axis of the loss: a round number above all of them."""
        return round_above(max((loss for _, loss in self._losses), default=1.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, colours = self._plot(), theme.current()
        painter.setFont(theme.font(theme.SECONDARY_PX))
        self._paint_axes(painter, plot)
        loss_pen = QPen(colours.of("warning"), 1.5, Qt.PenStyle.DashLine)
        score_pen = QPen(colours.of("accent"), 2)
        losses = self._places(self._losses, plot, self._most_loss())
        scores = self._places(self._scores, plot, 1.0)
        painter.setPen(loss_pen)
        painter.drawPolyline(losses)
        painter.setPen(score_pen)
        painter.drawPolyline(scores)
        painter.setBrush(colours.of("accent"))
        for place in scores:
            painter.drawEllipse(place, _DOT, _DOT)
        for row, (text, pen) in enumerate(zip(self._legend(), (score_pen, loss_pen), strict=True)):
            self._paint_legend(painter, row, text, pen)
        painter.end()

    def _paint_axes(self, painter: QPainter, plot: QRectF) -> None:
        colours = theme.current()
        painter.fillRect(plot, colours.of("raised"))
        for share in (0.0, 0.5, 1.0):
            y = plot.bottom() - share * plot.height()
            painter.setPen(colours.of("line"))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            rows = QRect(0, round(y) - 8, _LEFT - 4, 16)
            painter.setPen(colours.of("accent"))
            painter.drawText(rows, _ALIGN.AlignRight | _ALIGN.AlignVCenter, f"{share:g}")
            if self._losses:
                rows = QRect(round(plot.right()) + 4, round(y) - 8, _RIGHT - 4, 16)
                painter.setPen(colours.of("warning"))
                text = f"{share * self._most_loss():.2g}"
                painter.drawText(rows, _ALIGN.AlignLeft | _ALIGN.AlignVCenter, text)

    def _places(
        self, points: Sequence[tuple[int, float]], plot: QRectF, most: float
    ) -> list[QPointF]:
        last = self._last_step()
        return [
            QPointF(
                plot.left() + plot.width() * step / last,
                plot.bottom() - plot.height() * min(max(value / most, 0.0), 1.0),
            )
            for step, value in points
        ]

    def _paint_legend(self, painter: QPainter, row: int, text: str, pen: QPen) -> None:
        middle = row * _LEGEND_ROW + _LEGEND_ROW // 2 - 2
        painter.setPen(pen)
        painter.drawLine(0, middle, _SAMPLE, middle)
        if row == 0:
            painter.drawEllipse(QPointF(_SAMPLE / 2, middle), _DOT, _DOT)
        painter.setPen(theme.current().of("text"))
        place = QRect(_SAMPLE + 8, middle - 8, self.width() - _SAMPLE - 8, 16)
        painter.drawText(place, _ALIGN.AlignLeft | _ALIGN.AlignVCenter, text)


def round_above(value: float) -> float:
    """Return 1, 2 or 5 times a power of ten that is at least a value above 0."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= value)


def _until(points: Sequence[tuple[int, float]], step: int) -> float | None:
    """Return the last value at or before a step."""
    return next((value for at, value in reversed(points) if at <= step), None)
