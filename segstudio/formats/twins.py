"""Pictures that show nearly the same, found by how brightness changes from left to right."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from segstudio.formats import images

SIDE = 16
MOST_DIFFERENT_BITS = 12
"""Of 256: the same photo at another size or quality differs by fewer."""

_ROWS_AT_ONCE = 1024


def fingerprint(picture: Path) -> int:
    """Return 256 bits that say where a picture gets brighter from left to right.

    A difference hash as is common for finding copies of photos, of 16 x 16 places.

    Raises
    ------
    ImageError
        When the picture cannot be read.
    """
    image, _ = images.read_reduced(picture, lambda _h, _w: (4 * SIDE, 4 * SIDE))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA)
    bits = np.packbits(small[:, 1:] > small[:, :-1])
    return int.from_bytes(bits.tobytes(), "big")


def twins(
    prints: Sequence[int], may_pair: Callable[[int, int], bool] = lambda _a, _b: True
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places whose pictures show nearly the same.

    Parameters
    ----------
    may_pair : callable
        Tells whether a pair of places is of interest.
    """
    if not prints:
        return
    rows = np.array([list(code.to_bytes(SIDE * SIDE // 8, "big")) for code in prints], np.uint8)
    for first in range(len(rows)):
        differing = np.bitwise_count(rows[first + 1 :] ^ rows[first]).sum(axis=1)
        for place in np.flatnonzero(differing <= MOST_DIFFERENT_BITS):
            second = first + 1 + int(place)
            if may_pair(first, second):
                yield first, second
