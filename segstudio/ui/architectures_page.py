"""How each architecture works, when to choose it, and what can be chosen of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.architecture_info import ArchitectureInfo, title_of
from segstudio.ui import architecture_costs, architecture_texts
from segstudio.ui.architecture_diagram import ArchitectureDiagram
from segstudio.ui.controls import named, text_label

_LIST_WIDTH = 168


class ArchitecturesPage(QWidget):
    """A list at the left; a drawing, a paragraph and the parameters at the right."""

    wanted = Signal()
    """What can be chosen is to be shown, and not known yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "architectures_page", self.tr("Architectures"))
        self._known: dict[str, ArchitectureInfo] = {}
        self._list = named(QListWidget(), "architecture_list", self.tr("Architectures"))
        self._list.setFixedWidth(_LIST_WIDTH)
        for name in architecture_texts.names():
            item = QListWidgetItem(title_of(name))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self._list.addItem(item)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._list)
        row.addWidget(self._build_card(), 1)
        self._list.currentItemChanged.connect(self._show_current)
        self._list.setCurrentRow(0)

    def _build_card(self) -> QWidget:
        self._title = text_label("", "title")
        self._diagram = ArchitectureDiagram()
        self._how = _paragraph("architecture_how")
        self._when = _paragraph("architecture_when")
        self._costs = _paragraph("architecture_costs")
        self._costs_heading = text_label(self.tr("What it costs"), "heading")
        self._encoders = _paragraph("architecture_encoders")
        self._encoders_heading = text_label(self.tr("Encoders that suit it"), "heading")
        self._parameters = QGridLayout()
        self._parameters.setHorizontalSpacing(12)
        self._parameters.setVerticalSpacing(6)
        self._parameters.setColumnStretch(1, 1)
        self._parameters_heading = text_label(self.tr("What can be chosen"), "heading")
        page = named(QWidget(), "scroll_page", self.tr("Architecture"))
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._diagram)
        column.addWidget(self._how)
        column.addSpacing(8)
        column.addWidget(text_label(self.tr("When to choose it"), "heading"))
        column.addWidget(self._when)
        column.addSpacing(8)
        column.addWidget(self._costs_heading)
        column.addWidget(self._costs)
        column.addSpacing(8)
        column.addWidget(self._encoders_heading)
        column.addWidget(self._encoders)
        column.addSpacing(8)
        column.addWidget(self._parameters_heading)
        column.addLayout(self._parameters)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(page)
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 14, 6, 8)
        inside.addWidget(self._scroll)
        return card

    def set_known(self, known: Sequence[ArchitectureInfo]) -> None:
        """Show what can be chosen of each."""
        self._known = {entry.name: entry for entry in known}
        self._show_current()

    def choose(self, name: str) -> None:
        """Look at an architecture."""
        for row in range(self._list.count()):
            if self._list.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self._list.setCurrentRow(row)

    def begin(self) -> None:
        """Come into sight."""
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self._known:
            self.wanted.emit()

    def _show_current(self) -> None:
        item = self._list.currentItem()
        if item is None:
            return
        name = str(item.data(Qt.ItemDataRole.UserRole))
        text = architecture_texts.text_of(name)
        assert text is not None
        self._title.setText(title_of(name))
        self._diagram.set_architecture(name)
        self._how.setText(text.how)
        self._when.setText(text.when)
        costs = architecture_costs.lines_of(name)
        self._costs.setText("\n".join(costs))
        for part in (self._costs_heading, self._costs):
            part.setVisible(bool(costs))
        self._show_choices(self._known.get(name))
        self._scroll.verticalScrollBar().setValue(0)

    def _show_choices(self, info: ArchitectureInfo | None) -> None:
        while (item := self._parameters.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        encoders = ", ".join(info.encoders) if info is not None else ""
        self._encoders.setText(encoders)
        for part in (self._encoders_heading, self._encoders):
            part.setVisible(bool(encoders))
        self._parameters_heading.setVisible(info is not None and bool(info.parameters))
        if info is None:
            return
        rows = [
            (
                parameter.name.replace("_", " "),
                self.tr("{line} Default {default}, allowed {allowed}.").format(
                    line=parameter.line, default=parameter.default, allowed=parameter.allowed
                ),
            )
            for parameter in info.parameters
        ]
        rows += [
            (self.tr("Preset: %s") % name, words.replace("_", " "))
            for name, words in info.presets
            if words
        ]
        for row, (label, words) in enumerate(rows):
            head, body = text_label(label, "secondary"), _paragraph(f"architecture_choice_{row}")
            body.setText(words)
            self._parameters.addWidget(head, row, 0, Qt.AlignmentFlag.AlignTop)
            self._parameters.addWidget(body, row, 1)


def _paragraph(object_name: str) -> QLabel:
    label = text_label("", "")
    label.setObjectName(object_name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
