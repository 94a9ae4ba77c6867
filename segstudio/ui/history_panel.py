"""The panel of steps: a slider over all of them, a filter, and the list."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSlider, QVBoxLayout, QWidget

from segstudio.core.classes import ClassTable
from segstudio.core.history import Step
from segstudio.ui.controls import named, text_label
from segstudio.ui.history_model import HistoryModel
from segstudio.ui.history_view import HistoryView


class HistoryPanel(QFrame):
    """Shows the steps of the open image; a jump is a wish."""

    jump_requested = Signal(int)
    """The position to go to: how many steps are done there."""
    who_requested = Signal()
    focus_returned = Signal()
    came_into_sight = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "history_panel", self.tr("History"))
        self._classes = ClassTable()
        self._models: Mapping[str, str] = {}
        self._steps = HistoryModel(self)
        self._view = HistoryView(self._steps)
        self._slider = named(
            QSlider(Qt.Orientation.Horizontal),
            "history_slider",
            self.tr("Steps"),
            self.tr("Steps (← →)\nGo back and forth through all steps."),
        )
        self._slider.setPageStep(10)
        self._label = text_label("", "secondary")
        self._label.setObjectName("history_label")
        self._filter = named(
            QLineEdit(),
            "history_filter",
            self.tr("Filter the steps"),
            self.tr("Filter\nWords such as person, model, since Segment, a class or a tool."),
        )
        self._filter.setPlaceholderText(self.tr("person, model, since Segment…"))
        self._filter.setClearButtonEnabled(True)
        self._lay_out()
        self._connect()
        self._show_position()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        head = QVBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        head.setSpacing(4)
        line = QHBoxLayout()
        line.addWidget(self._slider, 1)
        line.addWidget(self._label)
        head.addLayout(line)
        head.addWidget(self._filter)
        column.addLayout(head)
        column.addWidget(self._view, 1)

    def _connect(self) -> None:
        self._slider.valueChanged.connect(self.jump_requested)
        self._filter.textChanged.connect(self._show_view)
        self._filter.returnPressed.connect(self.focus_returned)
        self._view.jump_requested.connect(self.jump_requested)
        self._view.who_requested.connect(self.who_requested)
        self._view.focus_returned.connect(self.focus_returned)

    def set_steps(self, steps: Sequence[Step], position: int) -> None:
        """Show the steps as they are now, and how many of them are done."""
        self._steps.set_steps(steps, position)
        self._show_position()

    def set_names(self, classes: ClassTable, models: Mapping[str, str]) -> None:
        """Name classes by a table, and models by their titles."""
        self._classes, self._models = classes, models
        self._show_view()

    def take_focus(self) -> None:
        """Bring the keyboard focus into the panel."""
        self._view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def view(self) -> HistoryView:
        return self._view

    def _show_position(self) -> None:
        count, position = self._steps.count, self._steps.position
        self._slider.blockSignals(True)
        self._slider.setRange(0, count)
        if not self._slider.isSliderDown():  # a long jump comes after the hand
            self._slider.setValue(position)
        self._slider.blockSignals(False)
        self._slider.setEnabled(count > 0)
        words = self.tr("step {position} of {count}") if count else self.tr("no steps")
        self._label.setText(words.format(position=position, count=count))
        self._view.show_present()

    def _show_view(self) -> None:
        self._steps.set_view(self._classes, self._filter.text(), self._models)
        self._view.show_present()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came_into_sight.emit()
