"""How one image of the list is painted: thumbnail, marks, name and state."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from segstudio.core.image_record import ImageRecord
from segstudio.ui import icons, theme
from segstudio.ui.image_states import (
    STATES,
    Mark,
    flag_of,
    translated,
    trouble_of,
    words_of,
)
from segstudio.ui.images_model import ROW_ROLE, ImagesModel

STRIP_THUMBNAIL, LIST_THUMBNAIL = QSize(80, 60), QSize(64, 48)
STRIP_ROW_HEIGHT, LIST_ROW_HEIGHT = 72, 60
_MARK_PX, _SMALL_MARK_PX = 16, 14
_PAD = 10


class ImageDelegate(QStyledItemDelegate):
    """Paints an image: in the strip its thumbnail with marks, in the list its words too."""

    def __init__(self, images: ImagesModel, parent: QObject) -> None:
        super().__init__(parent)
        self._images = images
        self.is_strip = True
        self.current_row = -1
        self.hovered_row = -1

    @property
    def row_height(self) -> int:
        """How high a row is."""
        return STRIP_ROW_HEIGHT if self.is_strip else LIST_ROW_HEIGHT

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect: QRect = option.rect
        row = int(index.data(ROW_ROLE))
        record = self._images.record(row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint_ground(painter, rect, row, is_selected=is_selected)
        if self.is_strip:
            self._paint_strip(painter, rect, row, record)
        else:
            self._paint_line(painter, rect, row, record)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, row: int, *, is_selected: bool) -> None:
        colours = theme.current()
        is_current = row == self.current_row
        if is_current:
            painter.fillRect(rect, colours.of("raised"))
        elif is_selected or row == self.hovered_row:
            painter.fillRect(rect, colours.of("hover"))
        if is_current:
            bar = QRect(rect.left(), rect.top() + 4, 3, rect.height() - 8)
            painter.fillRect(bar, colours.of("accent"))
        elif is_selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 1, rect.height()), colours.of("accent"))

    def _paint_strip(self, painter: QPainter, rect: QRect, row: int, record: ImageRecord) -> None:
        place = QRect(rect.center().x() - 39, rect.top() + 6, 80, 60)
        self._paint_thumbnail(painter, place, row, record)
        side = _MARK_PX
        right, bottom = place.right() - side - 1, place.bottom() - side - 1
        self._paint_badge(painter, QRectF(right, bottom, side, side), STATES[record.state])
        flag, trouble = flag_of(record), trouble_of(record)
        if flag is not None:
            self._paint_badge(painter, QRectF(right, place.top() + 2, side, side), flag)
        if trouble is not None:
            corner = QRectF(place.left() + 2, place.top() + 2, side, side)
            self._paint_badge(painter, corner, trouble)

    def _paint_badge(self, painter: QPainter, place: QRectF, mark: Mark) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().of("panel"))
        painter.drawEllipse(place.adjusted(-1, -1, 1, 1))
        inner = place if mark.icon.startswith("state-") else place.adjusted(2, 2, -2, -2)
        icons.draw(painter, mark.icon, inner, mark.role)

    def _paint_line(self, painter: QPainter, rect: QRect, row: int, record: ImageRecord) -> None:
        place = QRect(rect.left() + _PAD, rect.top() + 6, 64, 48)
        self._paint_thumbnail(painter, place, row, record)
        left = place.right() + 9
        room = rect.right() - left - 8
        flag = flag_of(record)
        if flag is not None:
            corner = QRectF(rect.right() - 8 - _SMALL_MARK_PX, rect.top() + 32, 14, 14)
            icons.draw(painter, flag.icon, corner, flag.role)
        name = record.name.rpartition("/")[2]
        painter.setFont(theme.font(theme.BODY_PX, semibold=row == self.current_row))
        self._paint_text(painter, QRect(left, rect.top() + 10, room, 18), name, "text")
        mark = STATES[record.state]
        icons.draw(painter, mark.icon, QRectF(left, rect.top() + 32, 14, 14), mark.role)
        trouble = trouble_of(record)
        words = translated(trouble.words) if trouble is not None else words_of(record)
        painter.setFont(theme.font(theme.SECONDARY_PX))
        room -= 19 + (_SMALL_MARK_PX + 4 if flag is not None else 0)
        role = trouble.role if trouble is not None else "second"
        self._paint_text(painter, QRect(left + 19, rect.top() + 30, room, 18), words, role)

    def _paint_text(self, painter: QPainter, place: QRect, text: str, role: str) -> None:
        painter.setPen(theme.current().of(role))
        middle = Qt.TextElideMode.ElideMiddle
        shown = painter.fontMetrics().elidedText(text, middle, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_thumbnail(
        self, painter: QPainter, place: QRect, row: int, record: ImageRecord
    ) -> None:
        is_ground = row in (self.current_row, self.hovered_row)
        painter.fillRect(place, theme.current().of("panel" if is_ground else "hover"))
        pixmap = self._images.thumbnail(row)
        if pixmap is None:
            if record.is_missing:
                middle = QRectF(0, 0, 20, 20)
                middle.moveCenter(QRectF(place).center())
                icons.draw(painter, "file-missing", middle, "second")
            return
        size = pixmap.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        shown = QRect(0, 0, size.width(), size.height())
        shown.moveCenter(place.center())
        painter.drawPixmap(shown, pixmap)
