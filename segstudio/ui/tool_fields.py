"""The fields of the tools in the options bar."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from segstudio.editing.brush import MAX_SIZE_PX, TipShape
from segstudio.editing.tool_state import Reach, Shape, ToolState
from segstudio.ui.brush_popover import BrushPopover
from segstudio.ui.controls import (
    NumberField,
    Segment,
    Segmented,
    first_line_tip,
    icon_button,
    named,
    side_by_side,
    text_label,
)
from segstudio.ui.tick_box import TickBox

_STEPS = 1000

_SLIDER_WIDTHS = {"size": 96, "scribble_width": 64}
"""Of those that are not 80 wide: beside a scribble's width stand two fields more."""


@dataclass(frozen=True)
class Number:
    """A number of a tool: a slider and a field.

    Attributes
    ----------
    even : bool
        Whether steps of the slider are even in the number; else in its logarithm.
    """

    name: str
    title: str
    line: str
    low: int
    high: int
    unit: str = ""
    even: bool = True

    def at(self, step: int) -> int:
        """Return the number at a place of the slider, 0 to 1000."""
        share = step / _STEPS
        if self.even:
            return round(self.low + share * (self.high - self.low))
        return max(self.low, round(self.low * math.pow(self.high / self.low, share)))

    def step_of(self, number: int) -> int:
        """Return the place of the slider for a number."""
        if self.even:
            return round(_STEPS * (number - self.low) / (self.high - self.low))
        return round(_STEPS * math.log(max(1, number / self.low)) / math.log(self.high / self.low))


NUMBERS: tuple[Number, ...] = (
    Number("size", "Size", "The width of the brush.", 1, MAX_SIZE_PX, " px", even=False),
    Number("scribble_width", "Width", "The width of the scribble.", 1, 200, " px", even=False),
    Number("tolerance", "Tolerance", "How much colours may differ. Dragging changes it.", 0, 128),
    Number(
        "granularity",
        "Granularity",
        "The width of a piece on the screen.",
        6,
        120,
        " px",
        even=False,
    ),
    Number("stiffness", "Stiffness", "From following every edge to straight lines.", 0, 100, " %"),
)


@dataclass(frozen=True)
class Switch:
    """Something of a tool that is on or off."""

    name: str
    title: str
    key: str
    line: str


SWITCHES: tuple[Switch, ...] = (
    Switch("snap", "Snap", "N", "When a stroke ends, its border goes to the edge in the image."),
    Switch("refine", "Edges", "", "What changes follows the edges of the image."),
    Switch("connected", "Connected", "", "Only pixels joined with the one clicked."),
    Switch("fill_holes", "Holes", "", "Take in what is enclosed."),
)


