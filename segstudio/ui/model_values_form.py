"""What an own model expects of its input, to be changed after it was taken in."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.core.model_info import ModelInfo
from segstudio.core.model_values import ModelValues
from segstudio.ui import theme
from segstudio.ui.controls import ElidedLabel, named, text_label
from segstudio.ui.model_value_fields import at_left, order_field, side_field
from segstudio.ui.normalisation_field import NormalisationField

_LABEL_WIDTH = 112


class ModelValuesForm(QWidget):
    """Shows the values of a model; nothing is changed before Change."""

    change_requested = Signal(str, object)
    """Name and `ModelValues`."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "values_form", self.tr("Change values"))
        self._model: ModelInfo | None = None
        self._title = ElidedLabel("", "")
        self._title.setObjectName("values_title")
        self._normalisation = NormalisationField("values")
        self._order = order_field("values")
        self._side = side_field("values")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(self._lay_out())
        column.addWidget(self._build_words())
        column.addStretch(1)
        column.addLayout(self._build_foot())
        self._normalisation.changed.connect(self._show_problem)
        self._order.chosen.connect(self._show_problem)
        self._side.valueChanged.connect(self._show_problem)
        self._change.clicked.connect(self._on_change)
        self._cancel.clicked.connect(self.left)

    def _lay_out(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(theme.GAP)
        grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        self._order_row = text_label(self.tr("Order of colours"), "secondary"), at_left(self._order)
        rows = (
            (text_label(self.tr("Model"), "secondary"), self._title),
            (text_label(self.tr("Colours"), "secondary"), self._normalisation),
            self._order_row,
            (text_label(self.tr("Short side"), "secondary"), at_left(self._side)),
        )
        for number, (label, field) in enumerate(rows):
            label.setMinimumHeight(theme.FIELD_HEIGHT)
            grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, number, 1)
        return grid

    def _build_words(self) -> QWidget:
        self._words = text_label("", "secondary")
        self._words.setObjectName("values_words")
        self._words.setWordWrap(True)
        return self._words

    def _build_foot(self) -> QHBoxLayout:
        self._line = text_label("", "warning")
        self._line.setObjectName("values_problem")
        self._line.setWordWrap(True)
        self._change = named(QPushButton(self.tr("Change")), "values_change", self.tr("Change"))
        self._cancel = named(QPushButton(self.tr("Cancel")), "values_cancel", self.tr("Cancel"))
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        foot.addWidget(self._line, 1)
        for button in (self._change, self._cancel):
            button.setAutoDefault(False)
            foot.addWidget(button)
        return foot

    def set_model(self, model: ModelInfo) -> None:
        """Show the values of a model."""
        self._model = None  # half of it is nothing to judge
        self._title.set_text(model.title)
        self._normalisation.set_values(model.mean, model.std)
        self._order.set_value(model.channel_order)
        self._side.setValue(model.short_side)
        for part in self._order_row:
            part.setVisible(model.channels == 3)
        words = self.tr(
            "They say what the model gets to see of an image. With wrong ones it finds little; its "
            "weights stay as they are."
        )
        if model.metrics:
            words += " " + self.tr("Figures that were measured with other values are forgotten.")
        self._words.setText(words)
        self._model = model
        self._show_problem()
        self._normalisation.setFocus(Qt.FocusReason.OtherFocusReason)

    def _values(self) -> ModelValues:
        mean, std = self._normalisation.values()
        return ModelValues(mean, std, self._order.value, self._side.value())

    def _show_problem(self) -> None:
        if self._model is None:
            return
        problem = self._normalisation.problem()
        self._line.setText(problem)
        self._change.setEnabled(not problem and self._values() != self._model.values)

    def _on_change(self) -> None:
        assert self._model is not None
        self.change_requested.emit(self._model.name, self._values())
