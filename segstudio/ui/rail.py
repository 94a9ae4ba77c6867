"""The tool rail at the left edge of the window."""

from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from segstudio.ui import icons, theme
from segstudio.ui.controls import BarFocus, first_line_tip, icon_button, named
from segstudio.ui.tool_table import FLYOUT, TOOLS, Tool, find

RAIL_WIDTH = 44
_BAR_PX = 3
_GROUP_GAP_PX = 8
_IN_RAIL = tuple(tool for tool in TOOLS if tool.group != FLYOUT)
_IN_FLYOUT = tuple(tool for tool in TOOLS if tool.group == FLYOUT)


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
    """Buttons of the tools; one is active.

    The last place shows the tool that was last taken from the flyout behind "…".
    """

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
        group = _IN_RAIL[0].group
        for tool in (*_IN_RAIL, *_IN_FLYOUT):
            if tool.group != group:
                column.addSpacing(_GROUP_GAP_PX)
                group = tool.group
            column.addWidget(self._button(tool))
        self._more = icon_button(
            "more",
            "more_tools",
            self.tr("More tools"),
            self.tr("More tools\nSuperpixel, scissors, box cut, eyedropper."),
            side=theme.RAIL_BUTTON,
        )
        column.addWidget(self._more)
        column.addStretch(1)
        self._menu: QMenu | None = None
        self._show_in_last_place(_IN_FLYOUT[0].name)
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
        self._more.clicked.connect(self._open_flyout)
        self._focus.focus_returned.connect(self.focus_returned)

    @property
    def tool(self) -> str:
        return self._tool

    def set_tool(self, name: str) -> None:
        if name == self._tool:
            return
        self._tool = name
        if find(name).group == FLYOUT:
            self._show_in_last_place(name)
        self._buttons[name].setChecked(True)

    def take_focus(self) -> None:
        """Bring the keyboard focus into the rail."""
        self._buttons[self._tool or TOOLS[0].name].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_in_last_place(self, name: str) -> None:
        for tool in _IN_FLYOUT:
            self._buttons[tool.name].setVisible(tool.name == name)

    def _open_flyout(self) -> None:
        menu = self._menu = self._menu or self._flyout()
        menu.popup(self._more.mapToGlobal(self._more.rect().topRight()))

    def _flyout(self) -> QMenu:
        menu = named(QMenu(self), "tool_flyout", self.tr("More tools"))
        menu.setToolTipsVisible(True)
        for tool in _IN_FLYOUT:
            key = QKeySequence(tool.key).toString(QKeySequence.SequenceFormat.NativeText)
            action = menu.addAction(icons.icon(tool.name), f"{self.tr(tool.title)}\t{key}")
            action.setToolTip(self.tr(tool.line))
            action.triggered.connect(partial(self._wish, tool.name))
        return menu

    def _on_clicked(self, button: QToolButton) -> None:
        name = next(n for n, b in self._buttons.items() if b is button)
        if name == self._tool:
            return
        # The click shows a wish only; the session's answer makes it so.
        if self._tool:
            self._buttons[self._tool].setChecked(True)
        self._wish(name)

    def _wish(self, name: str, _checked: bool = False) -> None:
        self.tool_requested.emit(name)
