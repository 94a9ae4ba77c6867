"""The ways on from the Model panel: to many images, and to a model that learns."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segstudio.ui.controls import ElidedLabel, link_button


class ModelFoot(QWidget):
    """Two links, and how many images there are to learn from."""

    teach_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.segment_all_button = link_button(
            self.tr("Segment all…"), "segment_all_button", self.tr("Segment all")
        )
        self.segment_all_button.setToolTip(
            self.tr("Segment all (Ctrl+B)\nMany images in the background.")
        )
        self._teach = link_button(self.tr("Teach…"), "teach_button", self.tr("Teach"))
        self._teach.setToolTip(self.tr("Teach (Ctrl+T)\nLet the model learn from your labels."))
        self._ready = ElidedLabel()
        self._ready.setObjectName("teach_ready")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for button in (self.segment_all_button, self._teach):
            button.setProperty("small", True)
            row.addWidget(button)
        row.addWidget(self._ready, 1)
        self._teach.clicked.connect(self.teach_requested)

    def set_ready(self, text: str) -> None:
        """Show how many images there are to learn from; empty for none."""
        self._ready.set_text(text)
