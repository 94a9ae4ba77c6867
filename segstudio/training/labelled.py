"""An image with its labels and how much they weigh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, LabelMap

FULL_WEIGHT = 255


@dataclass(frozen=True, eq=False)
class Labelled:
    """What can be learned of one image, or of a part of it.

    Attributes
    ----------
    image : (H, W, 3) uint8, RGB
    labels : (H, W) uint8
        Channel numbers; 255 counts for nothing.
    weights : (H, W) uint8, optional
        How much each pixel counts, of `FULL_WEIGHT`; without it all count fully.
    """

    image: Image
    labels: LabelMap
    weights: NDArray[np.uint8] | None = None

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        weights = 0 if self.weights is None else self.weights.nbytes
        return self.image.nbytes + self.labels.nbytes + weights
