"""How classes look: in colours of their own, or in those that colour-blind people tell apart.

The second is a way of seeing: the class table keeps its colours. Eight colours are all there are
of those; classes after the eighth have hatches too.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.palette import SAFE_COLOURS, Colour
from segstudio.ui.patterns import Where, grid, stripes

KINDS = 4
"""Kinds of hatches: lines up, lines down, both, dots. After these they become wider."""

_STEP_PX, _LINE_PX, _WIDER_PX = 9, 1.5, 5


class _State:
    places: dict[int, int] | None = None
    """Place in the list by class index while the safe colours are shown."""


def show(table: ClassTable, *, safe: bool) -> None:
    """Take safe colours, or the classes' own; swatches ask for theirs whenever they paint."""
    _State.places = {index: at for at, index in enumerate(table.indices)} if safe else None


def look(entry: LabelClass) -> tuple[Colour, int]:
    """Return the colour to show for a class, and the number of its hatch, 0 for none."""
    place = _State.places.get(entry.index) if _State.places is not None else None
    return (entry.colour, 0) if place is None else _at(place)


def safe_colour_table(table: ClassTable) -> NDArray[np.uint8]:
    """Return what `ClassTable.colour_table` does, in safe colours."""
    colours = table.colour_table()
    for place, index in enumerate(table.indices):
        colours[index] = _at(place)[0]
    return colours


def hatch_table(table: ClassTable) -> NDArray[np.uint8]:
    """Return the (256,) numbers of hatches by class index, for safe colours."""
    numbers = np.zeros(256, np.uint8)
    for place, index in enumerate(table.indices):
        numbers[index] = _at(place)[1]
    return numbers


def hatch(
    number: int, area: QRect, shape: tuple[int, int], ratio: float, *, value: int = 1
) -> Where:
    """Return where the lines of a hatch are, see `patterns.stripes`."""
    kind, wider = (number - 1) % KINDS, (number - 1) // KINDS
    step = _STEP_PX + _WIDER_PX * wider
    if kind == KINDS - 1:
        return grid(area, shape, ratio, step=step, side=2.5 * _LINE_PX, value=value)
    up = stripes(area, shape, ratio, step=step, line=_LINE_PX, value=value)
    down = stripes(area, shape, ratio, step=step, line=_LINE_PX, value=value, up=False)
    return up | down if kind == 2 else (up, down)[kind]


def line_colours(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the colour of lines over each of (N, 3) colours: black on bright ones, else white."""
    bright = colours @ np.array([0.299, 0.587, 0.114]) > 110
    return np.where(bright[:, None], 0, 255).astype(np.uint8).repeat(3, axis=1)


def hatched_picture(colour: Colour, number: int, side: int) -> QImage:
    """Return a square of a hatched colour, for a swatch; drawn at twice its size."""
    lines = hatch(number, QRect(0, 0, side, side), (2 * side, 2 * side), 2)
    ground = np.array([colour], np.uint8)
    pixels = np.where(lines[..., None], line_colours(ground)[0], ground[0]).astype(np.uint8)
    picture = QImage(pixels.tobytes(), 2 * side, 2 * side, 6 * side, QImage.Format.Format_RGB888)
    return picture.copy()


def _at(place: int) -> tuple[Colour, int]:
    return SAFE_COLOURS[place % len(SAFE_COLOURS)], place // len(SAFE_COLOURS)
