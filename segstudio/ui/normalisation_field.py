"""How the colours of an image become the numbers that a model expects."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from segstudio.ui import theme
from segstudio.ui.controls import Combo, named, text_label

Numbers = tuple[float, ...]

_OWN = "own"
_PRESETS: dict[str, tuple[Numbers, Numbers]] = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "unit": ((0.0,), (1.0,)),
    "signed": ((0.5,), (0.5,)),
}


class NormalisationField(QWidget):
    """A known way, or one's own mean and deviation of each channel, for colours of 0 to 1."""

    changed = Signal()

    def __init__(self, prefix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channels = 3
        self._given: tuple[Numbers, Numbers] = ((), ())
        self._way = named(
            Combo(),
            f"{prefix}_normalisation",
            self.tr("Colours"),
            self.tr("Colours\nThe range of numbers that the model was trained on."),
        )
        self._titles = {
            "imagenet": self.tr("As for ImageNet"),
            "unit": self.tr("0 to 1"),
            "signed": self.tr("−1 to 1"),
            _OWN: self.tr("Own mean and deviation"),
        }
        self.setFocusProxy(self._way)
        self._mean = named(QLineEdit(), f"{prefix}_mean", self.tr("Mean"))
        self._std = named(QLineEdit(), f"{prefix}_std", self.tr("Deviation"))
        self._own = QWidget()
        row = QHBoxLayout(self._own)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        for label, field in ((self.tr("Mean"), self._mean), (self.tr("Deviation"), self._std)):
            row.addWidget(text_label(label, "secondary"))
            row.addWidget(field, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._way)
        column.addWidget(self._own)
        self._way.currentIndexChanged.connect(self._on_way)
        for field in (self._mean, self._std):
            field.textChanged.connect(self.changed)

    def set_values(self, mean: Sequence[float], std: Sequence[float]) -> None:
        """Show the mean and the deviation of each channel."""
        self._channels = len(mean)
        self._given = tuple(mean), tuple(std)
        self._way.blockSignals(True)  # half of it is nothing to hear of
        self._way.clear()
        for key, title in self._titles.items():
            if key != "imagenet" or self._channels == 3:
                self._way.addItem(title, key)
        self._mean.setText(_text(mean))
        self._std.setText(_text(std))
        ways = (key for key in _PRESETS if self._preset(key) == (tuple(mean), tuple(std)))
        self._way.setCurrentIndex(self._way.findData(next(ways, _OWN)))
        self._way.blockSignals(False)
        self._on_way()

    def values(self) -> tuple[Numbers, Numbers]:
        """Return mean and deviation by channel."""
        key = self._way.currentData()
        if key != _OWN:
            return self._preset(key)
        shown = zip((self._mean.text(), self._std.text()), self._given, strict=True)
        # What was not changed keeps the digits that are not shown.
        mean, std = (given if text == _text(given) else _numbers(text) for text, given in shown)
        return mean, std

    def problem(self) -> str:
        """Return why these values cannot be used; empty where they can."""
        try:
            mean, std = self.values()
        except ValueError:
            return self.tr("Mean and deviation have to be numbers, parted by spaces.")
        if len(mean) != self._channels or len(std) != self._channels:
            return self.tr("The model wants %d numbers each for mean and deviation.") % (
                self._channels
            )
        if not all(map(math.isfinite, mean + std)):
            return self.tr("Mean and deviation have to be numbers, parted by spaces.")
        return "" if min(std) > 0 else self.tr("A deviation has to be larger than 0.")

    def _preset(self, key: str) -> tuple[Numbers, Numbers]:
        mean, std = _PRESETS[key]
        repeats = self._channels if len(mean) == 1 else 1
        return mean * repeats, std * repeats

    def _on_way(self) -> None:
        self._own.setVisible(self._way.currentData() == _OWN)
        self.changed.emit()


def _text(values: Sequence[float]) -> str:
    return " ".join(f"{value:.4g}" for value in values)


def _numbers(text: str) -> Numbers:
    return tuple(float(word) for word in text.replace(",", " ").split())
