"""Sentences from the session, to the banner and the toast."""

import logging

from PySide6.QtCore import QObject

from segstudio.core.document import Document
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session
from segstudio.ui.window import MainWindow

log = logging.getLogger(__name__)

UNDO = "undo"
CHECK = "check"
"""What a click on a warning of the start page does when the warning offers nothing itself."""


class NoticeWiring(QObject):
    """Shows notices, and runs the action whose button is clicked."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._offered = CHECK
        self._undoes: tuple[Document | None, int] | None = None
        """The step that the toast offers to undo."""
        session.noticed.connect(self._on_notice)
        window.start_page.warning_clicked.connect(self._on_warning)
        window.frame.banner.action_requested.connect(self._on_action)
        window.frame.toast.action_requested.connect(self._on_action)
        session.images_changed.connect(window.frame.banner.dismiss)
        session.current_changed.connect(self._on_current)
        session.labels_changed.connect(self._withdraw_undo)
        session.document_changed.connect(self._withdraw_undo)

    def _on_notice(self, notice: Notice) -> None:
        log.info("told: %s", notice.text)
        frame = self._window.frame
        if self._window.shows_start:
            self._offered, words = next(iter(notice.actions), (CHECK, ""))
            self._window.start_page.set_warning(f"{notice.text} {words}".rstrip())
        if notice.kind is NoticeKind.TOAST:
            action = next(iter(notice.actions), None)
            frame.toast.tell(notice.text, action)
            self._undoes = self._last_step() if action and action[0] == UNDO else None
            return
        tone = "danger" if notice.kind is NoticeKind.ERROR else "plain"
        frame.banner.tell(notice.text, list(notice.actions), tone=tone)

    def _withdraw_undo(self) -> None:
        """Take away a toast whose Undo would take back another step than the one it tells of."""
        if self._undoes is not None and self._undoes != self._last_step():
            self._undoes = None
            self._window.frame.toast.hide()

    def _last_step(self) -> tuple[Document | None, int]:
        document = self._session.document
        return document, document.history.position if document is not None else 0

    def _on_warning(self) -> None:
        self._on_action(self._offered)

    def _on_current(self, _row: int) -> None:
        self._window.frame.banner.dismiss()  # it was about the image before

    def _on_action(self, name: str) -> None:
        self._window.frame.banner.dismiss()
        action = self._window.actions_by_name.get(name)
        if action is not None:
            action.trigger()
