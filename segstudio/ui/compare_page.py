"""Two models beside each other on the open image: which ones, what they find, which to use."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.core.comparison import ClassShare
from segstudio.session.comparing import Side
from segstudio.ui import theme
from segstudio.ui.class_cloud import ClassCloud
from segstudio.ui.compare_view import CompareView
from segstudio.ui.controls import Combo, ElidedLabel, named, text_label

MOST_CLASSES = 12
"""Classes that are listed for each side, the largest ones."""

LEAST_SHARE = 0.005
"""Of the image; what is less would be listed as 0 %."""


class _Column(QWidget):
    """What is said of one side."""

    model_requested = Signal(str)
    use_requested = Signal(str)

    def __init__(self, side: Side, title: str) -> None:
        super().__init__()
        self._used = ""
        self._field = named(Combo(), f"compare_{side}", title)
        self._use = named(
            QPushButton(self.tr("Use")),
            f"compare_use_{side}",
            self.tr("Use: %s") % title,
            self.tr("Use\nSegment with this model."),
        )
        self._use.setAutoDefault(False)
        self._in_use = text_label(self.tr("In use"), "success")
        self._facts = ElidedLabel()
        self._facts.setObjectName(f"compare_facts_{side}")
        self._classes = ClassCloud(f"compare_classes_{side}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._field, 1)
        head.addWidget(self._use)
        head.addWidget(self._in_use)
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
        self._show_use()

    def set_used(self, name: str) -> None:
        self._used = name
        self._show_use()

    def _show_use(self) -> None:
        is_used = self._field.currentData() == self._used
        self._use.setVisible(not is_used)
        self._in_use.setVisible(is_used)

    def set_facts(self, text: str, role: str) -> None:
        theme.restyle(self._facts, "role", role)
        self._facts.set_text(text)

    def set_classes(self, classes: Sequence[ClassShare]) -> None:
        shown = [entry for entry in classes if entry.share >= LEAST_SHARE]
        entries = [
            (self.tr("%s %.0f %%") % (entry.name, 100 * entry.share), entry.colour)
            for entry in shown[:MOST_CLASSES]
        ]
        self._classes.set_entries(entries)

    def _on_activated(self, row: int) -> None:
        self._show_use()
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

    def set_used(self, name: str) -> None:
        """Mark the model that segments."""
        for part in self._columns.values():
            part.set_used(name)

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
