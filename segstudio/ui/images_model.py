"""The rows of the images panel; as many as there are, thumbnails only for those that are seen."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from time import monotonic

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QImage, QPixmap

from segstudio.core.image_record import ImageRecord
from segstudio.session.image_order import ImageOrder
from segstudio.session.image_search import ImageSearch, Show, Sort
from segstudio.ui.image_states import tip_of

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole)
_THUMBNAILS_KEPT = 400
_PAUSE_MS, _LONGEST_MS = 80, 300
"""How long a scroll rests before thumbnails are asked for, and how long they wait at most."""
_ASKED_AT_ONCE = 60
"""More rows than are in sight at a time: those before have been scrolled past."""


class ImagesModel(QAbstractListModel):
    """Images that match the search. Rows outside are rows of the whole list, not of the view."""

    thumbnail_requested = Signal(int)
    order_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._search = ImageSearch()
        self._order = ImageOrder.of_all(0)
        self._classes: Mapping[str, int] = {}
        self._misplaced: set[int] = set()
        """Rows whose record has changed so that they should be shown, or not, any more."""
        self._thumbnails: OrderedDict[int, QPixmap] = OrderedDict()
        self._asked: set[int] = set()
        self._outdated: set[int] = set()
        self._waiting: list[int] = []
        self._asked_at = 0.0
        # A thumbnail is asked for after the paint that missed it, never within; while one scrolls
        # in pauses only: the thread that makes them and the paints wait for each other.
        self._ask_timer = QTimer(self, singleShot=True)
        self._ask_timer.timeout.connect(self._ask)
        self._prepare_timer = QTimer(self)
        self._prepare_timer.timeout.connect(self._prepare)

    # Images ----------------------------------------------------------------------------------

    def set_images(self, records: Sequence[ImageRecord]) -> None:
        """Show other images, all of them, in the chosen order."""
        self._take(records)
        self._find()

    def _take(self, records: Sequence[ImageRecord]) -> None:
        sort = self._search.sort
        self._search = ImageSearch(records)
        self._search.sort = sort
        self._search.set_classes(self._classes)
        self._thumbnails = OrderedDict()
        self._asked.clear()
        self._outdated.clear()
        self._waiting.clear()
        self._prepare_timer.start(0)
        if self._search.prepare():
            self._prepare_timer.stop()

    def replace_images(self, records: Sequence[ImageRecord]) -> None:
        """Show a list of which most images were here before; search and thumbnails stay."""
        before, thumbnails = self._search, self._thumbnails
        seen = {before.records[row].name: row for row in thumbnails}
        rows = {seen[r.name]: row for row, r in enumerate(records) if r.name in seen}
        self._take(records)
        self._thumbnails.update((rows[row], t) for row, t in thumbnails.items() if row in rows)
        self.find(text=before.text, show=before.show)

    def set_record(self, row: int, record: ImageRecord) -> None:
        """Show what is now known of an image; where it stands changes with `settle` only."""
        self._search.change(row, record)
        if self._search.is_narrowed:
            fits = self._search.matches(row) == (self._order.place_of(row) >= 0)
            (self._misplaced.discard if fits else self._misplaced.add)(row)
        self._changed(row)

    def set_records(self, records: Sequence[ImageRecord]) -> None:
        """Show what is now known of all images; where they stand changes with `settle` only."""
        self._search.change_all(records)
        if self._search.is_narrowed:
            self._misplaced.update(range(len(records)))  # any of them may be
        self._changed_all()

    def settle(self) -> None:
        """Let images come and go that changed since they were found.

        This is for the moment when an image is left: under the hand of a person no row moves.
        """
        if self._misplaced:
            self._find()

    def record(self, row: int) -> ImageRecord:
        """Return what is known of an image."""
        return self._search.records[row]

    @property
    def order(self) -> ImageOrder:
        """Which images are shown, and in which order."""
        return self._order

    @property
    def is_narrowed(self) -> bool:
        """Whether some images may be left out."""
        return self._search.is_narrowed

    def find(
        self, *, text: str | None = None, show: Show | None = None, sort: Sort | None = None
    ) -> None:
        """Show the images that match; what is not given stays as it is."""
        if text is not None:
            self._search.text = text
        self._search.show = self._search.show if show is None else show
        self._search.sort = self._search.sort if sort is None else sort
        self._find()

    def set_classes(self, classes: Mapping[str, int]) -> None:
        """Take class indices by name, for ``class:`` terms."""
        if classes == self._classes:
            return
        self._classes = dict(classes)
        self._search.set_classes(self._classes)
        if "class:" in self._search.text.casefold():
            self._find()

    def _find(self) -> None:
        self.beginResetModel()
        self._misplaced.clear()
        self._order = self._search.find()
        self.endResetModel()
        self.order_changed.emit()

    def _prepare(self) -> None:
        if not self._search.prepare():
            return
        self._prepare_timer.stop()
        if (self._search.find().rows != self._order.rows).any():
            self._find()

    # Thumbnails ------------------------------------------------------------------------------

    def set_thumbnail(self, row: int, image: QImage) -> None:
        self._asked.discard(row)
        self._thumbnails[row] = QPixmap.fromImage(image)
        self._thumbnails.move_to_end(row)
        while len(self._thumbnails) > _THUMBNAILS_KEPT:
            self._thumbnails.popitem(last=False)
        self._changed(row)

    def forget_thumbnail(self, row: int) -> None:
        """Ask for a thumbnail again when it is next seen; until then the old one is shown."""
        self._asked.discard(row)
        self._outdated.add(row)
        self._changed(row)

    def forget_thumbnails(self) -> None:
        """Ask for every thumbnail again when it is next seen."""
        self._asked.clear()
        self._outdated.update(self._thumbnails)
        self._changed_all()

    def thumbnail(self, row: int) -> QPixmap | None:
        """Return a thumbnail, or ask for it."""
        pixmap = self._thumbnails.get(row)
        if pixmap is not None:
            self._thumbnails.move_to_end(row)
        if (pixmap is None or row in self._outdated) and row not in self._asked:
            self._outdated.discard(row)
            self._asked.add(row)
            self._waiting.append(row)
            rest = _LONGEST_MS - round(1000 * (monotonic() - self._asked_at))
            self._ask_timer.start(max(0, min(_PAUSE_MS, rest)))
        return pixmap

    def _ask(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._asked_at = monotonic()
        self._asked.difference_update(waiting[:-_ASKED_AT_ONCE])
        for row in waiting[-_ASKED_AT_ONCE:]:
            self.thumbnail_requested.emit(row)

    # Qt --------------------------------------------------------------------------------------

    def _changed(self, row: int) -> None:
        place = self.place_of(row)
        if place.isValid():
            self.dataChanged.emit(place, place)

    def _changed_all(self) -> None:
        if len(self._order):
            self.dataChanged.emit(self.index(0), self.index(len(self._order) - 1))

    def place_of(self, row: int) -> QModelIndex:
        """Return where a row of the whole list is shown."""
        return self.index(self._order.place_of(row))

    def row_of(self, place: Index) -> int:
        """Return the row of the whole list that is shown at a place; -1 for none."""
        return self._order.row_at(place.row())

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._order)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        row = self._order.row_at(index.row())
        if row < 0:
            return None
        if role == ROW_ROLE:
            return row
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return self.record(row).name.rpartition("/")[2]
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return tip_of(self.record(row))
        return None
