"""The list behind the job chip: how far Segment all is, and what went wrong."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from segstudio.ui.controls import named, text_label
from segstudio.ui.popover import Popover

WIDTH = 380
LARGEST_LIST = 240
_ITEM_PADDING = 8
_SCROLL_BAR = 12


class JobList(Popover):
    """Shows a line and the images that failed, each with its sentence; a click opens one."""

    image_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "job_list", self.tr("Segment all"))
        self.setFixedWidth(WIDTH)
        self._line = text_label("", "secondary")
        self._line.setObjectName("job_list_line")
        self._line.setWordWrap(True)
        self._failed = named(
            QListWidget(),
            "job_list_failed",
            self.tr("Images that could not be segmented"),
            self.tr("Images that could not be segmented\nClick to open one."),
        )
        self._failed.setWordWrap(True)
        self._failed.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column.addWidget(text_label(self.tr("Segment all"), "heading"))
        self.column.addWidget(self._line)
        self.column.addWidget(self._failed)
        self._failed.itemClicked.connect(self._on_clicked)

    def set_line(self, text: str) -> None:
        self._line.setText(text)

    def set_failed(self, failed: Sequence[tuple[str, str]]) -> None:
        """Show names of images with the sentence that says why."""
        if self._failed.count() == len(failed):
            return  # they only ever come on top of those there are
        self._failed.clear()
        for name, sentence in failed:
            item = QListWidgetItem(sentence if name in sentence else f"{name}: {sentence}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(self._size_of(item.text()))
            self._failed.addItem(item)
        self._failed.setVisible(bool(failed))
        heights = [self._failed.item(row).sizeHint().height() for row in range(len(failed))]
        self._failed.setFixedHeight(min(LARGEST_LIST, sum(heights)))
        self.adjustSize()

    def _size_of(self, text: str) -> QSize:
        """Return the room that a wrapped sentence takes; the list itself asks too early."""
        width = WIDTH - 2 * self.column.contentsMargins().left() - _SCROLL_BAR
        room = QRect(0, 0, width - 2 * _ITEM_PADDING, LARGEST_LIST)
        wrapped = Qt.TextFlag.TextWordWrap.value
        height = self._failed.fontMetrics().boundingRect(room, wrapped, text).height()
        return QSize(width, height + 2 * _ITEM_PADDING)

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self.hide()
        self.image_requested.emit(str(item.data(Qt.ItemDataRole.UserRole)))
