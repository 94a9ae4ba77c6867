"""Images that move, change and vanish: from the session to banner and dialog, and back."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from segstudio.project.relink import Match
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.relink_dialog import RelinkDialog


class MovingWiring(QObject):
    """Opens the relink dialog, and has the folders looked at when the person comes back."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._moving = session.moving
        self._dialog: RelinkDialog | None = None
        self._moving.found.connect(self._on_found)
        self._moving.search_failed.connect(self._on_search_failed)
        self._moving.linked.connect(self._on_linked)
        session.images_changed.connect(self._close)
        session.document_changed.connect(self._show_fit)
        session.record_changed.connect(self._show_fit)
        session.list_changed.connect(self._show_fit)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.applicationStateChanged.connect(self._on_application_state)
        self._show_fit()

    def find(self) -> None:
        """Show the images that are not where they were."""
        from segstudio.ui.relink_dialog import RelinkDialog

        matches = self._moving.missing()
        if not matches:
            text = self.tr("Every image is where it was.")
            self._session.noticed.emit(Notice(text, NoticeKind.TOAST))
            return
        self._close()
        dialog = self._dialog = RelinkDialog(matches, self._session.images.root, self._window)
        dialog.search_requested.connect(self._search)
        dialog.link_requested.connect(self._link)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def labels_fit(self) -> None:
        """Take away the mark of the open image, whose file has changed."""
        document = self._session.document
        if document is not None:
            self._session.files.accept(document)

    def _search(self, folder: Path) -> None:
        self._moving.search(folder)

    def _link(self, names: dict[str, str]) -> None:
        self._moving.link_soon(names)

    def _on_linked(self, names: Mapping[str, str]) -> None:
        linked = len(names)
        one, several = self.tr("1 image linked"), self.tr("%d images linked")
        text = one if linked == 1 else several % linked
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST))

    def _on_found(self, matches: tuple[Match, ...]) -> None:
        if self._dialog is not None:
            self._dialog.propose(matches)

    def _on_search_failed(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.tell(sentence)

    def _on_finished(self, _code: int) -> None:
        self._moving.stop_search()
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()

    def _show_fit(self, _what: object = None) -> None:
        images = self._session.images
        path = images.path
        is_altered = path is not None and images.record(path).is_altered
        self._window.actions_by_name["labels_fit"].setEnabled(is_altered)

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._moving.watching.window_activated()
