"""The end of the program: a question while something is running, and everything saved."""

import logging
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMessageBox

from segstudio.session.session import Session
from segstudio.ui.quit_question import QuitQuestion, RunningJob
from segstudio.ui.window import MainWindow

log = logging.getLogger(__name__)


class Busy(Protocol):
    """Whoever has something running that a person would miss."""

    def running_job(self) -> RunningJob | None:
        """Return what is running; None while nothing is."""


class Closing(QObject):
    """Closes the window, unless a person would rather stay.

    Nothing is asked of a person who cannot answer: at the end of a desktop session.
    """

    def __init__(self, window: MainWindow, session: Session, busy: Sequence[Busy]) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._busy = busy
        window.closing.connect(self._on_closing)

    def _on_closing(self, event: QCloseEvent) -> None:
        if not self._may_close():
            event.ignore()
            return
        window, session = self._window, self._session
        session.settings.set("window", window.layout_state())
        problem = session.finish()
        if problem and not self._may_lose(problem):
            event.ignore()
            return
        window.hide()  # the engine may take a second to end
        session.close(discard=True)

    def _may_close(self) -> bool:
        jobs = [job for job in (source.running_job() for source in self._busy) if job is not None]
        if not jobs or self._window.ends_at_once:
            return True
        # The end may have come while the question was open.
        return QuitQuestion.ask(jobs, self._window) or self._window.ends_at_once

    def _may_lose(self, problem: str) -> bool:
        if not self._window.ends_at_once:
            answer = QMessageBox.warning(
                self._window,
                self.tr("Not saved"),
                problem,
                QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
                QMessageBox.StandardButton.Cancel,
            )
            if answer == QMessageBox.StandardButton.Discard:
                return True
        if self._window.ends_at_once:
            log.error("ended by a signal, and not saved: %s", problem)
        return self._window.ends_at_once
