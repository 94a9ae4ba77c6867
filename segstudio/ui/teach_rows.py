"""Classes of a lesson as rows: what there is to learn from, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segstudio.core.palette import Colour
from segstudio.ui import icons, swatch, theme
from segstudio.ui.chart import Chart

FEW_PIXELS = 200
"""Of a class; fewer teach little."""
_ROW, _HEAD = 24, 18
_NAME_LEFT, _NUMBER = 22, 46
_WARNING_PX = 13
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class TaughtClass:
    """What a person painted of a class in the images that are used."""

    name: str
    colour: Colour
    pixels: int
    images: int


@dataclass(frozen=True)
class ClassChange:
    """The IoU of a class before and after, 0 to 1; None where it is not known."""

    name: str
    colour: Colour
    before: float | None
    after: float | None


class _Rows(Chart):
    """A swatch and a name at the left of each row, numbers at the right of it."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None) -> None:
        super().__init__(object_name, accessible_name, parent)
        self._set_count(0)

    def _set_count(self, count: int) -> None:
        self.setFixedHeight(_HEAD + _ROW * count)
        self.update()

    def _row_at(self, spot: QPoint) -> int:
        return (spot.y() - _HEAD) // _ROW

    def _paint_head(self, painter: QPainter, headings: Sequence[tuple[str, int]]) -> None:
        """Paint the heading at the left, and words and widths of columns up to the right."""
        painter.setPen(theme.current().of("second"))
        painter.setFont(theme.font(theme.SECONDARY_PX, semibold=True))
        painter.drawText(QRect(0, 0, self.width(), _HEAD), _LEFT, self.tr("Classes").upper())
        painter.setFont(theme.font(theme.SECONDARY_PX))
        left = self.width() - sum(width for _, width in headings)
        for text, width in headings:
            painter.drawText(QRect(left, 0, width, _HEAD), _RIGHT, text)
            left += width

    def _paint_name(
        self, painter: QPainter, row: int, name: str, colour: Colour, right: int
    ) -> None:
        top, side = _HEAD + _ROW * row, swatch.SWATCH_PX
        swatch.paint_swatch(painter, QRectF(0, top + (_ROW - side) / 2, side, side), colour)
        painter.setFont(theme.font(theme.BODY_PX))
        painter.setPen(theme.current().of("text"))
        room = QRect(_NAME_LEFT, top, max(0, right - _NAME_LEFT), _ROW)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, shown)


