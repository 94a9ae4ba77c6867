"""The main window: where the parts stand, and how they give each other room."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui import actions, icons
from segstudio.ui.canvas import Canvas
from segstudio.ui.class_panel import ClassPanel
from segstudio.ui.held_keys import HeldKeys
from segstudio.ui.images_panel import ImagesPanel
from segstudio.ui.model_panel import ModelPanel
from segstudio.ui.notice_frame import CanvasFrame
from segstudio.ui.options_bar import OptionsBar
from segstudio.ui.rail import ToolRail
from segstudio.ui.start_page import StartPage
from segstudio.ui.status_bar import StatusBar

MIN_WIDTH, MIN_HEIGHT = 1024, 640
LARGE_WIDTH, WIDE_WIDTH = 1600, 1920
SIDE_WIDTHS = ((WIDE_WIDTH, 320), (LARGE_WIDTH, 288), (0, 268))
"""Width of the side column from each width of the window on."""
LIST_WIDTH, STRIP_WIDTH = 240, 104
CLOSES_UNDER = 80
"""A column dragged under this width closes."""


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
        self._images_wanted = False
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
        self.side = self._build_side()
        self.splitter = self._build_splitter()
        work = QWidget(self)
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.splitter, 1)
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
        self.images_panel.hide()

    def _build_side(self) -> QWidget:
        side = QFrame(self)
        side.setObjectName("side_column")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.class_panel, 1)
        column.addWidget(self.model_panel)
        return side

    def _build_splitter(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("columns")
        splitter.setHandleWidth(1)
        for part in (self.images_panel, self.frame, self.side):
            splitter.addWidget(part)
        splitter.setStretchFactor(1, 1)
        splitter.setCollapsible(1, False)
        return splitter

    def _connect(self) -> None:
        for part in (self.rail, self.options_bar, self.class_panel, self.images_panel):
            part.focus_returned.connect(self.canvas.setFocus)
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        self.start_page.paths_dropped.connect(self.paths_dropped)

    # What is shown ---------------------------------------------------------------------------

    def show_work(self, *, with_images: bool) -> None:
        """Show rail, panels and canvas; the images only where there are several."""
        self._images_wanted = with_images
        self.pages.setCurrentIndex(1)
        self.options_bar.show()
        self.set_panel_shown("images", with_images)
        self._lay_out_columns()
        self.canvas.setFocus()

    @property
    def shows_start(self) -> bool:
        """Whether the start page is shown."""
        return self.pages.currentIndex() == 0

    def set_panel_shown(self, name: str, shown: bool) -> None:
        """Show or hide ``images``, ``classes`` or ``model``."""
        panels = {
            "images": self.images_panel,
            "classes": self.class_panel,
            "model": self.model_panel,
        }
        panels[name].setVisible(shown)
        self.side.setVisible(not (self.class_panel.isHidden() and self.model_panel.isHidden()))
        self.actions_by_name[f"panel_{name}"].setChecked(shown)
        if name == "images":
            self._images_wanted = shown

    def set_zen(self, zen: bool) -> None:
        """Leave only canvas and status bar, or bring everything back as it was."""
        if zen and self._zen is None and not self.shows_start:
            parts = (self.menuBar(), self.options_bar, self.rail, self.images_panel, self.side)
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
        ]
        if self.shows_start:
            self.start_page.take_focus()
            return
        shown = [part for part in parts if part[0].isVisible()]
        focused = self.focusWidget()
        here = next((i for i, (w, _) in enumerate(shown) if focused and w.isAncestorOf(focused)), 0)
        shown[(here + step) % len(shown)][1]()

    # Sizes -----------------------------------------------------------------------------------

    def _lay_out_columns(self) -> None:
        width = self.width()
        side = next(size for least, size in SIDE_WIDTHS if width >= least)
        wide = width >= WIDE_WIDTH
        self.images_panel.set_mode("list" if wide else "strip")
        images = (LIST_WIDTH if wide else STRIP_WIDTH) if self._images_wanted else 0
        self.model_panel.setFixedHeight(220 if width >= LARGE_WIDTH else 190)
        rest = max(0, self.splitter.width() - images - side)
        self.splitter.setSizes([images, rest, side])

    def _on_splitter_moved(self, _position: int, index: int) -> None:
        images, _, side = self.splitter.sizes()
        if index == 1 and 0 < images < CLOSES_UNDER:
            self.set_panel_shown("images", False)
        elif index == 2 and 0 < side < CLOSES_UNDER:
            self.set_panel_shown("classes", False)
            self.set_panel_shown("model", False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before, after = event.oldSize().width(), event.size().width()
        if any((before >= limit) != (after >= limit) for limit in (LARGE_WIDTH, WIDE_WIDTH)):
            self._lay_out_columns()

    def geometry_text(self) -> str:
        """Return place and size of the window as text to keep."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def restore_geometry(self, text: str) -> bool:
        """Put the window where it was; False when that makes no sense on this screen."""
        return bool(text) and self.restoreGeometry(QByteArray.fromBase64(text.encode("ascii")))

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
