"""A small window that hangs on a control and closes by itself."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


class Popover(QFrame):
    """A frame that closes on Esc or on a click beside it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setProperty("popover", True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)

    def open_below(self, anchor: QWidget, *, right_aligned: bool = False) -> None:
        """Show it under a control, or above where there is no room below."""
        self.adjustSize()
        x = anchor.width() - self.width() if right_aligned else 0
        below = anchor.mapToGlobal(QPoint(x, anchor.height() + 4))
        above = anchor.mapToGlobal(QPoint(x, -self.height() - 4))
        screen = self._screen_at(below)
        room = below.y() + self.height() <= screen.bottom()
        self._open(below if room else above)

    def open_at(self, position: QPoint) -> None:
        """Show it at a point of the screen."""
        self.adjustSize()
        self._open(position)

    def _open(self, position: QPoint) -> None:
        screen = self._screen_at(position)
        x = max(screen.left(), min(position.x(), screen.right() - self.width()))
        y = max(screen.top(), min(position.y(), screen.bottom() - self.height()))
        self.move(x, y)
        self.show()

    def _screen_at(self, position: QPoint) -> QRect:
        screen = QGuiApplication.screenAt(position) or QGuiApplication.primaryScreen()
        return screen.availableGeometry()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()
