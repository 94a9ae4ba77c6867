"""The name of a repository of Hugging Face to be fetched."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from segstudio.core.repository_name import repository_of
from segstudio.ui import theme
from segstudio.ui.controls import named, text_label
from segstudio.ui.popover import Popover

_WIDTH = 400


class RepositoryPopover(Popover):
    """Takes a name, or the address of its page; Enter fetches, Esc leaves."""

    fetch_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = self.tr("From Hugging Face")
        named(self, "repository_popover", title)
        self.setFixedWidth(_WIDTH)
        self._field = named(QLineEdit(), "repository_name", self.tr("Repository"))
        self._field.setPlaceholderText(self.tr("owner/name, or the address of its page"))
        self._fetch = named(QPushButton(self.tr("Fetch")), "repository_fetch", self.tr("Fetch"))
        self._fetch.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self._field, 1)
        row.addWidget(self._fetch)
        line = text_label(
            self.tr(
                "A model that gives each pixel a class, of transformers or of "
                "segmentation-models-pytorch. No code in it is run. Its licence and its classes "
                "are shown before it is imported."
            ),
            "secondary",
        )
        line.setWordWrap(True)
        self.column.addWidget(text_label(title, "heading"))
        self.column.addLayout(row)
        self.column.addWidget(line)
        self._field.textChanged.connect(self._show_state)
        self._field.returnPressed.connect(self._on_fetch)
        self._fetch.clicked.connect(self._on_fetch)
        self._show_state()

    def begin(self) -> None:
        """Be ready for another name; the last one stays, for a fetch that goes on."""
        self._field.selectAll()
        self._field.setFocus()

    def _show_state(self) -> None:
        self._fetch.setEnabled(bool(repository_of(self._field.text())))

    def _on_fetch(self) -> None:
        repository = repository_of(self._field.text())
        if repository:
            self.hide()
            self.fetch_requested.emit(repository)
