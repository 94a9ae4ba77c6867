"""The panel of numbers: classes, who wrote the pixels, progress, and what is lopsided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui.controls import Segment, Segmented, icon_button, named, text_label
from segstudio.ui.popover import Popover
from segstudio.ui.statistics_charts import ClassBar, ClassBars, DayChart, InkBar

THIS, ALL = "this", "all"


@dataclass(frozen=True)
class StatisticsShown:
    """What the panel shows, in words and numbers.

    Attributes
    ----------
    states, parts : str
        How far the images are, and which part of the dataset they are in; empty for one image.
    ink : tuple of int
        Pixels by author; all 0 when not known.
    days : sequence of (date, int)
        Images done by day.
    warnings : sequence of str
        One sentence each.
    """

    bars: Sequence[ClassBar]
    ink: Sequence[int] = (0, 0, 0, 0)
    states: str = ""
    parts: str = ""
    days: Sequence[tuple[date, int]] = ()
    today: date = field(default_factory=date.today)
    warnings: Sequence[str] = ()


class PixelSizePopover(Popover):
    """One field: how large a pixel is in the world."""

    size_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "statistics_settings", self.tr("Statistics settings"))
        self.setMinimumWidth(240)
        self._field = named(QLineEdit(), "pixel_size", self.tr("Size of a pixel"))
        self._field.setPlaceholderText(self.tr("such as 0.5 µm"))
        self._line = text_label(
            self.tr("Exported areas are then in this unit squared. Leave it empty if not known."),
            "secondary",
        )
        self._line.setWordWrap(True)
        self._problem = text_label("", "danger")
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._size = ""
        self.column.addWidget(text_label(self.tr("Size of a pixel"), "secondary"))
        for part in (self._field, self._problem, self._line):
            self.column.addWidget(part)
        self._field.editingFinished.connect(self._on_edited)
        self._field.returnPressed.connect(self._on_returned)

    def set_size(self, text: str) -> None:
        self._size = text
        self._field.setText(text)
        self.set_problem("")

    def set_problem(self, sentence: str) -> None:
        """Say why what was written cannot be used."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.adjustSize()

    def problem(self) -> str:
        return self._problem.text()

    def _on_edited(self) -> None:
        self.size_requested.emit(self._field.text())

    def _on_returned(self) -> None:
        self._on_edited()
        if not self._problem.text():
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._field.setText(self._size)  # to close it would take what was written
        super().keyPressEvent(event)


class StatisticsPanel(QFrame):
    """Shows totals of one image or of all; reckons nothing itself."""

    scope_requested = Signal(str)
    """`THIS` or `ALL`."""
    export_requested = Signal()
    areas_requested = Signal()
    pixel_size_requested = Signal(str)
    focus_returned = Signal()
    came_into_sight = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "statistics_panel", self.tr("Statistics"))
        self._settings: PixelSizePopover | None = None
        self._pixel_size = ""
        self._build_head()
        self._build_page()
        self._lay_out()
        self._connect()

    def _build_head(self) -> None:
        segments = (Segment(ALL, self.tr("All images")), Segment(THIS, self.tr("This image")))
        self._scope = Segmented("scope_of_numbers", self.tr("Numbers of"), segments)
        self._scope.set_value(ALL)
        self._export = icon_button(
            "export",
            "statistics_export",
            self.tr("Export CSV…"),
            self.tr("Export CSV…\nWrite these totals as a table."),
        )
        self._cog = icon_button(
            "cog",
            "statistics_cog",
            self.tr("Statistics settings"),
            self.tr("Statistics settings\nHow large a pixel is in the world."),
        )

    def _build_page(self) -> None:
        self._bars = ClassBars()
        self._ink, self._days = InkBar(), DayChart()
        self._states, self._parts = (self._text(n) for n in ("states_line", "parts_line"))
        self._warnings = self._text("statistics_warnings", "warning")
        self._headings: dict[QWidget, QLabel] = {
            self._bars: text_label(self.tr("Classes"), "heading"),
            self._warnings: text_label(self.tr("Imbalance"), "heading"),
            self._ink: text_label(self.tr("Ink"), "heading"),
            self._states: text_label(self.tr("Images"), "heading"),
            self._days: text_label(self.tr("Done by day"), "heading"),
        }
        self._none = text_label(self.tr("Nothing is labelled yet."), "secondary")
        self._none.setAlignment(Qt.AlignmentFlag.AlignHCenter)

    def _text(self, name: str, role: str = "secondary") -> QLabel:
        label = text_label("", role)
        label.setObjectName(name)
        label.setWordWrap(True)
        return label

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 12, 0)
        head.setSpacing(4)
        head.addWidget(self._scope, 1)
        head.addWidget(self._export)
        head.addWidget(self._cog)
        page = QWidget()
        page.setObjectName("scroll_page")
        inside = QVBoxLayout(page)
        inside.setContentsMargins(12, 4, 12, 8)
        inside.setSpacing(6)
        inside.addWidget(self._none)
        for part, heading in self._headings.items():
            inside.addWidget(heading)
            inside.addWidget(part)
            if part is self._states:
                inside.addWidget(self._parts)
            inside.addSpacing(4)
        inside.addStretch(1)
        area = named(QScrollArea(), "statistics_page", self.tr("Statistics"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        self._area = area
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(area, 1)

    def _connect(self) -> None:
        self._scope.chosen.connect(self.scope_requested)
        self._export.clicked.connect(self.export_requested)
        self._cog.clicked.connect(self._open_settings)

    # What it shows ---------------------------------------------------------------------------

    def set_shown(self, shown: StatisticsShown) -> None:
        self._bars.set_bars(shown.bars, with_images=self._scope.value == ALL)
        self._ink.set_ink(shown.ink)
        self._days.set_days(shown.days, shown.today)
        self._states.setText(shown.states)
        self._parts.setText(shown.parts)
        self._warnings.setText("\n".join(shown.warnings))
        is_seen = {
            self._bars: bool(shown.bars),
            self._ink: any(shown.ink),
            self._states: bool(shown.states),
            self._days: bool(shown.days),
            self._warnings: bool(shown.warnings),
        }
        for part, seen in is_seen.items():
            part.setVisible(seen)
            self._headings[part].setVisible(seen)
        self._parts.setVisible(bool(shown.parts))
        self._none.setVisible(not shown.bars)
        self._export.setEnabled(bool(shown.bars))

    @property
    def scope(self) -> str:
        """Return `THIS` or `ALL`."""
        return self._scope.value

    def set_scope(self, scope: str) -> None:
        self._scope.set_value(scope)

    def set_pixel_size(self, text: str) -> None:
        """Show how large a pixel is, such as “0.5 µm”."""
        self._pixel_size = text
        if self._settings:
            self._settings.set_size(text)

    def set_pixel_size_problem(self, sentence: str) -> None:
        self.settings().set_problem(sentence)

    def settings(self) -> PixelSizePopover:
        """Return the settings popover, built when first asked for."""
        if self._settings is None:
            self._settings = PixelSizePopover(self)
            self._settings.set_size(self._pixel_size)
            self._settings.size_requested.connect(self.pixel_size_requested)
        return self._settings

    def take_focus(self) -> None:
        """Bring the keyboard focus into the panel."""
        self._area.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_settings(self) -> None:
        self.settings().set_size(self._pixel_size)
        self.settings().open_below(self._cog, right_aligned=True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came_into_sight.emit()
