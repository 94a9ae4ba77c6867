"""The dialog that edits all classes of a project at once."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.classes import MAX_CLASSES, ClassTable
from segstudio.session.class_counts import ClassCount
from segstudio.ui.class_table_model import COLUMNS, FIELDS, ClassCellDelegate, ClassTableModel
from segstudio.ui.colour_popover import ColourPopover
from segstudio.ui.controls import first_line_tip, named, text_label

EDITOR_SIZE = (720, 520)
Index = QModelIndex | QPersistentModelIndex


class ClassEditor(QDialog):
    """Shows the class table; every edit, move, merge and delete is a wish."""

    add_requested = Signal(str)
    change_requested = Signal(int, str, object)
    """Index of a class, field, and its new value."""
    move_requested = Signal(int, int)
    merge_requested = Signal(int)
    delete_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "class_editor", self.tr("Edit classes"))
        self.setWindowTitle(self.tr("Edit classes"))
        self.resize(*EDITOR_SIZE)
        self._table = ClassTable()
        self._popover: ColourPopover | None = None
        self._rows = ClassTableModel(self)
        self._view = self._build_view()
        self._problem = text_label("", "danger")
        self._problem.setObjectName("class_editor_problem")
        self._problem.setWordWrap(True)
        self._problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text_label(self.tr("Edit classes"), "title"))
        column.addWidget(self._view, 1)
        column.addWidget(self._problem)
        column.addLayout(self._build_foot())
        self._rows.change_requested.connect(self.change_requested)
        self._view.clicked.connect(self._open_colours)
        self._view.selectionModel().currentRowChanged.connect(self._show_buttons)
        self._show_buttons()

    def _build_view(self) -> QTableView:
        view = named(QTableView(), "class_table", self.tr("Classes"))
        view.setProperty("edited", True)
        view.setModel(self._rows)
        view.setItemDelegate(ClassCellDelegate(view))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        view.setEditTriggers(
            triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed
        )
        view.setShowGrid(False)
        view.setIconSize(QSize(16, 16))
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(28)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        for at, column in enumerate(COLUMNS):
            header.resizeSection(at, column.width_px)
        header.setSectionResizeMode(FIELDS.index("description"), header.ResizeMode.Stretch)
        return view

    def _build_foot(self) -> QHBoxLayout:
        self._add = self._button("class_add", self.tr("Add class"), "", self.tr("At the end."))
        self._up = self._button("class_up", self.tr("Up"), "Alt+Up", self.tr("In the order."))
        self._down = self._button(
            "class_down", self.tr("Down"), "Alt+Down", self.tr("In the order.")
        )
        self._merge = self._button(
            "class_merge", self.tr("Merge…"), "", self.tr("Make it part of another class.")
        )
        self._delete = self._button(
            "class_delete", self.tr("Delete…"), "", self.tr("Take it from the list.")
        )
        self._close = named(QPushButton(self.tr("Close")), "class_close", self.tr("Close"))
        self._close.setAutoDefault(False)
        self._add.clicked.connect(self._on_add_clicked)
        self._up.clicked.connect(self._move_up)
        self._down.clicked.connect(self._move_down)
        self._merge.clicked.connect(self._on_merge_clicked)
        self._delete.clicked.connect(self._on_delete_clicked)
        self._close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self._add, self._up, self._down, self._merge, self._delete):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self._close)
        return foot

    def _button(self, object_name: str, text: str, key: str, line: str) -> QPushButton:
        name = text.rstrip("…")
        button = named(QPushButton(text), object_name, name, first_line_tip(name, key, line))
        button.setAutoDefault(False)  # Enter in a cell must not press one
        return button

    # What it shows

    def set_classes(self, table: ClassTable) -> None:
        """Show a table; the same class stays selected."""
        selected = self.selected()
        self._table = table
        self._problem.hide()
        self._rows.set_classes(table)
        row = self._rows.row_of(-1 if selected is None else selected)
        self._select(row if row >= 0 else 0)
        self._show_buttons()

    def set_counts(self, counts: dict[int, ClassCount]) -> None:
        """Show how many images and pixels each class has, by its index."""
        self._rows.set_counts(counts)

    def set_problem(self, text: str) -> None:
        """Say why an edit was not done."""
        self._problem.setText(text)
        self._problem.show()

    def selected(self) -> int | None:
        """Return the index of the selected class."""
        entry = self._rows.entry(self._view.currentIndex().row())
        return entry.index if entry else None

    def _select(self, row: int) -> None:
        at = max(0, self._view.currentIndex().column())
        self._view.setCurrentIndex(self._rows.index(row, at))

    def _show_buttons(self) -> None:
        row = self._view.currentIndex().row()
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < len(self._table) - 1)
        self._merge.setEnabled(row >= 0 and len(self._table) > 1)
        self._delete.setEnabled(row >= 0)
        self._add.setEnabled(self._table.next_index < MAX_CLASSES)

    # Wishes

    def _on_add_clicked(self) -> None:
        count = len(self._table)
        number = self._table.next_index + 1
        while self._table.find(name := self.tr("Class %d") % number):
            number += 1
        self.add_requested.emit(name)
        if len(self._table) > count:
            self._select(count)
            self._view.edit(self._rows.index(count, FIELDS.index("name")))

    def _move_up(self) -> None:
        self._move(-1)

    def _move_down(self) -> None:
        self._move(+1)

    def _move(self, step: int) -> None:
        index, row = self.selected(), self._view.currentIndex().row() + step
        if index is not None and 0 <= row < len(self._table):
            self.move_requested.emit(index, row)

    def _on_merge_clicked(self) -> None:
        index = self.selected()
        if index is not None:
            self.merge_requested.emit(index)

    def _on_delete_clicked(self) -> None:
        index = self.selected()
        if index is not None:
            self.delete_requested.emit(index)

    def _open_colours(self, place: Index) -> None:
        entry = self._rows.entry(place.row())
        if entry is None or FIELDS[place.column()] != "colour":
            return
        if self._popover is None:
            self._popover = ColourPopover(self)
            self._popover.colour_chosen.connect(self._on_colour_chosen)
        others = {c.name: c.colour for c in self._table if c.index != entry.index}
        corner = self._view.visualRect(self._rows.index(place.row(), place.column())).bottomLeft()
        at = self._view.viewport().mapToGlobal(corner + QPoint(0, 2))
        self._popover.open_for(at, entry.colour, others)

    def _on_colour_chosen(self, colour: object) -> None:
        index = self.selected()
        if index is not None:
            self.change_requested.emit(index, "colour", colour)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: +1}
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self._move(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_F2:
            self._open_colours(self._view.currentIndex())  # the view edits all other cells itself
        else:
            super().keyPressEvent(event)
