"""A column of parts that is scrolled where they have no room."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from segstudio.ui.controls import named

_PAD, _GAP, _GROUP_GAP = 12, 6, 4


class ScrollPage(QScrollArea):
    """Its parts are as wide as itself, and as high as they like."""

    def __init__(
        self, object_name: str, accessible_name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, object_name, accessible_name)
        page = QWidget()
        page.setObjectName("scroll_page")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(_PAD, 4, _PAD, 8)
        self._column.setSpacing(_GAP)
        self._column.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)

    def add(self, *parts: QWidget) -> None:
        """Put parts below those that are there."""
        for part in parts:
            self._column.insertWidget(self._column.count() - 1, part)

    def add_space(self) -> None:
        """Part two groups."""
        self._column.insertSpacing(self._column.count() - 1, _GROUP_GAP)
