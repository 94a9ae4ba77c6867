"""The images that a model can learn from, each with a tick."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segstudio.core.image_record import ImageState
from segstudio.ui import icons, theme
from segstudio.ui.controls import named
from segstudio.ui.image_states import STATES
from segstudio.ui.row_painting import Index, paint_ground, paint_text
from segstudio.ui.tick_box import paint_tick

ROW_HEIGHT = 36
_TICK, _MARK = 14, 14
_TICK_END = 26
"""A click left of this is on the tick."""


@dataclass(frozen=True)
class ImageRow:
    """One image.

    Attributes
    ----------
    words : str
        What it gives, or why it can not be used.
    can_use : bool
    """

    name: str
    state: ImageState
    words: str
    is_used: bool = False
    can_use: bool = True


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[ImageRow, ...] = ()

    def set_rows(self, rows: tuple[ImageRow, ...]) -> None:
        if [row.name for row in rows] == [row.name for row in self.rows]:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or not self.rows[index.row()].can_use:
            return Qt.ItemFlag.ItemIsSelectable
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.CheckStateRole and row.can_use:
            return Qt.CheckState.Checked if row.is_used else Qt.CheckState.Unchecked
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.name}\n{row.words}"
        return None


class TeachImages(QListView):
    """A click on a tick asks to use an image or not; one beside it asks for the image."""

    used_requested = Signal(str, bool)
    image_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "teach_images", self.tr("Images to learn from"))
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(self._rows, self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._most_rows = 4
        self.set_rows(())

    def set_rows(self, rows: Sequence[ImageRow]) -> None:
        """Show images; those that cannot be used come last."""
        ordered = sorted(rows, key=lambda row: not row.can_use)
        self._rows.set_rows(tuple(ordered))
        self._suit_height()

    def set_most_rows(self, count: int) -> None:
        """Show so many images at once, at most."""
        self._most_rows = count
        self._suit_height()

    def _suit_height(self) -> None:
        self.setFixedHeight(ROW_HEIGHT * min(self._most_rows, max(1, self._rows.rowCount())))

    def place_of(self, name: str) -> QRect:
        """Return where in the viewport an image is."""
        row = next(at for at, entry in enumerate(self._rows.rows) if entry.name == name)
        return self.visualRect(self._rows.index(row))

    # What is wished for ----------------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        is_tick = event.position().x() < self.visualRect(index).left() + _TICK_END
        if is_tick:
            self._toggle(index)
        else:
            self.image_requested.emit(self._rows.rows[index.row()].name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self._toggle(index)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.image_requested.emit(self._rows.rows[index.row()].name)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing with letters: they are tools."""
        del search

    def _toggle(self, index: Index) -> None:
        row = self._rows.rows[index.row()]
        if row.can_use:
            self.used_requested.emit(row.name, not row.is_used)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()


class _Delegate(QStyledItemDelegate):
    def __init__(self, rows: _Rows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, rect = self._rows.rows[index.row()], option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        states = QStyle.StateFlag
        is_focused = states.State_HasFocus in option.state
        is_hovered = is_focused or states.State_MouseOver in option.state
        paint_ground(painter, rect, is_active=False, is_hovered=is_hovered)
        if row.can_use:
            tick = QRectF(rect.left() + 4, rect.center().y() - _TICK / 2, _TICK, _TICK)
            _paint_tick(painter, tick, is_on=row.is_used)
        left = rect.left() + _TICK_END
        mark = STATES[row.state]
        place = QRectF(left, rect.top() + 3, _MARK, _MARK)
        role = mark.role if row.can_use else "disabled"
        icons.draw(painter, mark.icon, place, role)
        room = rect.right() - left - _MARK - 8
        first = QRect(left + _MARK + 5, rect.top() + 1, room, 18)
        dim = not row.can_use or not row.is_used
        name = row.name.rpartition("/")[2]
        painter.setFont(theme.font(theme.BODY_PX))
        middle = Qt.TextElideMode.ElideMiddle
        paint_text(painter, first, name, "second" if dim else "text", middle)
        painter.setFont(theme.font(theme.SECONDARY_PX))
        paint_text(painter, first.translated(0, 16), row.words, "second", middle)
        painter.restore()


def _paint_tick(painter: QPainter, place: QRectF, *, is_on: bool) -> None:
    colours = theme.current()
    box = place.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(colours.of("text" if is_on else "border"))
    painter.setBrush(colours.of("text" if is_on else "panel"))
    painter.drawRoundedRect(box, 3, 3)
    if is_on:
        paint_tick(painter, place)
