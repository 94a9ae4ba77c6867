"""Looking at an image more than once, flipped and at other scales, and taking the mean."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image
from segstudio.inference import preprocess

Augment = Literal["none", "flip", "scales"]


@dataclass(frozen=True)
class Pass:
    """One look at an image.

    Attributes
    ----------
    scale : float
        Of the working size.
    flipped : bool
        Left and right change places.
    """

    scale: float = 1.0
    flipped: bool = False

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Return the height and width at which it sees something of that working size."""
        return max(1, round(height * self.scale)), max(1, round(width * self.scale))

    def seen(self, image: Image, size: tuple[int, int]) -> Image:
        """Return an image as this pass sees it.

        Parameters
        ----------
        image : (H, W, 3) uint8, RGB
            At any scale.
        size : (height, width)
            Working size.
        """
        scaled = preprocess.scaled(image, self.size(*size))
        return np.ascontiguousarray(scaled[:, ::-1] if self.flipped else scaled)

    def straightened(
        self, planes: NDArray[np.float32], size: tuple[int, int]
    ) -> NDArray[np.float32]:
        """Return (K, h, w) probabilities of what was seen as (K, *size): unflipped, unscaled."""
        straight = planes[:, :, ::-1] if self.flipped else planes
        if straight.shape[1:] == size:
            return straight
        out = np.empty((len(planes), *size), np.float32)
        for plane, target in zip(straight, out, strict=True):
            source = np.ascontiguousarray(plane)
            cv2.resize(source, (size[1], size[0]), dst=target, interpolation=cv2.INTER_LINEAR)
        return out


PASSES: dict[Augment, tuple[Pass, ...]] = {
    "none": (Pass(),),
    "flip": (Pass(), Pass(flipped=True)),
    "scales": tuple(
        Pass(scale, flipped) for scale in (1.0, 0.75, 1.25) for flipped in (False, True)
    ),
}
"""By the name of the setting; the first one is always the plain look."""

LARGEST_SCALE: dict[Augment, float] = {
    name: max(one.scale for one in passes) for name, passes in PASSES.items()
}
