"""Panels above each other, with lines between them that can be dragged."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget


class _Handle(QSplitterHandle):
    """The line between two panels; a double-click puts their heights back."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        rows = self.splitter()
        assert isinstance(rows, SideRows)
        rows.reset_requested.emit()
        event.accept()


class SideRows(QSplitter):
    """The panels of the side column, none of which can be dragged away."""

    reset_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setObjectName("side_rows")
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        return _Handle(self.orientation(), self)
