"""What lies over the canvas at its lower right, one above the other."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

_MARGIN_PX, _GAP_PX = 12, 8


class Corner(QObject):
    """Keeps widgets stacked in the corner of a frame; the first one is lowest."""

    def __init__(self, frame: QWidget) -> None:
        super().__init__(frame)
        self._frame = frame
        self._parts: list[QWidget] = []
        frame.installEventFilter(self)

    def add(self, part: QWidget) -> None:
        """Take one more widget, above the others; it is shown when it shows itself."""
        part.setParent(self._frame)
        part.hide()
        part.installEventFilter(self)
        self._parts.append(part)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        moving = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest)
        is_frame_sized = watched is self._frame and event.type() == QEvent.Type.Resize
        if is_frame_sized or (watched in self._parts and event.type() in moving):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        right, bottom = self._frame.width() - _MARGIN_PX, self._frame.height() - _MARGIN_PX
        for part in self._parts:
            if part.isHidden():
                continue
            # A fixed width is no part of the hint.
            size = part.sizeHint().expandedTo(part.minimumSize()).boundedTo(part.maximumSize())
            part.setGeometry(right - size.width(), bottom - size.height(), *size.toTuple())
            bottom -= size.height() + _GAP_PX
