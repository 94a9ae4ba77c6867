"""The names of a model's classes, one a line: typed, or from a list that is known."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from segstudio import assets
from segstudio.core.classes import read_classes
from segstudio.core.errors import SegstudioError
from segstudio.formats import class_lists
from segstudio.ui import class_files, theme
from segstudio.ui.class_setup import LISTS
from segstudio.ui.controls import link_button, named, text_label

_HEIGHT = 104


class ImportClassesField(QWidget):
    """As many names as the model tells classes apart; the number is the model's."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._text = named(
            QPlainTextEdit(),
            "import_classes",
            self.tr("Classes"),
            self.tr("Classes\nOne name a line, in the order in which the model numbers them."),
        )
        self._text.setTabChangesFocus(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setFixedHeight(_HEIGHT)
        self._line = text_label("", "secondary")
        self._line.setObjectName("import_classes_line")
        self._from_list = link_button(self.tr("Take a list…"), "import_classes_list")
        self._from_list.setAutoDefault(False)
        self._menu = QMenu(self)
        self._menu.setObjectName("import_classes_menu")
        for key, title in LISTS:
            self._menu.addAction(title).triggered.connect(partial(self._take_list, key))
        self._menu.addSeparator()
        self._menu.addAction(self.tr("From a file…")).triggered.connect(self._take_file)
        foot = QHBoxLayout()
        foot.addWidget(self._line, 1)
        foot.addWidget(self._from_list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._text)
        column.addLayout(foot)
        self._text.textChanged.connect(self._on_changed)
        self._from_list.clicked.connect(self._open_menu)

    def set_names(self, names: Sequence[str]) -> None:
        """Show the names that are proposed; there have to be as many as that."""
        self._count = len(names)
        self._text.setPlainText("\n".join(names))
        self._on_changed()

    def names(self) -> tuple[str, ...]:
        """Return the names as they are written."""
        lines = self._text.toPlainText().splitlines()
        return tuple(line.strip() for line in lines if line.strip())

    def problem(self) -> str:
        """Return why these names cannot be used; empty where they can."""
        names = self.names()
        if len(names) != self._count:
            one = self.tr("The model has {count} classes, and 1 name is written.")
            several = self.tr("The model has {count} classes, and {written} names are written.")
            text = one if len(names) == 1 else several
            return text.format(count=self._count, written=len(names))
        if len({name.casefold() for name in names}) < len(names):
            return self.tr("Two classes have the same name.")
        return ""

    def _on_changed(self) -> None:
        is_right = len(self.names()) == self._count
        text = self.tr("{written} of {count} names")
        self._line.setText(text.format(written=len(self.names()), count=self._count))
        theme.restyle(self._line, "role", "secondary" if is_right else "danger")
        self.changed.emit()

    def _open_menu(self) -> None:
        self._menu.popup(self._from_list.mapToGlobal(self._from_list.rect().bottomLeft()))

    def _take_list(self, key: str) -> None:
        self._take(entry.name for entry in read_classes(assets.path(f"classes/{key}.json")))

    def _take_file(self) -> None:
        path = class_files.ask_to_read(self)
        if path is None:
            return
        try:
            table = class_lists.read(path)
        except SegstudioError as error:
            self._line.setText(str(error))
            theme.restyle(self._line, "role", "danger")
            return
        self._take(entry.name for entry in table)

    def _take(self, names) -> None:  # type: ignore[no-untyped-def]
        # In place of what is there by an edit, so that Ctrl+Z brings it back.
        cursor = self._text.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText("\n".join(names))
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)
