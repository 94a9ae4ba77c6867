"""The runs in which Label Studio keeps what a brush painted: thi.ng's rle-pack, bit by bit.

The head gives how many values there are (32 bits), the bits of a value less one (5), and four
widths of counts less one (4 bits each). Then come runs: one bit says whether a value is repeated,
two bits say which width the count has, the count less one follows, and then one value, or as many
as it says.
"""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import ImageError


def unpacked(data: bytes, *, length: int, source: str) -> NDArray[np.uint8]:
    """Return the (length,) uint8 values of packed runs.

    Parameters
    ----------
    length : int
        How many there have to be.
    source : str
        Which file they are of, for the sentence.

    Raises
    ------
    ImageError
        When they are damaged, or another number.
    """
    bits = _Bits(data, source)
    count, width = bits.number(32), bits.number(5) + 1
    widths = [bits.number(4) + 1 for _ in range(4)]
    if count != length or width > 8:
        raise ImageError(
            f"{source} has a mask of {count:,} values of {width} bits, and its image needs "
            f"{length:,} of at most 8. Was it exported with another size?"
        )
    values = np.zeros(length, np.uint8)
    done = 0
    while done < length:
        is_repeated = bits.number(1)
        end = done + bits.number(widths[bits.number(2)]) + 1
        if end > length:
            raise ImageError(f"{source} has a mask whose runs are longer than its image.")
        values[done:end] = bits.number(width) if is_repeated else bits.numbers(end - done, width)
        done = end
    return values


class _Bits:
    """Numbers of any width, one after the other, the highest bit first."""

    def __init__(self, data: bytes, source: str) -> None:
        self._data = data
        self._source = source
        self._at = 0

    def number(self, width: int) -> int:
        """Return the next number."""
        start, end = self._taken(width)
        piece = int.from_bytes(self._data[start // 8 : (end + 7) // 8], "big")
        return piece >> (-end % 8) & ((1 << width) - 1)

    def numbers(self, count: int, width: int) -> NDArray[np.uint8]:
        """Return the next numbers (count,), of at most 8 bits each."""
        start, end = self._taken(count * width)
        piece = np.frombuffer(self._data[start // 8 : (end + 7) // 8], np.uint8)
        bits = np.unpackbits(piece)[start % 8 :][: count * width].reshape(count, width)
        found: NDArray[np.uint8] = np.packbits(bits, axis=1)[:, 0] >> np.uint8(8 - width)
        return found

    def _taken(self, width: int) -> tuple[int, int]:
        start = self._at
        self._at += width
        if self._at > 8 * len(self._data):
            raise ImageError(f"{self._source} has a mask that ends too early.")
        return start, self._at
