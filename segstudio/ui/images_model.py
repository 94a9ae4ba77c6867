"""The rows of the images panel; as many as there are, thumbnails only for those that are seen."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

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

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole)
STATE_ROLE = ROW_ROLE + 1
STATES: dict[str, tuple[str, str]] = {
    "new": ("state-new", "New"),
    "segmented": ("state-segmented", "Segmented"),
    "work": ("state-work", "In work"),
    "done": ("state-done", "Done"),
}
_THUMBNAILS_KEPT = 400


@dataclass(frozen=True)
class ImageRow:
    """One image as the panel shows it."""

    name: str
    state: str = "new"


class ImagesModel(QAbstractListModel):
    """Images that match the search. Rows outside are rows of the whole list, not of the view."""

    thumbnail_requested = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: list[ImageRow] = []
        self._shown: Sequence[int] = range(0)
        self._wanted = ""
        self._thumbnails: OrderedDict[int, QPixmap] = OrderedDict()
        self._asked: set[int] = set()
        self._waiting: list[int] = []
        # A thumbnail is asked for after the paint that missed it, never within.
        self._ask_timer = QTimer(self)
        self._ask_timer.setSingleShot(True)
        self._ask_timer.timeout.connect(self._ask)

    def set_images(self, images: Sequence[ImageRow]) -> None:
        self.beginResetModel()
        self._images = list(images)
        self._thumbnails.clear()
        self._asked.clear()
        self._waiting.clear()
        self._filter()
        self.endResetModel()

    def set_search(self, text: str) -> None:
        self.beginResetModel()
        self._wanted = text.strip().casefold()
        self._filter()
        self.endResetModel()

    def _filter(self) -> None:
        if self._wanted:
            names = enumerate(self._images)
            self._shown = [r for r, image in names if self._wanted in image.name.casefold()]
        else:
            self._shown = range(len(self._images))

    def image(self, row: int) -> ImageRow:
        return self._images[row]

    def __len__(self) -> int:
        return len(self._images)

    def set_state(self, row: int, state: str) -> None:
        if not 0 <= row < len(self._images) or self._images[row].state == state:
            return
        self._images[row] = ImageRow(self._images[row].name, state)
        self._changed(row)

    def set_thumbnail(self, row: int, image: QImage) -> None:
        self._asked.discard(row)
        self._thumbnails[row] = QPixmap.fromImage(image)
        self._thumbnails.move_to_end(row)
        while len(self._thumbnails) > _THUMBNAILS_KEPT:
            self._thumbnails.popitem(last=False)
        self._changed(row)

    def forget_thumbnail(self, row: int) -> None:
        """Ask for a thumbnail again when it is next seen."""
        self._thumbnails.pop(row, None)
        self._changed(row)

    def thumbnail(self, row: int) -> QPixmap | None:
        """Return a thumbnail, or ask for it."""
        pixmap = self._thumbnails.get(row)
        if pixmap is not None:
            self._thumbnails.move_to_end(row)
        elif row not in self._asked:
            self._asked.add(row)
            self._waiting.append(row)
            self._ask_timer.start(0)
        return pixmap

    def _ask(self) -> None:
        waiting, self._waiting = self._waiting, []
        for row in waiting:
            self.thumbnail_requested.emit(row)

    def _changed(self, row: int) -> None:
        place = self.place_of(row)
        if place.isValid():
            self.dataChanged.emit(place, place)

    def place_of(self, row: int) -> QModelIndex:
        """Return where a row of the whole list is shown."""
        if isinstance(self._shown, range):
            return self.index(row) if 0 <= row < len(self._shown) else QModelIndex()
        return self.index(self._shown.index(row)) if row in self._shown else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not 0 <= index.row() < len(self._shown):
            return None
        row = self._shown[index.row()]
        image = self._images[row]
        if role == ROW_ROLE:
            return row
        if role == STATE_ROLE:
            return image.state
        if role == int(Qt.ItemDataRole.DisplayRole):
            return image.name
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return f"{image.name}\n{self.tr(STATES[image.state][1])}"
        return None