class ToolFields(QObject):
    """Makes the fields and keeps them in step with the tool state; every click is a wish."""

    requested = Signal(str, object)
    """Name of the field and the value wished for: an int, a bool or a member of an enum."""
    focus_returned = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sliders: dict[str, tuple[Number, QSlider, NumberField]] = {}
        self._ticks: dict[str, TickBox] = {}
        self._choices: dict[str, Segmented] = {}
        self.parts: dict[str, QWidget] = {
            **{number.name: self._number(number) for number in NUMBERS},
            **{switch.name: self._switch(switch) for switch in SWITCHES},
            **self._choice_parts(),
            "brush_more": self._brush_more(),
        }

    def show_state(self, state: ToolState) -> None:
        """Show the numbers and choices of a tool state."""
        values = {name: getattr(state, name) for name in self._sliders if name != "size"}
        for name, value in {**values, "size": state.tip.size}.items():
            number, slider, field = self._sliders[name]
            for part, shown in ((field, value), (slider, number.step_of(value))):
                part.blockSignals(True)
                part.setValue(shown)
                part.blockSignals(False)
        for name, tick in self._ticks.items():
            tick.blockSignals(True)
            tick.setChecked(getattr(state, name))
            tick.blockSignals(False)
            tick.update()
        self._say_size_unit(on_screen=state.on_screen)
        self._brush_popover.show_state(state)
        self._choices["tip_shape"].set_value(state.tip.shape.value)
        self._choices["shape"].set_value(state.shape.value)
        self._choices["reach"].set_value(state.reach.value)
        self._choices["fill_all"].set_value("class" if state.fill_all else "region")

    def _say_size_unit(self, *, on_screen: bool) -> None:
        """Say what the size of the brush counts."""
        line = self.tr("The width of the brush in pixels of the image.")
        if on_screen:
            line = self.tr("The width of the brush in pixels of the screen, at every zoom.")
        for part in self._sliders["size"][1:]:
            part.setToolTip(first_line_tip(self.tr("Size"), "[ ]", line))

    def _brush_more(self) -> QWidget:
        button = icon_button(
            "cog",
            "brush_settings",
            self.tr("Brush settings"),
            self.tr("Brush settings\nSize on the screen, pen, and what counts as unsure."),
        )
        self._brush_popover = BrushPopover(button)
        self._brush_popover.requested.connect(self.requested)
        button.clicked.connect(self._open_brush_popover)
        return side_by_side(button)

    def _open_brush_popover(self) -> None:
        self._brush_popover.open_below(self.parts["brush_more"])

    def _number(self, row: Number) -> QWidget:
        title, line = self.tr(row.title), self.tr(row.line)
        slider = named(QSlider(Qt.Orientation.Horizontal), f"{row.name}_slider", title)
        slider.setRange(0, _STEPS)
        slider.setFixedWidth(_SLIDER_WIDTHS.get(row.name, 80))
        slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        slider.setToolTip(first_line_tip(title, "[ ]", line))
        field = named(NumberField(), f"{row.name}_number", title)
        field.setToolTip(slider.toolTip())
        field.setRange(row.low, row.high)
        field.setSuffix(row.unit)
        field.setFixedWidth(78 if row.unit else 56)
        slider.valueChanged.connect(partial(self._on_slider, row))
        field.valueChanged.connect(partial(self._on_number, row.name))
        field.focus_returned.connect(self.focus_returned)
        self._sliders[row.name] = row, slider, field
        if row.name == "size":  # the ring says what it is, and the bar is full
            return side_by_side(slider, field)
        return side_by_side(text_label(title, "secondary"), slider, field)

    def _switch(self, row: Switch) -> QWidget:
        title = self.tr(row.title)
        tick = named(TickBox(title), f"{row.name}_switch", title)
        tick.setToolTip(first_line_tip(title, row.key, self.tr(row.line)))
        tick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tick.toggled.connect(partial(self._on_switch, row.name))
        self._ticks[row.name] = tick
        return side_by_side(tick)

    def _choice_parts(self) -> dict[str, QWidget]:
        self._choices = {
            "tip_shape": Segmented(
                "shape",
                self.tr("Shape"),
                (
                    Segment("round", self.tr("Round"), "round", self.tr("A round brush.")),
                    Segment("square", self.tr("Square"), "square", self.tr("A square brush.")),
                ),
                width=28,
            ),
            "shape": Segmented("polygon_shape", self.tr("Shape"), self._shapes(), width=32),
            "reach": Segmented(
                "scribble_reach",
                self.tr("Reach"),
                (
                    Segment("near", self.tr("Near"), "", self.tr("Only around the scribble.")),
                    Segment("image", self.tr("Image"), "", self.tr("All that looks like it.")),
                ),
                width=48,
            ),
            "fill_all": Segmented(
                "fill_reach",
                self.tr("What is filled"),
                (
                    Segment(
                        "region", self.tr("This region"), "", self.tr("The region clicked on.")
                    ),
                    Segment(
                        "class",
                        self.tr("All regions"),
                        "",
                        self.tr("All regions of the class clicked on (Shift)."),
                    ),
                ),
                width=84,
            ),
        }
        kinds: dict[str, type | None] = {"tip_shape": TipShape, "shape": Shape, "reach": Reach}
        for name, choice in self._choices.items():
            choice.chosen.connect(partial(self._on_choice, name, kinds.get(name)))
        return dict(self._choices)

    def _shapes(self) -> Sequence[Segment]:
        return (
            Segment("points", self.tr("Points (P)"), "shape-points", self.tr("Corner by corner.")),
            Segment("freehand", self.tr("Freehand (P)"), "shape-freehand", self.tr("Draw round.")),
            Segment(
                "rectangle",
                self.tr("Rectangle (P)"),
                "shape-rectangle",
                self.tr("Drag. Shift makes a square."),
            ),
            Segment(
                "ellipse",
                self.tr("Ellipse (P)"),
                "shape-ellipse",
                self.tr("Drag. Shift makes a circle."),
            ),
        )

    def _on_slider(self, row: Number, step: int) -> None:
        self.requested.emit(row.name, row.at(step))

    def _on_number(self, name: str, number: int) -> None:
        self.requested.emit(name, number)

    def _on_switch(self, name: str, on: bool) -> None:
        self.requested.emit(name, on)

    def _on_choice(self, name: str, kind: Any, key: str) -> None:
        self.requested.emit(name, kind(key) if kind is not None else key == "class")
