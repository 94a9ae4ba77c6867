"""The list of classes, and the gestures on its rows."""

from dataclasses import dataclass, field

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QListView,
    QWidget,
)

from segstudio.core.class_keys import keys_of
from segstudio.core.classes import ClassTable, LabelClass
from segstudio.ui import theme
from segstudio.ui.class_menu import ClassMenu
from segstudio.ui.class_model import ClassModel
from segstudio.ui.class_row import ROW_HEIGHT, ClassRowDelegate, part_at
from segstudio.ui.controls import named


@dataclass
class RowState:
    """What the delegate needs beside the class itself."""

    active: int = -1
    hovered: int = -1
    is_picker: bool = False
    shares: dict[int, float] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)


class ClassList(QListView):
    """Click makes active, double-click or F2 renames, drag reorders, eye and lock toggle."""

    active_requested = Signal(int)
    rename_requested = Signal(int, str)
    colour_wanted = Signal(int, QPoint)
    move_requested = Signal(int, int)
    hidden_requested = Signal(int, bool)
    locked_requested = Signal(int, bool)
    only_requested = Signal(int)
    key_requested = Signal(int, str)
    merge_requested = Signal(int, int)
    delete_requested = Signal(int)
    focus_returned = Signal()
    """The mouse has chosen a class or a name is written: the next keys are for the canvas."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "class_list", self.tr("Classes"))
        self.state_of_rows = RowState()
        self._rows = ClassModel(self)
        self._pressed_row = -1
        self._press_at = QPoint()
        self._drop_at = -1
        self._keeps_focus = False
        """Whether the keys were here before a name was edited."""
        self.setModel(self._rows)
        self.setItemDelegate(ClassRowDelegate(self.state_of_rows, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._rows.renamed.connect(self.rename_requested)

    def sizeHint(self) -> QSize:
        return QSize(200, min(12, max(1, self._rows.rowCount())) * ROW_HEIGHT)

    # What it shows

    def set_classes(self, table: ClassTable) -> None:
        self.set_keys(keys_of(table))
        self._rows.set_classes(table)
        self.setMaximumHeight(max(1, self._rows.rowCount()) * ROW_HEIGHT)
        self._mark_current()

    def set_keys(self, keys: dict[int, str]) -> None:
        """Show other keys than the order of what is listed gives."""
        self.state_of_rows.keys = keys
        self._rows.keys = keys

    def set_search(self, text: str) -> None:
        self._rows.set_search(text)
        self._mark_current()

    def set_active(self, class_index: int) -> None:
        if class_index == self.state_of_rows.active:
            return  # it hears of every step of every number of the tools
        self.state_of_rows.active = class_index
        self._mark_current()
        self.viewport().update()

    def set_shares(self, shares: dict[int, float]) -> None:
        self.state_of_rows.shares = shares
        self.viewport().update()

    def _mark_current(self) -> None:
        row = self._rows.row_of(self.state_of_rows.active)
        if row >= 0:
            place = self._rows.index(row)
            self.setCurrentIndex(place)
            self.scrollTo(place)

    def rename(self, class_index: int) -> None:
        """Open the name of a class for editing, in place."""
        row = self._rows.row_of(class_index)
        if row >= 0:
            self._open_editor(self._rows.index(row))

    def _open_editor(self, place: QModelIndex) -> None:
        self._keeps_focus = self.hasFocus()
        self.edit(place)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        if not self._keeps_focus:
            self.focus_returned.emit()

    def row_rect(self, class_index: int) -> QRect:
        """Return where a class is drawn, in the coordinates of the viewport."""
        return self.visualRect(self._rows.index(self._rows.row_of(class_index)))

    # Gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).row()
        entry = self._rows.entry(row)
        if entry is None or event.button() != Qt.MouseButton.LeftButton:
            return
        spot = event.position().toPoint()
        part = self._part_at(self.visualRect(self._rows.index(row)), spot)
        if part == "eye" and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.only_requested.emit(entry.index)
        elif part == "eye":
            self.hidden_requested.emit(entry.index, not entry.hidden)
        elif part == "lock":
            self.locked_requested.emit(entry.index, not entry.locked)
        elif part == "swatch":
            self.colour_wanted.emit(entry.index, self.viewport().mapToGlobal(spot))
        else:
            self._pressed_row, self._press_at = row, spot
            self.active_requested.emit(entry.index)
            self.focus_returned.emit()

    def _part_at(self, row: QRect, spot: QPoint) -> str:
        return "name" if self.state_of_rows.is_picker else part_at(row, spot)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = event.position().toPoint()
        row = self.indexAt(spot).row()
        if row != self.state_of_rows.hovered:
            self.state_of_rows.hovered = row
            self.viewport().update()
        far = (spot - self._press_at).manhattanLength() >= QApplication.startDragDistance()
        may_move = not (self._rows.is_filtered or self.state_of_rows.is_picker)
        if self._pressed_row >= 0 and far and may_move:
            last = self._rows.rowCount()
            y = spot.y() + self.verticalOffset()
            self._drop_at = max(0, min(last, round(y / ROW_HEIGHT)))
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        row, drop = self._pressed_row, self._drop_at
        self._pressed_row = self._drop_at = -1
        self.viewport().update()
        entry = self._rows.entry(row)
        if entry is None or drop < 0:
            return
        position = drop - 1 if drop > row else drop
        if position != row:
            self.move_requested.emit(entry.index, position)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.indexAt(event.position().toPoint())
        part = self._part_at(self.visualRect(place), event.position().toPoint())
        if place.isValid() and part in ("name", "key") and not self.state_of_rows.is_picker:
            self._open_editor(place)
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.state_of_rows.hovered = -1
        self.viewport().update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry = self._rows.entry(self.currentIndex().row())
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() == Qt.Key.Key_F2 and entry:
            self._open_editor(self.currentIndex())
        elif event.key() in steps:
            beside = self._rows.entry(self.currentIndex().row() + steps[Qt.Key(event.key())])
            if beside:
                self.active_requested.emit(beside.index)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        entry = self._rows.entry(self.indexAt(event.pos()).row())
        if entry is None or self.state_of_rows.is_picker:
            return
        menu = self.context_menu(entry)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def context_menu(self, entry: LabelClass) -> ClassMenu:
        """Build the menu of one class."""
        menu = ClassMenu(entry, self._rows.table, self)
        menu.rename_requested.connect(self.rename)
        menu.colour_requested.connect(self._ask_colour)
        for name in ("key", "locked", "hidden", "only", "merge", "delete"):
            wish = f"{name}_requested"
            getattr(menu, wish).connect(getattr(self, wish))
        return menu

    def _ask_colour(self, class_index: int) -> None:
        corner = self.row_rect(class_index).bottomLeft()
        self.colour_wanted.emit(class_index, self.viewport().mapToGlobal(corner))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_at < 0:
            return
        painter = QPainter(self.viewport())
        y = self._drop_at * ROW_HEIGHT - self.verticalOffset()
        painter.fillRect(0, max(0, y - 1), self.viewport().width(), 2, theme.current().of("accent"))
        painter.end()
