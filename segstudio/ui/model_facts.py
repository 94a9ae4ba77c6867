"""What is known of a model, line by line, and its classes."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from segstudio.core.model_info import ModelInfo
from segstudio.ui import model_text
from segstudio.ui.class_cloud import ClassCloud, Entry
from segstudio.ui.controls import ElidedLabel, named, text_label

_LABEL_WIDTH = 76


class ModelFacts(QScrollArea):
    """Lines of label and text; what has no room is scrolled to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "model_facts", self.tr("What is known of the model"))
        page = named(QWidget(), "scroll_page", self.tr("What is known of the model"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._classes = ClassCloud("model_classes")
        self._heading = text_label("", "heading")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addLayout(self._grid)
        column.addSpacing(4)
        column.addWidget(self._heading)
        column.addWidget(self._classes)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)

    def set_model(self, model: ModelInfo, defaults: Mapping[str, str]) -> None:
        """Show what is known of a model; `defaults` are those of its architecture."""
        entries = [(entry.name, entry.colour) for entry in model.classes]
        self.set_facts(model_text.facts(model, defaults), entries)

    def set_facts(self, facts: list[model_text.Fact], classes: Sequence[Entry]) -> None:
        """Show lines, and classes below them."""
        self._fill(facts)
        self._heading.setText(model_text.classes_text(len(classes)))
        for part in (self._heading, self._classes):
            part.setVisible(len(classes) > 0)
        self._classes.set_entries(classes)
        self.verticalScrollBar().setValue(0)

    def _fill(self, facts: list[model_text.Fact]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for row, fact in enumerate(facts):
            self._grid.addWidget(text_label(fact.label, "secondary"), row, 0, top)
            if fact.gives_way:
                self._grid.addWidget(ElidedLabel(fact.text, ""), row, 1)
                continue
            value = text_label(fact.text, fact.role)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(value, row, 1)
