"""The three columns of the window: images, canvas, side."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

LARGE_WIDTH, WIDE_WIDTH = 1600, 1920
SIDE_WIDTHS = ((WIDE_WIDTH, 320), (LARGE_WIDTH, 288), (0, 268))
"""Width of the side column from each width of the window on."""
LIST_WIDTH, STRIP_WIDTH = 240, 104
CLOSES_UNDER = 80
"""A column dragged under this width closes."""


class ColumnHandle(QSplitterHandle):
    """The line between two columns; a double-click puts the columns back."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        columns = self.splitter()
        assert isinstance(columns, Columns)
        columns.reset_requested.emit()
        event.accept()


class Columns(QSplitter):
    """Gives the canvas what images and side leave over."""

    reset_requested = Signal()
    images_dragged = Signal(int)
    """The new width of the images, where they stay open."""
    images_closed = Signal()
    side_closed = Signal()

    def __init__(
        self, images: QWidget, canvas: QWidget, side: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("columns")
        self.setHandleWidth(1)
        for part in (images, canvas, side):
            self.addWidget(part)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.setStretchFactor(2, 0)
        self.setCollapsible(1, False)
        self.splitterMoved.connect(self._on_moved)

    def createHandle(self) -> QSplitterHandle:
        return ColumnHandle(self.orientation(), self)

    def widths(self) -> tuple[int, int]:
        """Return the widths of images and side; 0 where one is closed."""
        images, _, side = self.sizes()
        return images, side

    def set_widths(self, images: int, side: int) -> None:
        """Set the widths of images and side; the canvas gets the rest."""
        self.setSizes([images, max(0, self.width() - images - side), side])

    def _on_moved(self, _position: int, index: int) -> None:
        images, side = self.widths()
        if index == 1 and 0 < images < CLOSES_UNDER:
            self.images_closed.emit()
        elif index == 1 and images:
            self.images_dragged.emit(images)
        elif index == 2 and 0 < side < CLOSES_UNDER:
            self.side_closed.emit()


def default_widths(window_width: int) -> tuple[int, int]:
    """Return the widths of images and side that suit a window."""
    side = next(size for least, size in SIDE_WIDTHS if window_width >= least)
    return (LIST_WIDTH if window_width >= WIDE_WIDTH else STRIP_WIDTH), side


def is_like(window_width: int, other_width: int) -> bool:
    """Return whether the same layout suits windows of two widths."""
    return all((window_width >= least) == (other_width >= least) for least, _ in SIDE_WIDTHS[:-1])
