"""A window with plain text that can be copied: the log, what the check of the computer found."""

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui.controls import named, text_label

_WIDTH, _HEIGHT = 720, 480


class TextDialog(QDialog):
    """Shows lines of text."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "text_dialog", title)
        self.setWindowTitle(title)
        self.resize(_WIDTH, _HEIGHT)
        self._text = named(QPlainTextEdit(), "text", title)
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._copy = named(QPushButton(self.tr("Copy")), "text_copy", self.tr("Copy"))
        self._close = named(QPushButton(self.tr("Close")), "text_close", self.tr("Close"))
        self._close.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text_label(title, "title"))
        column.addWidget(self._text, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._copy)
        foot.addWidget(self._close)
        column.addLayout(foot)
        self._copy.clicked.connect(self._copy_text)
        self._close.clicked.connect(self.accept)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self._text.setPlainText(text)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
