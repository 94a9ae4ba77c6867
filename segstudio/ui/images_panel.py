"""The images at the left: a narrow strip, or a list with names, a filter and a search."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from segstudio.core.image_record import ImageRecord
from segstudio.session.image_order import ImageOrder
from segstudio.session.image_search import Show, Sort
from segstudio.ui.controls import link_button, named, text_label
from segstudio.ui.images_head import ImagesHead
from segstudio.ui.images_model import ImagesModel
from segstudio.ui.images_progress import ImagesProgress
from segstudio.ui.images_view import ImagesView

STRIP_WIDTH, LIST_WIDTH = 104, 240


class ImagesPanel(QFrame):
    """Shows the images of a folder; asks for one, and for the thumbnails of those in sight."""

    image_requested = Signal(int)
    thumbnail_requested = Signal(int)
    state_requested = Signal(object, object)
    """Rows, and an `ImageState`; in work is what the steps of an image say it is."""
    part_requested = Signal(object, object)
    """Rows, and a `Part`."""
    note_requested = Signal(object)
    reveal_requested = Signal(int)
    remove_requested = Signal(object)
    overlay_requested = Signal(bool)
    name_requested = Signal()
    order_changed = Signal()
    """Other images are shown, or in another order."""
    width_requested = Signal(int)
    focus_returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "images_panel", self.tr("Images"))
        self._mode = "strip"
        self._is_widened = False
        """Whether the strip is a list only while images are searched."""
        self._is_clearing = False
        self._images = ImagesModel(self)
        self._view = ImagesView(self._images)
        self._head = ImagesHead()
        self._none = self._build_none()
        self._progress = ImagesProgress()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        column.addWidget(self._head)
        column.addWidget(self._none, 1)
        column.addWidget(self._view, 1)
        column.addWidget(self._progress)
        self._connect()
        self._show_mode()

    def _build_none(self) -> QWidget:
        page = QWidget()
        self._show_all = link_button(self.tr("Show all images"), "images_clear_search")
        column = QVBoxLayout(page)
        column.addStretch(1)
        words = text_label(self.tr("No image matches."), "secondary")
        column.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._show_all, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return page

    def _connect(self) -> None:
        view, head = self._view, self._head
        view.image_requested.connect(self.image_requested)
        view.state_requested.connect(self.state_requested)
        view.part_requested.connect(self.part_requested)
        view.note_requested.connect(self.note_requested)
        view.reveal_requested.connect(self.reveal_requested)
        view.remove_requested.connect(self.remove_requested)
        self._images.thumbnail_requested.connect(self.thumbnail_requested)
        self._images.order_changed.connect(self._on_order)
        head.search_changed.connect(self._on_search)
        head.show_chosen.connect(self._on_show)
        head.sort_chosen.connect(self._on_sort)
        head.overlay_requested.connect(self.overlay_requested)
        head.name_requested.connect(self.name_requested)
        head.search.entered.connect(self._on_search_entered)
        head.search.escaped.connect(self._on_search_escaped)
        head.search.down_pressed.connect(self.take_focus)
        self._show_all.clicked.connect(self.show_all)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    # Mode ------------------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """``strip`` or ``list``."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Take `strip` or `list`; a strip shows every image, for it has no search to say so."""
        self._is_widened = False
        if mode == self._mode:
            return
        self._mode = mode
        if mode == "strip":
            self.show_all()
        self._show_mode()

    def _show_mode(self) -> None:
        self._head.setVisible(self._mode == "list")
        self._progress.set_narrow(self._mode == "strip")
        self._view.set_strip(self._mode == "strip")
        self._view.bring_current()
        self.updateGeometry()

    def start_search(self) -> None:
        """Bring the keyboard into the search field; a strip becomes a list as long as it takes."""
        if self._mode == "strip":
            self.set_mode("list")
            self._is_widened = True
            self.width_requested.emit(LIST_WIDTH)
        self._head.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._head.search.selectAll()

    def sizeHint(self) -> QSize:
        return QSize(STRIP_WIDTH if self.mode == "strip" else LIST_WIDTH, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(STRIP_WIDTH, 120)

    # Images ----------------------------------------------------------------------------------

    def set_images(self, records: Sequence[ImageRecord]) -> None:
        """Show other images, all of them."""
        self._view.set_current_row(-1)
        self._clear_head()
        self._images.set_images(records)

    def replace_images(self, records: Sequence[ImageRecord]) -> None:
        """Show images that came or went, with search, place and thumbnails as they are."""
        bar = self._view.verticalScrollBar()
        position = bar.value()
        self._view.set_current_row(-1)
        self._images.replace_images(records)
        bar.setValue(position)

    def set_record(self, row: int, record: ImageRecord) -> None:
        """Show what is now known of an image."""
        self._images.set_record(row, record)

    def set_records(self, records: Sequence[ImageRecord]) -> None:
        """Show what is now known of all images, which keep their rows."""
        self._images.set_records(records)

    def set_classes(self, classes: Mapping[str, int]) -> None:
        """Take class indices by name, to find images by class."""
        self._images.set_classes(classes)

    def record(self, row: int) -> ImageRecord:
        """Return what is shown of an image."""
        return self._images.record(row)

    def set_current(self, row: int) -> None:
        """Mark the image that is open; those that no longer match go with the one left."""
        if row == self._view.current_row:
            return
        self._images.settle()
        self._view.set_current_row(row)

    @property
    def order(self) -> ImageOrder:
        """Which images are shown, and in which order."""
        return self._images.order

    def selected_rows(self) -> tuple[int, ...]:
        """Return the selected images as rows of the whole list, from top to bottom."""
        return self._view.selected_rows()

    def set_thumbnail(self, row: int, image: QImage) -> None:
        self._images.set_thumbnail(row, image)

    def forget_thumbnail(self, row: int) -> None:
        """Have a thumbnail asked for again, after its labels have changed."""
        self._images.forget_thumbnail(row)

    def forget_thumbnails(self) -> None:
        """Have every thumbnail asked for again."""
        self._images.forget_thumbnails()

    def set_overlay(self, shown: bool) -> None:
        """Show whether thumbnails have the labels laid over them."""
        self._head.set_overlay(shown)

    def set_progress(self, done: int, total: int, seconds_left: float | None = None) -> None:
        """Show how far the work is; None where nobody knows how long the rest takes."""
        self._progress.set_progress(done, total, seconds_left)

    def view(self) -> ImagesView:
        return self._view

    def cog(self) -> QWidget:
        """Return the button of the list's settings, for what hangs on it."""
        return self._head.cog

    def take_focus(self) -> None:
        """Bring the keyboard focus into the panel."""
        self._view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Searching -------------------------------------------------------------------------------

    def show_all(self) -> None:
        """Leave nothing out any more."""
        if self._images.is_narrowed:
            self._clear_head()
            self._images.find(text="", show=Show.ALL)

    def _clear_head(self) -> None:
        self._is_clearing = True  # one search for text and filter together
        self._head.search.clear()
        self._is_clearing = False
        self._head.set_show(Show.ALL)

    def _on_search(self, text: str) -> None:
        if not self._is_clearing:
            self._images.find(text=text)

    def _on_show(self, show: Show) -> None:
        self._images.find(show=show)

    def _on_sort(self, sort: Sort) -> None:
        self._images.find(sort=sort)

    def _on_order(self) -> None:
        count = len(self._images.order)
        is_narrowed = self._images.is_narrowed
        self._head.set_count(count, self._images.order.total, is_narrowed=is_narrowed)
        self._none.setVisible(is_narrowed and not count)
        self._view.setVisible(bool(count) or not is_narrowed)
        self._view.bring_current()
        self.order_changed.emit()

    def _on_search_entered(self) -> None:
        order = self._images.order
        if self._images.is_narrowed and order.place_of(self._view.current_row) < 0 and len(order):
            self.image_requested.emit(order.row_at(0))
        self.focus_returned.emit()

    def _on_search_escaped(self) -> None:
        self._head.search.clear()
        self.focus_returned.emit()

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Make the list a strip again when it was left and nothing is searched any more."""
        if not self._is_widened or self._images.is_narrowed or new is None:
            return
        is_elsewhere = new.window() is self.window() and not self.isAncestorOf(new)
        if is_elsewhere:
            self.set_mode("strip")
            self.width_requested.emit(STRIP_WIDTH)
