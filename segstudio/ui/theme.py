"""The look: both palettes, sizes and the style sheet. No other module holds style."""

from dataclasses import asdict, dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.ui.style_sheet import STYLE_SHEET

CHOICES = ("system", "dark", "light")

BODY_PX, SECONDARY_PX, DIALOG_PX, TITLE_PX, START_PX = 12, 11, 13, 16, 20
GAP, PAD, GROUP_GAP = 8, 12, 16
FIELD_HEIGHT, ROW_HEIGHT, RAIL_BUTTON = 28, 28, 36
RADIUS, CARD_RADIUS = 4, 8


@dataclass(frozen=True)
class Colours:
    """One theme: the colour of each role as ``#rrggbb``."""

    canvas: str
    panel: str
    raised: str
    hover: str
    line: str
    border: str
    text: str
    second: str
    disabled: str
    accent: str
    on_accent: str
    danger: str
    warning: str
    success: str

    def of(self, role: str) -> QColor:
        """Return a role as a QColor to paint with."""
        return QColor(getattr(self, role))


DARK = Colours(
    canvas="#1B1B1B",
    panel="#24272C",
    raised="#2E3238",
    hover="#383D45",
    line="#474D57",
    border="#8791A0",
    text="#E7E9EC",
    second="#AEB5BF",
    disabled="#737B87",
    accent="#6CAEFF",
    on_accent="#081A30",
    danger="#FF8A80",
    warning="#F2B950",
    success="#55C995",
)

LIGHT = Colours(
    canvas="#D4D4D4",
    panel="#F4F5F7",
    raised="#FFFFFF",
    hover="#E6E9ED",
    line="#C3C9D1",
    border="#767F8C",
    text="#1B1F24",
    second="#545C67",
    disabled="#949CA7",
    accent="#165ECB",
    on_accent="#FFFFFF",
    danger="#B3261E",
    warning="#835600",
    success="#1A7546",
)


class _State:
    colours: Colours = DARK


def current() -> Colours:
    """Return the colours in use; ask at paint time, a theme may change while the window is open."""
    return _State.colours


class Appearance(QObject):
    """Keeps the application in the chosen theme and follows the system where that is the choice."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice = ""
        app.setStyle("Fusion")
        app.setFont(body_font())
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self.choose(choice)

    @property
    def choice(self) -> str:
        return self._choice

    def choose(self, choice: str) -> None:
        """Take `system`, `dark` or `light`."""
        if choice == self._choice:
            return
        self._choice = choice
        self._apply()

    def _on_system_changed(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        colours = {"dark": DARK, "light": LIGHT}.get(self._choice) or _system_colours()
        if self._app.styleSheet() and colours is _State.colours:
            return
        _State.colours = colours
        self._app.setPalette(qt_palette(colours))
        self._app.setStyleSheet(STYLE_SHEET.substitute(asdict(colours)))
        self.changed.emit()


def _system_colours() -> Colours:
    scheme = QGuiApplication.styleHints().colorScheme()
    return LIGHT if scheme == Qt.ColorScheme.Light else DARK


def body_font() -> QFont:
    """Return the system's interface font at body size, with figures of equal width."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(BODY_PX)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def font(size_px: int = BODY_PX, *, semibold: bool = False) -> QFont:
    """Return the interface font for painting by hand."""
    chosen = QFont(QApplication.font())
    chosen.setPixelSize(size_px)
    if semibold:
        chosen.setWeight(QFont.Weight.DemiBold)
    return chosen


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet selects by, and show its effect."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def qt_palette(colours: Colours) -> QPalette:
    """Return the palette for what Fusion draws by itself: menus, text cursors, selections."""
    palette = QPalette()
    role = QPalette.ColorRole
    plain = {
        role.Window: colours.panel,
        role.WindowText: colours.text,
        role.Base: colours.raised,
        role.AlternateBase: colours.panel,
        role.Text: colours.text,
        role.Button: colours.raised,
        role.ButtonText: colours.text,
        role.BrightText: colours.danger,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.second,
        role.Light: colours.hover,
        role.Midlight: colours.hover,
        role.Mid: colours.line,
        role.Dark: colours.line,
        role.Shadow: colours.canvas,
    }
    for name, code in plain.items():
        palette.setColor(name, QColor(code))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.disabled))
    return palette
