"""Asking for files with lists of classes."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from segstudio.formats.class_lists import LABELMAP, NAMES, TABLE

_CONTEXT = "class_files"
_READABLE = "*.json *.txt *.csv *.tsv"
_WRITABLE: tuple[tuple[str, str], ...] = (
    ("JSON, with everything", "classes.json"),
    ("Plain text, a name a line", NAMES.file_name),
    ("CSV, for spreadsheets", TABLE.file_name),
    ("labelmap.txt of CVAT and VOC", LABELMAP.file_name),
)


def ask_to_read(parent: QWidget) -> Path | None:
    """Ask for a file with classes; None when the question was cancelled."""
    kinds = _tr("Class lists (%s);;All files (*)") % _READABLE
    name, _ = QFileDialog.getOpenFileName(parent, _tr("Classes from a file"), "", kinds)
    return Path(name) if name else None


def ask_to_write(parent: QWidget, folder: Path) -> Path | None:
    """Ask where to write the classes; the name that is chosen tells the kind of file."""
    dialog = _ExportDialog(parent, folder)
    taken = dialog.exec() == QDialog.DialogCode.Accepted
    chosen = Path(dialog.selectedFiles()[0]) if taken else None
    dialog.deleteLater()
    return chosen


class _ExportDialog(QFileDialog):
    """Offers a name for each kind of file; it asks before a file is replaced."""

    def __init__(self, parent: QWidget, folder: Path) -> None:
        super().__init__(parent, _tr("Export class list"), str(folder))
        self.setObjectName("export_classes_dialog")
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._names = {_tr(title) + _pattern(name): name for title, name in _WRITABLE}
        self.setNameFilters(list(self._names))
        self.filterSelected.connect(self._offer)
        self._offer(next(iter(self._names)))

    def _offer(self, kind: str) -> None:
        self.setDefaultSuffix(Path(self._names[kind]).suffix)
        self.selectFile(self._names[kind])


def _pattern(name: str) -> str:
    return f" ({name})" if name == LABELMAP.file_name else f" (*{Path(name).suffix})"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)
