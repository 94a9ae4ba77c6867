"""The panel over the canvas that changes how the image is shown."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui.controls import Segment, Segmented, icon_button, link_button, named, text_label
from segstudio.ui.image_adjustment import MOST, Adjustment, Channel
from segstudio.ui.tick_box import TickBox

WIDTH = 248


class AdjustPanel(QFrame):
    """Shows an adjustment and asks for others; everything acts at once."""

    adjustment_requested = Signal(object)
    """An `Adjustment`."""
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "adjust_panel", self.tr("Adjust image"))
        self.setProperty("notice", True)
        self.setFixedWidth(WIDTH)
        self._shown = Adjustment()
        self._names = {
            "brightness": self.tr("Brightness"),
            "contrast": self.tr("Contrast"),
            "gamma": self.tr("Gamma"),
        }
        self._sliders: dict[str, QSlider] = {}
        self._numbers: dict[str, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(self._head())
        column.addLayout(self._fields())
        column.addWidget(self._channels())
        column.addLayout(self._foot())
        self.set_adjustment(Adjustment())

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        close = icon_button(
            "close",
            "adjust_close",
            self.tr("Close"),
            self.tr("Close\nThe image stays as it is shown."),
            side=24,
            size=14,
        )
        close.clicked.connect(self.close_requested)
        row.addWidget(text_label(self.tr("Adjust image"), "heading"), 1)
        row.addWidget(close)
        return row

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for row, (field, name) in enumerate(self._names.items()):
            slider = named(
                QSlider(Qt.Orientation.Horizontal),
                f"adjust_{field}",
                name,
                self.tr("%s\nOn the screen only; the file and the model keep the image.") % name,
            )
            slider.setRange(-MOST, MOST)
            slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            slider.valueChanged.connect(self._on_changed)
            number = text_label("", "secondary")
            number.setFixedWidth(28)
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(text_label(name, "secondary"), row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(number, row, 2)
            self._sliders[field], self._numbers[field] = slider, number
        return grid

    def _channels(self) -> Segmented:
        words = {
            Channel.COLOUR: (self.tr("Colour"), self.tr("All three channels")),
            Channel.RED: (self.tr("R"), self.tr("Only the red channel")),
            Channel.GREEN: (self.tr("G"), self.tr("Only the green channel")),
            Channel.BLUE: (self.tr("B"), self.tr("Only the blue channel")),
            Channel.GREY: (self.tr("Grey"), self.tr("Only how bright it is")),
        }
        segments = [Segment(key, text, tip=tip) for key, (text, tip) in words.items()]
        self._channel = Segmented("adjust_channel", self.tr("Channel"), segments, takes_focus=True)
        self._channel.set_value(Channel.COLOUR)
        self._channel.chosen.connect(self._on_changed)
        return self._channel

    def _foot(self) -> QHBoxLayout:
        self._auto = named(
            TickBox(self.tr("Auto levels")),
            "adjust_auto",
            self.tr("Auto levels"),
            self.tr("Auto levels\nThe darkest becomes black, the brightest white."),
        )
        self._auto.toggled.connect(self._on_changed)
        self._reset = link_button(self.tr("Reset"), "adjust_reset")
        self._reset.setToolTip(self.tr("Reset\nShow the image as it is."))
        self._reset.clicked.connect(self._on_reset)
        row = QHBoxLayout()
        row.addWidget(self._auto, 1)
        row.addWidget(self._reset)
        return row

    def set_adjustment(self, adjustment: Adjustment) -> None:
        """Show an adjustment."""
        self._shown = adjustment
        for part in (*self._sliders.values(), self._auto):
            part.blockSignals(True)  # one field of several that is set is no wish of the person
        for field, slider in self._sliders.items():
            value = getattr(adjustment, field)
            slider.setValue(value)
            self._numbers[field].setText(f"{value:+d}" if value else "0")
        self._auto.setChecked(adjustment.auto)
        self._channel.set_value(adjustment.channel)
        for part in (*self._sliders.values(), self._auto):
            part.blockSignals(False)
        self._reset.setEnabled(not adjustment.is_neutral)

    def take_focus(self) -> None:
        """Give the focus to the first slider."""
        self._sliders["brightness"].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_changed(self) -> None:
        wanted = replace(
            self._shown,
            **{field: slider.value() for field, slider in self._sliders.items()},
            auto=self._auto.isChecked(),
            channel=Channel(self._channel.value),
        )
        if wanted != self._shown:
            self.adjustment_requested.emit(wanted)

    def _on_reset(self) -> None:
        self.adjustment_requested.emit(Adjustment())
