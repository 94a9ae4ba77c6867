"""The tool rail at the left edge of the window."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from segstudio.ui import theme
from segstudio.ui.controls import BarFocus, first_line_tip, icon_button, named

RAIL_WIDTH = 44
_BAR_PX = 3
_GROUP_GAP_PX = 8


@dataclass(frozen=True)
class Tool:
    """One tool as the rail and the options bar show it."""

    name: str
    title: str
    key: str
    line: str
    group: int


TOOLS: tuple[Tool, ...] = (
    Tool("hand", "Hand", "H", "Drag to pan, click to see what a pixel is.", 0),
    Tool("brush", "Brush", "B", "Paint the active class. Ctrl erases, Shift draws a line.", 0),
    Tool("eraser", "Eraser", "E", "Make pixels unlabelled. Ctrl paints, Shift draws a line.", 0),
    Tool("fill", "Fill", "G", "Give a region the active class. Ctrl makes it unlabelled.", 1),
    Tool("eyedropper", "Eyedropper", "I", "Pick the class under the cursor.", 1),
)


class RailButton(QToolButton):
    """A tool; when it is the active one, a bar of the accent stands at its left edge."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        painter = QPainter(self)
        bar = QRectF(0, 6, _BAR_PX, self.height() - 12)
        painter.fillRect(bar, theme.current().of("accent"))
        painter.end()


class ToolRail(QFrame):
    """Buttons of the tools; one is active."""

    tool_requested = Signal(str)
    focus_returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "rail", self.tr("Tools"))
        self.setFixedWidth(RAIL_WIDTH)
        self._tool = ""
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(4)
        group = TOOLS[0].group
        for tool in TOOLS:
            if tool.group != group:
                column.addSpacing(_GROUP_GAP_PX)
                group = tool.group
            column.addWidget(self._button(tool))
        column.addStretch(1)
        self._focus = BarFocus(self)
        self._connect()

    def _button(self, tool: Tool) -> QToolButton:
        button = icon_button(
            tool.name,
            f"tool_{tool.name}",
            self.tr(tool.title),
            first_line_tip(self.tr(tool.title), tool.key, self.tr(tool.line)),
            side=theme.RAIL_BUTTON,
            kind=RailButton,
        )
        button.setCheckable(True)
        self._group.addButton(button)
        self._buttons[tool.name] = button
        return button

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._on_clicked)
        self._focus.focus_returned.connect(self.focus_returned)

    @property
    def tool(self) -> str:
        return self._tool

    def set_tool(self, name: str) -> None:
        if name == self._tool:
            return
        self._tool = name
        self._buttons[name].setChecked(True)

    def take_focus(self) -> None:
        """Bring the keyboard focus into the rail."""
        self._buttons[self._tool or TOOLS[0].name].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_clicked(self, button: QToolButton) -> None:
        name = next(n for n, b in self._buttons.items() if b is button)
        if name == self._tool:
            return
        # The click shows a wish only; the session's answer makes it so.
        if self._tool:
            self._buttons[self._tool].setChecked(True)
        self.tool_requested.emit(name)
