"""Who wrote each pixel: colours with patterns, so that none is told by colour alone."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

from segstudio.core.arrays import InkMap
from segstudio.core.labels import Ink
from segstudio.ui.layers import Scene
from segstudio.ui.patterns import grid, stripes
from segstudio.ui.screen_picture import Colours, look_up, one_colour

YELLOW, BLUE, GREY = (0xFF, 0xD4, 0x00), (0x2F, 0x80, 0xED), (0x9A, 0x9A, 0x9A)
_DARK = (0x40, 0x30, 0x00)
_DEEP = (0x0A, 0x2E, 0x66)
_ALPHA, _MODEL_ALPHA, _PATTERN_ALPHA = 150, 90, 215
_STEP_PX = 7

# Numbers of colours: four by the ink, plus these where a dot or a line is.
_DOT, _LINE = 1, 2


def ink_colours() -> Colours:
    """Return the (16,) colours by ink, each without and with a dot, a line, and both."""
    person, refinement = one_colour(YELLOW, _ALPHA), one_colour(BLUE, _ALPHA)
    model = one_colour(GREY, _MODEL_ALPHA)  # weaker: it is nearly everywhere
    dot, line = one_colour(_DARK, _PATTERN_ALPHA), one_colour(_DEEP, _PATTERN_ALPHA)
    rows = {
        Ink.NOBODY: [0] * 4,
        Ink.MODEL: [model] * 4,
        Ink.REFINEMENT: [refinement, refinement, line, line],
        Ink.PERSON: [person, dot, person, dot],
    }
    return np.array([rows[ink] for ink in sorted(rows)], np.uint32).ravel()


class InkLayer:
    """Person yellow with dots, refinement blue with lines, model grey, nobody clear."""

    covers_areas = True

    def __init__(self) -> None:
        self._colours = np.zeros(256, np.uint32)  # of which sixteen are used
        self._colours[: len(ink_colours())] = ink_colours()

    def draw_on(self, pixels: Colours, scene: Scene) -> None:
        """Draw the authors."""
        numbers = ink_numbers(scene.ink.copy(), scene.area, scene.ratio)
        look_up(self._colours, numbers, pixels)


def ink_numbers(ink: InkMap, area: QRect, ratio: float) -> NDArray[np.uint8]:
    """Turn an ink map of the screen's size, in place, into numbers of `ink_colours`."""
    ink <<= 2
    ink |= grid(area, ink.shape, ratio, step=_STEP_PX, side=2, value=_DOT)
    ink |= stripes(area, ink.shape, ratio, step=_STEP_PX, line=2, value=_LINE)
    return ink
