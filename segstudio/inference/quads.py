"""Where a larger pixel lies between the smaller ones: in a quad, the square between four of them.

Within a quad a value is a mean of its four corners, whose shares sum to 1. So a class that is the
likeliest at all four is the likeliest everywhere in between, and nothing has to be compared there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap


@dataclass(frozen=True)
class Axis:
    """The pixels of a row or column of the larger array, as they lie in the smaller one.

    Attributes
    ----------
    quads : (N,) int
        The quad that each lies in, ascending; it is named by its first corner.
    shares : (N,) float32
        How far each is on the way to the quad's other corner, 0 to 1.
    starts : (n + 1,) int
        The first pixel of each of the n quads, and N.
    """

    quads: NDArray[np.intp]
    shares: NDArray[np.float32]
    starts: NDArray[np.intp]

    @classmethod
    def between(cls, small: int, large: int) -> "Axis":
        """Return how `large` pixels lie in `small` ones that cover the same length."""
        position = np.clip((np.arange(large) + 0.5) * (small / large) - 0.5, 0, small - 1)
        quads = np.floor(position).astype(np.intp)
        starts = np.searchsorted(quads, np.arange(small + 1))
        return cls(quads, (position - quads).astype(np.float32), starts)

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Which of the quads have pixels, (n,)."""
        return np.diff(self.starts) > 0

    def inside(
        self, quads: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.bool_]]:
        """Return the pixels of some quads and their shares, each (len(quads), S), and which count.

        S is the number of pixels in the largest quad; a smaller one repeats pixels that do not.
        """
        count = self.starts[quads + 1] - self.starts[quads]
        steps = np.arange(int(count.max(initial=0)))
        pixels = np.minimum(self.starts[quads][:, None] + steps, len(self.quads) - 1)
        return pixels, self.shares[pixels], steps < count[:, None]


def mixed_quads(labels: LabelMap) -> NDArray[np.bool_]:
    """Return in which quads of an (h, w) label map the four corners differ; (h, w), by corner."""
    mixed = np.zeros(labels.shape, np.bool_)
    mixed[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    mixed[:-1] |= labels[1:] != labels[:-1]
    mixed[:-1, :-1] |= labels[1:, 1:] != labels[:-1, :-1]
    return mixed
