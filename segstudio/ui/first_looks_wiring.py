"""How right the model was at first, in the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segstudio.session.session import Session
from segstudio.ui.window import MainWindow

if TYPE_CHECKING:
    # Imported when it is first opened: the start is shorter without.
    from segstudio.ui.first_looks_dialog import FirstLooksDialog


class FirstLooksWiring(QObject):
    """Opens the dialog and keeps it up to date."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._dialog: FirstLooksDialog | None = None
        window.actions_by_name["first_looks"].triggered.connect(self.open)
        session.first_looks.changed.connect(self._show)

    def open(self) -> None:
        """Open the dialog."""
        if self._dialog is None:
            self._dialog = self._build()
            self._show()
        self._dialog.open()
        self._dialog.raise_()

    def _build(self) -> "FirstLooksDialog":
        from segstudio.ui.first_looks_dialog import FirstLooksDialog

        dialog = FirstLooksDialog(self._window)
        dialog.image_requested.connect(self._on_image)
        dialog.finished.connect(self._on_closed)
        return dialog

    def _show(self) -> None:
        if self._dialog is None:
            return
        session = self._session
        self._dialog.set_looks(session.first_looks.all, session.versions.titles)

    def _on_image(self, name: str) -> None:
        images = self._session.images
        row = images.row_of(images.path_of(name))
        if row is not None and self._dialog is not None:
            self._dialog.accept()
            self._session.show_image(row)

    def _on_closed(self, _result: int) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
