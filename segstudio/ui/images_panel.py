"""The images at the left: a narrow strip, or a list with names and a search."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui import icons, theme
from segstudio.ui.controls import named, text_label
from segstudio.ui.images_model import ROW_ROLE, STATE_ROLE, STATES, ImageRow, ImagesModel

STRIP_WIDTH, LIST_WIDTH = 104, 240
STRIP_THUMBNAIL, LIST_THUMBNAIL = QSize(80, 60), QSize(64, 48)
_STRIP_ROW_HEIGHT, _LIST_ROW_HEIGHT = 72, 60
_MARK_PX = 16
_STATE_ROLES = {"done": "success", "work": "warning", "segmented": "second", "new": "second"}


class _ImageDelegate(QStyledItemDelegate):
    """Paints an image: thumbnail with state mark, and in the list its name and state."""

    def __init__(self, images: ImagesModel, parent: "ImagesView") -> None:
        super().__init__(parent)
        self._images = images
        self._view = parent

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        del option, index
        if self._view.mode == "strip":
            return QSize(STRIP_THUMBNAIL.width(), _STRIP_ROW_HEIGHT)
        return QSize(120, _LIST_ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect: QRect = option.rect
        row = int(index.data(ROW_ROLE))
        state = str(index.data(STATE_ROLE))
        colours = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if row == self._view.current_row:
            painter.fillRect(rect, colours.of("raised"))
            painter.fillRect(
                rect.left(), rect.top() + 4, 3, rect.height() - 8, colours.of("accent")
            )
        elif row == self._view.hovered_row:
            painter.fillRect(rect, colours.of("hover"))
        if self._view.mode == "strip":
            self._paint_strip(painter, rect, row, state)
        else:
            self._paint_line(painter, rect, row, state)
        painter.restore()

    def _paint_strip(self, painter: QPainter, rect: QRect, row: int, state: str) -> None:
        place = QRect(rect.center().x() - 39, rect.top() + 6, 80, 60)
        self._paint_thumbnail(painter, place, row)
        mark = QRect(place.right() - _MARK_PX - 1, place.bottom() - _MARK_PX - 1, 0, 0)
        mark.setSize(QSize(_MARK_PX, _MARK_PX))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().of("panel"))
        painter.drawEllipse(QRectF(mark).adjusted(-1, -1, 1, 1))
        icons.draw(painter, STATES[state][0], QRectF(mark), _STATE_ROLES[state])

    def _paint_line(self, painter: QPainter, rect: QRect, row: int, state: str) -> None:
        place = QRect(rect.left() + 10, rect.top() + 6, 64, 48)
        self._paint_thumbnail(painter, place, row)
        colours = theme.current()
        left = place.right() + 9
        room = rect.right() - left - 8
        name = self._images.image(row).name
        painter.setFont(theme.font(theme.BODY_PX, semibold=row == self._view.current_row))
        painter.setPen(colours.of("text"))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        line = QRect(left, rect.top() + 10, room, 18)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
        mark = QRectF(left, rect.top() + 32, 14, 14)
        icons.draw(painter, STATES[state][0], mark, _STATE_ROLES[state])
        painter.setFont(theme.font(theme.SECONDARY_PX))
        painter.setPen(colours.of("second"))
        text = QRect(left + 19, rect.top() + 30, room - 19, 18)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.tr(STATES[state][1]))

    def _paint_thumbnail(self, painter: QPainter, place: QRect, row: int) -> None:
        painter.fillRect(place, theme.current().of("hover"))
        pixmap: QPixmap | None = self._images.thumbnail(row)
        if pixmap is None:
            return
        size = pixmap.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        shown = QRect(0, 0, size.width(), size.height())
        shown.moveCenter(place.center())
        painter.drawPixmap(shown, pixmap)


class ImagesView(QListView):
    """The rows; a click or Enter asks for an image."""

    image_requested = Signal(int)
    done_requested = Signal(int, bool)

    def __init__(self, images: ImagesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "image_list", self.tr("Images"))
        self.mode = "strip"
        self.current_row = -1
        self.hovered_row = -1
        self._images = images
        self.setModel(images)
        self.setItemDelegate(_ImageDelegate(images, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._on_clicked)
        self.entered.connect(self._on_entered)

    def _on_clicked(self, place: QModelIndex) -> None:
        self.image_requested.emit(int(place.data(ROW_ROLE)))

    def _on_entered(self, place: QModelIndex) -> None:
        self.hovered_row = int(place.data(ROW_ROLE))
        self.viewport().update()

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.hovered_row = -1
        self.viewport().update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place.isValid():
            self._on_clicked(place)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.model().rowCount():
            last = self.model().rowCount() - 1
            self._on_clicked(self.model().index(0 if event.key() == Qt.Key.Key_Home else last, 0))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.indexAt(event.pos())
        if place.isValid():
            menu = self.context_menu(int(place.data(ROW_ROLE)))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def context_menu(self, row: int) -> QMenu:
        """Build the menu of one image."""
        menu = QMenu(self)
        menu.setObjectName("image_menu")
        is_done = self._images.image(row).state == "done"
        text = self.tr("Not done") if is_done else self.tr("Mark done")
        action = QAction(text, menu)
        action.triggered.connect(partial(self.done_requested.emit, row, not is_done))
        menu.addAction(action)
        return menu


class ImagesPanel(QFrame):
    """Shows the images of a folder; asks for one, and for the thumbnails of those in sight."""

    image_requested = Signal(int)
    thumbnail_requested = Signal(int)
    done_requested = Signal(int, bool)
    focus_returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "images_panel", self.tr("Images"))
        self._images = ImagesModel(self)
        self._view = ImagesView(self._images)
        self._search = named(QLineEdit(), "image_search", self.tr("Find an image"))
        self._search.setPlaceholderText(self.tr("Find an image"))
        self._search.setClearButtonEnabled(True)
        self._progress = text_label("", "secondary")
        self._progress.setObjectName("images_progress")
        self._progress.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._head = QWidget()
        head = QVBoxLayout(self._head)
        head.setContentsMargins(8, 8, 8, 4)
        head.addWidget(self._search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        column.addWidget(self._head)
        column.addWidget(self._view, 1)
        column.addWidget(self._progress)
        self._connect()
        self._show_mode()

    def _connect(self) -> None:
        self._view.image_requested.connect(self.image_requested)
        self._view.done_requested.connect(self.done_requested)
        self._images.thumbnail_requested.connect(self.thumbnail_requested)
        self._search.textChanged.connect(self._on_search_changed)
        self._search.returnPressed.connect(self.focus_returned)

    @property
    def mode(self) -> str:
        return self._view.mode

    def set_mode(self, mode: str) -> None:
        """Take `strip` or `list`."""
        if mode == self._view.mode:
            return
        self._view.mode = mode
        if mode == "strip":
            self._search.clear()
        self._show_mode()
        self._view.scheduleDelayedItemsLayout()

    def _show_mode(self) -> None:
        is_strip = self._view.mode == "strip"
        self._head.setVisible(not is_strip)
        bar = Qt.ScrollBarPolicy
        self._view.setVerticalScrollBarPolicy(
            bar.ScrollBarAlwaysOff if is_strip else bar.ScrollBarAsNeeded
        )
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(STRIP_WIDTH if self.mode == "strip" else LIST_WIDTH, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(STRIP_WIDTH, 120)

    def set_images(self, images: Sequence[ImageRow]) -> None:
        self._images.set_images(images)

    def set_state(self, row: int, state: str) -> None:
        """Show a state: new, segmented, work or done."""
        self._images.set_state(row, state)

    def set_current(self, row: int) -> None:
        if row == self._view.current_row:
            return
        self._view.current_row = row
        place = self._images.place_of(row)
        if place.isValid():
            self._view.setCurrentIndex(place)
            self._view.scrollTo(place)
        self._view.viewport().update()

    def set_thumbnail(self, row: int, image: QImage) -> None:
        self._images.set_thumbnail(row, image)

    def forget_thumbnail(self, row: int) -> None:
        """Have a thumbnail asked for again, after its labels have changed."""
        self._images.forget_thumbnail(row)

    def set_progress(self, done: int, total: int) -> None:
        text = self.tr("{done} of {total} done")
        self._progress.setText(text.format(done=done, total=total))

    def view(self) -> ImagesView:
        return self._view

    def take_focus(self) -> None:
        """Bring the keyboard focus into the panel."""
        self._view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_search_changed(self, text: str) -> None:
        self._images.set_search(text)
        place = self._images.place_of(self._view.current_row)
        if place.isValid():
            self._view.setCurrentIndex(place)
