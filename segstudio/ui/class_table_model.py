"""The table of the class editor as a model, and how its cells are edited."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from segstudio.core.class_keys import KEYS, keys_of
from segstudio.core.classes import ClassTable, LabelClass, Role
from segstudio.session.class_counts import ClassCount
from segstudio.ui import swatch, theme
from segstudio.ui.class_step import pixels_text
from segstudio.ui.controls import Combo

Index = QModelIndex | QPersistentModelIndex
_CONTEXT = "class_table_model"
_EDIT, _DISPLAY = int(Qt.ItemDataRole.EditRole), int(Qt.ItemDataRole.DisplayRole)


@dataclass(frozen=True)
class Column:
    """One column: the field of a class, its heading, its width, and whether it can be edited."""

    field: str
    title: str
    width_px: int
    is_edited: bool = False
    is_number: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("index", "Id", 40, is_number=True),
    Column("key", "Key", 70, is_edited=True),
    Column("colour", "Colour", 62),
    Column("name", "Name", 130, is_edited=True),
    Column("role", "Role", 100, is_edited=True),
    Column("description", "Description", 120, is_edited=True),
    Column("images", "Images", 64, is_number=True),
    Column("pixels", "Pixels", 92, is_number=True),
)
FIELDS = tuple(column.field for column in COLUMNS)


class ClassTableModel(QAbstractTableModel):
    """Shows a class table with counts; an edit is a wish."""

    change_requested = Signal(int, str, object)
    """Index of a class, field, and its new value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = ClassTable()
        self._keys: dict[int, str] = {}
        self._counts: dict[int, ClassCount] = {}

    def set_classes(self, table: ClassTable) -> None:
        is_same_order = table.indices == self._table.indices
        if not is_same_order:
            self.beginResetModel()
        self._table = table
        self._keys = keys_of(table)
        if is_same_order:
            self._tell_changed()
        else:
            self.endResetModel()

    def set_counts(self, counts: dict[int, ClassCount]) -> None:
        self._counts = counts
        self._tell_changed()

    def _tell_changed(self) -> None:
        if len(self._table):
            last = self.index(len(self._table) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def entry(self, row: int) -> LabelClass | None:
        return self._table.classes[row] if 0 <= row < len(self._table) else None

    def row_of(self, class_index: int) -> int:
        indices = self._table.indices
        return indices.index(class_index) if class_index in indices else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._table)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            return self._alignment(COLUMNS[section])
        return self.tr(COLUMNS[section].title) if role == _DISPLAY else None

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        entry = self.entry(index.row())
        if entry is None:
            return None
        column = COLUMNS[index.column()]
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            return self._alignment(column)
        if role == int(Qt.ItemDataRole.DecorationRole) and column.field == "colour":
            return swatch.icon(entry.colour)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return self._tip(entry, column)
        if role == int(Qt.ItemDataRole.ForegroundRole) and column.field == "key":
            return theme.current().of("text" if entry.key else "second")
        if role == _EDIT:
            return getattr(entry, column.field, None)
        return self._text(entry, column.field) if role == _DISPLAY else None

    def _text(self, entry: LabelClass, field: str) -> str:
        count = self._counts.get(entry.index, ClassCount())
        texts = {
            "index": str(entry.index),
            "key": self._keys[entry.index],
            "colour": "",
            "role": role_text(entry.role),
            "images": f"{count.images:,}" if count.images else "",
            "pixels": pixels_text(count.pixels) if count.pixels else "",
        }
        return texts[field] if field in texts else str(getattr(entry, field))

    def _tip(self, entry: LabelClass, column: Column) -> str:
        if column.field == "colour":
            return "#{:02X}{:02X}{:02X}".format(*entry.colour)
        return self._text(entry, column.field)

    def _alignment(self, column: Column) -> int:
        side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        is_edited = index.isValid() and COLUMNS[index.column()].is_edited
        return plain | Qt.ItemFlag.ItemIsEditable if is_edited else plain

    def setData(self, index: Index, value: object, role: int = _EDIT) -> bool:
        entry = self.entry(index.row())
        field = COLUMNS[index.column()].field
        text = str(value).strip()
        if role != _EDIT or entry is None or (field == "name" and not text):
            return False
        wanted = Role(text) if field == "role" else text
        if wanted != getattr(entry, field):
            self.change_requested.emit(entry.index, field, wanted)
        return True


class ClassCellDelegate(QStyledItemDelegate):
    """Edits key and role in a list, name and description in a field."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        del option
        field = COLUMNS[index.column()].field
        if field in ("key", "role"):
            editor: QWidget = self._list_of(field, parent)
        else:
            editor = QLineEdit(parent)
            editor.setProperty("inplace", True)
        editor.setObjectName(f"class_{field}_cell")
        editor.setAccessibleName(self.tr(COLUMNS[index.column()].title))
        return editor

    def _list_of(self, field: str, parent: QWidget) -> Combo:
        choices = {str(role): role_text(role) for role in Role}
        if field == "key":
            choices = {"": self.tr("By order")} | {key: key for key in KEYS}
        combo = Combo(parent)
        combo.setProperty("inplace", True)
        for value, text in choices.items():
            combo.addItem(text, value)
        combo.activated.connect(self._on_activated)
        QTimer.singleShot(0, combo, combo.showPopup)  # not before it is shown
        return combo

    def _on_activated(self) -> None:
        combo = self.sender()
        assert isinstance(combo, Combo)
        self.commitData.emit(combo)
        self.closeEditor.emit(combo)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, Combo):
            editor.setCurrentIndex(editor.findData(str(index.data(_EDIT))))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, Combo):
            model.setData(index, editor.currentData())
        else:
            super().setModelData(editor, model, index)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        del index
        editor.setGeometry(option.rect.adjusted(1, 1, -1, -1))


def role_text(role: Role) -> str:
    """Return the word for a role."""
    words = {
        Role.NORMAL: QCoreApplication.translate(_CONTEXT, "Normal"),
        Role.BACKGROUND: QCoreApplication.translate(_CONTEXT, "Background"),
        Role.IGNORE: QCoreApplication.translate(_CONTEXT, "Ignore"),
    }
    return words[role]
