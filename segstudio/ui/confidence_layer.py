"""How unsure the model was, in one hue: the more violet, the more doubt."""

import cv2
import numpy as np

from segstudio.core.arrays import Confidence
from segstudio.core.labels import Ink
from segstudio.ui.layers import Scene
from segstudio.ui.screen_picture import Colours, look_up, premultiplied

VIOLET = (0x7B, 0x3F, 0xF2)
MOST_ALPHA = 0.7
HIDES_ABOVE_PERCENT = 95
_SURE = 255

_SURE_BY_INK = np.zeros(256, np.uint8)
_SURE_BY_INK[Ink.PERSON] = _SURE


class ConfidenceLayer:
    """Violet at 0 to 70 % by doubt; clear where a person has decided, or the model was sure."""

    covers_areas = True

    def __init__(self) -> None:
        self._colours = doubt_colours(HIDES_ABOVE_PERCENT)
        self._sureness: Confidence | None = None

    def set_hides_above(self, percent: int) -> None:
        """Leave away what is surer than this."""
        self._colours = doubt_colours(percent)

    def set_sureness(self, sureness: Confidence | None) -> None:
        """Show another measure, (H, W) uint8 with 255 for certain; None for the confidence."""
        self._sureness = sureness

    def draw_on(self, pixels: Colours, scene: Scene) -> None:
        """Draw the doubt."""
        plane = scene.document.confidence if self._sureness is None else self._sureness
        if plane is None or plane.shape != scene.planes.labels.shape:
            return
        confidence = scene.sampled(plane, ground=_SURE)
        confidence |= np.asarray(cv2.LUT(scene.ink, _SURE_BY_INK), np.uint8)
        look_up(self._colours, confidence, pixels)


def doubt_colours(hides_above_percent: int) -> Colours:
    """Return the (256,) colours by confidence; what is surer than a percentage is clear."""
    confidence = np.arange(256)
    alpha = np.round(255 * MOST_ALPHA * (_SURE - confidence) / _SURE).astype(np.int64)
    alpha[confidence * 100 > hides_above_percent * _SURE] = 0
    return premultiplied(np.array([VIOLET] * 256, np.uint8), alpha)
