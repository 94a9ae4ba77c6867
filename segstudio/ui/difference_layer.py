"""Where the labels are no longer what the model said, and what it said there."""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.machine_labels import UNKNOWN, SaidMap
from segstudio.ui.layers import Scene
from segstudio.ui.patterns import stripes
from segstudio.ui.screen_picture import Colours, one_colour, premultiplied

STEP_PX, LINE_PX, CASING_PX = 14, 7, 1
_DARK = one_colour((0, 0, 0), 200)


class DifferenceLayer:
    """Stripes in the colour of the class that the model gave, cased in dark, over those of now."""

    covers_areas = False

    def __init__(self) -> None:
        self._said: SaidMap | None = None
        self._colours: Colours = np.zeros(256, np.uint32)

    def set_said(self, said: SaidMap | None) -> None:
        """Take what the machines said last; None while that is not known."""
        self._said = said

    def set_colours(self, colours: NDArray[np.uint8]) -> None:
        """Take the (256, 3) colours by label."""
        self._colours = premultiplied(colours, np.full(256, 255))

    def draw_on(self, pixels: Colours, scene: Scene) -> None:
        """Draw the difference."""
        if self._said is None or self._said.shape != scene.planes.labels.shape:
            return
        said = scene.sampled(self._said, ground=UNKNOWN)
        differs = (said != scene.labels) & (said != UNKNOWN)
        if not differs.any():
            return
        place = scene.area, said.shape, scene.ratio
        cased = stripes(*place, step=STEP_PX, line=LINE_PX)
        inner = stripes(*place, step=STEP_PX, line=LINE_PX, inner=CASING_PX)
        np.copyto(pixels, np.uint32(_DARK), where=differs & cased.view(np.bool_))
        at = np.flatnonzero(differs & inner.view(np.bool_))
        pixels.ravel()[at] = self._colours[said.ravel()[at]]
