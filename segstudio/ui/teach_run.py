"""While a lesson runs: how far it is, how it goes, and the ways to end it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segstudio.core.lesson import LessonNews
from segstudio.ui import teach_text
from segstudio.ui.controls import named, text_label
from segstudio.ui.lesson_chart import LessonChart
from segstudio.ui.scroll_page import ScrollPage

_PARTS = 1000


class TeachRun(QWidget):
    """Shows and asks."""

    stop_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = text_label("", "body")
        self._line.setObjectName("teach_line")
        self._line.setWordWrap(True)
        self._progress = named(QProgressBar(), "teach_progress", self.tr("How far it is"))
        self._progress.setTextVisible(False)
        self._progress.setRange(0, _PARTS)
        self._chart = LessonChart()
        self._hint = text_label(
            self.tr("You can go on labelling. What you paint from now on counts the next time."),
            "secondary",
        )
        self._hint.setWordWrap(True)
        self._stop = named(
            QPushButton(self.tr("Stop and keep best")),
            "teach_stop",
            self.tr("Stop and keep best"),
            self.tr("Stop and keep best\nEnd now, with the best until now."),
        )
        self._stop.setProperty("primary", True)
        self._cancel = named(
            QPushButton(self.tr("Cancel")),
            "teach_cancel_run",
            self.tr("Cancel"),
            self.tr("Cancel\nNothing is kept; the model in use stays."),
        )
        page = ScrollPage("teach_run", self.tr("How the lesson goes"))
        page.add(self._line, self._progress, self._chart, self._hint)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 12, 8)
        foot.setSpacing(8)
        foot.addWidget(self._stop, 1)
        foot.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(page, 1)
        column.addLayout(foot)
        self._stop.clicked.connect(self._on_stop)
        self._cancel.clicked.connect(self.cancel_requested)

    def begin(self) -> None:
        """Show that a lesson has begun."""
        self._chart.clear()
        self._line.setText(teach_text.stage_text(""))
        self._progress.setValue(0)
        self._stop.setEnabled(False)

    def set_news(self, news: LessonNews) -> None:
        """Show how far it is."""
        self._chart.add(news)
        self._line.setText(teach_text.line_of(news))
        self._progress.setValue(round(_PARTS * news.done))
        self._stop.setEnabled(news.step > 0)

    def take_focus(self) -> None:
        """Bring the keyboard focus to what comes next."""
        part = self._stop if self._stop.isEnabled() else self._cancel
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_stop(self) -> None:
        self._stop.setEnabled(False)
        self._line.setText(self.tr("Ending…"))
        self.stop_requested.emit()
