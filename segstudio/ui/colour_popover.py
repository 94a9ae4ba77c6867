"""Choose the colour of a class."""

import math

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QColorDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from segstudio.core.palette import DEFAULT_COLOURS, Colour
from segstudio.ui import swatch, theme
from segstudio.ui.controls import named, text_label
from segstudio.ui.popover import Popover

_COLUMNS = 6
_MORE_COLOURS: tuple[Colour, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (204, 121, 167),
)
COLOURS: tuple[Colour, ...] = (*DEFAULT_COLOURS, *_MORE_COLOURS)
_TOO_NEAR = 60.0


class _ColourButton(QAbstractButton):
    def __init__(self, colour: Colour) -> None:
        super().__init__()
        code = "#{:02X}{:02X}{:02X}".format(*colour)
        named(self, f"colour_{code[1:]}", code, code)
        self.colour = colour
        self.setCheckable(True)
        self.setFixedSize(24, 24)

    def sizeHint(self) -> QSize:
        return QSize(24, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        swatch.paint_swatch(painter, QRectF(3, 3, 18, 18), self.colour)
        if self.isChecked() or self.hasFocus():
            role = "accent" if self.hasFocus() else "text"
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.current().of(role), 2))
            painter.drawRoundedRect(QRectF(1, 1, 22, 22), 4, 4)
        painter.end()


class ColourPopover(Popover):
    """24 colours, a field for any other, and a hint where two classes would look alike."""

    colour_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "colour_popover", self.tr("Colour of the class"))
        self._others: dict[str, Colour] = {}
        self._buttons = [_ColourButton(colour) for colour in COLOURS]
        grid = QGridLayout()
        grid.setSpacing(4)
        for at, button in enumerate(self._buttons):
            grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
        self.column.addLayout(grid)
        self._code = named(QLineEdit(), "colour_code", self.tr("Colour as #RRGGBB"))
        self._code.setMaxLength(7)
        self._custom = named(QPushButton(self.tr("Custom…")), "colour_custom", self.tr("Custom"))
        row = QHBoxLayout()
        row.addWidget(self._code, 1)
        row.addWidget(self._custom)
        self.column.addLayout(row)
        self._hint = text_label("", "warning")
        self._hint.setWordWrap(True)
        self.column.addWidget(self._hint)
        self._connect()

    def _connect(self) -> None:
        for button in self._buttons:
            button.clicked.connect(self._on_colour_clicked)
        self._code.returnPressed.connect(self._on_code_entered)
        self._code.textEdited.connect(self._show_hint)
        self._custom.clicked.connect(self._ask_custom)

    def open_for(self, position: QPoint, colour: Colour, others: dict[str, Colour]) -> None:
        """Show it for a class of this colour; `others` are the other classes by name."""
        self._others = others
        for button in self._buttons:
            button.setChecked(button.colour == colour)
        self._code.setText(QColor(*colour).name().upper())
        self._show_hint()
        self.open_at(position)
        self._code.setFocus(Qt.FocusReason.PopupFocusReason)

    def _on_colour_clicked(self) -> None:
        button = self.sender()
        assert isinstance(button, _ColourButton)
        self._choose(button.colour)

    def _on_code_entered(self) -> None:
        colour = QColor(self._code.text())
        if colour.isValid():
            self._choose((colour.red(), colour.green(), colour.blue()))

    def _ask_custom(self) -> None:
        start = QColor(self._code.text())
        self.hide()
        colour = QColorDialog.getColor(start, self.parentWidget(), self.tr("Colour of the class"))
        if colour.isValid():
            self._choose((colour.red(), colour.green(), colour.blue()))

    def _choose(self, colour: Colour) -> None:
        self.hide()
        self.colour_chosen.emit(colour)

    def _show_hint(self) -> None:
        colour = QColor(self._code.text())
        near = ""
        if colour.isValid():
            rgb = (colour.red(), colour.green(), colour.blue())
            near = next(
                (n for n, other in self._others.items() if _distance(rgb, other) < _TOO_NEAR), ""
            )
        text = self.tr("Close to the colour of “{name}”.").format(name=near) if near else ""
        self._hint.setText(text)
        self._hint.setVisible(bool(near))


def _distance(one: Colour, other: Colour) -> float:
    # Weighted by the mean of red: near to how far apart two colours look, without a conversion.
    mean_red = (one[0] + other[0]) / 2
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return math.sqrt(
        (2 + mean_red / 256) * red**2 + 4 * green**2 + (2 + (255 - mean_red) / 256) * blue**2
    )
