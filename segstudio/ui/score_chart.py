"""Scores in an order: of versions of a model, or of images as they were worked on."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.ui import theme
from segstudio.ui.chart import Chart

ROLES = ("accent", "warning", "success", "danger", "second")
"""Colours of the series; their shapes differ too."""
_LEFT, _RIGHT, _TOP, _FOOT = 42, 12, 10, 22
_SIZE, _REACH = 4.5, 14.0
_ALIGN = Qt.AlignmentFlag


@dataclass(frozen=True)
class ScorePoint:
    """One score.

    Attributes
    ----------
    key : str
        What it is of; a click on the point asks for it.
    score : float
        0 to 1.
    words : str
        The tooltip.
    series : int
        Points of one series have one shape and colour.
    is_joined : bool
        A line leads to it from the point before.
    is_current : bool
    """

    key: str
    score: float
    words: str
    series: int = 0
    is_joined: bool = False
    is_current: bool = False


class ScoreChart(Chart):
    """Points from left to right on an axis from 0 to 1, and a line through their means."""

    chosen = Signal(str)
    """The key of a point."""

    def __init__(
        self, object_name: str, accessible_name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name, accessible_name, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self._points: tuple[ScorePoint, ...] = ()
        self._means: tuple[float, ...] = ()
        self._foot = ("", "")
        self._is_share = False
        self._marked = -1

    def set_points(
        self,
        points: Sequence[ScorePoint],
        means: Sequence[float] = (),
        *,
        foot: tuple[str, str],
        is_share: bool = False,
    ) -> None:
        """Show points, a line through as many means, and words at both ends of the axis.

        With `is_share` the axis is in per cent.
        """
        self._points, self._means, self._foot = tuple(points), tuple(means), foot
        self._is_share = is_share
        self._marked = -1
        self.setAccessibleDescription("; ".join(point.words for point in points))
        self.update()

    def place_of(self, index: int) -> QPointF:
        """Return where a point is."""
        plot = self._plot()
        share = (index + 0.5) / max(1, len(self._points))
        score = min(max(self._points[index].score, 0.0), 1.0)
        return QPointF(plot.left() + share * plot.width(), plot.bottom() - score * plot.height())

    def tip_at(self, spot: QPoint) -> str:
        index = self._nearest(QPointF(spot))
        return self._points[index].words if index >= 0 else ""

    def sizeHint(self) -> QSize:
        return QSize(420, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 110)

    # What is wished for ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._nearest(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._mark(index)
            self.chosen.emit(self._points[index].key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_near = self._nearest(event.position()) >= 0
        shape = Qt.CursorShape.PointingHandCursor if is_near else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._points) - 1
        match event.key():
            case Qt.Key.Key_Left if last >= 0:
                self._mark(max(0, (self._marked if self._marked >= 0 else last + 1) - 1))
            case Qt.Key.Key_Right if last >= 0:
                self._mark(min(last, self._marked + 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._marked >= 0:
                self.chosen.emit(self._points[self._marked].key)
            case _:
                super().keyPressEvent(event)

    def _mark(self, index: int) -> None:
        self._marked = index
        self.setAccessibleDescription(self._points[index].words)
        self.update()

    def _nearest(self, spot: QPointF) -> int:
        """Return the point under the mouse; -1 for none."""

        def far(index: int) -> float:
            away = self.place_of(index) - spot
            return float(max(abs(away.x()), abs(away.y())))

        nearest = min(range(len(self._points)), key=far, default=-1)
        return nearest if nearest >= 0 and far(nearest) <= _REACH else -1

    # Painting --------------------------------------------------------------------------------

    def _plot(self) -> QRectF:
        width, height = self.width() - _LEFT - _RIGHT, self.height() - _TOP - _FOOT
        return QRectF(_LEFT, _TOP, max(1, width), max(1, height))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, colours = self._plot(), theme.current()
        painter.setFont(theme.font(theme.SECONDARY_PX))
        self._paint_axes(painter, plot)
        painter.setPen(QPen(colours.of("second"), 1.5))
        for index in range(1, len(self._points)):
            if self._points[index].is_joined:
                painter.drawLine(self.place_of(index - 1), self.place_of(index))
        self._paint_means(painter, plot)
        for index, point in enumerate(self._points):
            self._paint_point(painter, index, point)
        painter.end()

    def _paint_axes(self, painter: QPainter, plot: QRectF) -> None:
        colours = theme.current()
        painter.fillRect(plot, colours.of("raised"))
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = plot.bottom() - share * plot.height()
            painter.setPen(colours.of("line"))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            if share in (0.0, 0.5, 1.0):
                painter.setPen(colours.of("second"))
                rows = QRect(0, round(y) - 8, _LEFT - 6, 16)
                text = f"{100 * share:.0f} %" if self._is_share else f"{share:g}"
                painter.drawText(rows, _ALIGN.AlignRight | _ALIGN.AlignVCenter, text)
        painter.setPen(colours.of("second"))
        foot = QRect(_LEFT, round(plot.bottom()) + 4, round(plot.width()), 16)
        for text, side in zip(self._foot, (_ALIGN.AlignLeft, _ALIGN.AlignRight), strict=True):
            painter.drawText(foot, side | _ALIGN.AlignVCenter, text)

    def _paint_means(self, painter: QPainter, plot: QRectF) -> None:
        if len(self._means) != len(self._points):
            return
        painter.setPen(QPen(theme.current().of("text"), 2))
        painter.drawPolyline(
            [
                QPointF(self.place_of(index).x(), plot.bottom() - mean * plot.height())
                for index, mean in enumerate(self._means)
            ]
        )

    def _paint_point(self, painter: QPainter, index: int, point: ScorePoint) -> None:
        place = self.place_of(index)
        if index == self._marked or point.is_current:
            role = "accent" if index == self._marked and self.hasFocus() else "text"
            painter.setPen(QPen(theme.current().of(role), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, _SIZE + 4, _SIZE + 4)
        paint_mark(painter, place, point.series)


def paint_mark(painter: QPainter, middle: QPointF, series: int) -> None:
    """Paint the shape of a series: circle, square, triangle, diamond, triangle upside down."""
    colours = theme.current()
    painter.setPen(QPen(colours.of("panel"), 1))
    painter.setBrush(colours.of(ROLES[series % len(ROLES)]))
    corners = _CORNERS[series % len(_CORNERS)]
    if corners:
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) * _SIZE for x, y in corners]))
    else:
        painter.drawEllipse(middle, _SIZE, _SIZE)


_CORNERS: tuple[tuple[tuple[float, float], ...], ...] = (
    (),
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0.0, -1.1), (1.1, 0.9), (-1.1, 0.9)),
    ((0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)),
    ((-1.1, -0.9), (1.1, -0.9), (0.0, 1.1)),
)
