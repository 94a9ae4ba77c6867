"""The list of classes: its rows as a model, and the gestures on them."""

from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QMenu, QWidget

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.ui import theme
from segstudio.ui.class_row import ROW_HEIGHT, ClassRowDelegate, part_at
from segstudio.ui.controls import named

Index = QModelIndex | QPersistentModelIndex
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass
class RowState:
    """What the delegate needs beside the class itself."""

    active: int = -1
    hovered: int = -1
    has_shares: bool = True
    shares: dict[int, float] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)


class ClassModel(QAbstractListModel):
    """The classes that match the search, in their order."""

    renamed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = ClassTable()
        self._shown: list[LabelClass] = []
        self._wanted = ""

    @property
    def is_filtered(self) -> bool:
        return bool(self._wanted)

    def set_classes(self, table: ClassTable) -> None:
        if [c.index for c in self._matching(table)] == [c.index for c in self._shown]:
            self._table = table
            self._shown = self._matching(table)
            if self._shown:
                self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))
            return
        self.beginResetModel()
        self._table = table
        self._shown = self._matching(table)
        self.endResetModel()

    def set_search(self, text: str) -> None:
        self.beginResetModel()
        self._wanted = text.strip().casefold()
        self._shown = self._matching(self._table)
        self.endResetModel()

    def _matching(self, table: ClassTable) -> list[LabelClass]:
        return [c for c in table if self._wanted in c.name.casefold()]

    def row_of(self, class_index: int) -> int:
        return next((r for r, c in enumerate(self._shown) if c.index == class_index), -1)

    def entry(self, row: int) -> LabelClass | None:
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == ENTRY_ROLE:
            return entry
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.EditRole)):
            return entry.name
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return self.tr("{name}\nNumber {index} in label files").format(
                name=entry.name, index=entry.index
            )
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: ARG002 - Qt's own signature
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsEditable

    def setData(
        self, index: Index, value: object, role: int = int(Qt.ItemDataRole.EditRole)
    ) -> bool:
        entry = self.entry(index.row())
        name = str(value).strip()
        if role != int(Qt.ItemDataRole.EditRole) or entry is None or not name:
            return False
        if name != entry.name:
            self.renamed.emit(entry.index, name)
        return True


class ClassList(QListView):
    """Click makes active, double-click or F2 renames, drag reorders, eye and lock toggle."""

    active_requested = Signal(int)
    rename_requested = Signal(int, str)
    colour_wanted = Signal(int, QPoint)
    move_requested = Signal(int, int)
    hidden_requested = Signal(int, bool)
    locked_requested = Signal(int, bool)
    only_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "class_list", self.tr("Classes"))
        self.state_of_rows = RowState()
        self._rows = ClassModel(self)
        self._pressed_row = -1
        self._press_at = QPoint()
        self._drop_at = -1
        self.setModel(self._rows)
        self.setItemDelegate(ClassRowDelegate(self.state_of_rows, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._rows.renamed.connect(self.rename_requested)

    def sizeHint(self) -> QSize:
        return QSize(200, min(12, max(1, self._rows.rowCount())) * ROW_HEIGHT)

    # What it shows

    def set_classes(self, table: ClassTable) -> None:
        self.state_of_rows.positions = {c.index: at for at, c in enumerate(table)}
        self._rows.set_classes(table)
        self.setMaximumHeight(max(1, self._rows.rowCount()) * ROW_HEIGHT)
        self._mark_current()

    def set_search(self, text: str) -> None:
        self._rows.set_search(text)
        self._mark_current()

    def set_active(self, class_index: int) -> None:
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
            self.edit(self._rows.index(row))

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
        part = part_at(self.visualRect(self._rows.index(row)), spot)
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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = event.position().toPoint()
        row = self.indexAt(spot).row()
        if row != self.state_of_rows.hovered:
            self.state_of_rows.hovered = row
            self.viewport().update()
        far = (spot - self._press_at).manhattanLength() >= QApplication.startDragDistance()
        if self._pressed_row >= 0 and far and not self._rows.is_filtered:
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
        part = part_at(self.visualRect(place), event.position().toPoint())
        if place.isValid() and part in ("name", "key"):
            self.edit(place)
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
            self.edit(self.currentIndex())
        elif event.key() in steps:
            beside = self._rows.entry(self.currentIndex().row() + steps[Qt.Key(event.key())])
            if beside:
                self.active_requested.emit(beside.index)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        entry = self._rows.entry(self.indexAt(event.pos()).row())
        if entry is None:
            return
        menu = self.context_menu(entry)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def context_menu(self, entry: LabelClass) -> QMenu:
        """Build the menu of one class."""
        menu = QMenu(self)
        menu.setObjectName("class_menu")
        self._add(menu, self.tr("Rename"), self.rename, entry.index)
        self._add(menu, self.tr("Colour…"), self._ask_colour, entry.index)
        menu.addSeparator()
        lock = self.tr("Unlock") if entry.locked else self.tr("Lock")
        self._add(menu, lock, self.locked_requested.emit, entry.index, not entry.locked)
        hide = self.tr("Show") if entry.hidden else self.tr("Hide")
        self._add(menu, hide, self.hidden_requested.emit, entry.index, not entry.hidden)
        self._add(menu, self.tr("Only this"), self.only_requested.emit, entry.index)
        return menu

    def _add(self, menu: QMenu, text: str, call, *values: object) -> None:  # type: ignore[no-untyped-def]
        action = QAction(text, menu)
        action.setData((call, values))
        action.triggered.connect(self._on_menu_action)
        menu.addAction(action)

    def _on_menu_action(self) -> None:
        sender = self.sender()
        assert isinstance(sender, QAction)
        call, values = sender.data()
        call(*values)

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
