"""Pages of the evaluation: which class is taken for which, and how far a model can be trusted."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from segstudio.core.temperature import Calibration
from segstudio.ui.confusion_map import ConfusionMap, mistakes
from segstudio.ui.controls import named, text_label
from segstudio.ui.reliability_chart import ReliabilityChart

_MISTAKES = 10
_SIDE_WIDTH = 220


class ConfusionPage(QWidget):
    """The heat map, and the largest mistakes in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._map = ConfusionMap()
        area = named(QScrollArea(), "confusion_area", self.tr("Which class is taken for which"))
        area.setWidgetResizable(True)
        area.setWidget(self._map)
        self._mistakes = text_label("", "body")
        self._mistakes.setObjectName("largest_mistakes")
        self._mistakes.setWordWrap(True)
        self._mistakes.setAlignment(Qt.AlignmentFlag.AlignTop)
        line = text_label(
            self.tr(
                "A row is what the labels say, a column what the model says, in % of the row. "
                "Mistakes are in the order of their pixels."
            ),
            "secondary",
        )
        line.setWordWrap(True)
        side = QWidget()
        side.setFixedWidth(_SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(text_label(self.tr("Largest mistakes"), "heading"))
        column.addWidget(self._mistakes)
        column.addStretch(1)
        column.addWidget(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(area, 1)
        row.addWidget(side)

    def set_confusion(self, names: Sequence[str], pixels: NDArray[np.int64]) -> None:
        self._map.set_confusion(names, pixels)
        told = mistakes(names, pixels, most=_MISTAKES)
        self._mistakes.setText("\n".join(told) or self.tr("No class is taken for another."))


class CertaintyPage(QWidget):
    """How often the model is right when it says it is sure, before and after calibration."""

    calibrate_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = ReliabilityChart("reliability_before", self.tr("As it is"))
        self._after = ReliabilityChart("reliability_after", self.tr("Calibrated"))
        self._line = text_label("", "secondary")
        self._line.setObjectName("certainty_line")
        self._line.setWordWrap(True)
        self._button = named(
            QPushButton(self.tr("Calibrate")),
            "calibrate",
            self.tr("Calibrate"),
            self.tr("Calibrate\nKeep this in the model. Confidence and Tab follow it."),
        )
        self._button.setAutoDefault(False)
        charts = QHBoxLayout()
        charts.setSpacing(24)
        charts.addWidget(self._before, 1)
        charts.addWidget(self._after, 1)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self._line, 1)
        foot.addWidget(self._button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(charts, 1)
        column.addLayout(foot)
        self._button.clicked.connect(self.calibrate_requested)

    def set_calibration(self, found: Calibration | None, line: str, *, can_keep: bool) -> None:
        """Show what calibrating would do, and say why it is not offered where it is not."""
        self._before.set_reliability(found.before if found else None)
        self._after.set_reliability(found.after if found else None)
        self._line.setText(line)
        self._button.setEnabled(can_keep)
