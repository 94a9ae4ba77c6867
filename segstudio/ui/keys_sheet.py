"""All keys on one sheet, made from the table of actions."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from segstudio.ui.action_table import ACTIONS, GESTURES, MENUS
from segstudio.ui.controls import named, text_label

_WIDTH, _HEIGHT = 900, 660
_COLUMNS = (("File", "Edit", "View"), ("Labels", "Model", "Dataset", "Help"))


class KeysSheet(QDialog):
    """Shows what each key does, by menu; Esc or ? closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "keys_sheet", self.tr("Keys"))
        self.setWindowTitle(self.tr("Keys"))
        self.resize(_WIDTH, _HEIGHT)
        page = QWidget()
        page.setObjectName("scroll_page")
        row = QHBoxLayout(page)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(32)
        assert {m for menus in _COLUMNS for m in menus} == set(MENUS)
        for menus in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(16)
            for menu in filter(_keys_of, menus):
                column.addLayout(self._group(self.tr(menu), _keys_of(menu)))
            if "Help" in menus:
                column.addLayout(self._group(self.tr("Mouse and held keys"), list(GESTURES)))
            column.addStretch(1)
            row.addLayout(column, 1)
        area = named(QScrollArea(), "keys_area", self.tr("Keys"))
        area.setWidgetResizable(True)
        area.setWidget(page)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(area)

    def _group(self, title: str, rows: list[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 176)
        grid.setColumnStretch(1, 1)
        grid.addWidget(text_label(title, "heading"), 0, 0, 1, 2)
        for at, (keys, text) in enumerate(rows, start=1):
            grid.addWidget(text_label(keys, ""), at, 0, Qt.AlignmentFlag.AlignTop)
            words = text_label(self.tr(text), "secondary")
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignTop)  # the first line stands beside its keys
            grid.addWidget(words, at, 1)
        return grid

    def keyPressEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        if event.text() == "?":
            self.accept()
        else:
            super().keyPressEvent(event)


def _keys_of(menu: str) -> list[tuple[str, str]]:
    native = QKeySequence.SequenceFormat.NativeText
    return [
        ("  ".join(QKeySequence(key).toString(native) for key in row.keys), row.text.rstrip("…"))
        for row in ACTIONS
        if row.keys and row.menu.partition("/")[0] == menu
    ]
