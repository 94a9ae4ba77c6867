"""The images that both annotators labelled in their own way, as a list to choose in."""

import math
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segstudio.core.classes import ClassTable
from segstudio.core.metrics import Agreement
from segstudio.project.merge_state import Choice
from segstudio.project.merging import MergeItem
from segstudio.session.merging import MergePicture
from segstudio.ui import theme
from segstudio.ui.controls import named
from segstudio.ui.merge_view import to_qimage
from segstudio.ui.row_painting import Index, paint_mark, paint_option_ground, paint_text

THUMBNAIL = QSize(64, 48)
_ROW_HEIGHT = 68
_PAD = 8
_AS_GOOD_AS_ONE = 0.995
"""An IoU from which it is shown as 1.00."""


class ConflictModel(QAbstractListModel):
    """Conflicts with their pictures and what was chosen for each."""

    picture_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: Sequence[MergeItem] = ()
        self.classes = ClassTable()
        self.choices: dict[str, Choice] = {}
        self._rows: dict[str, int] = {}
        self._pictures: dict[str, tuple[QImage, QImage]] = {}
        self._asked: set[str] = set()
        self._words = {
            Choice.MINE: self.tr("Mine"),
            Choice.THEIRS: self.tr("Theirs"),
            Choice.BOTH: self.tr("Both"),
        }

    def set_items(self, items: Sequence[MergeItem], classes: ClassTable) -> None:
        self.beginResetModel()
        self.items, self.classes = items, classes
        self._rows = {item.name: row for row, item in enumerate(items)}
        self.choices.clear()
        self._pictures.clear()
        self._asked.clear()
        self.endResetModel()

    def set_picture(self, picture: MergePicture) -> None:
        if picture.name in self._rows:
            self._pictures[picture.name] = (to_qimage(picture.mine), to_qimage(picture.theirs))
            self._show(picture.name)

    def choose(self, name: str, choice: Choice | None) -> None:
        """Take a choice for one conflict; None leaves it for later."""
        if choice is None:
            self.choices.pop(name, None)
        else:
            self.choices[name] = choice
        self._show(name)

    def pictures(self, item: MergeItem) -> tuple[QImage, QImage] | None:
        """Return both thumbnails; asks for them where they are not there yet."""
        found = self._pictures.get(item.name)
        if found is None and item.name not in self._asked:
            self._asked.add(item.name)
            self.picture_wanted.emit(item)
        return found

    def word(self, name: str) -> str:
        """Return what was chosen; empty for nothing yet."""
        choice = self.choices.get(name)
        return self._words[choice] if choice is not None else ""

    def lines(self, item: MergeItem) -> tuple[str, str]:
        """Return the agreement and the class that agrees least, as they are shown."""
        found = item.agreement
        if found is None or not found.pixels:
            return self.tr("No pixel has a class in both."), ""
        line = f"IoU {found.miou:.2f}"
        if not math.isnan(found.kappa):
            line += f" · kappa {found.kappa:.2f}"
        return line, self._worst(found)

    def _worst(self, found: Agreement) -> str:
        if found.worst is None:
            return ""
        if found.iou[found.worst] > _AS_GOOD_AS_ONE:
            share = found.one_sided / (found.pixels + found.one_sided)
            return self.tr("%.0f %% labelled in one only") % (100 * share)
        name = self.classes.name_of(found.worst)
        return self.tr("Worst: %s") % f"{name} {found.iou[found.worst]:.2f}"

    def _show(self, name: str) -> None:
        index = self.index(self._rows[name])
        self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            shown = (item.name, *self.lines(item), self.word(item.name))
            return "\n".join(filter(None, shown))
        return None


class ConflictList(QListView):
    """Both thumbnails, the name, how far they agree, and what was chosen."""

    current_changed = Signal(object)
    """The `MergeItem` that is looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "merge_conflicts", self.tr("Conflicts"))
        self.conflicts = ConflictModel(self)
        self.setModel(self.conflicts)
        self.setItemDelegate(_ConflictDelegate(self.conflicts, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def current(self) -> MergeItem | None:
        """Return the conflict that is looked at."""
        row = self.currentIndex().row()
        return self.conflicts.items[row] if 0 <= row < len(self.conflicts.items) else None

    def show_first(self) -> None:
        self.setCurrentIndex(self.conflicts.index(0))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(self.current())


class _ConflictDelegate(QStyledItemDelegate):
    def __init__(self, conflicts: ConflictModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._conflicts = conflicts

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(200, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        item = self._conflicts.items[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        paint_option_ground(painter, option)
        left = rect.left() + _PAD + 3
        top = rect.top() + (rect.height() - THUMBNAIL.height()) // 2
        for picture in self._conflicts.pictures(item) or (None, None):
            _draw_thumbnail(painter, picture, QRect(left, top, *THUMBNAIL.toTuple()))
            left += THUMBNAIL.width() + 2
        self._draw_text(painter, item, QRect(left + _PAD, top - 2, rect.right() - left - 16, 52))
        painter.restore()

    def _draw_text(self, painter: QPainter, item: MergeItem, room: QRect) -> None:
        chosen = self._conflicts.word(item.name)
        agreement, worst = self._conflicts.lines(item)
        line = QRect(room.left(), room.top(), room.width(), 17)
        small = theme.font(theme.SECONDARY_PX)
        used = 0
        if chosen:
            painter.setFont(theme.font(theme.SECONDARY_PX, semibold=True))
            used = paint_mark(painter, line, chosen, "success") + _PAD
        name = item.name.rpartition("/")[2]
        for text, font, role, less in (
            (name, theme.font(semibold=True), "text", used),
            (agreement, small, "text", 0),
            (worst, small, "second", 0),
        ):
            painter.setFont(font)
            place = line.adjusted(0, 0, -less, 0)
            paint_text(painter, place, text, role, Qt.TextElideMode.ElideMiddle)
            line.translate(0, 17)


def _draw_thumbnail(painter: QPainter, picture: QImage | None, room: QRect) -> None:
    painter.fillRect(room, theme.current().of("canvas"))
    if picture is not None:
        size = picture.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        shown = QRect(room.topLeft(), size)
        shown.moveCenter(room.center())
        painter.drawImage(shown, picture)
