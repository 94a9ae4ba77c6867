"""Two models beside each other on the open image: which ones, what they find, which to use."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.core.comparison import ClassShare
from segstudio.session.comparing import Side
from segstudio.ui import swatch
from segstudio.ui.compare_view import CompareView
from segstudio.ui.controls import Combo, ElidedLabel, named, text_label

MOST_CLASSES = 5
"""Classes that are listed for each side, the largest ones."""

_SWATCH = QSize(16, 16)


class _Column(QWidget):
    """What is said of one side."""

    model_requested = Signal(str)
    use_requested = Signal(str)

    def __init__(self, side: Side, title: str) -> None:
        super().__init__()
        self._field = named(Combo(), f"compare_{side}", title)
        self._use = named(QPushButton(self.tr("Use this one")), f"compare_use_{side}", title)
        self._facts = ElidedLabel()
        self._facts.setObjectName(f"compare_facts_{side}")
        self._classes = QWidget()
        self._rows = QGridLayout(self._classes)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(6)
        self._rows.setVerticalSpacing(2)
        self._rows.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._field, 1)
        head.addWidget(self._use)
        column.addLayout(head)
        column.addWidget(self._facts)
        column.addWidget(self._classes)
        column.addStretch(1)
        self._field.activated.connect(self._on_activated)
        self._use.clicked.connect(self._on_use)

    def set_models(self, models: Sequence[tuple[str, str]], current: str) -> None:
        self._field.clear()
        for name, title in models:
            self._field.addItem(title, name)
        self._field.setCurrentIndex(self._field.findData(current))
        self._use.setEnabled(bool(models))

    def set_facts(self, text: str, role: str) -> None:
        self._facts.setProperty("role", role)
        self._facts.style().polish(self._facts)
        self._facts.set_text(text)

    def set_classes(self, classes: Sequence[ClassShare]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, entry in enumerate(classes[:MOST_CLASSES]):
            mark = QLabel()
            mark.setPixmap(swatch.icon(entry.colour).pixmap(_SWATCH))
            self._rows.addWidget(mark, row, 0)
            self._rows.addWidget(ElidedLabel(entry.name, ""), row, 1)
            share = text_label(self.tr("%.0f %%") % (100 * entry.share), "secondary")
            share.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._rows.addWidget(share, row, 2)
        left_out = len(classes) - MOST_CLASSES
        if left_out > 0:
            text = self.tr("and %n more", "", left_out)
            self._rows.addWidget(text_label(text, "secondary"), MOST_CLASSES, 1)

    def _on_activated(self, row: int) -> None:
        self.model_requested.emit(str(self._field.itemData(row)))

    def _on_use(self) -> None:
        self.use_requested.emit(str(self._field.currentData()))


class ComparePage(QWidget):
    """Shows; who looks with which model decides whoever hears its wishes."""

    model_requested = Signal(str, str)
    """Side and name of a model."""
    use_requested = Signal(str)
    """Name of a model to segment with from now on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "compare_page", self.tr("Compare"))
        self.view = CompareView()
        self._line = text_label("", "secondary")
        self._line.setObjectName("compare_line")
        self._line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        titles = {Side.LEFT: self.tr("Model on the left"), Side.RIGHT: self.tr("on the right")}
        self._columns = {side: _Column(side, titles[side]) for side in Side}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.view, 1)
        column.addWidget(self._line)
        row = QHBoxLayout()
        row.setSpacing(24)
        for side, part in self._columns.items():
            row.addWidget(part, 1)
            part.model_requested.connect(self._on_left if side == Side.LEFT else self._on_right)
            part.use_requested.connect(self.use_requested)
        column.addLayout(row)

    def set_models(self, models: Sequence[tuple[str, str]], left: str, right: str) -> None:
        """Offer models as pairs of name and title; say which are chosen."""
        self._columns[Side.LEFT].set_models(models, left)
        self._columns[Side.RIGHT].set_models(models, right)

    def set_facts(self, side: Side, text: str, *, is_problem: bool = False) -> None:
        """Say in a line how a model did, or why it did not."""
        self._columns[side].set_facts(text, "danger" if is_problem else "secondary")

    def set_classes(self, side: Side, classes: Sequence[ClassShare]) -> None:
        """List what a model finds, the largest first."""
        self._columns[side].set_classes(classes)

    def set_line(self, text: str) -> None:
        """Say what holds for both."""
        self._line.setText(text)

    def _on_left(self, name: str) -> None:
        self.model_requested.emit(Side.LEFT, name)

    def _on_right(self, name: str) -> None:
        self.model_requested.emit(Side.RIGHT, name)
