"""What the colours of a layer mean, at the lower right of the canvas."""

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from segstudio.core.labels import Ink
from segstudio.ui import theme
from segstudio.ui.confidence_layer import HIDES_ABOVE_PERCENT, MOST_ALPHA, VIOLET
from segstudio.ui.controls import Segment, Segmented, named, text_label
from segstudio.ui.difference_layer import LINE_PX, STEP_PX
from segstudio.ui.ink_layer import ink_colours, ink_numbers
from segstudio.ui.layers import LayerKind
from segstudio.ui.patterns import stripes
from segstudio.ui.screen_picture import Colours

WIDTH = 248
MEASURES = (("confidence", "Likeliest"), ("margin", "Lead"), ("entropy", "Spread"))
_SAMPLE_PX = 16
_LEAST_PERCENT = 30


class LayerLegend(QFrame):
    """Shows the legend of one layer; that of the confidence has a slider."""

    hides_above_requested = Signal(int)
    """Percent; what the model was surer of is left away."""
    measure_requested = Signal(str)
    """``confidence``, ``margin`` or ``entropy``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "layer_legend", self.tr("Legend"))
        self.setProperty("notice", True)
        self.setFixedWidth(WIDTH)
        self._pages = {
            LayerKind.CONFIDENCE: self._confidence_page(),
            LayerKind.INK: self._ink_page(),
            LayerKind.DIFFERENCE: self._difference_page(),
        }
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 8)
        for page in self._pages.values():
            page.hide()
            self._column.addWidget(page)

    def show_layer(self, kind: LayerKind | None) -> None:
        """Show the legend of a layer, or none."""
        for other, page in self._pages.items():
            page.setVisible(other is kind)
        self.setVisible(kind is not None)
        self._column.activate()
        self.adjustSize()

    @property
    def focus_page(self) -> QWidget:
        """The one page that the keyboard has something to do in."""
        return self._pages[LayerKind.CONFIDENCE]

    def set_measure(self, measure: str) -> None:
        """Show which measure is shown."""
        self._measure.set_value(measure)

    def take_focus(self) -> None:
        """Give the focus to the slider."""
        self._slider.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _confidence_page(self) -> QWidget:
        page, column = _page(self.tr("Confidence"))
        tips = {
            "confidence": self.tr("How likely the class is that was chosen."),
            "margin": self.tr("How far it is ahead of the second."),
            "entropy": self.tr("How far all classes are from being equally likely."),
        }
        self._measure = Segmented(
            "measure",
            self.tr("Measure"),
            [Segment(key, self.tr(text), tip=tips[key]) for key, text in MEASURES],
            takes_focus=True,
        )
        self._measure.set_value("confidence")
        self._measure.chosen.connect(self.measure_requested)
        column.addWidget(self._measure)
        column.addWidget(_Ramp())
        ends = QHBoxLayout()
        ends.addWidget(text_label(self.tr("unsure"), "secondary"))
        ends.addStretch(1)
        ends.addWidget(text_label(self.tr("sure"), "secondary"))
        column.addLayout(ends)
        self._hides = text_label("", "secondary")
        self._slider = named(
            QSlider(Qt.Orientation.Horizontal),
            "hides_above",
            self.tr("Hide what is surer"),
            self.tr("Hide what is surer\nOnly the doubt below stays violet."),
        )
        self._slider.setRange(_LEAST_PERCENT, 100)
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider.valueChanged.connect(self._on_slider)
        column.addWidget(self._hides)
        column.addWidget(self._slider)
        self._slider.setValue(HIDES_ABOVE_PERCENT)
        return page

    def _on_slider(self, percent: int) -> None:
        self._hides.setText(self.tr("Hide what is surer than %d %%") % percent)
        self.hides_above_requested.emit(percent)

    def _ink_page(self) -> QWidget:
        page, column = _page(self.tr("Ink: who wrote it"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        names = {
            Ink.PERSON: self.tr("Person"),
            Ink.MODEL: self.tr("Model"),
            Ink.REFINEMENT: self.tr("Refinement"),
            Ink.NOBODY: self.tr("Nobody"),
        }
        for at, (ink, name) in enumerate(names.items()):
            grid.addWidget(_InkSample(ink), at // 2, 2 * (at % 2))
            grid.addWidget(text_label(name, "secondary"), at // 2, 2 * (at % 2) + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        column.addLayout(grid)
        return page

    def _difference_page(self) -> QWidget:
        page, column = _page(self.tr("Difference"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(_StripeSample())
        text = text_label(
            self.tr("Stripes: what the model said,\nwhere the labels say otherwise."), "secondary"
        )
        row.addWidget(text, 1)
        column.addLayout(row)
        return page


def _page(title: str) -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(text_label(title, "heading"))
    return page, column


class _Ramp(QWidget):
    """The hue from doubt to none, on white."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("confidence_ramp")
        self.setFixedHeight(12)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#FFFFFF"))
        ramp = QLinearGradient(0, 0, self.width(), 0)
        full, clear = QColor(*VIOLET, round(255 * MOST_ALPHA)), QColor(*VIOLET, 0)
        ramp.setColorAt(0, full)
        ramp.setColorAt(1, clear)
        painter.fillRect(self.rect(), ramp)
        painter.setPen(theme.current().of("border"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class _Sample(QWidget):
    """A square of what a layer draws."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_SAMPLE_PX, _SAMPLE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#FFFFFF"))
        ratio = self.devicePixelRatioF()
        side = round(_SAMPLE_PX * ratio)
        pixels = np.ascontiguousarray(self.look((side, side), ratio))
        picture = QImage(
            pixels.data, side, side, 4 * side, QImage.Format.Format_ARGB32_Premultiplied
        )
        painter.drawImage(QRectF(self.rect()), picture)
        painter.setPen(theme.current().of("border"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def look(self, shape: tuple[int, int], ratio: float) -> Colours:
        """Return its colours."""
        raise NotImplementedError


class _InkSample(_Sample):
    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self._ink = ink

    def look(self, shape: tuple[int, int], ratio: float) -> Colours:
        ink = np.full(shape, self._ink, np.uint8)
        return ink_colours()[ink_numbers(ink, self.rect(), ratio)]


class _StripeSample(_Sample):
    def look(self, shape: tuple[int, int], ratio: float) -> Colours:
        lined = stripes(self.rect(), shape, ratio, step=STEP_PX / 2, line=LINE_PX / 2)
        roles = [theme.current().of(role).rgba() for role in ("panel", "second")]
        return np.array(roles, np.uint32)[lined]
