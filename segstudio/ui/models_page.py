"""The models at the left, the card of one of them at the right."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from segstudio.core.architecture_info import ArchitectureInfo
from segstudio.core.model_info import ModelInfo
from segstudio.ui import model_files
from segstudio.ui.controls import named
from segstudio.ui.model_card import CardValues, ModelCard
from segstudio.ui.model_list import ModelList
from segstudio.ui.repository_popover import RepositoryPopover

_LIST_WIDTH = 264


class ModelsPage(QWidget):
    """Shows; whoever hears the wishes of the card does what is wished for."""

    import_requested = Signal(object)
    """Path of a file or folder."""
    repository_requested = Signal(str)
    """Name of a repository of Hugging Face."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "models_page", self.tr("Models"))
        self._models: dict[str, ModelInfo] = {}
        self._can_compare = False
        self._defaults: dict[str, dict[str, str]] = {}
        self.list = ModelList()
        self.list.setFixedWidth(_LIST_WIDTH)
        self.card = ModelCard()
        # It stands in the foot of the dialog, where the list needs no room for it.
        self.import_button = named(
            QPushButton(self.tr("Import a model…")),
            "model_import",
            self.tr("Import a model"),
            self.tr("Import a model\nOr drop its file or folder on this window."),
        )
        self.import_button.setAutoDefault(False)
        self._menu = QMenu(self)
        self._menu.setObjectName("model_import_menu")
        self._menu.addAction(self.tr("A file…")).triggered.connect(self._on_file)
        self._menu.addAction(self.tr("A folder…")).triggered.connect(self._on_folder)
        self._menu.addAction(self.tr("From Hugging Face…")).triggered.connect(self._on_repository)
        self._popover: RepositoryPopover | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.list)
        row.addWidget(self.card, 1)
        self.list.current_changed.connect(self._on_current)
        self.import_button.clicked.connect(self._open_menu)

    def set_models(self, models: Sequence[ModelInfo], *, used: str, can_compare: bool) -> None:
        """Show models; what is looked at stays, or its neighbour if it is gone."""
        current, row = self.list.current, self.list.currentIndex().row()
        self._models = {model.name: model for model in models}
        self._can_compare = can_compare
        self.list.models.set_models(models)
        self.list.models.set_used(used)
        if current in self._models or row < 0:
            self.list.choose(current or used)
        else:
            self.list.choose_near(row)
        self._show_card()

    def set_architectures(self, known: Sequence[ArchitectureInfo]) -> None:
        """Show every value that a model was built with, also those that it leaves as usual."""
        self._defaults = {
            entry.name: {choice.name: choice.default for choice in entry.parameters}
            for entry in known
        }
        self._show_card()

    def set_shares(self, shares: dict[str, float]) -> None:
        """Show how much of each model that is being fetched is here, 0 to 1."""
        self.list.models.set_shares(shares)
        self._show_card()

    def choose(self, name: str) -> None:
        """Look at a model."""
        self.list.choose(name)

    def _on_current(self, _name: str) -> None:
        self._show_card()

    def _show_card(self) -> None:
        model = self._models.get(self.list.current)
        rows = self.list.models
        if model is None:
            self.card.set_values(None)
            return
        values = CardValues(
            model,
            is_used=model.name == rows.used,
            can_compare=self._can_compare,
            share=rows.shares.get(model.name),
            defaults=self._defaults.get(model.architecture_name, {}),
        )
        self.card.set_values(values)

    def _open_menu(self) -> None:
        button, height = self.import_button, self._menu.sizeHint().height()
        self._menu.popup(button.mapToGlobal(QPoint(0, -height - 2)))

    def _on_file(self) -> None:
        self._import_from(model_files.ask_for_file(self))

    def _on_folder(self) -> None:
        self._import_from(model_files.ask_for_folder(self))

    def _on_repository(self) -> None:
        if self._popover is None:
            self._popover = RepositoryPopover(self)
            self._popover.fetch_requested.connect(self.repository_requested)
        self._popover.adjustSize()
        height = self._popover.height()  # above, where the menu was: below is no dialog any more
        self._popover.open_at(self.import_button.mapToGlobal(QPoint(0, -height - 4)))
        self._popover.begin()

    def _import_from(self, path: Path | None) -> None:
        if path is not None:
            self.import_requested.emit(path)
