"""One sentence at the top of a dialog: what happened, or a question before something is done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from segstudio.ui import theme
from segstudio.ui.controls import icon_button, named


class MessageBar(QFrame):
    """Tells or asks; a question is answered with its verb or with Cancel, which is the default."""

    confirmed = Signal(str)
    """The key of the question."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "message_bar", self.tr("Message"))
        self.setProperty("notice", True)
        self._key = ""
        self._text = QLabel()
        self._text.setObjectName("message_text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setWordWrap(True)
        self._do = named(QPushButton(), "message_do", self.tr("Do it"))
        self._do.setAutoDefault(False)
        self._cancel = named(QPushButton(self.tr("Cancel")), "message_cancel", self.tr("Cancel"))
        self._close = icon_button(
            "close", "message_close", self.tr("Close the message"), "", side=24, size=14
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(theme.GAP)
        row.addWidget(self._text, 1)
        for button in (self._do, self._cancel, self._close):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._do.clicked.connect(self._on_confirmed)
        self._cancel.clicked.connect(self.dismiss)
        self._close.clicked.connect(self.dismiss)
        self.hide()

    @property
    def is_asking(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._key)

    @property
    def text(self) -> str:
        """What is said; empty when nothing is."""
        return "" if self.isHidden() else self._text.text()

    def tell(self, text: str, *, tone: str = "plain") -> None:
        """Say what happened; `tone` is plain, warning or danger."""
        self._show(text, tone, "")

    def ask(self, text: str, key: str, verb: str, *, is_danger: bool) -> None:
        """Ask before something is done; `verb` is what the button does."""
        self._do.setText(verb)
        self._do.setAccessibleName(verb)
        theme.restyle(self._do, "danger", is_danger)
        self._show(text, "danger" if is_danger else "warning", key)
        self._cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Take away what is said; a question is answered with Cancel by that."""
        self._key = ""
        self.hide()

    def _show(self, text: str, tone: str, key: str) -> None:
        self._key = key
        self._text.setText(text)
        self.setAccessibleDescription(text)
        theme.restyle(self, "tone", tone)
        for button in (self._do, self._cancel):
            button.setVisible(bool(key))
        self._close.setVisible(not key)
        self.show()

    def _on_confirmed(self) -> None:
        key = self._key
        self.dismiss()
        self.confirmed.emit(key)
