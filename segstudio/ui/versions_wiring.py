"""The versions of the project's model in the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segstudio.session.session import Session
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.versions_dialog import VersionsDialog


class VersionsWiring(QObject):
    """Opens the dialog of versions and keeps it up to date."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._dialog: VersionsDialog | None = None
        window.actions_by_name["versions"].triggered.connect(self.open)
        session.versions.changed.connect(self._show)
        session.segmenting.models_changed.connect(self._show)

    def open(self) -> None:
        """Open the dialog, at the version in use."""
        if self._dialog is None:
            self._dialog = self._build()
            self._show()
            current = self._session.versions.current
            if current is not None:
                self._dialog.choose(current.number)
        self._dialog.open()
        self._dialog.raise_()

    def _build(self) -> "VersionsDialog":
        from segstudio.ui.versions_dialog import VersionsDialog

        dialog, versions = VersionsDialog(self._window), self._session.versions
        dialog.use_requested.connect(versions.use)
        dialog.remove_requested.connect(versions.remove)
        dialog.keep_requested.connect(versions.keep_in_my_models)
        dialog.teach_requested.connect(self._on_teach)
        dialog.finished.connect(self._on_closed)
        return dialog

    def _show(self) -> None:
        if self._dialog is None:
            return
        session = self._session
        model = session.segmenting.model(session.settings.get("model.name"))
        self._dialog.set_versions(
            session.versions.all,
            model.name if model is not None else "",
            colours={entry.index: entry.colour for entry in session.classes},
            titles=session.versions.titles,
        )

    def _on_teach(self) -> None:
        if self._dialog is not None:
            self._dialog.accept()
        self._window.actions_by_name["teach"].trigger()

    def _on_closed(self, _result: int) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
