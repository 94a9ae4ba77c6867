"""The label map on the canvas: fill, outline and hatch."""

from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter, qRgba

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.labels import IGNORE_COUNT, Ink
from segstudio.ui.camera import Camera

HATCH_STEP_PX = 6
JOIN_PX = 2
"""How far beyond the exposed part outlines are computed, so that repaints join."""

_NOWHERE = 254
"""Label of the ground around the image; no class can have it in sight of an outline."""


class OverlayStyle(StrEnum):
    """How labels are drawn."""

    FILL = "fill"
    OUTLINE = "outline"
    BOTH = "both"


@dataclass(frozen=True)
class OverlayState:
    """Everything that decides how labels look."""

    classes: ClassTable = field(default_factory=ClassTable)
    opacity: float = 0.55
    style: OverlayStyle = OverlayStyle.FILL
    visible: bool = True


class OverlayLayer:
    """Draws the label map of a document straight from its memory.

    The QImage over that memory is never handed out: a copy would make the next change of its
    colour table detach it from the label map silently.
    """

    def __init__(self, document: Document, state: OverlayState) -> None:
        self._document = document
        height, width = document.label_map.shape
        self._picture = QImage(
            document.label_map.data, width, height, width, QImage.Format.Format_Indexed8
        )
        self._state = OverlayState()
        self._colours: NDArray[np.uint8] = np.zeros((256, 4), np.uint8)
        self.set_state(state)

    def set_state(self, state: OverlayState) -> None:
        """Change how the labels look; costs one new colour table."""
        self._state = state
        colours = state.classes.colour_table()
        hidden = state.classes.flags("hidden")
        alpha = np.where(hidden, 0, round(255 * state.opacity)).astype(np.uint8)
        alpha[IGNORE_INDEX] = 0
        table = [
            qRgba(int(r), int(g), int(b), int(a))
            for (r, g, b), a in zip(colours, alpha, strict=True)
        ]
        self._picture.setColorTable(table)
        # BGRA, as an ARGB32 picture lies in memory on a little-endian machine.
        self._colours[:, :3] = colours[:, ::-1]
        self._colours[:, 3] = np.where(hidden, 0, 255)
        self._colours[IGNORE_INDEX] = 0
        if state.classes.get(_NOWHERE) is None:
            self._colours[_NOWHERE] = 0

    def paint(self, painter: QPainter, exposed: QRect, camera: Camera, ratio: float) -> None:
        """Draw the labels in an exposed part of the widget."""
        if not self._state.visible:
            return
        if self._state.style is not OverlayStyle.OUTLINE:
            self._paint_fill(painter, exposed, camera)
        outlined = self._state.style is not OverlayStyle.FILL
        hatched = self._document.counts[IGNORE_COUNT] > 0 or self._ignore_in_sight(exposed, camera)
        if outlined or hatched:
            self._paint_lines(painter, exposed, camera, ratio, outlined=outlined, hatched=hatched)

    def _paint_fill(self, painter: QPainter, exposed: QRect, camera: Camera) -> None:
        part = camera.region(exposed, *self._document.label_map.shape)
        if not part.area:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        source = QRectF(part.left, part.top, part.width, part.height)
        painter.drawImage(camera.rect(part), self._picture, source)

    def _ignore_in_sight(self, exposed: QRect, camera: Camera) -> bool:
        """Look for Ignore painted by a stroke that is not finished and not counted yet."""
        part = camera.region(exposed, *self._document.label_map.shape)
        if part.area > 512 * 512:
            return False
        here = self._document.planes.view(part)
        return bool(np.any((here.labels == IGNORE_INDEX) & (here.ink != Ink.NOBODY)))

    def _paint_lines(
        self,
        painter: QPainter,
        exposed: QRect,
        camera: Camera,
        ratio: float,
        *,
        outlined: bool,
        hatched: bool,
    ) -> None:
        area = exposed.adjusted(-JOIN_PX, -JOIN_PX, JOIN_PX, JOIN_PX)
        labels = _sampled(self._document.label_map, area, camera, ratio, ground=_NOWHERE)
        lines = np.zeros((*labels.shape, 4), np.uint8)
        if hatched:
            ink = _sampled(self._document.ink, area, camera, ratio, ground=0)
            _hatch((labels == IGNORE_INDEX) & (ink != Ink.NOBODY), lines, area, ratio)
        if outlined:
            _outline(labels, self._colours, lines)
        height, width = labels.shape
        picture = QImage(lines.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
        picture.setDevicePixelRatio(ratio)
        painter.save()
        painter.setClipRect(exposed)
        painter.drawImage(area.topLeft(), picture)
        painter.restore()


def _sampled(
    plane: NDArray[np.uint8], area: QRect, camera: Camera, ratio: float, *, ground: int
) -> NDArray[np.uint8]:
    """Return the plane as a part of the widget shows it, one value per device pixel."""
    width, height = round(area.width() * ratio), round(area.height() * ratio)
    part = camera.region(area, *plane.shape)
    if not part.area:
        return np.full((height, width), ground, np.uint8)
    step = 1 / (camera.scale * ratio)
    left, top = camera.to_image(area.topLeft().toPointF())
    # Centres of device pixels to pixel numbers: warpAffine rounds to the nearest.
    x0 = left + step / 2 - 0.5 - part.left
    y0 = top + step / 2 - 0.5 - part.top
    matrix = np.array([[step, 0, x0], [0, step, y0]], np.float64)
    sampled = cv2.warpAffine(
        plane[part.slices],
        matrix,
        (width, height),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=ground,
    )
    return np.asarray(sampled, np.uint8)


def _outline(
    labels: NDArray[np.uint8], colours: NDArray[np.uint8], lines: NDArray[np.uint8]
) -> None:
    """Draw each class's colour along its border, with a dark line inside for contrast."""
    down = labels[1:] != labels[:-1]
    across = labels[:, 1:] != labels[:, :-1]
    edge = np.zeros(labels.shape, np.uint8)
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    wide = cv2.dilate(edge, np.ones((3, 3), np.uint8))
    cased = cv2.dilate(wide, np.ones((3, 3), np.uint8))
    ring = cv2.compare(cased, wide, cv2.CMP_GT).view(np.bool_)
    ring &= colours[labels, 3] > 0
    lines[ring] = (0, 0, 0, 150)
    drawn = wide.view(np.bool_)
    drawn &= colours[labels, 3] > 0
    lines[drawn] = colours[labels[drawn]]


def _hatch(ignored: NDArray[np.bool_], lines: NDArray[np.uint8], area: QRect, ratio: float) -> None:
    """Draw slanted white lines on dark, fixed to the widget so that repaints join."""
    if not ignored.any():
        return
    height, width = ignored.shape
    step = max(2, round(HATCH_STEP_PX * ratio))
    start = round((area.left() + area.top()) * ratio)
    slant = (np.add.outer(np.arange(height), np.arange(width)) + start) % step
    bright = slant < max(1, round(ratio))
    lines[ignored] = (0, 0, 0, 102)
    lines[ignored & bright] = (255, 255, 255, 153)
