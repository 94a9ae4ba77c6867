"""Views of what is known of pixels beside their class, laid over image and labels."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.ui.camera import Camera
from segstudio.ui.sampling import Value, sampled
from segstudio.ui.screen_picture import Colours


class LayerKind(StrEnum):
    """The layers; one is shown at a time."""

    CONFIDENCE = "confidence"
    INK = "ink"
    DIFFERENCE = "difference"


CYCLE: tuple[LayerKind | None, ...] = (LayerKind.INK, LayerKind.DIFFERENCE, None)
"""What “Next layer” goes through."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What a picture of the labels shows.

    Attributes
    ----------
    planes : Planes
        Labels and ink: the document's, or those before its last step.
    labels : (h, w) uint8
        The labels, one per device pixel.
    area : QRect
        The part of the widget, in logical pixels.
    ratio : float
        Device pixels per logical pixel.
    """

    document: Document
    planes: Planes
    labels: NDArray[np.uint8]
    area: QRect
    camera: Camera
    ratio: float

    def sampled(self, plane: NDArray[Value], *, ground: int) -> NDArray[Value]:
        """Return another plane of the image, one value per device pixel."""
        return sampled(plane, self.area, self.camera, self.ratio, ground=ground)

    @cached_property
    def ink(self) -> NDArray[np.uint8]:
        """The (h, w) authors, one per device pixel; several read them, nobody writes them."""
        return self.sampled(self.planes.ink, ground=Ink.NOBODY)


class Layer(Protocol):
    """Draws something of a document into the picture of its labels."""

    covers_areas: bool
    """Whether it colours all of the picture: areas of classes would only mix with it and are left
    away, their outlines are drawn over it."""

    def draw_on(self, pixels: Colours, scene: Scene) -> None:
        """Draw on a picture, (h, w) premultiplied colours, in place."""


def following(kind: LayerKind | None) -> LayerKind | None:
    """Return the layer after one, also after one that the cycle leaves out."""
    at = CYCLE.index(kind) if kind in CYCLE else -1
    return CYCLE[(at + 1) % len(CYCLE)]
