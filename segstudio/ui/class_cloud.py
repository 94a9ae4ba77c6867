"""Classes with their colours, one after the other, in as many lines as they need."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.core.palette import Colour
from segstudio.ui import swatch, theme
from segstudio.ui.controls import named

Entry = tuple[str, Colour]
"""The words and the colour of a class."""

_LINE_PX = 22
_GAP_PX = 14
_SWATCH_PX = 12


class ClassCloud(QWidget):
    """Swatches and names, wrapped like words."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, object_name, self.tr("Classes"))
        self._entries: tuple[Entry, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_entries(self, entries: Iterable[Entry]) -> None:
        """Show classes, each by its words and its colour."""
        self._entries = tuple(entries)
        self.setAccessibleDescription(", ".join(words for words, _ in self._entries))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return round(places[-1][0].y()) + _LINE_PX if places else 0

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _LINE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(theme.current().of("text"))
        metrics = self.fontMetrics()
        for place, (words, colour) in self._places(self.width()):
            top = place.y() + (_LINE_PX - _SWATCH_PX) / 2
            swatch.paint_swatch(painter, QRectF(place.x(), top, _SWATCH_PX, _SWATCH_PX), colour)
            left = place.x() + _SWATCH_PX + 5
            room = QRectF(left, place.y(), max(0.0, self.width() - left), _LINE_PX)
            name = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.end()

    def _places(self, width: int) -> list[tuple[QPointF, Entry]]:
        metrics = self.fontMetrics()
        x, y, places = 0.0, 0.0, []
        for entry in self._entries:
            needed = _SWATCH_PX + 5 + metrics.horizontalAdvance(entry[0])
            if x and x + needed > width:
                x, y = 0.0, y + _LINE_PX
            places.append((QPointF(x, y), entry))
            x += needed + _GAP_PX
        return places
