"""A repaint in a turn of the event loop of its own."""

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtWidgets import QWidget


class LateRepaint(QObject):
    """Paints parts of a widget anew after what a person does has had its turn.

    Qt paints in the same turn as what has called for it. A step as large as the image takes about
    as long as painting it: one after the other they would hold up the hand for the sum.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._stale = QRect()
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._paint)

    def add(self, rect: QRect) -> None:
        """Paint one more part anew."""
        self._stale = self._stale.united(rect)
        self._timer.start()

    def _paint(self) -> None:
        stale, self._stale = self._stale, QRect()
        self._widget.update(stale)
