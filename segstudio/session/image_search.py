"""Finding and ordering images, a hundred thousand of them between two keystrokes."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.session.image_order import ImageOrder
from segstudio.session.image_query import Term, Test, parse

_SLICE = 4000
"""Names whose sort keys are made at a time: about 5 ms."""
_NUMBER = re.compile(r"\d+")


class Show(StrEnum):
    """Which images the filter row shows."""

    ALL = "all"
    TO_DO = "to do"
    DONE = "done"
    FLAGGED = "flagged"


class Sort(StrEnum):
    """What images are sorted by."""

    NAME = "name"
    DATE = "date"
    LEAST_SURE = "useful"


_FILTERS: dict[Show, Test] = {
    Show.TO_DO: lambda record: not record.state.is_finished,
    Show.DONE: lambda record: record.state in (ImageState.DONE, ImageState.CHECKED),
    Show.FLAGGED: lambda record: record.flagged,
}

_LEAST_SURE_STATES = {ImageState.SEGMENTED: 0, ImageState.NEW: 1, ImageState.IN_WORK: 2}
"""A Segment that nobody has looked at says how unsure it is; so it comes before the unknown."""


class ImageSearch:
    """Finds images among records, which it owns the list of."""

    def __init__(self, records: Iterable[ImageRecord] = ()) -> None:
        self.records = list(records)
        self.show = Show.ALL
        self.sort = Sort.NAME
        self._text = ""
        self._classes: Mapping[str, int] = {}
        self._terms: tuple[Term, ...] = ()
        self._folded: list[str] | None = None
        self._keys: list[str] = []
        self._by_name: NDArray[np.intp] | None = None
        self._orders: dict[Sort, NDArray[np.intp]] = {}

    @property
    def text(self) -> str:
        """What was typed to find images."""
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        self._text = text
        self._terms = parse(text, self._classes)

    @property
    def is_narrowed(self) -> bool:
        """Whether some images may be left out."""
        return bool(self._terms) or self.show is not Show.ALL

    def set_classes(self, classes: Mapping[str, int]) -> None:
        """Take class indices by name, for ``class:`` terms."""
        self._classes = dict(classes)
        self._terms = parse(self._text, self._classes)

    def change(self, row: int, record: ImageRecord) -> None:
        """Take what is now known of the image of a row, which keeps its name."""
        self.records[row] = record
        self._orders.clear()

    def change_all(self, records: Iterable[ImageRecord]) -> None:
        """Take what is now known of all images, which keep rows and names."""
        self.records = list(records)
        self._orders.clear()

    def prepare(self) -> bool:
        """Make the next sort keys of names; returns whether all of them are there.

        Until then images by name come as they are listed: a hundred thousand keys take 0.1 s.
        """
        if self._by_name is not None:
            return True
        have = len(self._keys)
        self._keys += [natural_key(r.name) for r in self.records[have : have + _SLICE]]
        if len(self._keys) < len(self.records):
            return False
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        self._by_name = np.array(order, np.intp)
        self._keys.clear()
        self._orders.clear()
        return True

    def find(self) -> ImageOrder:
        """Return the images that the filter and the text leave, sorted."""
        rows = self._narrowed(self._sorted())
        return ImageOrder(rows, len(self.records))

    def matches(self, row: int) -> bool:
        """Tell whether the filter and the text leave one image."""
        record = self.records[row]
        test = _FILTERS.get(self.show)
        if test is not None and not test(record):
            return False
        name = record.name.casefold()
        return all(
            (term.test(record) if term.test else term.word in name) != term.negated
            for term in self._terms
        )

    def _narrowed(self, sorted_rows: NDArray[np.intp]) -> NDArray[np.intp]:
        if not self.is_narrowed:
            return sorted_rows
        rows: Iterable[int] = range(len(self.records))
        # Words first: they are the fastest, and leave less for the others.
        for term in sorted(self._terms, key=lambda term: term.test is not None):
            rows = self._passing(rows, term)
        test = _FILTERS.get(self.show)
        if test is not None:
            rows = self._passing(rows, Term(test=test))
        kept = np.zeros(len(self.records), np.bool_)
        kept[np.fromiter(rows, np.intp)] = True
        return sorted_rows[kept[sorted_rows]]

    def _passing(self, rows: Iterable[int], term: Term) -> list[int]:
        if term.test is not None:
            records, test, wanted = self.records, term.test, not term.negated
            return [row for row in rows if test(records[row]) is wanted]
        if self._folded is None:
            self._folded = [record.name.casefold() for record in self.records]
        names, word = self._folded, term.word
        if term.negated:
            return [row for row in rows if word not in names[row]]
        return [row for row in rows if word in names[row]]

    def _sorted(self) -> NDArray[np.intp]:
        by_name = self._by_name if self._by_name is not None else np.arange(len(self.records))
        if self.sort is Sort.NAME:
            return by_name
        if self.sort not in self._orders:
            keys = self._dates() if self.sort is Sort.DATE else self._use()
            self._orders[self.sort] = by_name[np.argsort(keys[by_name], kind="stable")]
        return self._orders[self.sort]

    def _dates(self) -> NDArray[np.float64]:
        return -self._column(lambda record: record.changed_at)

    def _use(self) -> NDArray[np.float64]:
        """Return a small number for images that are worth the next look."""
        rank = self._column(lambda record: _LEAST_SURE_STATES.get(record.state, 3))
        return 2 * rank - self._column(lambda record: record.unsure)

    def _column(self, value: Callable[[ImageRecord], float]) -> NDArray[np.float64]:
        return np.fromiter(map(value, self.records), np.float64, len(self.records))


def natural_key(name: str) -> str:
    """Return a sort key that puts ``img2`` before ``img10``, and files before folders.

    Numbers come before letters, as in `formats.images.walk_images`.
    """
    folder, slash, file = name.casefold().rpartition("/")
    key = f"\x01{folder}\x00{file}".replace("/", "\x01") if slash else f"\x00{file}"
    return _NUMBER.sub(_padded, key)


def _padded(number: re.Match[str]) -> str:
    return "\x02" + number[0].zfill(20)