class TaughtClasses(_Rows):
    """Pixels and images by class; a class with few pixels bears a warning."""

    _PIXELS, _IMAGES = 84, 48

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("taught_classes", "", parent)
        self.setAccessibleName(self.tr("Painted pixels by class"))
        self._rows: tuple[TaughtClass, ...] = ()

    def set_rows(self, rows: Sequence[TaughtClass]) -> None:
        self._rows = tuple(rows)
        self.setAccessibleDescription("; ".join(map(self._words, self._rows)))
        self._set_count(len(self._rows))

    def tip_at(self, spot: QPoint) -> str:
        row = self._row_at(spot)
        return self._words(self._rows[row]) if 0 <= row < len(self._rows) else ""

    def _words(self, row: TaughtClass) -> str:
        where = self.tr("1 image") if row.images == 1 else self.tr("{:,} images")
        text = self.tr("{name}: {pixels:,} px in {images}").format(
            name=row.name, pixels=row.pixels, images=where.format(row.images)
        )
        if row.pixels >= FEW_PIXELS:
            return text
        return (
            text
            + ". "
            + self.tr("That is little: below %d px it may not be learned.") % (FEW_PIXELS)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        headings = ((self.tr("Pixels"), self._PIXELS), (self.tr("Images"), self._IMAGES))
        self._paint_head(painter, headings)
        images_left = self.width() - self._IMAGES
        pixels_left = images_left - self._PIXELS
        for number, row in enumerate(self._rows):
            top, is_few = _HEAD + _ROW * number, row.pixels < FEW_PIXELS
            pixels = f"{row.pixels:,}"
            painter.setFont(theme.font(theme.SECONDARY_PX))
            used = painter.fontMetrics().horizontalAdvance(pixels)
            right = images_left - used - 8
            painter.setPen(theme.current().of("warning" if is_few else "text"))
            painter.drawText(QRect(pixels_left, top, self._PIXELS, _ROW), _RIGHT, pixels)
            painter.setPen(theme.current().of("text"))
            painter.drawText(QRect(images_left, top, self._IMAGES, _ROW), _RIGHT, f"{row.images:,}")
            if is_few:
                right -= _WARNING_PX + 4
                mark = QRectF(right + 4, top + (_ROW - _WARNING_PX) / 2, _WARNING_PX, _WARNING_PX)
                icons.draw(painter, "warning", mark, "warning")
            self._paint_name(painter, number, row.name, row.colour, right - 4)
        painter.end()


class ClassChanges(_Rows):
    """IoU by class before, after, and the change of it; one number where there is no before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("class_changes", "", parent)
        self.setAccessibleName(self.tr("Held-out IoU by class"))
        self._rows: tuple[ClassChange, ...] = ()
        self._has_before = False

    def set_rows(self, rows: Sequence[ClassChange]) -> None:
        self._rows = tuple(rows)
        self._has_before = any(row.before is not None for row in self._rows)
        self.setAccessibleDescription("; ".join(map(self._words, self._rows)))
        self._set_count(len(self._rows))

    def tip_at(self, spot: QPoint) -> str:
        row = self._row_at(spot)
        return self._words(self._rows[row]) if 0 <= row < len(self._rows) else ""

    def _words(self, row: ClassChange) -> str:
        if row.before is None and row.after is None:
            return self.tr("%s: not seen in the held-out images") % row.name
        if not self._has_before:
            return self.tr("{name}: IoU {after}").format(name=row.name, after=score_text(row.after))
        return self.tr("{name}: IoU {before} before, {after} after").format(
            name=row.name, before=score_text(row.before), after=score_text(row.after)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        headings = [self.tr("Before"), self.tr("After"), self.tr("Change")]
        if not self._has_before:
            headings = [self.tr("IoU")]
        self._paint_head(painter, [(text, _NUMBER) for text in headings])
        left = self.width() - _NUMBER * len(headings)
        for number, row in enumerate(self._rows):
            top = _HEAD + _ROW * number
            self._paint_name(painter, number, row.name, row.colour, left - 2)
            painter.setFont(theme.font(theme.SECONDARY_PX))
            change = change_of(row.before, row.after)
            cells = (
                (score_text(row.before), "second"),
                (score_text(row.after), "text"),
                (change_text(change), change_role(change)),
            )
            shown = cells if self._has_before else cells[1:2]
            for column, (text, role) in enumerate(shown):
                painter.setPen(theme.current().of(role))
                painter.drawText(QRect(left + _NUMBER * column, top, _NUMBER, _ROW), _RIGHT, text)
        painter.end()


def change_of(before: float | None, after: float | None) -> float | None:
    """Return the change of a score as it is read: of the two rounded numbers."""
    if before is None or after is None:
        return None
    return round(round(after, 2) - round(before, 2), 2)


def score_text(score: float | None) -> str:
    """Return a score of 0 to 1 as text; a dash where there is none."""
    return "–" if score is None else f"{score:.2f}"


def change_text(change: float | None) -> str:
    """Return a change with its sign; a dash where there is none."""
    if change is None:
        return "–"
    return "0.00" if change == 0 else f"{change:+.2f}".replace("-", "−")


def change_role(change: float | None) -> str:
    """Return the role of the colour of a change; its sign says it too."""
    if not change:
        return "second"
    return "success" if change > 0 else "danger"
