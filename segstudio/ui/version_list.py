"""The versions of a project's model, the newest first."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segstudio.core.model_version import ModelVersion
from segstudio.ui import theme, version_text
from segstudio.ui.controls import named
from segstudio.ui.row_painting import Index, paint_mark, paint_option_ground, paint_text

_ROW_HEIGHT, _LINE, _PAD = 62, 17, 8


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.versions: tuple[ModelVersion, ...] = ()
        self.current = ""

    def set_versions(self, versions: tuple[ModelVersion, ...], current: str) -> None:
        self.beginResetModel()
        self.versions, self.current = versions, current
        self.endResetModel()

    def mark(self, version: ModelVersion) -> str:
        """Return the word at the right of a version."""
        return self.tr("In use") if version.name == self.current else ""

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.versions)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        version = self.versions[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return version.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            lines = version_text.lines_below(version)
            return ", ".join(filter(None, (version.title, *lines, self.mark(version))))
        return None


class VersionList(QListView):
    """Title, score and time of each version; a double click or Enter asks to use it."""

    current_changed = Signal(int)
    """Number of the version that is looked at."""
    use_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "version_list", self.tr("Versions"))
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(self._rows, self))
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.activated.connect(self._on_activated)

    def set_versions(self, versions: Sequence[ModelVersion], current: str) -> None:
        """Show versions, oldest first as they are; the one that is looked at stays."""
        looked_at = self.number
        row = max(0, self.currentIndex().row())
        self._rows.set_versions(tuple(reversed(versions)), current)
        self.choose(looked_at)
        if self.number is None and versions:
            self.setCurrentIndex(self._rows.index(min(row, len(versions) - 1)))

    @property
    def number(self) -> int | None:
        """The version that is looked at."""
        row = self.currentIndex().row()
        return self._rows.versions[row].number if 0 <= row < len(self._rows.versions) else None

    def choose(self, number: int | None) -> None:
        """Look at a version."""
        for row, version in enumerate(self._rows.versions):
            if version.number == number:
                self.setCurrentIndex(self._rows.index(row))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.number is not None:
            self.current_changed.emit(self.number)

    def _on_activated(self, index: QModelIndex) -> None:
        self.use_requested.emit(self._rows.versions[index.row()].number)


class _Delegate(QStyledItemDelegate):
    def __init__(self, rows: _Rows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(160, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        version = self._rows.versions[index.row()]
        rect: QRect = option.rect
        painter.save()
        paint_option_ground(painter, option)
        inside = rect.adjusted(_PAD + 3, 5, -_PAD, -5)
        first = QRect(inside.left(), inside.top(), inside.width(), 18)
        mark = self._rows.mark(version)
        painter.setFont(theme.font(theme.SECONDARY_PX))
        used = paint_mark(painter, first, mark, "success") + (_PAD if mark else 0)
        title = first.adjusted(0, 0, -used, 0)
        painter.setFont(theme.font(theme.BODY_PX))
        paint_text(painter, title, version.title, "text")
        painter.setFont(theme.font(theme.SECONDARY_PX))
        for row, text in enumerate(version_text.lines_below(version), start=1):
            paint_text(painter, first.translated(0, row * _LINE), text, "second")
        painter.restore()
