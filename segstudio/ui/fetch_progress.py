"""How far the fetch of a model is, and the way to stop it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segstudio.ui.controls import named, text_label
from segstudio.ui.model_text import size_text


class FetchProgress(QWidget):
    """A bar, a line, and what becomes of that which has arrived."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_stopping = False
        self._bar = named(QProgressBar(), "model_fetch_progress", self.tr("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._line = text_label("", "secondary")
        self._line.setObjectName("model_fetch_line")
        self._cancel = named(
            QPushButton(self.tr("Cancel")), "model_cancel_fetch", self.tr("Cancel the fetch")
        )
        self._cancel.setAutoDefault(False)
        note = text_label(
            self.tr(
                "You can close this window meanwhile. After Cancel, what has arrived is kept, and "
                "fetching goes on there."
            ),
            "secondary",
        )
        note.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self._line, 1)
        row.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._bar)
        column.addWidget(note)
        self._cancel.clicked.connect(self._on_cancel)

    def begin(self) -> None:
        """Forget that another fetch, or an earlier one, was being stopped."""
        self._is_stopping = False

    def set_share(self, share: float, size_bytes: int) -> None:
        """Show how much is here, 0 to 1; `size_bytes` is 0 where it is not known of how much."""
        self._bar.setValue(round(1000 * share))
        if self._is_stopping:
            return
        form = self.tr("Fetching: {here} of {all}, {percent} %")
        text = (form if size_bytes else self.tr("Fetching: {percent} %")).format(
            here=size_text(round(share * size_bytes)),
            all=size_text(size_bytes),
            percent=round(100 * share),
        )
        self._line.setText(text if share else self.tr("Fetching: connecting…"))

    def _on_cancel(self) -> None:
        self._is_stopping = True
        self._line.setText(self.tr("Stopping…"))
        self.cancel_requested.emit()
