"""Sentences from the session, to the banner and the toast."""

import logging

from PySide6.QtCore import QObject

from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session
from segstudio.ui.window import MainWindow

log = logging.getLogger(__name__)

CHECK = "check"
"""What a click on a warning of the start page does when the warning offers nothing itself."""


class NoticeWiring(QObject):
    """Shows notices, and runs the action whose button is clicked."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._offered = CHECK
        session.noticed.connect(self._on_notice)
        window.start_page.warning_clicked.connect(self._on_warning)
        window.frame.banner.action_requested.connect(self._on_action)
        window.frame.toast.action_requested.connect(self._on_action)
        session.images_changed.connect(window.frame.banner.dismiss)
        session.current_changed.connect(self._on_current)

    def _on_notice(self, notice: Notice) -> None:
        log.info("told: %s", notice.text)
        frame = self._window.frame
        if self._window.shows_start:
            self._offered, words = next(iter(notice.actions), (CHECK, ""))
            self._window.start_page.set_warning(f"{notice.text} {words}".rstrip())
        if notice.kind is NoticeKind.TOAST:
            frame.toast.tell(notice.text, next(iter(notice.actions), None))
            return
        tone = "danger" if notice.kind is NoticeKind.ERROR else "plain"
        frame.banner.tell(notice.text, list(notice.actions), tone=tone)

    def _on_warning(self) -> None:
        self._on_action(self._offered)

    def _on_current(self, _row: int) -> None:
        self._window.frame.banner.dismiss()  # it was about the image before

    def _on_action(self, name: str) -> None:
        self._window.frame.banner.dismiss()
        action = self._window.actions_by_name.get(name)
        if action is not None:
            action.trigger()
