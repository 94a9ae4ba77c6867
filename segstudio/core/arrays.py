"""Names for the kinds of arrays that pass between the packages."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) uint8, RGB."""

LabelMap: TypeAlias = NDArray[np.uint8]
"""(H, W) uint8 of class indices; 255 counts for nothing."""

InkMap: TypeAlias = NDArray[np.uint8]
"""(H, W) uint8 of `segstudio.core.labels.Ink`: who wrote each pixel."""

Mask: TypeAlias = NDArray[np.bool_]
"""(H, W) bool, one set of pixels."""

Probabilities: TypeAlias = NDArray[np.floating]
"""(K, H, W) floating point, sums to 1 over K."""

Confidence: TypeAlias = NDArray[np.uint8]
"""(H, W) uint8: the largest probability of each pixel, 0 to 255 for 0 to 1."""
