"""A plane of an image as a part of the canvas shows it: one value per device pixel."""

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

from segstudio.ui.camera import Camera

_LONGEST_SIDE_PX = 32_000
"""cv2 numbers the pixels that it samples with 16 bits."""

Value = TypeVar("Value", np.uint8, np.int16)


def sampled(
    plane: NDArray[Value], area: QRect, camera: Camera, ratio: float, *, ground: int
) -> NDArray[Value]:
    """Return the plane as a part of the widget shows it; `ground` stands beside the image."""
    width, height = round(area.width() * ratio), round(area.height() * ratio)
    part = camera.region(area, *plane.shape)
    if not part.area:
        return np.full((height, width), ground, plane.dtype)
    step = 1 / (camera.scale * ratio)
    left, top = camera.to_image(area.topLeft().toPointF())
    # Centres of device pixels to pixel numbers: warpAffine rounds to the nearest.
    x0 = left + step / 2 - 0.5 - part.left
    y0 = top + step / 2 - 0.5 - part.top
    every = -(-max(part.height, part.width) // _LONGEST_SIDE_PX)
    matrix = np.array([[step, 0, x0], [0, step, y0]], np.float64) / every
    values = cv2.warpAffine(
        plane[part.slices][::every, ::every],
        matrix,
        (width, height),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=ground,
    )
    return np.asarray(values, plane.dtype)
