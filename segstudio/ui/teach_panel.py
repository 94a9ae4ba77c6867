"""The panel of Teach, in the side column: what to learn from, how it goes, what came of it."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from segstudio.ui.controls import icon_button, named, text_label
from segstudio.ui.teach_end import TeachEnd
from segstudio.ui.teach_run import TeachRun
from segstudio.ui.teach_setup import TeachSetup


class TeachPanel(QFrame):
    """Three pages under one heading; Esc closes it, and a lesson goes on without it."""

    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "teach_panel", self.tr("Teach"))
        self.setup, self.run, self.end = TeachSetup(), TeachRun(), TeachEnd()
        self._shown: TeachSetup | TeachRun | TeachEnd = self.setup
        self._stack = QStackedWidget()
        for page in (self.setup, self.run, self.end):
            self._stack.addWidget(page)
        close = icon_button(
            "close",
            "teach_close",
            self.tr("Close Teach"),
            self.tr("Close (Esc)\nA lesson that runs goes on."),
            side=24,
            size=14,
        )
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 6, 0)
        head.addWidget(text_label(self.tr("Teach"), "panel"), 1)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        close.clicked.connect(self.close_requested)
        self.end.close_requested.connect(self.close_requested)

    @property
    def page(self) -> TeachSetup | TeachRun | TeachEnd:
        """What is shown: `setup`, `run` or `end`."""
        return self._shown

    def show_page(self, page: TeachSetup | TeachRun | TeachEnd) -> None:
        """Show `setup`, `run` or `end`; the focus follows where it was in the panel."""
        if page is self._shown:
            return
        focused = self.window().focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self._shown = page
        self._stack.setCurrentWidget(page)
        if had_focus:
            self.take_focus()

    def take_focus(self) -> None:
        """Bring the keyboard focus into the panel."""
        self._shown.take_focus()

    # Esc -------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # Before the action of the window that has this key takes it.
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
            return
        super().keyPressEvent(event)
