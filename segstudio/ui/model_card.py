"""The card of a model: what is known of it, and what can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.model_info import ModelInfo
from segstudio.ui import architecture_texts, model_text, theme
from segstudio.ui.controls import ElidedLabel, link_button, named, text_label
from segstudio.ui.fetch_progress import FetchProgress
from segstudio.ui.model_facts import ModelFacts

EXPORT_FORMS = ("onnx", "library", "segstudio")


@dataclass(frozen=True)
class CardValues:
    """What a card shows; `share` is how much is fetched, None when it is not being fetched."""

    model: ModelInfo
    is_used: bool = False
    can_compare: bool = False
    share: float | None = None
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What its architecture has where the model says nothing."""


class ModelCard(QFrame):
    """Shows only what can be done with this model at the moment."""

    use_requested = Signal(str)
    default_requested = Signal(str)
    compare_requested = Signal(str)
    rename_requested = Signal(str, str)
    """Name and the new title."""
    values_requested = Signal(str)
    """What the model expects of its input is to be changed."""
    remove_requested = Signal(str)
    export_requested = Signal(str, str)
    """Name and one of `EXPORT_FORMS`."""
    fetch_requested = Signal(str)
    cancel_requested = Signal(str)
    architecture_requested = Signal(str)
    """How this one works is to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "model_card", self.tr("Model"))
        self.setProperty("card", True)
        self._values: CardValues | None = None
        self._build_head()
        self._build_actions()
        self._facts = ModelFacts()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 8, 8)
        column.setSpacing(10)
        column.addWidget(self._head)
        column.addWidget(self._actions)
        column.addWidget(self._fetching)
        column.addWidget(self._facts, 1)
        column.addWidget(self._further)
        self._connect()
        self.set_values(None)

    def _build_head(self) -> None:
        self._head = QWidget()
        column = QVBoxLayout(self._head)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        self._title = ElidedLabel("", "title")
        self._title.setObjectName("model_title")
        self._field = named(QLineEdit(), "model_rename_field", self.tr("New title"))
        self._field.hide()
        self._kind = ElidedLabel()
        self._kind.setObjectName("model_kind")
        self._problem = text_label("", "danger")
        self._problem.setObjectName("model_problem")
        self._problem.setWordWrap(True)
        self._how = link_button(self.tr("How it works"), "model_how")
        self._how.setProperty("small", True)
        self._how.setAutoDefault(False)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._kind, 1)
        line.addWidget(self._how)
        for part in (self._title, self._field):
            column.addWidget(part)
        column.addLayout(line)
        column.addWidget(self._problem)

    def _build_actions(self) -> None:
        self._use = self._button("use", self.tr("Use"), self.tr("Segment with this model."))
        self._fetch = self._button(
            "fetch", self.tr("Fetch"), self.tr("From where it is published, by the network.")
        )
        self._compare = self._button(
            "compare", self.tr("Compare…"), self.tr("Two models beside each other on the image.")
        )
        self._default = self._button(
            "default", self.tr("Make default"), self.tr("Used where no other one is chosen.")
        )
        self._state = text_label("", "success")
        self._state.setObjectName("model_state")
        self._actions = QWidget()
        row = QHBoxLayout(self._actions)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(theme.GAP)
        for part in (self._state, self._use, self._fetch, self._compare, self._default):
            row.addWidget(part)
        row.addStretch(1)
        self._fetching = FetchProgress()
        self._build_further()

    def _build_further(self) -> None:
        self._rename = link_button(self.tr("Rename…"), "model_rename")
        self._change = link_button(self.tr("Change values…"), "model_values")
        self._export = link_button(self.tr("Export…"), "model_export")
        self._remove = link_button(self.tr("Remove…"), "model_remove")
        self._further = QWidget()
        row = QHBoxLayout(self._further)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(16)
        for part in (self._rename, self._change, self._export, self._remove):
            part.setAutoDefault(False)
            row.addWidget(part)
        row.addStretch(1)
        self._menu = QMenu(self)
        self._menu.setObjectName("model_export_menu")
        texts = (
            self.tr("As an ONNX file…"),
            self.tr("As a folder for segmentation-models-pytorch…"),
            self.tr("As a file of this program…"),
        )
        for form, text in zip(EXPORT_FORMS, texts, strict=True):
            self._menu.addAction(text).triggered.connect(partial(self._on_export, form))

    def _button(self, name: str, text: str, line: str) -> QPushButton:
        tip = f"{text}\n{line}" if line else ""
        button = named(QPushButton(text), f"model_{name}", text, tip)
        button.setAutoDefault(False)
        return button

    def _connect(self) -> None:
        self._use.clicked.connect(self._on_use)
        self._default.clicked.connect(self._on_default)
        self._compare.clicked.connect(self._on_compare)
        self._fetch.clicked.connect(self._on_fetch)
        self._fetching.cancel_requested.connect(self._on_cancel)
        self._how.clicked.connect(self._on_how)
        self._remove.clicked.connect(self._on_remove)
        self._rename.clicked.connect(self._start_renaming)
        self._change.clicked.connect(self._on_values)
        self._export.clicked.connect(self._open_export)
        self._field.returnPressed.connect(self._on_renamed)

    # What it shows ---------------------------------------------------------------------------

    def set_values(self, values: CardValues | None) -> None:
        """Show a model; None for none."""
        if values == self._values and values is not None:
            return
        before, self._values = self._values, values
        self.setVisible(values is not None)
        if values is None:
            return
        if before is None or before.model.name != values.model.name:
            self._fetching.begin()
        if before is None or (before.model, before.defaults) != (values.model, values.defaults):
            self._show_model(values.model, values.defaults)
        self._show_actions(values)

    def _show_model(self, model: ModelInfo, defaults: Mapping[str, str]) -> None:
        self.stop_renaming()
        self._title.set_text(model.title)
        self._kind.set_text(model_text.kind_line(model))
        self._how.setVisible(model.architecture_name in architecture_texts.names())
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        self._facts.set_model(model, defaults)

    def _show_actions(self, values: CardValues) -> None:
        model = values.model
        works = model.is_installed and not model.problem
        is_fetched = values.share is not None
        is_own = model.is_installed and model.kind in ("own", "published")
        states = [self.tr("In use")] if values.is_used else []
        states += [self.tr("Default")] if model.is_default else []
        self._state.setText(" · ".join(states))
        self._fetch.setText(self.tr("Fetch %s") % model_text.size_text(model.size_bytes))
        shown = {
            self._state: bool(states),
            self._use: works and not values.is_used,
            self._compare: works and values.can_compare,
            self._default: works and not model.is_default and model.kind != "taught",
            self._fetch: not model.is_installed and not is_fetched,
            self._fetching: is_fetched,
            self._rename: is_own and works,
            self._change: model.kind == "own" and works,
            self._export: works,
            self._remove: is_own,
        }
        for part, is_shown in shown.items():
            part.setVisible(is_shown)
        self._actions.setVisible(works or shown[self._fetch])
        self._further.setVisible(model.is_installed)
        if values.share is not None:
            self._fetching.set_share(values.share, model.size_bytes)
        else:
            self._fetching.begin()

    # Renaming --------------------------------------------------------------------------------

    @property
    def is_renaming(self) -> bool:
        """Whether the title is a field at the moment."""
        return not self._field.isHidden()

    def stop_renaming(self) -> None:
        """Leave the title as it is."""
        self._field.hide()
        self._title.show()

    def _start_renaming(self) -> None:
        self._field.setText(self._model().title)
        self._field.selectAll()
        self._title.hide()
        self._field.show()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_renamed(self) -> None:
        model, title = self._model(), self._field.text().strip()
        self.stop_renaming()
        if title and title != model.title:
            self.rename_requested.emit(model.name, title)

    # What is wished for ----------------------------------------------------------------------

    def _model(self) -> ModelInfo:
        assert self._values is not None
        return self._values.model

    def _on_use(self) -> None:
        self.use_requested.emit(self._model().name)

    def _on_default(self) -> None:
        self.default_requested.emit(self._model().name)

    def _on_compare(self) -> None:
        self.compare_requested.emit(self._model().name)

    def _on_fetch(self) -> None:
        self.fetch_requested.emit(self._model().name)

    def _on_how(self) -> None:
        self.architecture_requested.emit(self._model().architecture_name)

    def _on_cancel(self) -> None:
        self.cancel_requested.emit(self._model().name)

    def _on_values(self) -> None:
        self.values_requested.emit(self._model().name)

    def _on_remove(self) -> None:
        self.remove_requested.emit(self._model().name)

    def _open_export(self) -> None:
        self._menu.popup(self._export.mapToGlobal(self._export.rect().bottomLeft()))

    def _on_export(self, form: str) -> None:
        self.export_requested.emit(self._model().name, form)
