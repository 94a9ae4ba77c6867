"""What Segment all is asked for: which images, which model, how refined."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.ui.controls import Combo, Segment, Segmented, named, text_label
from segstudio.ui.model_panel import REFINEMENTS, ModelChoice
from segstudio.ui.popover import Popover
from segstudio.ui.tick_box import TickBox

WIDTH = 300


@dataclass(frozen=True)
class BatchChoice:
    """One answer to "which images", and how many they are."""

    key: str
    text: str
    count: int


class BatchPopover(Popover):
    """Shows the choices and what they come to; Start is the only wish it has."""

    start_requested = Signal(str, str, str)
    """Which images, the name of the model, the refinement."""
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "batch_popover", self.tr("Segment all"))
        self.setFixedWidth(WIDTH)
        self._choices: Sequence[BatchChoice] = ()
        self._which = named(Combo(), "batch_which", self.tr("Which images"))
        self._model = named(Combo(), "batch_model", self.tr("Model"))
        segments = [Segment(key, self.tr(text)) for key, text in REFINEMENTS]
        self._refine = Segmented("batch_refine", self.tr("Refine"), segments, takes_focus=True)
        self._ink = named(
            TickBox(self.tr("Keep my ink")),
            "batch_ink",
            self.tr("Keep my ink"),
            self.tr("Keep my ink\nWhat you painted always stays, and so do images that are done."),
        )
        self._ink.setChecked(True)
        self._ink.setEnabled(False)
        self._estimate = text_label("", "secondary")
        self._estimate.setObjectName("batch_estimate")
        self._start = named(
            QPushButton(self.tr("Start")),
            "batch_start",
            self.tr("Start"),
            self.tr("Start\nIn the background; go on working."),
        )
        self._start.setAutoDefault(True)
        self._lay_out()
        self._which.currentIndexChanged.connect(self._on_changed)
        self._model.currentIndexChanged.connect(self._on_changed)
        self._refine.chosen.connect(self.changed)
        self._start.clicked.connect(self._on_start)

    def _lay_out(self) -> None:
        column = self.column
        column.addWidget(text_label(self.tr("Segment all"), "heading"))
        for title, field in (
            (self.tr("Images"), self._which),
            (self.tr("Model"), self._model),
            (self.tr("Refine"), self._refine),
        ):
            group = QVBoxLayout()
            group.setSpacing(4)
            group.addWidget(text_label(title, "secondary"))
            group.addWidget(field)
            column.addLayout(group)
        column.addWidget(self._ink)
        foot = QHBoxLayout()
        foot.addWidget(self._estimate, 1)
        foot.addWidget(self._start)
        column.addLayout(foot)

    # What it shows

    def set_choices(self, choices: Sequence[BatchChoice]) -> None:
        """Offer these; the first is chosen, with or without images, and never one that redoes."""
        self._choices = choices
        self._which.blockSignals(True)
        self._which.clear()
        for choice in choices:
            self._which.addItem(f"{choice.text} · {choice.count:,}", choice.key)
        self._which.setCurrentIndex(0)
        self._which.blockSignals(False)

    def set_models(self, models: Sequence[ModelChoice], current: str) -> None:
        self._model.blockSignals(True)
        self._model.clear()
        for choice in models:
            self._model.addItem(choice.title, choice.name)
        self._model.setCurrentIndex(max(0, self._model.findData(current)))
        self._model.blockSignals(False)

    def set_refinement(self, name: str) -> None:
        self._refine.set_value(name)

    def set_estimate(self, text: str) -> None:
        self._estimate.setText(text)
        self._start.setEnabled(self.count > 0)

    # What is chosen

    @property
    def count(self) -> int:
        """How many images are chosen."""
        row = self._which.currentIndex()
        return self._choices[row].count if 0 <= row < len(self._choices) else 0

    @property
    def refinement(self) -> str:
        return self._refine.value

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start.setFocus(Qt.FocusReason.PopupFocusReason)  # Enter starts

    def _on_changed(self, _row: int) -> None:
        self.changed.emit()

    def _on_start(self) -> None:
        which, model = self._which.currentData(), self._model.currentData()
        self.hide()
        self.start_requested.emit(str(which), str(model), self._refine.value)
