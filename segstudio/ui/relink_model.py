"""The rows of the relink dialog: images that are not where they were, and where they may be."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from segstudio.project.relink import Basis, Match
from segstudio.ui import theme

Index = QModelIndex | QPersistentModelIndex
OLD, NEW, WHY = range(3)
ROOT = QModelIndex()


class RelinkModel(QAbstractTableModel):
    """Old names with a tick, the place proposed for each, and why; however many there are."""

    ticked_changed = Signal()

    def __init__(self, matches: Sequence[Match], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = list(matches)
        self._ticked = {row for row, match in enumerate(matches) if _can_tick(match)}

    # What it holds

    def names(self) -> dict[str, str]:
        """Return the new names of the ticked images."""
        return {self._rows[row].old: self._rows[row].new for row in sorted(self._ticked)}

    def outside(self) -> int:
        """Return how many images were found where the project cannot reach them."""
        return sum(1 for match in self._rows if match.new and not _can_tick(match))

    def found(self) -> int:
        """Return how many images have a proposed place."""
        return sum(1 for match in self._rows if match.new)

    def propose(self, matches: Iterable[Match]) -> None:
        """Take what a search has found; no place is proposed twice, same content goes first."""
        at = {match.old: row for row, match in enumerate(self._rows)}
        holders = {match.new: row for row, match in enumerate(self._rows) if match.new}
        self.beginResetModel()
        for match in matches:
            row, holder = at.get(match.old), holders.get(match.new)
            is_content = match.basis is Basis.CONTENT
            if row is None or (self._rows[row].basis is Basis.CONTENT and not is_content):
                continue
            if holder is not None and holder != row:
                if not is_content or self._rows[holder].basis is Basis.CONTENT:
                    continue
                self._set(holder, replace(self._rows[holder], new="", basis=Basis.NOTHING))
            self._set(row, match)
            holders[match.new] = row
        self.endResetModel()
        self.ticked_changed.emit()

    def _set(self, row: int, match: Match) -> None:
        self._rows[row] = match
        if _can_tick(match):
            self._ticked.add(row)
        else:
            self._ticked.discard(row)

    # Qt

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (self.tr("Image"), self.tr("Now at"), self.tr("Because"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        match, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (match.old, match.new or "–", self._why(match))[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (match.old, match.new, self._why(match))[column]
        if role == Qt.ItemDataRole.ForegroundRole and (column == WHY or not _can_tick(match)):
            return theme.current().of("second")
        if role == Qt.ItemDataRole.CheckStateRole and column == OLD:
            ticked = index.row() in self._ticked
            return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not _can_tick(self._rows[index.row()]):
            return False
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._ticked.add(index.row())
        else:
            self._ticked.discard(index.row())
        self.dataChanged.emit(index, index, [role])
        self.ticked_changed.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not _can_tick(self._rows[index.row()]):
            return Qt.ItemFlag.ItemIsSelectable
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsUserCheckable if index.column() == OLD else plain

    def _why(self, match: Match) -> str:
        if match.new and not _can_tick(match):
            return self.tr("Outside the project")
        return {
            Basis.NOTHING: self.tr("Not found"),
            Basis.CONTENT: self.tr("Same content"),
            Basis.FOLDER: self.tr("Same name, moved folder"),
            Basis.NAME: self.tr("Same name and size"),
        }[match.basis]


def _can_tick(match: Match) -> bool:
    """Tell whether an image was found, and below the root, where the project can name it."""
    return bool(match.new) and not Path(match.new).is_absolute()
