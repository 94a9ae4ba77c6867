"""The choices of the export dialog."""

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.model_version import ModelVersion
from segstudio.formats.format_table import FORMATS
from segstudio.formats.placing import REPORT_NAME
from segstudio.ui import swatch
from segstudio.ui.controls import Combo, named, text_label
from segstudio.ui.export_values import ExportOffer, ExportWish
from segstudio.ui.tick_box import TickBox

_FORMATS_WIDTH = 200
LONGEST_TITLE = 40
"""Characters of a model's title; its tooltip has all."""


class ExportForm(QWidget):
    """Formats at the left; images, classes and folder at the right."""

    changed = Signal()

    def __init__(self, offer: ExportOffer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer = offer
        self.problem = ""
        """Why the format cannot hold these classes; empty if it can."""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(self._build_formats())
        row.addLayout(self._build_choices(), 1)
        self._connect()
        self._show_warning()

    def _build_formats(self) -> QVBoxLayout:
        self._formats = named(QListWidget(), "export_formats", self.tr("Formats"))
        self._formats.setFixedWidth(_FORMATS_WIDTH)
        self._formats.setWordWrap(True)
        self._formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._formats.setResizeMode(QListWidget.ResizeMode.Adjust)
        for row in FORMATS.values():
            item = QListWidgetItem(f"{self.tr(row.title)}\n{self.tr(row.line)}")
            item.setData(Qt.ItemDataRole.UserRole, row.name)
            self._formats.addItem(item)
            if row.name == self._offer.format or not self._formats.currentItem():
                self._formats.setCurrentItem(item)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(text_label(self.tr("Format"), "heading"))
        column.addWidget(self._formats, 1)
        return column

    def _build_choices(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(text_label(self.tr("Which images"), "heading"))
        column.addLayout(self._build_which())
        self._warning = text_label("", "warning")
        self._warning.setObjectName("export_warning")
        column.addWidget(self._warning)
        column.addSpacing(8)
        column.addWidget(text_label(self.tr("Classes"), "heading"))
        column.addWidget(self._build_classes(self._offer.classes), 1)
        column.addSpacing(8)
        column.addLayout(self._build_fields())
        return column

    def _build_which(self) -> QHBoxLayout:
        done = self.tr("Done ({count})").format(count=self._offer.done)
        labelled = self.tr("All with labels ({count})").format(count=self._offer.labelled)
        self._done = named(QRadioButton(done), "export_done", done)
        self._labelled = named(QRadioButton(labelled), "export_labelled", labelled)
        self._which = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(16)
        for choice in (self._done, self._labelled):
            self._which.addButton(choice)
            row.addWidget(choice)
        row.addStretch(1)
        self._done.setEnabled(self._offer.done > 0)
        (self._done if self._offer.done else self._labelled).setChecked(True)
        return row

    def _build_classes(self, classes: ClassTable) -> QTableWidget:
        table = named(QTableWidget(len(classes), 3), "export_classes", self.tr("Classes"))
        heads = [self.tr("Your class"), self.tr("Number"), self.tr("Name in the export")]
        table.setHorizontalHeaderLabels(heads)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mode = QHeaderView.ResizeMode
        for column, how in enumerate((mode.Stretch, mode.ResizeToContents, mode.Stretch)):
            table.horizontalHeader().setSectionResizeMode(column, how)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        table.horizontalHeader().setDefaultAlignment(left)
        for row, entry in enumerate(classes):
            own = QTableWidgetItem(_swatch_icon(entry.colour), entry.name)
            table.setItem(row, 0, own)
            for column in (1, 2):
                table.setItem(row, column, QTableWidgetItem())
        self._table = table
        self._show_numbers()
        return table

    def _show_numbers(self) -> None:
        """Show what each class is called by the format, and its number there."""
        own = self._offer.classes
        try:
            numbering = FORMATS[self._format()].number(own)
        except SegstudioError as error:
            self.problem, numbering = str(error), None
        else:
            self.problem = ""
        for row, entry in enumerate(own):
            there = numbering.classes.get(int(numbering.table[entry.index])) if numbering else None
            texts = (str(there.index), there.name) if there is not None else ("–", "–")
            for column, text in enumerate(texts, start=1):
                item = self._table.item(row, column)
                assert item is not None
                item.setText(text)

    def _build_fields(self) -> QGridLayout:
        self._images = named(Combo(), "export_images", self.tr("Images"))
        self._images.addItem(self.tr("Copy into the folder"), True)
        self._images.addItem(self.tr("Leave out"), False)
        self._folder = named(QLineEdit(str(self._offer.folder)), "export_folder", self.tr("Folder"))
        self._choose = named(
            QPushButton(self.tr("Choose…")), "export_choose", self.tr("Choose the folder")
        )
        self._model = self._build_model()
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        ignored = QLabel(self.tr("Ignore, number 255"))
        rows: list[tuple[str, QWidget]] = [
            (self.tr("Unlabelled becomes"), ignored),
            (self.tr("Images"), self._images),
            (self.tr("Folder"), self._folder),
        ]
        if self._model is not None:
            rows.insert(2, (self.tr("Model"), self._model))
        for at, (title, field) in enumerate(rows):
            grid.addWidget(QLabel(title), at, 0)
            grid.addWidget(field, at, 1)
        grid.addWidget(self._choose, len(rows) - 1, 2)
        return grid

    def _build_model(self) -> TickBox | None:
        """Return the tick of the taught model; None where none is in use."""
        model = self._offer.model
        if model is None:
            return None
        title = self.tr("Taught model ({title})").format(title=_cut(model.title))
        tick = named(TickBox(title), "export_model", title)
        tick.setToolTip(self.tr("Taught model\n{title}").format(title=model.title))
        tick.setChecked(True)
        return tick

    def _connect(self) -> None:
        self._formats.currentRowChanged.connect(self._show_numbers)
        self._formats.currentRowChanged.connect(self.changed)
        self._which.buttonClicked.connect(self._show_warning)
        self._which.buttonClicked.connect(self.changed)
        self._images.activated.connect(self.changed)
        if self._model is not None:
            self._model.clicked.connect(self.changed)
        self._folder.textChanged.connect(self.changed)
        self._choose.clicked.connect(self._on_choose_clicked)

    def wish(self) -> ExportWish:
        """Return what is chosen."""
        return ExportWish(
            format=self._format(),
            which="done" if self._done.isChecked() else "labelled",
            copy_images=bool(self._images.currentData()),
            folder=Path(self._folder.text().strip()),
            model=self._chosen_model(),
        )

    def _format(self) -> str:
        return str(self._formats.currentItem().data(Qt.ItemDataRole.UserRole))

    def _chosen_model(self) -> ModelVersion | None:
        is_chosen = self._model is not None and self._model.isChecked()
        return self._offer.model if is_chosen else None

    def count(self) -> int:
        return self._offer.done if self._done.isChecked() else self._offer.labelled

    def can_export(self) -> bool:
        return not self.problem and self.count() > 0 and bool(self._folder.text().strip())

    def summary(self) -> str:
        """Return the line at the foot: how much it will be."""
        if self.problem:
            return self.problem
        count = self.count()
        if not self._offer.labelled:
            return self.tr("No image has labels yet. Segment or paint one first.")
        if not count:
            return self.tr("No image is marked done (T) yet. Mark some, or take all with labels.")
        text = self.tr("{images} images, {classes} classes")
        if count == 1:
            text = self.tr("1 image, {classes} classes")
        line = text.format(images=count, classes=len(self._offer.classes))
        share = count / max(1, self._offer.labelled)
        size = self._offer.image_bytes * share if self._images.currentData() else 0.0
        model = self._chosen_model()
        size += model.size_bytes if model is not None else 0
        if size:
            line += self.tr(", about {size} MB").format(size=f"{max(1, size / 1e6):,.0f}")
        if (Path(self._folder.text()) / REPORT_NAME).is_file():
            return line + self.tr(" · replaces the earlier export")
        if not FORMATS[self._format()].is_lossless:
            return line + self.tr(" · not all of it fits: the report says what is lost")
        return line + self.tr(" · nothing is lost")

    @classmethod
    def ask_folder(cls, parent: QWidget, start: Path) -> Path | None:
        """Ask for the folder to write into."""
        name = QFileDialog.getExistingDirectory(parent, parent.tr("Export to"), str(start))
        return Path(name) if name else None

    def _on_choose_clicked(self) -> None:
        folder = self.ask_folder(self, Path(self._folder.text()))
        if folder:
            self._folder.setText(str(folder))

    def _show_warning(self) -> None:
        offer = self._offer
        unseen = offer.done_unseen if self._done.isChecked() else offer.labelled_unseen
        text = self.tr("{count} of these were never looked at by a person.")
        if unseen == 1:
            text = self.tr("{count} of these was never looked at by a person.")
        self._warning.setText(text.format(count=unseen))
        self._warning.setVisible(unseen > 0)


def _cut(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


def _swatch_icon(colour: tuple[int, int, int]) -> QIcon:
    side = swatch.SWATCH_PX
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    swatch.paint_swatch(painter, QRectF(0, 0, side, side), colour)
    painter.end()
    return QIcon(pixmap)
