"""The menu of a right click on the image: the pixel, its region, its class, the last stroke."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from segstudio.core.classes import ClassTable
from segstudio.editing.kinds import IGNORED, UNLABELLED
from segstudio.editing.region_operations import BY_NAME
from segstudio.ui import region_table, swatch
from segstudio.ui.controls import text_label
from segstudio.ui.region_table import REGION_ROWS

MOST_CLASSES = 18
"""What a small screen has room for; of more, the others are found by typing."""

REGION, IMAGE, STROKE = "region", "image", "stroke"


@dataclass(frozen=True)
class Clicked:
    """What the click hit.

    Attributes
    ----------
    head : str
        Class, confidence and author of the pixel.
    kind : int
        What the pixel is, see `editing.kinds`.
    stroke : str or None
        What the last stroke was, such as “cat · 120 px”; None without any.
    stroke_kind : int or None
        What it has painted.
    """

    head: str
    kind: int
    stroke: str | None
    stroke_kind: int | None


class CanvasMenu(QMenu):
    """Offers what can be done with what was clicked; every entry is a wish."""

    paint_requested = Signal(int)
    change_requested = Signal(str, int)
    """`REGION`, `IMAGE` or `STROKE`, and what it becomes."""
    picker_requested = Signal(str)
    """The same, where the class is still to be found."""
    locked_requested = Signal(int, bool)
    hidden_requested = Signal(int, bool)
    operation_requested = Signal(str)
    who_requested = Signal()

    def __init__(self, clicked: Clicked, table: ClassTable, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvas_menu")
        self.setToolTipsVisible(True)
        self._table = table
        self._add_head(clicked.head)
        kind = clicked.kind
        if kind != UNLABELLED:
            self._add("paint_with", self.tr("Paint with this"), self.paint_requested.emit, kind)
        self._add_kinds(REGION, self.tr("Change this region to"), kind)
        self._add_kinds(IMAGE, self.tr("Change all of it in this image to"), kind)
        self._add_operations()
        self._add_class(kind)
        self.addSeparator()
        stroke = self._add_kinds(STROKE, self.tr("Change my last stroke to"), clicked.stroke_kind)
        stroke.setEnabled(clicked.stroke is not None)
        if clicked.stroke is not None:
            stroke.menuAction().setToolTip(clicked.stroke)
        self._add("who_made_this", self.tr("Who made this"), self.who_requested.emit)

    def _add_head(self, text: str) -> None:
        head = QWidgetAction(self)
        label = text_label(text, "secondary")
        label.setObjectName("canvas_menu_head")
        label.setContentsMargins(8, 4, 8, 4)
        head.setDefaultWidget(label)
        head.setEnabled(False)  # the keys go past it
        self.addAction(head)
        self.addSeparator()

    def _add_class(self, kind: int) -> None:
        entry = self._table.get(kind)
        if entry is None:
            return
        self.addSeparator()
        lock = self.tr("Unlock %s") if entry.locked else self.tr("Lock %s")
        hide = self.tr("Show %s") if entry.hidden else self.tr("Hide %s")
        locked, hidden = not entry.locked, not entry.hidden
        self._add("lock_this", lock % entry.name, self.locked_requested.emit, kind, locked)
        self._add("hide_this", hide % entry.name, self.hidden_requested.emit, kind, hidden)

    def _add_kinds(self, what: str, title: str, own: int | None) -> QMenu:
        """Offer every class, Ignore and unlabelled, but what it is already."""
        menu = self.addMenu(title)
        menu.setObjectName(f"canvas_menu_{what}")
        others = [entry for entry in self._table if entry.index != own]
        for entry in others[:MOST_CLASSES]:
            name, text = f"{what}_to_{entry.index}", entry.name.replace("&", "&&")
            action = self._add(name, text, self.change_requested.emit, what, entry.index, menu=menu)
            action.setIcon(swatch.icon(entry.colour))
        if len(others) > MOST_CLASSES:
            self._add(
                f"{what}_to_other",
                self.tr("Another class…"),
                self.picker_requested.emit,
                what,
                menu=menu,
            )
        menu.addSeparator()
        for kind, text in ((IGNORED, self.tr("Ignore")), (UNLABELLED, self.tr("Unlabelled"))):
            if kind != own:
                name = f"{what}_to_{kind}"
                action = self._add(name, text, self.change_requested.emit, what, kind, menu=menu)
                if kind == IGNORED:
                    action.setIcon(swatch.icon(None))
        return menu

    def _add_operations(self) -> None:
        menu = self.addMenu(self.tr("Region operations"))
        menu.setObjectName("canvas_menu_operations")
        for row in REGION_ROWS:
            if BY_NAME[row.name].is_for_region and row.name != "replace_class":
                text = f"{region_table.translated(row.text)}…"
                self._add(
                    f"region_{row.name}", text, self.operation_requested.emit, row.name, menu=menu
                )

    def _add(
        self,
        name: str,
        text: str,
        call: Callable[..., None],
        *values: object,
        menu: QMenu | None = None,
    ) -> QAction:
        action = (menu or self).addAction(text)
        action.setObjectName(name)
        action.triggered.connect(partial(_call, call, values))
        return action


def _call(call: Callable[..., None], values: tuple[object, ...], _checked: bool = False) -> None:
    call(*values)
