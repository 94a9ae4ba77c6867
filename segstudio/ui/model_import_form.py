"""How a model from elsewhere is taken in: what was found, and what had to be assumed."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.model_proposal import ModelProposal
from segstudio.ui import theme
from segstudio.ui.controls import (
    Combo,
    ElidedLabel,
    named,
    text_label,
)
from segstudio.ui.import_classes_field import ImportClassesField
from segstudio.ui.model_value_fields import at_left, order_field, side_field
from segstudio.ui.normalisation_field import NormalisationField
from segstudio.ui.tick_box import TickBox

_LABEL_WIDTH = 112


class ModelImportForm(QWidget):
    """Shows a proposal and lets it be changed; nothing is taken in before Import."""

    import_requested = Signal(object)
    """The `ModelProposal` as it was changed."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "import_form", self.tr("Import a model"))
        self._proposal: ModelProposal | None = None
        self._asks_architecture = self._asks_encoder = False
        self._titles: Callable[[str], str] = str
        self._marks: dict[str, QWidget] = {}
        self._rows: dict[str, list[QWidget]] = {}
        self._build_fields()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._lay_out(), 1)
        column.addLayout(self._build_foot())
        self._connect()

    def _build_fields(self) -> None:
        self._source = ElidedLabel("", "")
        self._network = ElidedLabel("", "")
        self._network.setObjectName("import_network")
        self._title = named(QLineEdit(), "import_title", self.tr("Title"))
        self._name = named(
            QLineEdit(),
            "import_name",
            self.tr("Name"),
            self.tr("Name\nOf its folder, and on the command line."),
        )
        self._architecture = named(Combo(), "import_architecture", self.tr("Architecture"))
        self._encoder = named(QLineEdit(), "import_encoder", self.tr("Encoder"))
        self._encoder.setPlaceholderText(self.tr("such as resnet50"))
        self._classes = ImportClassesField()
        self._normalisation = NormalisationField("import")
        self._order = order_field("import")
        self._side = side_field("import")
        self._licence = named(QLineEdit(), "import_licence", self.tr("Licence"))
        self._not_commercial = named(
            TickBox(self.tr("Not for commercial use")),
            "import_not_commercial",
            self.tr("Not for commercial use"),
        )

    def _lay_out(self) -> QScrollArea:
        page = named(QWidget(), "scroll_page", self.tr("What is known of the model"))
        self._grid = QGridLayout(page)
        self._grid.setContentsMargins(0, 0, 12, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(theme.GAP)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._add("source", self.tr("Found"), self._source)
        self._add(
            "title", self.tr("Title"), _side_by_side(self._title, self.tr("Name"), self._name)
        )
        self._add("network", self.tr("Network"), self._network)
        self._add("architecture", self.tr("Architecture"), self._architecture)
        self._add("encoder", self.tr("Encoder"), self._encoder)
        self._add("classes", self.tr("Classes"), self._classes)
        self._add("mean", self.tr("Colours"), self._normalisation)
        self._add("channel_order", self.tr("Order of colours"), at_left(self._order))
        self._add("short_side", self.tr("Short side"), at_left(self._side))
        self._add("licence", self.tr("Licence"), self._licence)
        self._add("", "", self._not_commercial)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        return area

    def _add(self, name: str, label: str, field: QWidget) -> None:
        row = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        words = text_label(label, "secondary")
        words.setMinimumHeight(theme.FIELD_HEIGHT)
        mark = text_label(self.tr("assumed"), "warning")
        mark.setObjectName(f"assumed_{name}")
        mark.setToolTip(self.tr("The file says nothing of it. Change it where you know better."))
        mark.setMinimumHeight(theme.FIELD_HEIGHT)
        mark.hide()
        self._grid.addWidget(words, row, 0, top)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(mark, row, 2, top)
        self._marks[name] = mark
        self._rows[name] = [words, field, mark]

    def _build_foot(self) -> QHBoxLayout:
        self._line = text_label("", "warning")
        self._line.setObjectName("import_problem")
        self._line.setWordWrap(True)
        self._import = named(QPushButton(self.tr("Import")), "import_start", self.tr("Import"))
        self._cancel = named(QPushButton(self.tr("Cancel")), "import_cancel", self.tr("Cancel"))
        for button in (self._import, self._cancel):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        foot.addWidget(self._line, 1)
        foot.addWidget(self._import)
        foot.addWidget(self._cancel)
        return foot

    def _connect(self) -> None:
        for field in (self._title, self._name, self._encoder, self._licence):
            field.textChanged.connect(self._show_problem)
        self._architecture.currentIndexChanged.connect(self._show_problem)
        self._classes.changed.connect(self._show_problem)
        self._normalisation.changed.connect(self._show_problem)
        self._not_commercial.toggled.connect(self._show_problem)
        self._import.clicked.connect(self._on_import)
        self._cancel.clicked.connect(self.left)

    # What it shows ---------------------------------------------------------------------------

    def set_titles(self, titles: Callable[[str], str]) -> None:
        """Say how architectures are called for people."""
        self._titles = titles

    def set_proposal(self, proposal: ModelProposal) -> None:
        """Show what was found."""
        self._proposal = None  # half of it is nothing to judge
        self._source.set_text(proposal.source or proposal.path)
        self._title.setText(proposal.title)
        self._name.setText(proposal.name)
        self._fill_architectures(proposal)
        self._encoder.setText(proposal.encoder)
        self._classes.set_names(proposal.classes)
        self._normalisation.set_values(proposal.mean, proposal.std)
        self._order.set_value(proposal.channel_order)
        self._side.setValue(proposal.short_side)
        self._licence.setText(proposal.licence)
        self._not_commercial.setChecked(not proposal.is_commercial)
        self._proposal = proposal
        for name, mark in self._marks.items():
            mark.setVisible(name in proposal.assumed)
        self._show_network(proposal)
        self._show_row("channel_order", len(proposal.mean) == 3)
        self._show_problem()
        self._title.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_architectures(self, proposal: ModelProposal) -> None:
        names = dict.fromkeys(filter(None, (proposal.architecture, *proposal.choices)))
        self._architecture.clear()
        if not proposal.architecture:
            self._architecture.addItem(self.tr("Choose…"), "")
        for name in names:
            self._architecture.addItem(self._titles(name), name)
        self._architecture.setCurrentIndex(0)

    def _show_network(self, proposal: ModelProposal) -> None:
        """Ask for what is not certain, and tell the rest in a line."""
        self._asks_architecture = self._architecture.count() > 1
        self._asks_encoder = "encoder" in proposal.assumed
        title = self._titles(proposal.architecture)
        parts = [] if self._asks_architecture else [title]
        parts += [] if self._asks_encoder else [proposal.encoder]
        self._network.set_text(self.tr(" on ").join(filter(None, parts)))
        self._show_row("network", bool(self._network.whole_text()))
        self._show_row("architecture", self._asks_architecture)
        self._show_row("encoder", self._asks_encoder)

    def _show_row(self, name: str, is_shown: bool) -> None:
        words, field, mark = self._rows[name]
        words.setVisible(is_shown)
        field.setVisible(is_shown)
        mark.setVisible(is_shown and self._proposal is not None and name in self._proposal.assumed)

    def _show_problem(self) -> None:
        if self._proposal is None:
            return
        problem = self._problem()
        self._import.setEnabled(not problem)
        warned = self._not_commercial.isChecked()
        licence = self._licence.text().strip() or self.tr("The licence")
        warning = self.tr("%s does not allow commercial use.") % licence if warned else ""
        self._line.setText(problem or warning)
        text = self.tr("Import anyway") if warned else self.tr("Import")
        self._import.setText(text)
        self._import.setAccessibleName(text)

    def _problem(self) -> str:
        """Return why it cannot be imported as it stands; empty where it can."""
        if not self._title.text().strip():
            return self.tr("Write a title.")
        if not self._name.text().strip():
            return self.tr("Write a name.")
        if self._asks_architecture and not self._architecture.currentData():
            return self.tr("Choose the architecture that these weights belong to.")
        if self._asks_encoder and not self._encoder.text().strip():
            return self.tr("Write the name of the encoder.")
        return self._classes.problem() or self._normalisation.problem()

    # What is wished for ----------------------------------------------------------------------

    def _on_import(self) -> None:
        assert self._proposal is not None
        mean, std = self._normalisation.values()
        self.import_requested.emit(
            replace(
                self._proposal,
                title=self._title.text().strip(),
                name=self._name.text().strip(),
                architecture=self._architecture.currentData() or "",
                encoder=self._encoder.text().strip(),
                classes=self._classes.names(),
                mean=mean,
                std=std,
                channel_order=self._order.value or "rgb",
                short_side=self._side.value(),
                licence=self._licence.text().strip(),
                is_commercial=not self._not_commercial.isChecked(),
            )
        )


def _side_by_side(first: QWidget, words: str, second: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(first, 3)
    row.addWidget(text_label(words, "secondary"))
    row.addWidget(second, 2)
    return holder
