"""From a file, a folder or the name of a repository to a model of one's own."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.model_info import ModelInfo
from segstudio.core.model_proposal import ModelProposal
from segstudio.session.notice import Notice
from segstudio.session.session import Session
from segstudio.ui.models_dialog import ModelsDialog


class ModelImports(QObject):
    """Shows what was found, and takes it in; what was fetched meanwhile waits for its turn."""

    added = Signal(str)
    """Name of a model that was taken in."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._shelf = session.models
        self._dialog: ModelsDialog | None = None
        self._waiting: list[ModelProposal] = []
        self._shelf.inspected.connect(self._on_inspected)
        self._shelf.imported.connect(self._on_imported)

    def begin(self, dialog: ModelsDialog) -> None:
        """Work in a dialog that was opened."""
        self._dialog = dialog
        dialog.import_requested.connect(self._on_import)
        dialog.repository_requested.connect(self._on_repository)
        dialog.form.import_requested.connect(self._on_take_in)
        dialog.page_changed.connect(self._on_page)

    def end(self) -> None:
        """Let go of the dialog."""
        self._dialog = None

    def offer(self) -> None:
        """Show what waits, unless a person is at something else in the dialog."""
        dialog = self._dialog
        if dialog is not None and self._waiting and dialog.page == "models":
            dialog.form.set_proposal(self._waiting.pop(0))
            dialog.show_page("import")

    def _on_page(self, _page: str) -> None:
        self.offer()

    def _on_import(self, path: Path) -> None:
        if self._dialog is not None:
            self._dialog.bar.tell(self.tr("Looking at %s…") % path.name)
            self._shelf.inspect(path)

    def _on_repository(self, repository: str) -> None:
        if self._dialog is not None:
            self._dialog.bar.dismiss()
            self._shelf.fetch_repository(repository)
            self._dialog.models.choose(repository)

    def _on_inspected(self, proposal: ModelProposal) -> None:
        is_fetched = bool(proposal.source)
        if self._dialog is None and not is_fetched:
            return  # whoever chose the file has closed the dialog
        self._waiting.append(proposal)
        if self._dialog is None:
            text = self.tr("%s was fetched. It can be imported now.") % proposal.title
            self._session.noticed.emit(Notice(text, actions=(("models", self.tr("Import…")),)))
        elif self._dialog.page == "models":
            self._dialog.bar.dismiss()
            self.offer()
        else:
            text = self.tr("%s was fetched. It is to be imported on the page Models.")
            self._dialog.bar.tell(text % proposal.title)

    def _on_take_in(self, proposal: ModelProposal) -> None:
        if self._dialog is not None:
            self._dialog.bar.tell(self.tr("Importing %s…") % proposal.title)
            self._shelf.take_in(proposal)

    def _on_imported(self, model: ModelInfo) -> None:
        if not model.is_commercial:
            self._shelf.accept(model.name)  # the form said so, and Import was pressed all the same
        self.added.emit(model.name)
        if self._dialog is not None:
            self._dialog.show_page("models")
