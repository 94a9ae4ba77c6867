"""Views of what is known of pixels beside their class, laid over image and labels."""

from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

from segstudio.core.document import Document
from segstudio.ui.camera import Camera
from segstudio.ui.screen_sample import Colours


class LayerKind(StrEnum):
    """The layers; one is shown at a time."""

    CONFIDENCE = "confidence"
    INK = "ink"
    DIFFERENCE = "difference"


CYCLE: tuple[LayerKind | None, ...] = (LayerKind.INK, LayerKind.DIFFERENCE, None)
"""What “Next layer” goes through."""


class Layer(Protocol):
    """Draws something of a document into the picture of its labels."""

    covers_areas: bool
    """Whether it colours all of the picture: areas of classes would only mix with it and are left
    away, their outlines are drawn over it."""

    def draw_on(
        self,
        pixels: Colours,
        labels: NDArray[np.uint8],
        area: QRect,
        camera: Camera,
        ratio: float,
        document: Document,
    ) -> None:
        """Draw on a picture of a part of the widget, in place.

        Parameters
        ----------
        pixels : (h, w) uint32
            One premultiplied colour per device pixel.
        labels : (h, w) uint8
            The labels that it shows.
        ratio : float
            Device pixels per logical pixel.
        """


def following(kind: LayerKind | None) -> LayerKind | None:
    """Return the layer after one, also after one that the cycle leaves out."""
    at = CYCLE.index(kind) if kind in CYCLE else -1
    return CYCLE[(at + 1) % len(CYCLE)]
