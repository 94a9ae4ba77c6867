"""The column at the right: classes above, below them Model, History and Statistics, or Teach."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from segstudio.ui.columns import LARGE_WIDTH, WIDE_WIDTH
from segstudio.ui.controls import named
from segstudio.ui.model_panel import ModelPanel
from segstudio.ui.side_rows import SideRows

LOWER = ("model", "history", "statistics")
"""The panels of the lower part, in the order of their tabs."""
LOWER_HEIGHTS = ((LARGE_WIDTH, 220), (0, 190))
"""Height of the lower part, tabs included, from each width of the window on."""
MODEL_HEIGHT, LEAST_HISTORY_HEIGHT = 190, 240
"""Heights where the window is wide enough for both at once."""
_HISTORY_SHARE = 0.34
"""Of what Model leaves over; Classes has the rest, which shows 12 of them on a screen 1080 high."""
_GUEST_SHARE, _LEAST_GUEST, _LEAST_CLASSES = 0.62, 480, 150
"""Height of a guest, and what it leaves to the classes in any case."""


class SideColumn(QFrame):
    """Stacks the panels: three tabs in a narrow window, Model apart in a wide one."""

    panels_changed = Signal()
    """Another tab was chosen."""

    def __init__(self, classes: QWidget, model: ModelPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side_column")
        self._classes = classes
        self._panels: dict[str, QWidget] = {"model": model} | {n: QFrame() for n in LOWER[1:]}
        self._model = model
        self._is_wide = False
        self._shows_model, self._shows_tabs = True, True
        """What is shown where no guest is."""
        self._guest: QWidget | None = None
        self._is_guest_here = False
        self._guest_height = 0
        """That the person chose; 0 for one that suits."""
        self._lower_height = LOWER_HEIGHTS[-1][1]
        self._chosen: Sequence[int] | None = None
        """Heights of Model, where it stands apart, and of the tabs that the person chose."""
        self._kept: dict[str, Any] | None = None
        """What was shown last time, until the person changes it: a window opens in steps."""
        self._build()
        self._rows.splitterMoved.connect(self._on_moved)
        self._rows.reset_requested.connect(self.reset_heights)
        self._tabs.tabBarClicked.connect(self._on_tab_clicked)
        self._tabs.currentChanged.connect(self._on_tab)
        self._lay_out_tabs("model")

    def _build(self) -> None:
        self._tabs = named(QTabBar(), "side_tabs", self.tr("Panels"))
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._pages = QStackedWidget()
        self._lower = QFrame()
        self._lower.setObjectName("side_lower")
        column = QVBoxLayout(self._lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tabs)
        column.addWidget(self._pages, 1)
        self._rows = SideRows(self)
        self._rows.addWidget(self._classes)
        self._rows.addWidget(self._lower)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._rows)

    def fill(self, name: str, panel: QWidget) -> None:
        """Put ``history`` or ``statistics``, which are built late, into its place."""
        column = QVBoxLayout(self._panels[name])
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(panel)

    # Guests ----------------------------------------------------------------------------------

    def add_guest(self, panel: QWidget) -> None:
        """Take a panel that can stand in place of all below the classes for a while."""
        self._guest = panel
        panel.hide()
        self._rows.addWidget(panel)
        self._set_stretch()

    @property
    def shows_guest(self) -> bool:
        """Whether the guest stands in place of the other panels."""
        return self._is_guest_here

    def set_guest_shown(self, shown: bool) -> None:
        """Bring the guest, or give their place back to the others."""
        if shown != self._is_guest_here:
            self._is_guest_here = shown
            self._show_parts()
            self.panels_changed.emit()

    def _show_parts(self) -> None:
        if self._guest is not None:
            self._guest.setVisible(self._is_guest_here)
        self._lower.setVisible(self._shows_tabs and not self._is_guest_here)
        if self._is_wide:
            self._model.setVisible(self._shows_model and not self._is_guest_here)
        self._apply_heights()

    # What is shown ---------------------------------------------------------------------------

    def is_shown(self, name: str) -> bool:
        """Return whether ``model``, ``history`` or ``statistics`` is in front."""
        if self._is_guest_here:
            return False
        if name == "model" and self._is_wide:
            return self._shows_model
        return self._shows_tabs and self._tab == name

    @property
    def shows_lower(self) -> bool:
        """Whether anything below the classes is shown."""
        return self._is_guest_here or any(self.is_shown(name) for name in LOWER)

    def set_shown(self, name: str, shown: bool) -> None:
        """Bring a panel to the front, or close the part that it is in the front of."""
        self._kept = None
        self._is_guest_here = False
        if name == "model" and self._is_wide:
            self._shows_model = shown
        elif shown:
            self._shows_tabs = True
            self._tabs.setCurrentIndex(self._names.index(name))
        elif self._tab == name:
            self._shows_tabs = False
        self._show_parts()

    @property
    def _names(self) -> tuple[str, ...]:
        return LOWER[1:] if self._is_wide else LOWER

    @property
    def _tab(self) -> str:
        return self._names[max(0, self._tabs.currentIndex())]

    def _on_tab_clicked(self, _index: int) -> None:
        self._kept = None

    def _on_tab(self, index: int) -> None:
        if index >= 0:
            self._pages.setCurrentWidget(self._panels[self._names[index]])
            self.panels_changed.emit()

    # Sizes -----------------------------------------------------------------------------------

    def suit(self, window_width: int) -> None:
        """Stack the panels as suits a window of this width, at heights that suit it."""
        self._lower_height = next(h for least, h in LOWER_HEIGHTS if window_width >= least)
        is_wide = window_width >= WIDE_WIDTH
        if is_wide != self._is_wide:
            self._restack(is_wide=is_wide)
            if self._kept is not None:
                self.restore(self._kept)
            self.panels_changed.emit()
        self._apply_heights()

    def _restack(self, *, is_wide: bool) -> None:
        front = self._tab
        model_shown = self._shows_model if self._is_wide else front == "model"
        self._is_wide = is_wide
        self._chosen = None
        self._model.set_compact(not is_wide)
        if is_wide:
            self._rows.insertWidget(1, self._model)
            self._shows_model = self._shows_tabs
            self._lay_out_tabs("history" if front == "model" else front)
        else:
            self._lay_out_tabs("model" if model_shown else front)
        self._show_parts()

    def _lay_out_tabs(self, front: str) -> None:
        titles = {
            "model": self.tr("Model"),
            "history": self.tr("History"),
            "statistics": self.tr("Statistics"),
        }
        self._tabs.blockSignals(True)
        while self._tabs.count():
            self._tabs.removeTab(0)
        for name in self._names:
            self._tabs.addTab(titles[name])
            self._pages.addWidget(self._panels[name])
        self._tabs.setCurrentIndex(self._names.index(front))
        self._tabs.blockSignals(False)
        self._pages.setCurrentWidget(self._panels[front])
        self._set_stretch()

    def _set_stretch(self) -> None:
        growing = {self._classes} | ({self._lower, self._guest} if self._is_wide else set())
        for row in range(self._rows.count()):
            self._rows.setStretchFactor(row, int(self._rows.widget(row) in growing))

    def reset(self) -> None:
        """Show every panel, Model in front, at the heights that suit."""
        self._kept = None
        self._is_guest_here, self._shows_tabs, self._shows_model = False, True, True
        self._tabs.setCurrentIndex(0)
        self._show_parts()
        self.reset_heights()

    def reset_heights(self) -> None:
        """Give the panels the heights that suit the window."""
        self._chosen, self._guest_height = None, 0
        self._apply_heights()

    def _apply_heights(self) -> None:
        below = list(self._chosen or self._default_heights())
        if self._is_guest_here:
            below = [*(0 for _ in below), self._guest_height or self._suited_guest()]
        self._rows.setSizes([max(1, self.height() - sum(below) - len(below)), *below])

    def _default_heights(self) -> tuple[int, ...]:
        if not self._is_wide:
            return (self._lower_height,)
        rest = round(_HISTORY_SHARE * (self.height() - MODEL_HEIGHT))
        return MODEL_HEIGHT, max(LEAST_HISTORY_HEIGHT, rest)

    def _suited_guest(self) -> int:
        wanted = max(_LEAST_GUEST, round(_GUEST_SHARE * self.height()))
        return max(1, min(wanted, self.height() - _LEAST_CLASSES))

    def _on_moved(self, _position: int, _index: int) -> None:
        if self._is_guest_here:
            self._guest_height = self._rows.sizes()[-1]
        else:
            self._kept, self._chosen = None, self._rows.sizes()[1 : 2 + self._is_wide]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._apply_heights()

    def state(self) -> dict[str, Any]:
        """Return what is shown and how high, to keep."""
        return {
            "wide": self._is_wide,
            "tab": self._tab,
            "model": self._shows_model or not self._is_wide,
            "lower": self._shows_tabs,
            "heights": list(self._chosen or ()),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Show what was shown, as high as it was, once the window is as wide as it was."""
        self._kept = state
        if self._is_wide is (state.get("wide") is True):
            self._take(state)

    def _take(self, state: dict[str, Any]) -> None:
        if state.get("tab") in self._names:
            self._tabs.setCurrentIndex(self._names.index(state["tab"]))
        if self._is_wide:
            self._shows_model = state.get("model") is not False
        self._shows_tabs = state.get("lower") is not False
        heights = state.get("heights")
        if isinstance(heights, list) and len(heights) == 1 + self._is_wide:
            self._chosen = [max(1, int(height)) for height in heights]
        self._show_parts()
