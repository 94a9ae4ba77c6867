"""Tables of what came of measuring a model: its classes, and the images from the worst."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from segstudio.core.palette import Colour
from segstudio.ui import swatch, theme
from segstudio.ui.controls import named

_NUMBER_WIDTH = 92
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class ClassScore:
    """How well a model does on one class; the scores are 0 to 1, or NaN where not defined."""

    name: str
    colour: Colour
    iou: float
    precision: float
    recall: float
    boundary_f: float
    pixels: int


@dataclass(frozen=True)
class ImageLine:
    """How well it does on one image."""

    name: str
    miou: float
    pixel_accuracy: float


class _Table(QTableWidget):
    """Rows to read; the first column takes the room that the numbers leave."""

    def __init__(self, headings: Sequence[tuple[str, str]], parent: QWidget | None) -> None:
        super().__init__(0, len(headings), parent)
        for column, (text, tip) in enumerate(headings):
            item = QTableWidgetItem(text)
            item.setToolTip(tip)
            item.setTextAlignment(_RIGHT if column else _LEFT)
            self.setHorizontalHeaderItem(column, item)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column in range(1, len(headings)):
            header.resizeSection(column, _NUMBER_WIDTH)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def put(self, row: int, cells: Sequence[str]) -> None:
        """Write a row."""
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(_RIGHT)
            self.setItem(row, column, item)


class ClassScores(_Table):
    """A row for each class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        headings = (
            (self.tr("Class"), ""),
            (self.tr("IoU"), self.tr("Of what either calls so, how much both do.")),
            (self.tr("Precision"), self.tr("Of what the model calls so, how much is.")),
            (self.tr("Recall"), self.tr("Of what is so, how much the model finds.")),
            (self.tr("Borders"), self.tr("How far its borders lie on those of the labels.")),
            (self.tr("Pixels"), self.tr("Labelled so in these images.")),
        )
        super().__init__(headings, parent)
        named(self, "class_scores", self.tr("Scores by class"))

    def set_scores(self, scores: Sequence[ClassScore]) -> None:
        self.setRowCount(len(scores))
        for row, score in enumerate(scores):
            numbers = (score.iou, score.precision, score.recall, score.boundary_f)
            self.put(row, (score.name, *map(shown, numbers), f"{score.pixels:,}"))
            name = self.item(row, 0)
            assert name is not None
            name.setIcon(swatch.icon(score.colour))


class ImageLines(_Table):
    """A row for each image, the worst first."""

    image_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        headings = (
            (self.tr("Image"), ""),
            (self.tr("Mean IoU"), self.tr("Over the classes that its labels have.")),
            (self.tr("Right"), self.tr("Share of its labelled pixels.")),
        )
        super().__init__(headings, parent)
        named(self, "image_lines", self.tr("Images, the worst first"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._on_clicked)

    def set_images(self, images: Sequence[ImageLine]) -> None:
        self.setRowCount(len(images))
        for row, image in enumerate(images):
            self.put(row, (image.name, shown(image.miou), percent(image.pixel_accuracy)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self._ask(self.currentRow())
            event.accept()
            return
        super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._ask(index.row())

    def _ask(self, row: int) -> None:
        name = self.item(row, 0)
        assert name is not None
        self.image_requested.emit(name.text())


def shown(score: float) -> str:
    """Return a score of 0 to 1 as text; a dash where it is not defined."""
    return "–" if math.isnan(score) else f"{score:.2f}"


def percent(share: float) -> str:
    """Return a share as text; a dash where it is not defined."""
    return "–" if math.isnan(share) else f"{100 * share:.1f} %"
