"""The rows of the images panel, to click, select and scroll through."""

from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from segstudio.ui.controls import named
from segstudio.ui.image_delegate import ImageDelegate
from segstudio.ui.image_menu import ImageMenu
from segstudio.ui.images_model import ImagesModel

_EXTENDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ImagesView(QTableView):
    """A click or Enter asks for an image; Ctrl and Shift select several.

    A table of one column, because a QListView asks for every row when anything changes: 0.16 s for
    a hundred thousand rows, where a table with rows of one height takes 1 ms.
    """

    image_requested = Signal(int)
    state_requested = Signal(object, object)
    part_requested = Signal(object, object)
    note_requested = Signal(object)
    reveal_requested = Signal(int)
    remove_requested = Signal(object)

    def __init__(self, images: ImagesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "image_list", self.tr("Images"))
        self.setProperty("bare", True)
        self._images = images
        self._delegate = ImageDelegate(images, self)
        self._held = Qt.KeyboardModifier.NoModifier
        self.setModel(images)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setStretchLastSection(True)
        self.set_strip(True)
        self.clicked.connect(self._on_clicked)
        self.entered.connect(self._on_entered)

    def set_strip(self, is_strip: bool) -> None:
        """Show thumbnails alone, or names and states too."""
        self._delegate.is_strip = is_strip
        bar = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            bar.ScrollBarAlwaysOff if is_strip else bar.ScrollBarAsNeeded
        )
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_height)

    @property
    def current_row(self) -> int:
        """The image that is open, as a row of the whole list."""
        return self._delegate.current_row

    def set_current_row(self, row: int) -> None:
        """Mark the image that is open and bring it into sight, where it is shown."""
        self._delegate.current_row = row
        self.bring_current()
        self.viewport().update()

    def bring_current(self) -> None:
        """Select the image that is open and scroll to it."""
        place = self._images.place_of(self.current_row)
        if place.isValid():
            self.setCurrentIndex(place)
            self.scrollTo(place)

    def selected_rows(self) -> tuple[int, ...]:
        """Return the selected images as rows of the whole list, from top to bottom."""
        selection = self.selectionModel().selection()
        parts = [selection.at(at) for at in range(selection.count())]
        ranges = sorted((part.top(), part.bottom()) for part in parts)
        rows = self._images.order.rows
        return tuple(int(row) for top, end in ranges for row in rows[top : end + 1])

    def place_of(self, row: int) -> QRect:
        """Return where in the viewport an image is; empty where it is not shown."""
        place = self.visualRect(self._images.place_of(row))
        return place if place.intersects(self.viewport().rect()) else QRect()

    def context_menu(self, rows: tuple[int, ...]) -> ImageMenu:
        """Build the menu of some images."""
        menu = ImageMenu([self._images.record(row) for row in rows], self)
        menu.state_requested.connect(partial(self.state_requested.emit, rows))
        menu.part_requested.connect(partial(self.part_requested.emit, rows))
        menu.note_requested.connect(partial(self.note_requested.emit, rows))
        menu.reveal_requested.connect(partial(self.reveal_requested.emit, rows[0]))
        menu.remove_requested.connect(partial(self.remove_requested.emit, rows))
        return menu

    def _on_clicked(self, place: QModelIndex) -> None:
        if not self._held & _EXTENDS:
            self.image_requested.emit(self._images.row_of(place))

    def _on_entered(self, place: QModelIndex) -> None:
        self._hover(self._images.row_of(place))

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    # Qt --------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.modifiers()
        super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place, count = self.currentIndex(), len(self._images.order)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place.isValid():
            self.image_requested.emit(self._images.row_of(place))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and count:
            at = 0 if event.key() == Qt.Key.Key_Home else count - 1
            self.image_requested.emit(self._images.order.row_at(at))
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing with letters: Qt would ask for every row, and letters are tools."""
        del search

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        rows = self.selected_rows()
        if rows:
            menu = self.context_menu(rows)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())
