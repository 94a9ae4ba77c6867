"""The panel of the model: which one, how its edges are refined, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui import theme
from segstudio.ui.controls import (
    ElidedLabel,
    Segment,
    Segmented,
    icon_button,
    link_button,
    named,
    text_label,
)
from segstudio.ui.model_combo import DETAIL_ROLE, ModelCombo
from segstudio.ui.model_foot import ModelFoot
from segstudio.ui.model_settings import ModelSettings

REFINEMENTS = (("none", "None"), ("guided", "Edge filter"), ("crf", "Dense CRF"))
_ONE_LINE, _TWO_LINES = 15, 32
"""Heights of secondary text."""


@dataclass(frozen=True)
class ModelChoice:
    """A model as the list shows it; `detail` is its second line."""

    name: str
    title: str
    classes: int
    detail: str = ""


class ModelPanel(QFrame):
    """Shows what the model is set to; every change is a wish."""

    model_requested = Signal(str)
    models_requested = Signal()
    refinement_requested = Signal(str)
    smoothness_requested = Signal(int)
    match_requested = Signal()
    device_requested = Signal(str)
    detail_requested = Signal(str)
    run_option_requested = Signal(str, object)
    """``precision``, ``augment`` or ``tile``, and its value."""
    segment_all_requested = Signal()
    teach_requested = Signal()
    on_open_requested = Signal(bool)
    ahead_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "model_panel", self.tr("Model"))
        self._devices: tuple[Sequence[tuple[str, str]], str] = ((("auto", "Automatic"),), "auto")
        self._shown = ""
        self._detail = "1"
        self._run_options: dict[str, Any] = {"precision": "auto", "augment": "none", "tile": 0}
        self._background = {"on_open": False, "ahead": True}
        self._settings: ModelSettings | None = None
        self._build_fields()
        self._build_lines()
        self._lay_out()
        self._connect()

    def _build_fields(self) -> None:
        self._models = named(
            ModelCombo(), "model", self.tr("Model"), self.tr("Which model segments.")
        )
        self._cog = icon_button(
            "cog",
            "model_cog",
            self.tr("Model settings"),
            self.tr("Model settings\nDevice, precision, detail, tiles."),
        )
        segments = [Segment(key, self.tr(text)) for key, text in REFINEMENTS]
        self._refine = Segmented("refinement", self.tr("Refine"), segments, takes_focus=True)
        self._time = text_label("", "secondary")
        self._slider = named(
            QSlider(Qt.Orientation.Horizontal),
            "smoothness",
            self.tr("Smooth to sharp"),
            self.tr("Smooth to sharp\nHow closely the labels follow the edges of the image."),
        )
        self._slider.setRange(0, 100)
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _build_lines(self) -> None:
        self._matching = ElidedLabel()
        self._matching.setObjectName("matching")
        self._match = link_button(self.tr("Match…"), "match", self.tr("Match classes"))
        self._match.setProperty("small", True)
        self._unmatched = text_label(
            self.tr("It knows none of your classes. Label a little, then Teach."),
            "warning",
        )
        self._unmatched.setWordWrap(True)
        # Panes that share their height do not ask how high a text is at their width.
        self._unmatched.setMinimumHeight(_TWO_LINES)
        self._unmatched.hide()
        self._result = ElidedLabel()
        self._result.setObjectName("result")
        # Its line is kept when it is empty: what is below must not jump.
        self._result.setMinimumHeight(_ONE_LINE)
        self._foot = ModelFoot()
        self.segment_all_button = self._foot.segment_all_button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(0)  # lines of small text have room of their own above and below
        self._heading = text_label(self.tr("Model"), "heading")
        self._heading.setContentsMargins(0, 0, 0, 4)
        column.addWidget(self._heading)
        column.addLayout(_row(self._models, self._cog, stretched=self._models))
        column.addSpacing(4)
        refine = QHBoxLayout()
        refine.addWidget(text_label(self.tr("Refine"), "secondary"))
        refine.addStretch(1)
        refine.addWidget(self._time)
        column.addLayout(refine)
        column.addSpacing(3)
        column.addWidget(self._refine)
        column.addSpacing(3)
        smooth, sharp = (
            text_label(text, "secondary") for text in (self.tr("Smooth"), self.tr("Sharp"))
        )
        column.addLayout(_row(smooth, self._slider, sharp, stretched=self._slider))
        line = _row(self._matching, self._unmatched, stretched=self._matching)
        line.setStretchFactor(self._unmatched, 1)
        line.addWidget(self._match, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(line)
        column.addWidget(self._result)
        column.addWidget(self._foot)
        column.addStretch(1)
        self._column = column
        self.set_compact(True)

    def _connect(self) -> None:
        self._models.activated.connect(self._on_model_activated)
        self._refine.chosen.connect(self.refinement_requested)
        self._slider.valueChanged.connect(self.smoothness_requested)
        self._match.clicked.connect(self.match_requested)
        self._cog.clicked.connect(self._open_settings)
        self.segment_all_button.clicked.connect(self.segment_all_requested)
        self._foot.teach_requested.connect(self.teach_requested)

    # What it shows

    def set_compact(self, compact: bool) -> None:
        """Stand under a tab that bears the name already, or apart with a heading."""
        self._heading.setHidden(compact)
        self._column.setContentsMargins(12, 4 if compact else 8, 12, 2)

    def set_models(self, models: Sequence[ModelChoice]) -> None:
        self._models.clear()
        for choice in models:
            text = self.tr("{title} · {count} classes")
            self._models.addItem(text.format(title=choice.title, count=choice.classes), choice.name)
            self._models.setItemData(self._models.count() - 1, choice.detail, DETAIL_ROLE)
        self._models.add_way_to_all(self.tr("Models…"))

    def set_model(self, name: str) -> None:
        self._shown = name
        row = self._models.findData(name)
        self._models.setCurrentIndex(row)
        self._models.setToolTip(str(self._models.itemData(row, DETAIL_ROLE) or ""))

    def set_refinement(self, name: str) -> None:
        self._refine.set_value(name)
        self._slider.setEnabled(name != "none")

    def set_refine_times(self, seconds: dict[str, float]) -> None:
        """Show how long each refinement takes for this image, by its name."""
        for key, title in REFINEMENTS:
            spent = seconds.get(key)
            text = self.tr(title) if spent is None else f"{self.tr(title)}: {time_text(spent)}"
            self._refine.button(key).setToolTip(text)
        parts = [
            f"{self.tr(title)} {time_text(seconds[key])}"
            for key, title in REFINEMENTS[1:]
            if key in seconds
        ]
        self._time.setText(" · ".join(parts))

    def set_smoothness(self, value: int) -> None:
        """Set the slider: 0 is smooth, 100 is sharp."""
        self._slider.blockSignals(True)
        self._slider.setValue(value)
        self._slider.blockSignals(False)

    def set_matching(self, matched: int, total: int) -> None:
        """Show how many of the model's classes have one of the user's."""
        text = self.tr("{matched} of {total} classes matched")
        self._matching.set_text(text.format(matched=matched, total=total))
        theme.restyle(self._matching, "role", "secondary" if matched == total else "warning")
        self._unmatched.setVisible(total > 0 and matched == 0)
        self._matching.setVisible(matched > 0 or total == 0)
        self._match.setVisible(total > 0)
        # That sentence takes two lines, and there is no result to be told.
        self._result.setHidden(total > 0 and matched == 0)

    def set_result(self, text: str) -> None:
        """Show what the last Segment was."""
        self._result.set_text(text)

    def set_ready(self, text: str) -> None:
        """Show how many images there are to learn from; empty for none."""
        self._foot.set_ready(text)

    def set_devices(self, devices: Sequence[tuple[str, str]], current: str) -> None:
        """Offer devices as pairs of name and text."""
        self._devices = (devices, current)
        if self._settings:
            self._settings.set_devices(devices, current)

    def set_detail(self, detail: str) -> None:
        self._detail = detail
        if self._settings:
            self._settings.set_detail(detail)

    def set_run_options(self, *, precision: str, augment: str, tile: int) -> None:
        """Show how the model runs: its precision, flip and scales, and the size of tiles."""
        self._run_options = {"precision": precision, "augment": augment, "tile": tile}
        if self._settings:
            self._settings.set_run_options(**self._run_options)

    def set_background(self, *, on_open: bool, ahead: bool) -> None:
        """Show whether images are segmented when opened, and the next ones prepared."""
        self._background = {"on_open": on_open, "ahead": ahead}
        if self._settings:
            self._settings.set_background(on_open=on_open, ahead=ahead)

    def take_focus(self) -> None:
        """Bring the keyboard focus into the panel."""
        self._models.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def settings(self) -> ModelSettings:
        """Return the settings popover, built when first asked for."""
        if self._settings is None:
            self._settings = ModelSettings(self)
            self._settings.set_devices(*self._devices)
            self._settings.set_detail(self._detail)
            self._settings.set_run_options(**self._run_options)
            self._settings.set_background(**self._background)
            self._settings.run_option_requested.connect(self.run_option_requested)
            self._settings.on_open_requested.connect(self.on_open_requested)
            self._settings.ahead_requested.connect(self.ahead_requested)
            self._settings.device_requested.connect(self.device_requested)
            self._settings.detail_requested.connect(self.detail_requested)
        return self._settings

    # What is wished for

    def _open_settings(self) -> None:
        self.settings().open_below(self._cog, right_aligned=True)

    def _on_model_activated(self, row: int) -> None:
        name = str(self._models.itemData(row))
        if name:
            self._shown = name
            self.model_requested.emit(name)
        else:
            self.set_model(self._shown)
            self.models_requested.emit()


def _row(*parts: QWidget, stretched: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for part in parts:
        row.addWidget(part, int(part is stretched))
    return row


def time_text(seconds: float) -> str:
    """Return a time to read: 40 ms, 0.8 s, 12 s."""
    if seconds < 0.1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
