"""The rows of the class list as a model."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.ui.controls import first_line_tip

Index = QModelIndex | QPersistentModelIndex
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)


class ClassModel(QAbstractListModel):
    """The classes that match the search, in their order."""

    renamed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = ClassTable()
        self._shown: list[LabelClass] = []
        self._wanted = ""
        self.keys: dict[int, str] = {}

    @property
    def is_filtered(self) -> bool:
        return bool(self._wanted)

    def set_classes(self, table: ClassTable) -> None:
        if [c.index for c in self._matching(table)] == [c.index for c in self._shown]:
            self.table = table
            self._shown = self._matching(table)
            if self._shown:
                self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))
            return
        self.beginResetModel()
        self.table = table
        self._shown = self._matching(table)
        self.endResetModel()

    def set_search(self, text: str) -> None:
        self.beginResetModel()
        self._wanted = text.strip().casefold()
        self._shown = self._matching(self.table)
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
            return self._tip(entry)
        return None

    def _tip(self, entry: LabelClass) -> str:
        number = self.tr("Number {index} in label files").format(index=entry.index)
        head = first_line_tip(entry.name, self.keys.get(entry.index, ""), number)
        return f"{head}\n{entry.description}" if entry.description else head

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
