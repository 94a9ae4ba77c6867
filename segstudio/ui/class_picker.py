"""Find a class by typing: a list that opens at the cursor."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from segstudio.core.class_keys import keys_of
from segstudio.core.classes import ClassTable, LabelClass
from segstudio.ui.class_list import ClassList
from segstudio.ui.class_row import ROW_HEIGHT
from segstudio.ui.controls import named
from segstudio.ui.popover import Popover

PICKER_WIDTH = 260
RECENT_SHOWN = 5
_ROWS_SHOWN = 10


class ClassPicker(Popover):
    """Filters while typing, the most recent classes first; Enter takes, Esc leaves."""

    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "class_picker", self.tr("Class picker"))
        self.setFixedWidth(PICKER_WIDTH)
        self.column.setContentsMargins(8, 8, 8, 8)
        self._table = ClassTable()
        self._search = named(QLineEdit(), "class_picker_search", self.tr("Find a class"))
        self._search.setPlaceholderText(self.tr("Find a class"))
        self._list = ClassList()
        named(self._list, "class_picker_list", self.tr("Classes"))
        self._list.state_of_rows.is_picker = True
        self.column.addWidget(self._search)
        self.column.addWidget(self._list)
        self._search.installEventFilter(self)
        self._connect()

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search_changed)
        self._list.active_requested.connect(self._choose)

    def open_for(self, position: QPoint, table: ClassTable, recent: list[int], active: int) -> None:
        """Show it at a point of the screen."""
        first = [entry for index in recent if (entry := table.get(index))][:RECENT_SHOWN]
        rest = [entry for entry in table if entry not in first]
        self._table = ClassTable((*first, *rest))
        self._list.set_classes(self._table)
        self._list.set_keys(keys_of(table))
        self._search.clear()
        self._list.set_active(active)
        rows = min(_ROWS_SHOWN, max(1, len(table)))
        self._list.setFixedHeight(rows * ROW_HEIGHT)
        self.open_at(position)
        self._search.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps:
            self._move(steps[Qt.Key(event.key())])
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._list.state_of_rows.active)
            return True
        return super().eventFilter(watched, event)

    def _matching(self) -> list[LabelClass]:
        wanted = self._search.text().strip().casefold()
        return [c for c in self._table if wanted in c.name.casefold()]

    def _on_search_changed(self, text: str) -> None:
        self._list.set_search(text)
        wanted = text.strip().casefold()
        matching = self._matching()
        begins = [c for c in matching if c.name.casefold().startswith(wanted)]
        if matching:
            self._list.set_active((begins or matching)[0].index)

    def _move(self, step: int) -> None:
        indices = [c.index for c in self._matching()]
        active = self._list.state_of_rows.active
        if indices:
            at = indices.index(active) if active in indices else -step
            self._list.set_active(indices[max(0, min(len(indices) - 1, at + step))])

    def _choose(self, class_index: int) -> None:
        if any(c.index == class_index for c in self._matching()):
            self.hide()
            self.class_chosen.emit(class_index)
