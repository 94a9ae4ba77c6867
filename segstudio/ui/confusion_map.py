"""The confusion matrix as a heat map: which class is taken for which."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from segstudio.ui import theme
from segstudio.ui.controls import named

_LARGEST, _SMALLEST, _NUMBER_FROM = 40, 12, 24
"""Sides of a cell in pixels, and from which on it has a number in it."""
_NAME_WIDTH, _NAME_HEIGHT, _PAD = 96, 84, 6
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class ConfusionMap(QWidget):
    """Rows are what the labels say, columns what the model says; each row adds up to all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "confusion_map", self.tr("Which class is taken for which"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._names: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._pixels: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._shares: NDArray[np.float64] = np.zeros((0, 0))

    def set_confusion(self, names: Sequence[str], pixels: NDArray[np.int64]) -> None:
        """Take class names and the matrix (K, K + 1) of pixels; its last column is “no class”."""
        has_none = bool(pixels[:, -1].any())
        self._names = tuple(names)
        self._columns = (*names, self.tr("no class")) if has_none else tuple(names)
        self._pixels = pixels if has_none else pixels[:, :-1]
        totals = self._pixels.sum(axis=1, keepdims=True)
        self._shares = self._pixels / np.maximum(totals, 1)
        self.setAccessibleDescription("; ".join(mistakes(names, pixels, most=10)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            _NAME_WIDTH + _LARGEST * len(self._columns) + _PAD,
            _NAME_HEIGHT + _LARGEST * len(self._names) + _PAD,
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(
            _NAME_WIDTH + _SMALLEST * len(self._columns) + _PAD,
            _NAME_HEIGHT + _SMALLEST * len(self._names) + _PAD,
        )

    def cell_at(self, spot: QPoint) -> tuple[int, int] | None:
        """Return row and column of a place; None beside the cells."""
        side = self._side()
        row, column = (spot.y() - _NAME_HEIGHT) // side, (spot.x() - _NAME_WIDTH) // side
        inside = 0 <= row < len(self._names) and 0 <= column < len(self._columns)
        return (row, column) if inside else None

    def words(self, row: int, column: int) -> str:
        """Say a cell in words."""
        text = self.tr("{share} of {truth} is {said}: {pixels:,} px")
        if row != column:
            text = self.tr("{share} of {truth} is taken for {said}: {pixels:,} px")
        return text.format(
            share=_percent(self._shares[row, column]),
            truth=self._names[row],
            said=self._columns[column],
            pixels=int(self._pixels[row, column]),
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.words(*cell) if cell else "", self)
            return True
        return super().event(event)

    def _side(self) -> int:
        if not self._names:
            return _LARGEST
        wide = (self.width() - _NAME_WIDTH - _PAD) // len(self._columns)
        high = (self.height() - _NAME_HEIGHT - _PAD) // len(self._names)
        return max(_SMALLEST, min(_LARGEST, wide, high))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = self._side()
        painter.setFont(theme.font(theme.SECONDARY_PX))
        self._paint_names(painter, side)
        seen = event.rect()
        for row in range(len(self._names)):
            for column in range(len(self._columns)):
                cell = QRect(_NAME_WIDTH + side * column, _NAME_HEIGHT + side * row, side, side)
                if cell.intersects(seen):
                    self._paint_cell(painter, cell, row, column)
        painter.end()

    def _paint_names(self, painter: QPainter, side: int) -> None:
        painter.setPen(theme.current().of("second"))
        metrics = painter.fontMetrics()
        every = -(-metrics.height() // side)  # names that would overlap are left out
        for row, name in enumerate(self._names):
            if row % every == 0:
                place = QRect(0, _NAME_HEIGHT + side * row, _NAME_WIDTH - _PAD, side)
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, place.width())
                painter.drawText(place, _RIGHT, shown)
        for column, name in enumerate(self._columns):
            if column % every:
                continue
            painter.save()
            middle = _NAME_WIDTH + side * column + side / 2
            painter.translate(QPointF(middle, _NAME_HEIGHT - _PAD))
            painter.rotate(-90)
            room = _NAME_HEIGHT - _PAD
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(0, -side / 2, room, side), _LEFT, shown)
            painter.restore()

    def _paint_cell(self, painter: QPainter, cell: QRect, row: int, column: int) -> None:
        colours, share = theme.current(), float(self._shares[row, column])
        # What is right and what is wrong are told apart by hue, and the diagonal by its frame.
        full = colours.of("accent" if row == column else "warning")
        inner = cell.adjusted(0, 0, -1, -1)
        painter.fillRect(inner, _mixed(colours.of("raised"), full, share**0.6 if share else 0.0))
        if row == column:
            painter.setPen(QPen(colours.of("border"), 1))
            painter.drawRect(inner.adjusted(0, 0, -1, -1))
        if cell.width() >= _NUMBER_FROM and share >= 0.005:
            painter.setPen(colours.of("on_accent" if share > 0.45 else "text"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, f"{100 * share:.0f}")


def mistakes(names: Sequence[str], pixels: NDArray[np.int64], *, most: int) -> list[str]:
    """Return the mistakes that cost the most pixels, in words."""
    classes = len(names)
    wrong = pixels[:, :classes].copy()
    np.fill_diagonal(wrong, 0)
    totals = np.maximum(pixels.sum(axis=1), 1)
    order = np.argsort(wrong, axis=None)[::-1][:most]
    told = []
    for place in order:
        row, column = divmod(int(place), classes)
        if wrong[row, column]:
            share = _percent(wrong[row, column] / totals[row])
            told.append(f"{names[row]} → {names[column]} {share}")
    return told


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"


def _mixed(ground: QColor, full: QColor, share: float) -> QColor:
    parts = zip(ground.getRgb()[:3], full.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(low + (high - low) * share) for low, high in parts))
