"""Small charts of the statistics: classes as bars, ink as one bar, days as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segstudio.core.labels import Ink
from segstudio.core.palette import Colour
from segstudio.ui import swatch, theme
from segstudio.ui.author_mark import paint_author
from segstudio.ui.chart import Chart

_ROW, _HEAD = 24, 18
_NAME_LEFT, _NUMBER_WIDTH, _GAP = 22, 48, 8
_BAR_HEIGHT = 8
_PATTERNS = {True: Qt.BrushStyle.BDiagPattern, False: Qt.BrushStyle.NoBrush}
"""Of the bars without a colour: Ignore is hatched, unlabelled is clear."""
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class ClassBar:
    """One class: its share of all pixels, how many those are, and in how many images."""

    name: str
    colour: Colour | None
    """None is the hatch of Ignore."""
    share: float
    pixels: int
    images: int
    has_swatch: bool = True


class ClassBars(Chart):
    """A row for each class: swatch, name, bar, share and number of images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("class_bars", "", parent)
        self.setAccessibleName(self.tr("Pixels by class"))
        self._bars: Sequence[ClassBar] = ()
        self._has_images = True

    def set_bars(self, bars: Sequence[ClassBar], *, with_images: bool) -> None:
        self._bars, self._has_images = tuple(bars), with_images
        self.setAccessibleDescription("; ".join(self._words(bar) for bar in bars))
        self.setFixedHeight(_HEAD + _ROW * len(self._bars))
        self.update()

    def tip_at(self, spot: QPoint) -> str:
        row = (spot.y() - _HEAD) // _ROW
        return self._words(self._bars[row]) if 0 <= row < len(self._bars) else ""

    def _words(self, bar: ClassBar) -> str:
        text = self.tr("{name}: {pixels:,} px, {share}").format(
            name=bar.name, pixels=bar.pixels, share=exact_share(bar.share)
        )
        if not self._has_images:
            return text
        where = self.tr("in 1 image") if bar.images == 1 else self.tr("in {:,} images")
        return f"{text}, {where.format(bar.images)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        columns = 2 if self._has_images else 1
        right = self.width() - columns * _NUMBER_WIDTH
        name_width = max(72, round(0.42 * (right - _NAME_LEFT)))
        self._paint_head(painter, right)
        most = max((bar.share for bar in self._bars), default=0.0) or 1.0
        first = max(0, (event.rect().top() - _HEAD) // _ROW)
        last = min(len(self._bars), (event.rect().bottom() - _HEAD) // _ROW + 1)
        for row in range(first, last):
            bar, top = self._bars[row], _HEAD + _ROW * row
            self._paint_name(painter, bar, top, name_width)
            left = _NAME_LEFT + name_width + _GAP
            _paint_bar(painter, QRect(left, top, right - left, _ROW), bar, most)
            self._paint_numbers(painter, bar, top, right)
        painter.end()

    def _paint_head(self, painter: QPainter, right: int) -> None:
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(theme.current().of("second"))
        painter.drawText(QRect(right, 0, _NUMBER_WIDTH, _HEAD), _RIGHT, self.tr("Pixels"))
        if self._has_images:
            place = QRect(right + _NUMBER_WIDTH, 0, _NUMBER_WIDTH, _HEAD)
            painter.drawText(place, _RIGHT, self.tr("Images"))

    def _paint_name(self, painter: QPainter, bar: ClassBar, top: int, width: int) -> None:
        side = swatch.SWATCH_PX
        if bar.has_swatch:
            swatch.paint_swatch(painter, QRectF(0, top + (_ROW - side) / 2, side, side), bar.colour)
        painter.setFont(theme.font(theme.BODY_PX))
        painter.setPen(theme.current().of("text" if bar.pixels else "second"))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(_NAME_LEFT, top, width, _ROW), _LEFT, shown)

    def _paint_numbers(self, painter: QPainter, bar: ClassBar, top: int, right: int) -> None:
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(theme.current().of("text" if bar.pixels else "second"))
        painter.drawText(QRect(right, top, _NUMBER_WIDTH, _ROW), _RIGHT, exact_share(bar.share))
        if self._has_images:
            place = QRect(right + _NUMBER_WIDTH, top, _NUMBER_WIDTH, _ROW)
            painter.drawText(place, _RIGHT, f"{bar.images:,}")


def _paint_bar(painter: QPainter, room: QRect, bar: ClassBar, most: float) -> None:
    if not bar.pixels or room.width() < 8:
        return
    width = max(2, round(room.width() * bar.share / most))
    top = room.top() + (room.height() - _BAR_HEIGHT) // 2
    border = theme.current().of("border")
    painter.setPen(border)
    if bar.colour is not None:
        painter.setBrush(QColor(*bar.colour))
    else:
        painter.setBrush(QBrush(border, _PATTERNS[bar.has_swatch]))
    painter.drawRect(QRect(room.left(), top, width - 1, _BAR_HEIGHT - 1))


class InkBar(Chart):
    """Who wrote the pixels: one bar in parts of their own pattern, and what each part is."""

    _ORDER = (Ink.PERSON, Ink.MODEL, Ink.REFINEMENT, Ink.NOBODY)
    _PATTERNS: tuple[tuple[Ink, str, Qt.BrushStyle], ...] = (
        (Ink.PERSON, "warning", Qt.BrushStyle.SolidPattern),
        (Ink.MODEL, "second", Qt.BrushStyle.Dense4Pattern),
        (Ink.REFINEMENT, "accent", Qt.BrushStyle.BDiagPattern),
        (Ink.NOBODY, "line", Qt.BrushStyle.NoBrush),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ink_bar", "", parent)
        self.setAccessibleName(self.tr("Who wrote the pixels"))
        self._ink: Sequence[int] = (0, 0, 0, 0)
        self.setFixedHeight(14 + 6 + 2 * _HEAD)

    def set_ink(self, ink: Sequence[int]) -> None:
        """Take pixels by author."""
        self._ink = tuple(ink)
        self.setAccessibleDescription(self.tip_at(QPoint()))
        self.update()

    def tip_at(self, spot: QPoint) -> str:
        del spot
        return "\n".join(
            self.tr("{who}: {pixels:,} px, {share}").format(
                who=self._name(author), pixels=self._ink[author], share=self._share(author)
            )
            for author in self._ORDER
        )

    def _name(self, author: Ink) -> str:
        return {
            Ink.PERSON: self.tr("Person"),
            Ink.MODEL: self.tr("Model"),
            Ink.REFINEMENT: self.tr("Refinement"),
            Ink.NOBODY: self.tr("Nobody"),
        }[author]

    def _share(self, author: Ink) -> str:
        return exact_share(self._ink[author] / max(1, sum(self._ink)))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        colours = theme.current()
        left, whole = 0.0, max(1, sum(self._ink))
        for author, role, pattern in self._PATTERNS:
            width = (self.width() - 1) * self._ink[author] / whole
            part = QRectF(left, 0, width, 13)
            painter.fillRect(part, QBrush(colours.of(role), pattern))
            left += width
        painter.setPen(colours.of("border"))
        painter.drawRect(QRectF(0, 0, self.width() - 1, 13))
        painter.setFont(theme.font(theme.SECONDARY_PX))
        for place, author in enumerate(self._ORDER):
            self._paint_legend(painter, author, place)
        painter.end()

    def _paint_legend(self, painter: QPainter, author: Ink, place: int) -> None:
        half = self.width() // 2
        x, top = half * (place % 2), 20 + _HEAD * (place // 2)
        paint_author(painter, QRectF(x, top + 5, 8, 8), author)
        painter.setPen(theme.current().of("text"))
        words = QRect(x + 14, top, half - 14 - 2 * _GAP, _HEAD)
        painter.drawText(words, _LEFT, self._name(author))
        painter.drawText(words, _RIGHT, self._share(author))


class DayChart(Chart):
    """Images done on each of the last days, today at the right."""

    DAYS = 30
    _HEIGHT, _FOOT = 60, 16

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("day_chart", "", parent)
        self.setAccessibleName(self.tr("Images done by day"))
        self._done: dict[date, int] = {}
        self._today = date.today()
        self.setFixedHeight(self._HEIGHT + self._FOOT)

    def set_days(self, days: Sequence[tuple[date, int]], today: date) -> None:
        """Take how many images were done on each day."""
        self._done, self._today = dict(days), today
        shown = (self._words(day) for day in self._days() if day in self._done)
        self.setAccessibleDescription("; ".join(shown))
        self.update()

    def _days(self) -> list[date]:
        return [self._today - timedelta(days=n) for n in range(self.DAYS - 1, -1, -1)]

    def _words(self, day: date) -> str:
        return self.tr("{day}: {count} done").format(
            day=day_text(day), count=self._done.get(day, 0)
        )

    def tip_at(self, spot: QPoint) -> str:
        place = spot.x() * self.DAYS // max(1, self.width())
        return self._words(self._days()[min(max(place, 0), self.DAYS - 1)])

    def sizeHint(self) -> QSize:
        return QSize(180, self._HEIGHT + self._FOOT)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        colours, days = theme.current(), self._days()
        most = max((self._done.get(day, 0) for day in days), default=0)
        step, room = self.width() / self.DAYS, self._HEIGHT - _HEAD
        for place, day in enumerate(days):
            left, right = round(step * place), round(step * (place + 1)) - 1
            height = round(room * self._done.get(day, 0) / max(1, most))
            if self._done.get(day):
                column = QRect(left, self._HEIGHT - max(2, height), right - left, max(2, height))
                painter.fillRect(column, colours.of("success"))
        painter.fillRect(0, self._HEIGHT, self.width(), 1, colours.of("border"))
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(colours.of("second"))
        painter.drawText(QRect(0, 0, self.width(), _HEAD), _LEFT, self.tr("At most %d") % most)
        foot = QRect(0, self._HEIGHT + 1, self.width(), self._FOOT)
        painter.drawText(foot, _LEFT, day_text(days[0]))
        painter.drawText(foot, _RIGHT, self.tr("Today"))
        painter.end()


def day_text(day: date) -> str:
    """Return day and month, such as 3 Nov."""
    return str(QLocale().toString(QDate(day.year, day.month, day.day), "d MMM"))


def exact_share(share: float) -> str:
    """Return a share in per cent: one decimal, more where it would read as nothing."""
    percent = 100 * share
    if percent == 0:
        return "0 %"
    if percent < 0.01:
        return "<0.01 %"
    return f"{percent:.2f} %" if percent < 0.1 else f"{percent:.1f} %"
