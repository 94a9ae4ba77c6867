"""Finding images that are not where they were."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segstudio.project.relink import Match
from segstudio.ui import theme
from segstudio.ui.controls import ElidedLabel, named, text_label
from segstudio.ui.relink_model import NEW, OLD, WHY, RelinkModel

_WIDTH, _HEIGHT = 760, 520


class RelinkDialog(QDialog):
    """A row for each missing image with its proposed place; those ticked are linked."""

    search_requested = Signal(object)
    """The folder to search."""
    link_requested = Signal(object)
    """New names by old ones."""

    def __init__(
        self, matches: Sequence[Match], folder: Path, parent: QWidget | None = None
    ) -> None:
        """Show the missing images of the project in `folder`."""
        super().__init__(parent)
        named(self, "relink_dialog", self.tr("Find moved images"))
        self.setWindowTitle(self.tr("Find moved images"))
        self.resize(_WIDTH, _HEIGHT)
        self._folder = folder
        self._model = RelinkModel(matches, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        one = self.tr("1 image is not where it was")
        several = self.tr("%d images are not where they were")
        count = len(matches)
        column.addWidget(text_label(one if count == 1 else several % count, "title"))
        line = self.tr("The labels of those that you tick go to the new place. No file is moved.")
        column.addWidget(text_label(line, "dialog"))
        column.addWidget(self._build_table(), 1)
        column.addLayout(self._build_foot())
        self._model.ticked_changed.connect(self._on_ticked)
        self._on_ticked()
        self._tell_found()

    def _build_table(self) -> QTableView:
        table = named(QTableView(), "relink_table", self.tr("Missing images"))
        table.setModel(self._model)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        head = table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        mode = QHeaderView.ResizeMode
        for section, how in ((OLD, mode.Stretch), (NEW, mode.Stretch), (WHY, mode.Fixed)):
            head.setSectionResizeMode(section, how)
        head.resizeSection(WHY, 180)
        return table

    def _build_foot(self) -> QHBoxLayout:
        choose = self.tr("Choose folder…")
        tip = self.tr("Choose folder\nSearch it, and all below it, for the missing images.")
        self._choose = named(QPushButton(choose), "relink_choose", choose, tip)
        self._state = named(ElidedLabel(), "relink_state", self.tr("What was found"))
        self._link = named(QPushButton(), "relink_link", self.tr("Link images"))
        cancel = named(QPushButton(self.tr("Cancel")), "relink_cancel", self.tr("Cancel"))
        self._link.setDefault(True)
        self._choose.setAutoDefault(False)
        cancel.setAutoDefault(False)
        self._choose.clicked.connect(self._choose_folder)
        self._link.clicked.connect(self._on_link)
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._choose)
        foot.addWidget(self._state, 1)
        foot.addWidget(self._link)
        foot.addWidget(cancel)
        return foot

    # What it shows

    def propose(self, matches: Iterable[Match]) -> None:
        """Show what a search has found."""
        self._choose.setEnabled(True)
        self._model.propose(matches)
        self._tell_found()

    def tell(self, text: str) -> None:
        """Say why a search could not be made."""
        self._choose.setEnabled(True)
        self._state.set_text(text)

    def _tell_found(self) -> None:
        outside = self._model.outside()
        if outside:
            text = self.tr(
                "%d lie outside %s: move them into it, they are found by themselves then."
            )
            self._state.set_text(text % (outside, self._folder.name))
        else:
            count = self._model.rowCount()
            self._state.set_text(self.tr("%d of %d found") % (self._model.found(), count))

    # What is asked for

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, self.tr("Search in folder"), str(self._folder.parent)
        )
        if name:
            self._choose.setEnabled(False)
            self._state.set_text(self.tr("Searching %s…") % name)
            self.search_requested.emit(Path(name))

    def _on_ticked(self) -> None:
        count = len(self._model.names())
        one, several = self.tr("Link 1 image"), self.tr("Link %d images")
        self._link.setText(one if count == 1 else several % count)
        self._link.setAccessibleName(self._link.text())
        self._link.setEnabled(count > 0)

    def _on_link(self) -> None:
        self.link_requested.emit(self._model.names())
        self.accept()
