"""How well a model does on the images that are done: classes, confusion, images, certainty."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.temperature import Calibration
from segstudio.ui.batch_popover import BatchChoice
from segstudio.ui.controls import Combo, Segment, Segmented, named, text_label
from segstudio.ui.evaluation_pages import CertaintyPage, ConfusionPage
from segstudio.ui.evaluation_tables import ClassScore, ClassScores, ImageLine, ImageLines
from segstudio.ui.message_bar import MessageBar

DIALOG_SIZE = (860, 620)
_SMALLEST = (720, 480)
_SEGMENT_WIDTH = 96
_IMAGES_WIDTH = 190


@dataclass(frozen=True, eq=False)
class EvaluationShown:
    """What came of measuring a model, as it is shown."""

    line: str
    note: str
    classes: Sequence[ClassScore]
    confusion: NDArray[np.int64]
    images: Sequence[ImageLine]
    calibration: Calibration | None
    certainty: str
    can_calibrate: bool


class EvaluationDialog(QDialog):
    """Shows and asks; measures nothing itself."""

    evaluate_requested = Signal(str, str)
    """Name of a model, and which images."""
    cancel_requested = Signal()
    image_requested = Signal(str)
    calibrate_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "evaluation_dialog", self.tr("Evaluate"))
        self.setWindowTitle(self.tr("Evaluate"))
        self.resize(*DIALOG_SIZE)
        self.setMinimumSize(*_SMALLEST)
        self.bar = MessageBar()
        self._choices: Sequence[BatchChoice] = ()
        self._is_running = False
        self._build_fields()
        self._build_pages()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(self._build_head())
        column.addLayout(self._build_row())
        column.addWidget(self._progress)
        column.addWidget(self.bar)
        column.addWidget(self._line)
        column.addWidget(self._stack, 1)
        column.addWidget(self._note)
        column.addLayout(self._build_foot())
        self._connect()
        self._empty.setText(self._hint_before())
        self._show_state()

    def _build_fields(self) -> None:
        self._model = named(Combo(), "evaluation_model", self.tr("Model"))
        self._which = named(Combo(), "evaluation_which", self.tr("Images"))
        self._which.setFixedWidth(_IMAGES_WIDTH)
        self._start = named(
            QPushButton(self.tr("Evaluate")),
            "evaluation_start",
            self.tr("Evaluate"),
            self.tr("Evaluate\nNo label changes."),
        )
        self._start.setProperty("accent", True)
        self._start.setDefault(True)
        self._stop = named(QPushButton(self.tr("Cancel")), "evaluation_cancel", self.tr("Cancel"))
        self._stop.setAutoDefault(False)
        self._progress = named(QProgressBar(), "evaluation_progress", self.tr("How far it is"))
        self._progress.setTextVisible(False)
        self._line = text_label("", "body")
        self._line.setObjectName("evaluation_line")
        self._line.setWordWrap(True)
        self._note = text_label("", "secondary")
        self._note.setObjectName("evaluation_note")
        self._note.setWordWrap(True)

    def _build_pages(self) -> None:
        self._classes, self._images = ClassScores(), ImageLines()
        self._confusion, self._certainty = ConfusionPage(), CertaintyPage()
        self._pages: dict[str, QWidget] = {
            "classes": self._classes,
            "confusion": self._confusion,
            "images": self._images,
            "certainty": self._certainty,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._empty = text_label("", "secondary")
        self._empty.setObjectName("evaluation_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._empty)
        self._stack.setCurrentWidget(self._empty)

    def _build_head(self) -> QHBoxLayout:
        words = {
            "classes": self.tr("Classes"),
            "confusion": self.tr("Confusion"),
            "images": self.tr("Images"),
            "certainty": self.tr("Certainty"),
        }
        segments = [Segment(name, words[name]) for name in self._pages]
        self._page = Segmented(
            "evaluation_pages", self.tr("Page"), segments, width=_SEGMENT_WIDTH, takes_focus=True
        )
        self._page.set_value("classes")
        head = QHBoxLayout()
        head.addWidget(text_label(self.tr("Evaluate"), "title"), 1)
        head.addWidget(self._page)
        return head

    def _build_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(text_label(self.tr("Model"), "secondary"))
        row.addWidget(self._model, 1)
        row.addSpacing(8)
        row.addWidget(text_label(self.tr("Images"), "secondary"))
        row.addWidget(self._which)
        row.addWidget(self._start)
        row.addWidget(self._stop)
        return row

    def _build_foot(self) -> QHBoxLayout:
        self._hint = text_label(
            self.tr("Click an image to open it with the errors over it."), "secondary"
        )
        self._close = named(QPushButton(self.tr("Close")), "evaluation_close", self.tr("Close"))
        self._close.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self._hint, 1)
        foot.addStretch(0)
        foot.addWidget(self._close)
        return foot

    def _connect(self) -> None:
        self._page.chosen.connect(self.show_page)
        self._which.currentIndexChanged.connect(self._show_state)
        self._start.clicked.connect(self._on_start)
        self._stop.clicked.connect(self.cancel_requested)
        self._close.clicked.connect(self.accept)
        self._images.image_requested.connect(self.image_requested)
        self._certainty.calibrate_requested.connect(self.calibrate_requested)

    # What it shows ---------------------------------------------------------------------------

    def set_models(self, models: Sequence[tuple[str, str]], current: str) -> None:
        """Offer models as pairs of name and title."""
        chosen = self._model.currentData() or current
        self._model.clear()
        for name, title in models:
            self._model.addItem(title, name)
        self._model.setCurrentIndex(max(0, self._model.findData(chosen)))
        self._show_state()

    def set_choices(self, choices: Sequence[BatchChoice]) -> None:
        """Say which images there are to measure on."""
        chosen = self._which.currentData()
        self._choices = tuple(choices)
        self._which.clear()
        for choice in choices:
            self._which.addItem(f"{choice.text} · {choice.count:,}", choice.key)
        self._which.setCurrentIndex(max(0, self._which.findData(chosen)))
        self._show_state()

    def set_running(self, running: bool) -> None:
        self._is_running = running
        self._progress.setRange(0, 0)
        self._empty.setText(self._hint_before())
        if running:
            self.bar.dismiss()
        self._show_state()
        (self._stop if running else self._start).setFocus()  # the other one is gone

    def set_progress(self, over: int, total: int) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(over)
        self._empty.setText(self.tr("{over} of {total} images").format(over=over, total=total))

    def set_shown(self, shown: EvaluationShown) -> None:
        """Show what came of it."""
        self._line.setText(shown.line)
        self._note.setText(shown.note)
        self._classes.set_scores(shown.classes)
        self._confusion.set_confusion([row.name for row in shown.classes], shown.confusion)
        self._images.set_images(shown.images)
        self._certainty.set_calibration(
            shown.calibration, shown.certainty, can_keep=shown.can_calibrate
        )
        self.show_page(self._page.value)

    def show_page(self, name: str) -> None:
        """Show a page, once there is something to show."""
        self._page.set_value(name)
        has_shown = bool(self._line.text())
        self._stack.setCurrentWidget(self._pages[name] if has_shown else self._empty)
        self._show_state()

    def _show_state(self, _row: int = 0) -> None:
        row = self._which.currentIndex()
        count = self._choices[row].count if 0 <= row < len(self._choices) else 0
        self._start.setVisible(not self._is_running)
        self._start.setEnabled(count > 0 and self._model.count() > 0)
        self._stop.setVisible(self._is_running)
        self._progress.setVisible(self._is_running)
        has_shown = bool(self._line.text())
        self._line.setVisible(has_shown)
        self._note.setVisible(has_shown and bool(self._note.text()))
        self._page.setVisible(has_shown)
        self._hint.setVisible(has_shown and self._page.value == "images")

    def _hint_before(self) -> str:
        return self.tr("The model is compared with the labels of images that people are done with.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start.setFocus(Qt.FocusReason.PopupFocusReason)  # Enter starts

    def _on_start(self) -> None:
        model, which = self._model.currentData(), self._which.currentData()
        self.evaluate_requested.emit(str(model), str(which))
