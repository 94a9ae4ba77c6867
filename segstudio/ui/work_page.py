"""What the window shows while something is open: bars, columns, and the panels in them."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segstudio.ui.canvas import Canvas
from segstudio.ui.class_panel import ClassPanel
from segstudio.ui.columns import Columns, default_widths, is_like
from segstudio.ui.history_panel import HistoryPanel
from segstudio.ui.images_panel import ImagesPanel
from segstudio.ui.model_panel import ModelPanel
from segstudio.ui.notice_frame import CanvasFrame
from segstudio.ui.options_bar import OptionsBar
from segstudio.ui.rail import ToolRail
from segstudio.ui.side_column import LOWER, SideColumn
from segstudio.ui.statistics_panel import StatisticsPanel

LIST_FROM = 180
"""Width from which the images have room for their names."""


class WorkPage(QWidget):
    """Lays out the parts one works with, and shows and hides the panels."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._has_images = False
        self._over_canvas: list[tuple[QWidget, Callable[[], object]]] = []
        self._guests: list[tuple[QWidget, Callable[[], object]]] = []
        self._widths: tuple[int, int] | None = None
        """Widths of images and side that the person chose; None for those that suit."""
        self._chosen_at = 0
        """How wide the window was then: in a much wider or narrower one others suit."""
        self._build()
        self._connect()
        for name in self._panels:
            self.set_panel_shown(name, name != "images")
        self._lay_out()

    def _build(self) -> None:
        self.options_bar = OptionsBar(self)
        self.rail = ToolRail(self)
        self.images_panel = ImagesPanel(self)
        self.canvas = Canvas(self)
        self.frame = CanvasFrame(self.canvas, self)
        self.class_panel = ClassPanel(self)
        self.model_panel = ModelPanel(self)
        self.side = SideColumn(self.class_panel, self.model_panel, self)
        self.columns = Columns(self.images_panel, self.frame, self.side, self)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.columns, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.options_bar)
        column.addLayout(row, 1)
        self._panels: dict[str, QWidget] = {
            "images": self.images_panel,
            "classes": self.class_panel,
        }

    def build_numbers(self) -> None:
        """Build the panels of history and statistics, a piece of work for itself."""
        self.history_panel, self.statistics_panel = HistoryPanel(self), StatisticsPanel(self)
        self.side.fill("history", self.history_panel)
        self.side.fill("statistics", self.statistics_panel)
        for panel in (self.history_panel, self.statistics_panel):
            panel.focus_returned.connect(self._focus_canvas)

    def _connect(self) -> None:
        for part in (self.rail, self.options_bar, self.class_panel, self.images_panel):
            part.focus_returned.connect(self._focus_canvas)
        self.side.panels_changed.connect(self._show_panels)
        self.columns.reset_requested.connect(self.reset)
        self.columns.images_closed.connect(self._close_images)
        self.columns.images_dragged.connect(self._suit_images)
        self.columns.side_closed.connect(self._close_side)

    def _focus_canvas(self) -> None:
        # A list that closes returns the focus, also where it only hides: on the start page, which
        # keeps its own.
        if self.isVisible():
            self.canvas.setFocus()

    # What is shown ---------------------------------------------------------------------------

    def begin(self, *, with_images: bool) -> None:
        """Show the panels of what was opened; the images only where there are several."""
        self._has_images = with_images
        self.set_panel_shown("images", with_images)
        self._lay_out()
        self.canvas.setFocus()

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
            self._actions[f"panel_{name}"].setChecked(is_shown)

    def bars(self) -> tuple[QWidget, ...]:
        """Return what stands around the canvas."""
        return self.options_bar, self.rail, self.images_panel, self.side

    def add_over_canvas(self, part: QWidget, take_focus: Callable[[], object]) -> None:
        """Let the keyboard reach a part that lies over the canvas."""
        self._over_canvas.append((part, take_focus))

    def add_guest(self, panel: QWidget, take_focus: Callable[[], object]) -> None:
        """Take a panel that can stand in place of those below the classes."""
        self.side.add_guest(panel)
        self._guests.append((panel, take_focus))

    def next_part(self, focused: QWidget | None, step: int) -> None:
        """Move the keyboard to the next part that is shown."""
        parts: list[tuple[QWidget, Callable[[], object]]] = [
            (self.canvas, self.canvas.setFocus),
            *self._over_canvas,
            (self.options_bar, self.options_bar.take_focus),
            (self.rail, self.rail.take_focus),
            (self.images_panel, self.images_panel.take_focus),
            (self.class_panel, self.class_panel.take_focus),
            *self._guests,
            (self.model_panel, self.model_panel.take_focus),
            (self.history_panel, self.history_panel.take_focus),
            (self.statistics_panel, self.statistics_panel.take_focus),
        ]
        shown = [part for part in parts if part[0].isVisible()]
        here = next((i for i, (w, _) in enumerate(shown) if focused and w.isAncestorOf(focused)), 0)
        shown[(here + step) % len(shown)][1]()

    # Sizes -----------------------------------------------------------------------------------

    def suit(self, old_width: int, width: int) -> None:
        """Lay out the panels anew where the window has become much wider or narrower."""
        if not is_like(old_width, width):
            self._lay_out()

    def reset(self) -> None:
        """Show every panel at the size that suits the window."""
        self._widths = None
        self.side.reset()
        self.set_panel_shown("classes", True)
        self.set_panel_shown("images", self._has_images)
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.window().width()
        self.side.suit(width)
        chosen = self._widths if is_like(self._chosen_at, width) else None
        images, side = chosen or default_widths(width)
        self._suit_images(images)
        self.columns.set_widths(images, side)

    def _suit_images(self, width: int) -> None:
        """Show names beside the thumbnails where there is room for them."""
        self.images_panel.set_mode("list" if width >= LIST_FROM else "strip")

    def _close_images(self) -> None:
        self.set_panel_shown("images", False)

    def _close_side(self) -> None:
        for name in ("classes", *LOWER):
            self.set_panel_shown(name, False)

    def state(self) -> dict[str, Any]:
        """Return the columns and what is shown in them, to keep."""
        width = self.window().width()
        images, side = self.columns.widths()
        default_images, default_side = default_widths(width)
        return {
            "columns": [images or default_images, side or default_side],
            "width": width,
            "hidden": ["classes"] if self.class_panel.isHidden() else [],
            "side": self.side.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Show the columns as they were."""
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
