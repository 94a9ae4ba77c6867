"""The main window: the start page at once, the working page as soon as it is built."""

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
    QApplication,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui import actions, icons
from segstudio.ui.start_page import StartPage
from segstudio.ui.status_bar import StatusBar

if TYPE_CHECKING:
    # None of it is imported before the first paint, which shows none of it.
    from segstudio.ui.held_keys import HeldKeys
    from segstudio.ui.history_panel import HistoryPanel
    from segstudio.ui.statistics_panel import StatisticsPanel
    from segstudio.ui.work_page import WorkPage

MIN_WIDTH, MIN_HEIGHT = 1024, 640


class MainWindow(QMainWindow):
    """Shows the start page or the working page; `segstudio.ui.wiring` connects both."""

    first_painted = Signal()
    completed = Signal()
    """The working page is built and everything is connected."""
    closing = Signal(object)
    """The `QCloseEvent`, to be ignored by whoever cannot close yet."""
    closed = Signal()
    """Nobody minded."""
    paths_dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("segstudio")
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        self.setAcceptDrops(True)
        self.ends_at_once = False
        """Whether nobody is there to answer a question before the end."""
        self._painted = False
        self._zen: dict[QWidget, bool] | None = None
        self._work: WorkPage | None = None
        self._layout: dict[str, Any] = {}
        """What was restored, as far as the person has not changed it."""
        self.actions_by_name: dict[str, QAction] = actions.build(self)
        self.menus: dict[str, QMenu] = actions.build_menus(self, self.actions_by_name)
        self.bare_keys = actions.BareKeys(self.actions_by_name, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.status_bar = StatusBar(self)
        self.start_page = StartPage(self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.start_page)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(self.status_bar)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        page, by_name = self.start_page, self.actions_by_name
        page.paths_dropped.connect(self.paths_dropped)
        page.open_images_requested.connect(by_name["open_images"].trigger)
        page.open_folder_requested.connect(by_name["open_folder"].trigger)
        page.open_project_requested.connect(by_name["open_project"].trigger)
        page.check_requested.connect(by_name["check"].trigger)
        by_name["quit"].triggered.connect(self.close)

    def add_work_page(self, work: "WorkPage", held_keys: "HeldKeys") -> None:
        """Take the working page, and the keys that only it needs."""
        self._work = work
        self.held_keys = held_keys
        self.options_bar, self.rail, self.columns = work.options_bar, work.rail, work.columns
        self.images_panel, self.canvas, self.frame = work.images_panel, work.canvas, work.frame
        self.class_panel, self.model_panel = work.class_panel, work.model_panel
        self.side = work.side
        self.pages.addWidget(work)
        work.restore(self._layout)

    @property
    def work(self) -> "WorkPage":
        """The working page, once it is there."""
        assert self._work is not None
        return self._work

    @property
    def history_panel(self) -> "HistoryPanel":
        return self.work.history_panel

    @property
    def statistics_panel(self) -> "StatisticsPanel":
        return self.work.statistics_panel

    # What is shown ---------------------------------------------------------------------------

    def show_work(self, *, with_images: bool) -> None:
        """Show rail, panels and canvas; the images only where there are several."""
        self.pages.setCurrentWidget(self.work)
        self.work.begin(with_images=with_images)

    @property
    def shows_start(self) -> bool:
        """Whether the start page is shown."""
        return self.pages.currentIndex() == 0

    def set_panel_shown(self, name: str, shown: bool) -> None:
        """Show or hide ``images``, ``classes`` or one of `side_column.LOWER`."""
        self.work.set_panel_shown(name, shown)

    def set_zen(self, zen: bool) -> None:
        """Leave only canvas and status bar, or bring everything back as it was."""
        if zen and self._zen is None and not self.shows_start:
            parts = (self.menuBar(), *self.work.bars())
            self._zen = {part: part.isHidden() for part in parts}
            for part in parts:
                part.hide()
        elif not zen and self._zen is not None:
            for part, hidden in self._zen.items():
                part.setHidden(hidden)
            self._zen = None

    def next_part(self, step: int) -> None:
        """Move the keyboard to the next part of the window that is shown."""
        if self.shows_start:
            self.start_page.take_focus()
        else:
            self.work.next_part(self.focusWidget(), step)

    # Sizes -----------------------------------------------------------------------------------

    def reset_layout(self) -> None:
        """Show every panel at the size that suits the window."""
        self.work.reset()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._work is not None:
            self._work.suit(event.oldSize().width(), event.size().width())

    def layout_state(self) -> dict[str, Any]:
        """Return place, size and columns of the window, to keep."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        screen = self.screen().size()
        state = self._layout | {"geometry": geometry, "screen": [screen.width(), screen.height()]}
        if not self.shows_start:
            self.set_zen(False)
            state |= self.work.state()
        return state

    def restore_layout(self, state: dict[str, Any]) -> bool:
        """Put the window as it was; False when that was on another screen or never."""
        screen = self.screen().size()
        text = state.get("geometry")
        if state.get("screen") != [screen.width(), screen.height()] or not isinstance(text, str):
            return False
        self._layout = dict(state)
        if self._work is not None:
            self._work.restore(state)
        return self.restoreGeometry(QByteArray.fromBase64(text.encode("ascii")))

    def end_at_once(self) -> None:
        """Close without a question, whatever dialog is open."""
        self.ends_at_once = True
        for widget in QApplication.topLevelWidgets():
            if widget is not self and widget.isModal() and widget.isVisible():
                widget.close()
        self.close()

    # Qt --------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.first_painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit(event)
        if event.isAccepted():
            self.closed.emit()

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
