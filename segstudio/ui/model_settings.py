"""What is seldom changed of the model: where it runs, how much it sees, what it does by itself."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from segstudio.ui.controls import Combo, Segment, Segmented, named, text_label
from segstudio.ui.popover import Popover
from segstudio.ui.tick_box import TickBox

DETAILS = (("1", "×1"), ("2", "×2"), ("4", "×4"), ("native", "Native"))
PRECISIONS = (("auto", "Auto"), ("full", "Full"), ("half", "Half"))
AUGMENTS = (("none", "Off"), ("flip", "Flip"), ("scales", "Flip + scales"))
TILES = (0, 256, 512, 1024, 2048)


class ModelSettings(Popover):
    """Shows the settings behind the cog of the Model panel; every change is a wish."""

    device_requested = Signal(str)
    detail_requested = Signal(str)
    run_option_requested = Signal(str, object)
    """``precision``, ``augment`` or ``tile``, and its value."""
    on_open_requested = Signal(bool)
    ahead_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "model_settings", self.tr("Model settings"))
        self.setMinimumWidth(264)
        self._devices = named(Combo(), "device", self.tr("Device"))
        self._build_detail()
        self._build_run_options()
        self._lay_out()
        self._build_background()
        self._connect()

    def _build_detail(self) -> None:
        tip = self.tr(
            "Finer than ×1 the image is looked at in tiles.\n"
            "DeepLab and PSPNet then see less of the whole in each."
        )
        segments = [Segment(key, self.tr(text), tip=tip) for key, text in DETAILS]
        self._detail = Segmented("detail", self.tr("Detail"), segments, takes_focus=True)

    def _build_run_options(self) -> None:
        tips = {
            "auto": self.tr("Half where that is faster and as good."),
            "full": self.tr("The same labels on every computer."),
            "half": self.tr("Takes less memory."),
            "none": self.tr("Look at each image once."),
            "flip": self.tr("Look again at its mirror image; twice the time."),
            "scales": self.tr("Look six times, flipped and at three scales; six times the time."),
        }
        self._precision, self._augment = (
            Segmented(
                name,
                title,
                [Segment(key, self.tr(text), tip=tips[key]) for key, text in rows],
                takes_focus=True,
            )
            for name, title, rows in (
                ("precision", self.tr("Precision"), PRECISIONS),
                ("augment", self.tr("Look again"), AUGMENTS),
            )
        )
        self._tiles = named(
            Combo(),
            "tile",
            self.tr("Tile size"),
            self.tr("Tile size\nLarge images are looked at in tiles of so many pixels."),
        )
        for side in TILES:
            self._tiles.addItem(f"{side} px" if side else self.tr("Automatic"), side)

    def _lay_out(self) -> None:
        line = text_label(
            self.tr("More detail helps with small things in large images, and takes longer."),
            "secondary",
        )
        line.setWordWrap(True)
        for title, field in (
            (self.tr("Device"), self._devices),
            (self.tr("Precision"), self._precision),
            (self.tr("Detail"), self._detail),
            ("", line),
            (self.tr("Tile size"), self._tiles),
            (self.tr("Look again"), self._augment),
        ):
            if title:
                self.column.addWidget(text_label(title, "secondary"))
            self.column.addWidget(field)

    def _build_background(self) -> None:
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

    def _connect(self) -> None:
        self._on_open.clicked.connect(self.on_open_requested)
        self._ahead.clicked.connect(self.ahead_requested)
        self._devices.activated.connect(self._on_device_activated)
        self._detail.chosen.connect(self.detail_requested)
        self._precision.chosen.connect(partial(self.run_option_requested.emit, "precision"))
        self._augment.chosen.connect(partial(self.run_option_requested.emit, "augment"))
        self._tiles.activated.connect(self._on_tile_activated)

    def set_devices(self, devices: Sequence[tuple[str, str]], current: str) -> None:
        self._devices.clear()
        for key, text in devices:
            self._devices.addItem(text, key)
        self._devices.setCurrentIndex(max(0, self._devices.findData(current)))

    def set_detail(self, detail: str) -> None:
        self._detail.set_value(detail)

    def set_run_options(self, *, precision: str, augment: str, tile: int) -> None:
        self._precision.set_value(precision)
        self._augment.set_value(augment)
        self._tiles.setCurrentIndex(max(0, self._tiles.findData(tile)))

    def set_background(self, *, on_open: bool, ahead: bool) -> None:
        self._on_open.setChecked(on_open)
        self._ahead.setChecked(ahead)

    def _on_device_activated(self) -> None:
        self.device_requested.emit(str(self._devices.currentData()))

    def _on_tile_activated(self) -> None:
        self.run_option_requested.emit("tile", self._tiles.currentData())
