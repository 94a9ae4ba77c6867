"""The name that a person signs changes with."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from segstudio.ui.controls import named, text_label
from segstudio.ui.popover import Popover

_WIDTH = 240


class NamePopover(Popover):
    """Asks for a name; Enter keeps it, Esc does not."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "name_popover", self.tr("Your name"))
        self.setFixedWidth(_WIDTH)
        self._field = named(QLineEdit(name), "annotator", self.tr("Your name"))
        self._field.selectAll()
        self.column.addWidget(text_label(self.tr("Your name"), "heading"))
        self.column.addWidget(self._field)
        line = text_label(
            self.tr("Kept with what you change, so that several people can work together."),
            "secondary",
        )
        line.setWordWrap(True)
        self.column.addWidget(line)
        self._field.returnPressed.connect(self._on_entered)
        self._field.setFocus()

    def _on_entered(self) -> None:
        self.chosen.emit(self._field.text().strip())
        self.hide()
