"""What lies over the canvas at its lower right, one above the other."""

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QWidget

_MARGIN_PX, _GAP_PX = 12, 8


class Corner(QObject):
    """Keeps widgets stacked in the corner of a frame; the first one is lowest.

    What the frame has in the middle of its lower edge may be so wide that it reaches the corner;
    the stack stands above it then.
    """

    def __init__(self, frame: QWidget, middle: QWidget) -> None:
        super().__init__(frame)
        self._frame = frame
        self._middle = middle
        self._parts: list[QWidget] = []
        frame.installEventFilter(self)
        middle.installEventFilter(self)

    def add(self, part: QWidget) -> None:
        """Take one more widget, above the others; it is shown when it shows itself."""
        part.setParent(self._frame)
        part.hide()
        part.installEventFilter(self)
        self._parts.append(part)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        moving = {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest}
        sized = {QEvent.Type.Resize, QEvent.Type.Move}
        if watched is self._middle:
            moves = event.type() in moving | sized
        else:
            moves = event.type() in (sized if watched is self._frame else moving)
        if moves:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        right, bottom = self._frame.width() - _MARGIN_PX, self._frame.height() - _MARGIN_PX
        shown = [part for part in self._parts if not part.isHidden()]
        widest = max((_size(part).width() for part in shown), default=0)
        if (
            not self._middle.isHidden()
            and self._middle.geometry().right() + _GAP_PX > right - widest
        ):
            bottom = self._middle.y() - _GAP_PX
        for part in shown:
            size = _size(part)
            part.setGeometry(right - size.width(), bottom - size.height(), *size.toTuple())
            bottom -= size.height() + _GAP_PX


def _size(part: QWidget) -> QSize:
    # A fixed width is no part of the hint.
    return part.sizeHint().expandedTo(part.minimumSize()).boundedTo(part.maximumSize())
