"""Which of the user's classes a model's class becomes."""

from collections.abc import Mapping

from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.ui.controls import Combo, named, text_label

_WIDTH, _TALLEST = 480, 520
_AROUND, _ROW = 190, 32
"""Heights: of what is above and below the rows, and of each of them."""


class MatchDialog(QDialog):
    """A row for each class of the model: own class, Ignore, or leave unlabelled."""

    def __init__(
        self,
        model_classes: ClassTable,
        own_classes: ClassTable,
        matches: Mapping[int, int | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "match_dialog", self.tr("Match classes"))
        self.setWindowTitle(self.tr("Match classes"))
        self.resize(_WIDTH, min(_TALLEST, _AROUND + _ROW * len(model_classes)))
        self._fields: dict[int, Combo] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text_label(self.tr("Match classes"), "title"))
        line = QLabel(self.tr("What the model finds on the left becomes your class on the right."))
        line.setWordWrap(True)
        column.addWidget(line)
        column.addWidget(self._table(model_classes, own_classes, matches), 1)
        column.addLayout(self._foot())

    def _table(
        self, model_classes: ClassTable, own_classes: ClassTable, matches: Mapping[int, int | None]
    ) -> QWidget:
        page = named(QWidget(), "scroll_page", self.tr("Classes of the model"))
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for row, entry in enumerate(model_classes):
            field = named(Combo(), f"match_{entry.index}", entry.name)
            field.addItem(self.tr("Leave unlabelled"), -1)
            field.addItem(self.tr("Ignore"), IGNORE_INDEX)
            for own in own_classes:
                field.addItem(own.name, own.index)
            wanted = matches.get(entry.index)
            field.setCurrentIndex(field.findData(-1 if wanted is None else wanted))
            self._fields[entry.index] = field
            grid.addWidget(QLabel(entry.name), row, 0)
            grid.addWidget(field, row, 1)
        grid.setRowStretch(len(model_classes), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        return area

    def _foot(self) -> QHBoxLayout:
        accept = named(QPushButton(self.tr("Use these")), "match_accept", self.tr("Use these"))
        reject = named(QPushButton(self.tr("Cancel")), "match_reject", self.tr("Cancel"))
        accept.setDefault(True)
        accept.clicked.connect(self.accept)
        reject.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(accept)
        foot.addWidget(reject)
        return foot

    def matches(self) -> dict[int, int | None]:
        """Return the user's index for each class of the model: 255 Ignore, None unlabelled."""
        chosen = {index: int(field.currentData()) for index, field in self._fields.items()}
        return {index: None if own < 0 else own for index, own in chosen.items()}

    @classmethod
    def ask(
        cls,
        model_classes: ClassTable,
        own_classes: ClassTable,
        matches: Mapping[int, int | None],
        parent: QWidget | None = None,
    ) -> dict[int, int | None] | None:
        """Ask for the matches; None when the dialog was cancelled."""
        dialog = cls(model_classes, own_classes, matches, parent)
        taken = dialog.exec() == QDialog.DialogCode.Accepted
        answer = dialog.matches() if taken else None
        dialog.deleteLater()
        return answer
