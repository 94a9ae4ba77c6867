"""A note on one or several images, and the flag that says: look at it again."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QWidget

from segstudio.core.image_record import ImageRecord
from segstudio.ui.controls import named, text_label
from segstudio.ui.popover import Popover
from segstudio.ui.tick_box import TickBox

_WIDTH, _TEXT_HEIGHT = 280, 84


class _NoteField(QPlainTextEdit):
    """Text of several lines; Ctrl+Enter keeps it."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.accept()
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class NotePopover(Popover):
    """Asks for a note; a click beside it keeps what was written, Esc does not."""

    kept = Signal(object)
    """The fields of the records that have changed."""

    def __init__(self, records: Sequence[ImageRecord], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "note_popover", self.tr("Note"))
        self.setFixedWidth(_WIDTH)
        notes = {record.note for record in records}
        self._note = notes.pop() if len(notes) == 1 else ""
        self._flagged = all(record.flagged for record in records)
        self._is_dropped = False
        title = self.tr("Note")
        if len(records) > 1:
            title = self.tr("Note for %d images") % len(records)
        self._text = named(_NoteField(self._note), "note_text", title)
        self._text.setFixedHeight(_TEXT_HEIGHT)
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText(
            self.tr("What is to be done, or seen")
            if not notes
            else self.tr("A new note for all of them")
        )
        self._text.moveCursor(QTextCursor.MoveOperation.End)
        self._flag = named(TickBox(self.tr("Flag it")), "note_flag", self.tr("Flag it"))
        self._flag.setToolTip(self.tr("Flag it\nFound by Flagged above the list of images."))
        self._flag.setChecked(self._flagged)
        keep = named(QPushButton(self.tr("Keep")), "note_keep", self.tr("Keep"))
        keep.setToolTip(self.tr("Keep (Ctrl+Enter)\nWhat is written here."))
        self.column.addWidget(text_label(title, "heading"))
        self.column.addWidget(self._text)
        foot = QHBoxLayout()
        foot.addWidget(self._flag, 1)
        foot.addWidget(keep)
        self.column.addLayout(foot)
        keep.clicked.connect(self.hide)
        self._text.entered.connect(self.hide)
        self._text.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._is_dropped = event.key() == Qt.Key.Key_Escape
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        fields: dict[str, object] = {}
        if self._text.toPlainText().strip() != self._note:
            fields["note"] = self._text.toPlainText().strip()
        if self._flag.isChecked() != self._flagged:
            fields["flagged"] = self._flag.isChecked()
        if fields and not self._is_dropped:
            self.kept.emit(fields)
        self._is_dropped = True
        super().hideEvent(event)
