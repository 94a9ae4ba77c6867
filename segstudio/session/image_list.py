"""The images that are open: their order, what is known of each, and which one is shown."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.session.image_order import ImageOrder

NOWHERE = Path()


class ImageList:
    """Records of images in order; rows and paths lead to each other at once, however many."""

    def __init__(self, root: Path = NOWHERE, records: Iterable[ImageRecord] = ()) -> None:
        """List the images that lie below `root` under the names of the records."""
        self.root = root
        self.current = -1
        self._records = list(records)
        self.order = ImageOrder.of_all(len(self._records))
        """In which order a person walks through them: as the list shows them."""
        self.removed: frozenset[str] = frozenset()
        """Names of the images that a person removed from the project."""
        self._rows = {record.name: row for row, record in enumerate(self._records)}
        self._by_state = Counter(record.state for record in self._records)
        self._prefix = os.path.join(root, "")  # noqa: PTH118 - a hundred thousand Paths take long

    def __len__(self) -> int:
        return len(self._records)

    @property
    def records(self) -> tuple[ImageRecord, ...]:
        """The records in order."""
        return tuple(self._records)

    @property
    def paths(self) -> list[Path]:
        """The paths in order; made anew each time, so take `path_at` for a single one."""
        return [self.path_at(row) for row in range(len(self))]

    @property
    def path(self) -> Path | None:
        """The image that is shown."""
        return self.path_at(self.current) if 0 <= self.current < len(self) else None

    @property
    def finished(self) -> int:
        """How many images are done, checked or skipped."""
        return sum(n for state, n in self._by_state.items() if state.is_finished)

    @property
    def done(self) -> int:
        """How many images are done or checked."""
        return self._by_state[ImageState.DONE] + self._by_state[ImageState.CHECKED]

    def path_at(self, row: int) -> Path:
        """Return the path of a row."""
        return self.path_of(self._records[row].name)

    def path_of(self, name: str) -> Path:
        """Return the path of an image by its name."""
        return Path(self._prefix + name)

    def record_at(self, row: int) -> ImageRecord:
        """Return what is known of the image of a row."""
        return self._records[row]

    def row_of(self, path: Path) -> int | None:
        """Return the row of an image; None when it is not in the list."""
        return self._rows.get(self.name_of(path))

    def name_of(self, path: Path) -> str:
        """Return the name of an image below the root, with forward slashes."""
        text = str(path)
        name = text.removeprefix(self._prefix) if self._prefix else text
        return name.replace(os.sep, "/")

    def record(self, path: Path) -> ImageRecord:
        """Return what is known of an image; a fresh record when it is not in the list."""
        row = self.row_of(path)
        return self._records[row] if row is not None else ImageRecord(self.name_of(path))

    def state(self, path: Path) -> ImageState:
        """Return the state of an image."""
        return self.record(path).state

    def change(self, path: Path, **fields: Any) -> int | None:
        """Change fields of a record; returns its row when that changes anything."""
        row = self.row_of(path)
        if row is None:
            return None
        before = self._records[row]
        after = replace(before, **fields)
        if after == before:
            return None
        self.put(after)
        return row

    def put(self, record: ImageRecord) -> None:
        """Take a record for the one of the same name, if there is one."""
        row = self._rows.get(record.name)
        if row is not None:
            self._by_state[self._records[row].state] -= 1
            self._by_state[record.state] += 1
            self._records[row] = record

    def put_all(self, records: Sequence[ImageRecord]) -> None:
        """Take a record for each row, of the same names and states; at once, however many."""
        self._records = list(records)

    def without(self, rows: Collection[int]) -> "ImageList":
        """Return the list with some rows left out; nothing is current if that one is gone."""
        gone = set(rows)
        kept = [row for row in range(len(self)) if row not in gone]
        left = ImageList(self.root, (self._records[row] for row in kept))
        left.removed = self.removed.union(self._records[row].name for row in gone)
        if self.current >= 0 and self.current not in gone:
            left.current = kept.index(self.current)
        return left

    def next_not_finished(self, step: int) -> int | None:
        """Return the row of the next image still to do, in steps of +1 or -1; None if all are.

        The search starts behind the current image and goes round the end.
        """
        for row in self.order.round_trip(self.current, step):
            if not self._records[row].state.is_finished:
                return row
        return None
