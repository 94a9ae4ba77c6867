"""The main window: where the parts stand, and how they give each other room."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui import actions, icons
from segstudio.ui.canvas import Canvas
from segstudio.ui.class_panel import ClassPanel
from segstudio.ui.columns import WIDE_WIDTH, Columns, default_widths, is_like
from segstudio.ui.held_keys import HeldKeys
from segstudio.ui.images_panel import ImagesPanel
from segstudio.ui.model_panel import ModelPanel
from segstudio.ui.notice_frame import CanvasFrame
from segstudio.ui.options_bar import OptionsBar
from segstudio.ui.rail import ToolRail
from segstudio.ui.side_column import LOWER, SideColumn
from segstudio.ui.start_page import StartPage
from segstudio.ui.status_bar import StatusBar

if TYPE_CHECKING:
    from segstudio.ui.history_panel import HistoryPanel
    from segstudio.ui.statistics_panel import StatisticsPanel

MIN_WIDTH, MIN_HEIGHT = 1024, 640


class MainWindow(QMainWindow):
    """Builds the parts and lays them out; `segstudio.ui.wiring` connects them to the session."""

    first_painted = Signal()
    closing = Signal(object)
    """The `QCloseEvent`, to be ignored by whoever cannot close yet."""
    paths_dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("segstudio")
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        self.setAcceptDrops(True)
        self._painted = False
        self._zen: dict[QWidget, bool] | None = None
        self._has_images = False
        self._widths: tuple[int, int] | None = None
        """Widths of images and side that the person chose; None for those that suit."""
        self._chosen_at = 0
        """How wide the window was then: in a much wider or narrower one others suit."""
        self.actions_by_name: dict[str, QAction] = actions.build(self)
        self.menus: dict[str, QMenu] = actions.build_menus(self, self.actions_by_name)
        self.bare_keys = actions.BareKeys(self.actions_by_name, self)
        self.held_keys = HeldKeys(self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.options_bar = OptionsBar(self)
        self.rail = ToolRail(self)
        self.images_panel = ImagesPanel(self)
        self.canvas = Canvas(self)
        self.frame = CanvasFrame(self.canvas, self)
        self.class_panel = ClassPanel(self)
        self.model_panel = ModelPanel(self)
        self.status_bar = StatusBar(self)
        self.start_page = StartPage(self)
        self.side = SideColumn(self.class_panel, self.model_panel, self)
        self.columns = Columns(self.images_panel, self.frame, self.side, self)
        work = QWidget(self)
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.columns, 1)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.start_page)
        self.pages.addWidget(work)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.options_bar)
        column.addWidget(self.pages, 1)
        column.addWidget(self.status_bar)
        self.setCentralWidget(centre)
        self.options_bar.hide()
        self._panels: dict[str, QWidget] = {
            "images": self.images_panel,
            "classes": self.class_panel,
        }
        for name in self._panels:
            self.set_panel_shown(name, name != "images")

    def add_late_panels(self, history: "HistoryPanel", statistics: "StatisticsPanel") -> None:
        """Take the panels that are built after the first paint."""
        self.history_panel, self.statistics_panel = history, statistics
        self.side.fill("history", history)
        self.side.fill("statistics", statistics)
        for panel in (history, statistics):
            panel.focus_returned.connect(self.canvas.setFocus)

    def _connect(self) -> None:
        for part in (self.rail, self.options_bar, self.class_panel, self.images_panel):
            part.focus_returned.connect(self.canvas.setFocus)
        self.side.panels_changed.connect(self._show_panels)
        self.columns.reset_requested.connect(self.reset_layout)
        self.columns.images_closed.connect(self._close_images)
        self.columns.side_closed.connect(self._close_side)
        self.start_page.paths_dropped.connect(self.paths_dropped)

    # What is shown ---------------------------------------------------------------------------

    def show_work(self, *, with_images: bool) -> None:
        """Show rail, panels and canvas; the images only where there are several."""
        self._has_images = with_images
        self.pages.setCurrentIndex(1)
        self.options_bar.show()
        self.set_panel_shown("images", with_images)
        self._lay_out()
        self.canvas.setFocus()

    @property
    def shows_start(self) -> bool:
        """Whether the start page is shown."""
        return self.pages.currentIndex() == 0

    def set_panel_shown(self, name: str, shown: bool) -> None:
        """Show or hide ``images``, ``classes`` or one of `side_column.LOWER`."""
        if name in LOWER:
            self.side.set_shown(name, shown)
        else:
            self._panels[name].setVisible(shown)
        self._show_panels()

    def _show_panels(self) -> None:
        self.side.setVisible(not self.class_panel.isHidden() or self.side.shows_lower)
        shown = {name: not panel.isHidden() for name, panel in self._panels.items()}
        shown |= {name: self.side.is_shown(name) for name in LOWER}
        for name, is_shown in shown.items():
            self.actions_by_name[f"panel_{name}"].setChecked(is_shown)

    def set_zen(self, zen: bool) -> None:
        """Leave only canvas and status bar, or bring everything back as it was."""
        if zen and self._zen is None and not self.shows_start:
            parts: tuple[QWidget, ...] = (
                *(self.menuBar(), self.options_bar, self.rail, self.images_panel, self.side),
            )
            self._zen = {part: part.isHidden() for part in parts}
            for part in parts:
                part.hide()
        elif not zen and self._zen is not None:
            for part, hidden in self._zen.items():
                part.setHidden(hidden)
            self._zen = None

    def next_part(self, step: int) -> None:
        """Move the keyboard to the next part of the window that is shown."""
        parts: list[tuple[QWidget, Callable[[], object]]] = [
            (self.canvas, self.canvas.setFocus),
            (self.options_bar, self.options_bar.take_focus),
            (self.rail, self.rail.take_focus),
            (self.images_panel, self.images_panel.take_focus),
            (self.class_panel, self.class_panel.take_focus),
            (self.model_panel, self.model_panel.take_focus),
            (self.history_panel, self.history_panel.take_focus),
            (self.statistics_panel, self.statistics_panel.take_focus),
        ]
        if self.shows_start:
            self.start_page.take_focus()
            return
        shown = [part for part in parts if part[0].isVisible()]
        focused = self.focusWidget()
        here = next((i for i, (w, _) in enumerate(shown) if focused and w.isAncestorOf(focused)), 0)
        shown[(here + step) % len(shown)][1]()

    # Sizes -----------------------------------------------------------------------------------

    def reset_layout(self) -> None:
        """Show every panel at the size that suits the window."""
        self._widths = None
        self.side.reset()
        self.set_panel_shown("classes", True)
        self.set_panel_shown("images", self._has_images)
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.width()
        self.images_panel.set_mode("list" if width >= WIDE_WIDTH else "strip")
        self.side.suit(width)
        chosen = self._widths if is_like(self._chosen_at, width) else None
        self.columns.set_widths(*(chosen or default_widths(width)))

    def _close_images(self) -> None:
        self.set_panel_shown("images", False)

    def _close_side(self) -> None:
        for name in ("classes", *LOWER):
            self.set_panel_shown(name, False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not is_like(event.oldSize().width(), event.size().width()):
            self._lay_out()

    def layout_state(self) -> dict[str, Any]:
        """Return place, size and columns of the window, to keep."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        screen = self.screen().size()
        state: dict[str, Any] = {
            "geometry": geometry,
            "screen": [screen.width(), screen.height()],
        }
        if not self.shows_start:
            self.set_zen(False)
            images, side = self.columns.widths()
            default_images, default_side = default_widths(self.width())
            state["columns"] = [images or default_images, side or default_side]
            state["width"] = self.width()
            state["hidden"] = ["classes"] if self.class_panel.isHidden() else []
            state["side"] = self.side.state()
        return state

    def restore_layout(self, state: dict[str, Any]) -> bool:
        """Put the window as it was; False when that was on another screen or never."""
        screen = self.screen().size()
        text = state.get("geometry")
        if state.get("screen") != [screen.width(), screen.height()] or not isinstance(text, str):
            return False
        columns = state.get("columns")
        if isinstance(columns, list) and len(columns) == 2:
            self._widths = (int(columns[0]), int(columns[1]))
            self._chosen_at = int(state.get("width", 0))
        for name in state.get("hidden", ()):
            if name in self._panels:
                self.set_panel_shown(name, False)
        if isinstance(state.get("side"), dict):
            self.side.restore(state["side"])
            self._show_panels()
        return self.restoreGeometry(QByteArray.fromBase64(text.encode("ascii")))

    # Qt --------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.first_painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.actions_by_name["full_screen"].setChecked(self.isFullScreen())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)
