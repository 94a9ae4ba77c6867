"""The panel of classes: the list, Ignore, Unlabelled, and how to add one."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.ui.class_foot import ClassFoot
from segstudio.ui.class_list import ClassList
from segstudio.ui.class_row import ROW_HEIGHT, paint_entry, paint_name
from segstudio.ui.class_setup import ClassSetup
from segstudio.ui.colour_popover import ColourPopover
from segstudio.ui.controls import named, text_label
from segstudio.ui.row_painting import paint_ground

SEARCH_FROM = 10
_LIST_WISHES = (
    *("active_requested", "rename_requested", "move_requested", "hidden_requested"),
    *("locked_requested", "only_requested", "key_requested", "merge_requested"),
    *("delete_requested", "focus_returned"),
)
_FOOT_WISHES = (
    *("add_requested", "add_several_requested", "unlabelled_clicked", "focus_returned"),
    *("edit_requested", "import_requested", "export_requested"),
)


class IgnoreRow(QAbstractButton):
    """The pinned row of Ignore."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(
            self,
            "ignore_row",
            self.tr("Ignore"),
            self.tr("Ignore (0)\nPixels that shall not count, for training or for measuring."),
        )
        self.setFixedHeight(ROW_HEIGHT)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def nextCheckState(self) -> None:
        """Leave the state as it is: a click is a wish."""

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        is_active = self.isChecked()
        rect = QRect(self.rect())
        paint_ground(painter, rect, is_active=is_active, is_hovered=self.underMouse())
        paint_entry(painter, rect, None, "0", is_active=is_active)
        paint_name(painter, rect, self.tr("Ignore"), "text", room=rect.width() - 60)
        painter.end()


class ClassPanel(QFrame):
    """Shows a class table; every gesture is a wish."""

    active_requested = Signal(int)
    add_requested = Signal(str)
    rename_requested = Signal(int, str)
    recolour_requested = Signal(int, object)
    move_requested = Signal(int, int)
    hidden_requested = Signal(int, bool)
    locked_requested = Signal(int, bool)
    only_requested = Signal(int)
    key_requested = Signal(int, str)
    merge_requested = Signal(int, int)
    delete_requested = Signal(int)
    add_several_requested = Signal(object)
    edit_requested = Signal()
    import_requested = Signal()
    export_requested = Signal()
    unlabelled_clicked = Signal()
    setup_chosen = Signal(object)
    focus_returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "class_panel", self.tr("Classes"))
        self._table = ClassTable()
        self._popover: ColourPopover | None = None
        self._setup: ClassSetup | None = None
        self._model_knows: tuple[str, ClassTable] | None = None
        self._build_parts()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 8)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 4)
        head.addWidget(text_label(self.tr("Classes"), "heading"))
        column.addLayout(head)
        self._card_place = QVBoxLayout()
        self._card_place.setContentsMargins(12, 0, 12, 0)
        column.addLayout(self._card_place)
        column.addWidget(self._search_box)
        column.addWidget(self._ignore)
        column.addWidget(self._list, 1000)
        column.addWidget(self._foot)
        column.addStretch(1)
        self._connect()
        self._show_state()

    def _build_parts(self) -> None:
        self._search = named(QLineEdit(), "class_search", self.tr("Find a class"))
        self._search.setPlaceholderText(self.tr("Find a class"))
        self._search.setClearButtonEnabled(True)
        self._search_box = _inset(self._search)
        self._ignore = IgnoreRow()
        self._list = ClassList()
        self._foot = ClassFoot()

    def _connect(self) -> None:
        self._ignore.clicked.connect(partial(self.active_requested.emit, IGNORE_INDEX))
        self._ignore.clicked.connect(self.focus_returned)
        for part, names in ((self._list, _LIST_WISHES), (self._foot, _FOOT_WISHES)):
            for name in names:
                getattr(part, name).connect(getattr(self, name))
        self._list.colour_wanted.connect(self._open_colours)
        self._search.textChanged.connect(self._list.set_search)
        self._search.installEventFilter(self)

    # What it shows

    def set_classes(self, table: ClassTable) -> None:
        self._table = table
        self._list.set_classes(table)
        self._show_state()

    def set_active(self, class_index: int) -> None:
        """Mark the active class; 255 is Ignore."""
        self._list.set_active(class_index)
        self._ignore.setChecked(class_index == IGNORE_INDEX)

    def set_shares(self, shares: dict[int, float], unlabelled: float) -> None:
        """Show the share of the image that each class has, 0 to 1."""
        self._list.set_shares(shares)
        self._foot.set_unlabelled(unlabelled)

    def set_model_knows(self, title: str, table: ClassTable) -> None:
        """Offer the model's classes in the card."""
        self._model_knows = (title, table)
        if self._setup:
            self._setup.set_model_knows(title, table)

    @property
    def has_card(self) -> bool:
        """Whether the card that asks for classes is shown."""
        return self._setup is not None and not len(self._table)

    def setup_choice(self) -> ClassTable | None:
        """Return what is chosen in the card but not used yet; see `ClassSetup.choice`."""
        return self._setup.choice() if self._setup and not len(self._table) else None

    def class_list(self) -> ClassList:
        return self._list

    def take_focus(self) -> None:
        """Bring the keyboard focus into the panel."""
        target = self._list if len(self._table) else (self._setup or self._list)
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def start_adding(self) -> None:
        """Open the field for the name of a new class."""
        self._foot.start_adding()

    def rename(self, class_index: int) -> None:
        """Open a class's name for editing."""
        self._list.rename(class_index)

    def _show_state(self) -> None:
        has_classes = len(self._table) > 0
        if not has_classes and self._setup is None:
            self._setup = ClassSetup(self)
            self._setup.classes_chosen.connect(self.setup_chosen)
            if self._model_knows:
                self._setup.set_model_knows(*self._model_knows)
            self._card_place.addWidget(self._setup)
        if self._setup:
            self._setup.setVisible(not has_classes)
        for part in (self._ignore, self._list, self._foot):
            part.setVisible(has_classes)
        self._search_box.setVisible(len(self._table) >= SEARCH_FROM)
        if len(self._table) < SEARCH_FROM:
            self._search.clear()

    # Gestures

    def _open_colours(self, class_index: int, position: QPoint) -> None:
        entry = self._table.get(class_index)
        if entry is None:
            return
        if self._popover is None:
            self._popover = ColourPopover(self)
            self._popover.colour_chosen.connect(self._on_colour_chosen)
        self._popover.setProperty("class_index", class_index)
        others = {c.name: c.colour for c in self._table if c.index != class_index}
        self._popover.open_for(position, entry.colour, others)

    def _on_colour_chosen(self, colour: object) -> None:
        assert self._popover is not None
        self.recolour_requested.emit(int(self._popover.property("class_index")), colour)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Escape:
            self._search.clear()
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
            self.focus_returned.emit()
            return True
        return super().eventFilter(watched, event)


def _inset(part: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(12, 0, 12, 4)
    row.addWidget(part)
    return box
