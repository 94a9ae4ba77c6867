"""The chip of models that are being fetched: how much is here, cancel."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segstudio.ui.controls import icon_button, link_button, named

BUTTON_SIDE = 20
ICON_SIZE = 12


class FetchChip(QWidget):
    """Shows one line about what is fetched; a click on it asks for the models."""

    models_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "fetch_chip", self.tr("Fetching"))
        self._text = link_button("", "fetch_text", self.tr("Fetching"))
        self._text.setProperty("quiet", True)
        self._text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._text.setToolTip(self.tr("Fetching\nClick for the models."))
        self._cancel = icon_button(
            "close",
            "fetch_cancel",
            self.tr("Cancel fetching"),
            self.tr("Cancel fetching\nWhat is here is kept; fetching again goes on there."),
            side=BUTTON_SIDE,
            size=ICON_SIZE,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._text)
        row.addWidget(self._cancel)
        self._text.clicked.connect(self.models_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        self.hide()

    def set_line(self, text: str) -> None:
        """Show what is fetched; an empty text hides the chip."""
        self._text.setText(text)
        self.setVisible(bool(text))
