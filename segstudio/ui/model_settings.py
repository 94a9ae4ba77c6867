"""What is seldom changed of the model: where it runs, how much it sees, what it does by itself."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from segstudio.ui.controls import Combo, Segment, Segmented, named, text_label
from segstudio.ui.popover import Popover
from segstudio.ui.tick_box import TickBox

DETAILS = (("1", "×1"), ("2", "×2"), ("4", "×4"), ("native", "Native"))


class ModelSettings(Popover):
    """Shows the settings behind the cog of the Model panel; every change is a wish."""

    device_requested = Signal(str)
    detail_requested = Signal(str)
    on_open_requested = Signal(bool)
    ahead_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "model_settings", self.tr("Model settings"))
        self.setMinimumWidth(240)
        self._devices = named(Combo(), "device", self.tr("Device"))
        segments = [Segment(key, text) for key, text in DETAILS]
        self._detail = Segmented("detail", self.tr("Detail"), segments, takes_focus=True)
        self.column.addWidget(text_label(self.tr("Device"), "secondary"))
        self.column.addWidget(self._devices)
        self.column.addWidget(text_label(self.tr("Detail"), "secondary"))
        self.column.addWidget(self._detail)
        line = text_label(
            self.tr("More detail helps with small things in large images, and takes longer."),
            "secondary",
        )
        line.setWordWrap(True)
        self.column.addWidget(line)
        self._on_open = named(
            TickBox(self.tr("Segment images when I open them")),
            "segment_on_open",
            self.tr("Segment images when I open them"),
            self.tr("Segment images when I open them\nThose that have no labels yet."),
        )
        self._ahead = named(
            TickBox(self.tr("Prepare the next 3 images while I work")),
            "segment_ahead",
            self.tr("Prepare the next 3 images while I work"),
            self.tr("Prepare the next 3 images while I work\nSegment is instant there, then."),
        )
        self.column.addWidget(self._on_open)
        self.column.addWidget(self._ahead)
        self._on_open.clicked.connect(self.on_open_requested)
        self._ahead.clicked.connect(self.ahead_requested)
        self._devices.activated.connect(self._on_device_activated)
        self._detail.chosen.connect(self.detail_requested)

    def set_devices(self, devices: Sequence[tuple[str, str]], current: str) -> None:
        self._devices.clear()
        for key, text in devices:
            self._devices.addItem(text, key)
        self._devices.setCurrentIndex(max(0, self._devices.findData(current)))

    def set_detail(self, detail: str) -> None:
        self._detail.set_value(detail)

    def set_background(self, *, on_open: bool, ahead: bool) -> None:
        self._on_open.setChecked(on_open)
        self._ahead.setChecked(ahead)

    def _on_device_activated(self) -> None:
        self.device_requested.emit(str(self._devices.currentData()))
