"""The context menu of a class."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from segstudio.core.class_keys import KEYS, keys_of
from segstudio.core.classes import ClassTable, LabelClass
from segstudio.ui import class_colours, swatch


class ClassMenu(QMenu):
    """What can be done with one class; every entry is a wish."""

    rename_requested = Signal(int)
    colour_requested = Signal(int)
    key_requested = Signal(int, str)
    locked_requested = Signal(int, bool)
    hidden_requested = Signal(int, bool)
    only_requested = Signal(int)
    merge_requested = Signal(int, int)
    delete_requested = Signal(int)

    def __init__(self, entry: LabelClass, table: ClassTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("class_menu")
        index = entry.index
        self._add(self, self.tr("Rename"), self.rename_requested.emit, index)
        self._add(self, self.tr("Colour…"), self.colour_requested.emit, index)
        self._add_keys(entry, table)
        self.addSeparator()
        lock = self.tr("Unlock") if entry.locked else self.tr("Lock")
        self._add(self, lock, self.locked_requested.emit, index, not entry.locked)
        hide = self.tr("Show") if entry.hidden else self.tr("Hide")
        self._add(self, hide, self.hidden_requested.emit, index, not entry.hidden)
        self._add(self, self.tr("Only this"), self.only_requested.emit, index)
        self.addSeparator()
        self._add_targets(index, table)
        self._add(self, self.tr("Delete…"), self.delete_requested.emit, index)

    def _add_keys(self, entry: LabelClass, table: ClassTable) -> None:
        """Offer every key, with the class that has it now."""
        menu = self.addMenu(self.tr("Key"))
        menu.setObjectName("key_menu")
        follows = self._add(menu, self.tr("By the order"), self.key_requested.emit, entry.index, "")
        follows.setCheckable(True)
        follows.setChecked(not entry.key)
        menu.addSeparator()
        holders = {key: table.name_of(index) for index, key in keys_of(table).items() if key}
        for key in KEYS:
            text = f"{key}\t{holders[key]}" if key in holders else key
            action = self._add(menu, text, self.key_requested.emit, entry.index, key)
            action.setCheckable(True)
            action.setChecked(entry.key == key)

    def _add_targets(self, index: int, table: ClassTable) -> None:
        menu = self.addMenu(self.tr("Merge into"))
        menu.setObjectName("merge_menu")
        for other in table:
            if other.index != index:
                action = self._add(menu, other.name, self.merge_requested.emit, index, other.index)
                action.setIcon(swatch.icon(*class_colours.look(other)))
        menu.setEnabled(len(table) > 1)

    def _add(self, menu: QMenu, text: str, call: Callable[..., None], *values: object) -> QAction:
        action = QAction(text.replace("&", "&&"), menu)
        action.setData((call, values))
        action.triggered.connect(self._on_triggered)
        menu.addAction(action)
        return action

    def _on_triggered(self) -> None:
        sender = self.sender()
        assert isinstance(sender, QAction)
        call, values = sender.data()
        call(*values)
