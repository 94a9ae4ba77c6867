"""What is seldom changed of the brush: what its size counts, the pen, and what counts as unsure."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segstudio.editing.tool_state import LIMITS, ToolState
from segstudio.ui.controls import NumberField, named, text_label
from segstudio.ui.popover import Popover
from segstudio.ui.tick_box import TickBox

_SUREST = 255


class BrushPopover(Popover):
    """Shows the numbers behind the cog of the options bar; every change is a wish."""

    requested = Signal(str, object)
    """Name of the field of the tool state and the value wished for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "brush_popover", self.tr("Brush settings"))
        self._ticks = {
            "on_screen": self._tick(
                "on_screen",
                self.tr("Same size on the screen at every zoom"),
                self.tr("The size then counts pixels of the screen."),
            ),
            "pressure": self._tick(
                "pressure",
                self.tr("A pen's pressure changes the size"),
                self.tr("From a third of the size to all of it. A mouse paints all of it."),
            ),
        }
        self._unsure = named(NumberField(), "unsure_below", self.tr("Unsure below"))
        self._unsure.setToolTip(
            self.tr("Unsure below\nUsed by “Only where unsure” of Paint over (K).")
        )
        self._unsure.setRange(_percent(LIMITS["unsure_below"][0]), 100)
        self._unsure.setSuffix(self.tr(" %"))
        self._unsure.setFixedWidth(78)
        self._unsure.valueChanged.connect(self._on_unsure)
        self._unsure.focus_returned.connect(self.hide)
        self.column.addWidget(text_label(self.tr("Brush"), "heading"))
        for tick in self._ticks.values():
            self.column.addWidget(tick)
        row = QHBoxLayout()
        row.addWidget(text_label(self.tr("Unsure below"), "secondary"), 1)
        row.addWidget(self._unsure)
        self.column.addLayout(row)

    def show_state(self, state: ToolState) -> None:
        """Show the values of a tool state."""
        for name, tick in self._ticks.items():
            tick.blockSignals(True)
            tick.setChecked(getattr(state, name))
            tick.blockSignals(False)
            tick.update()
        self._unsure.blockSignals(True)
        self._unsure.setValue(_percent(state.unsure_below))
        self._unsure.blockSignals(False)

    def _tick(self, name: str, title: str, line: str) -> TickBox:
        tick = named(TickBox(title), f"brush_{name}", title)
        tick.setToolTip(f"{title}\n{line}")
        tick.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tick.toggled.connect(partial(self._on_tick, name))
        return tick

    def _on_tick(self, name: str, checked: bool) -> None:
        self.requested.emit(name, checked)

    def _on_unsure(self, percent: int) -> None:
        self.requested.emit("unsure_below", round(percent * _SUREST / 100))


def _percent(confidence: int) -> int:
    return max(1, round(100 * confidence / _SUREST))
