"""Which images are walked through, and in which order."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]


class ImageOrder:
    """Rows of the list of images in the order in which they are shown; never changed in place."""

    def __init__(self, rows: NDArray[Any], total: int) -> None:
        """Order some of `total` rows, each at most once."""
        self.rows: Rows = np.asarray(rows, np.int32)
        self.total = total
        self._places: Rows = np.full(total, -1, np.int32)
        self._places[self.rows] = np.arange(len(self.rows), dtype=np.int32)

    @classmethod
    def of_all(cls, total: int) -> "ImageOrder":
        """Return all rows as they are listed."""
        return cls(np.arange(total, dtype=np.int32), total)

    def __len__(self) -> int:
        return len(self.rows)

    def row_at(self, place: int) -> int:
        """Return the row that is shown at a place; -1 where there is none."""
        return int(self.rows[place]) if 0 <= place < len(self.rows) else -1

    def place_of(self, row: int) -> int:
        """Return where a row is shown; -1 for one that is not."""
        return int(self._places[row]) if 0 <= row < self.total else -1

    def neighbour(self, row: int, step: int) -> int | None:
        """Return the row before or after another, in steps of +1 or -1; None at the end.

        Of a row that is not shown the neighbours are the nearest ones in the whole list.
        """
        place = self.place_of(row)
        if place >= 0:
            found = self.row_at(place + step)
            return found if found >= 0 else None
        beyond = self.rows[(self.rows - row) * step > 0]
        if not len(beyond):
            return None
        return int(beyond.min() if step > 0 else beyond.max())

    def round_trip(self, row: int, step: int) -> Iterator[int]:
        """Yield every other row once, from a row on in steps of +1 or -1, round the end."""
        count = len(self.rows)
        place = self.place_of(row)
        if place >= 0:
            start, others = place, count - 1
        else:
            first = self.neighbour(row, step)
            behind = 0 if step > 0 else count - 1
            start = (self.place_of(first) if first is not None else behind) - step
            others = count
        for distance in range(1, others + 1):
            yield int(self.rows[(start + step * distance) % count])
