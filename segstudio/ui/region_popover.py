"""The choices of an operation on regions, over the canvas: it stays while one looks around."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.core.classes import ClassTable
from segstudio.editing.kinds import EVERY, IGNORED
from segstudio.editing.place import Where
from segstudio.editing.region_operations import BY_NAME, Operation
from segstudio.editing.wish import Wish
from segstudio.ui import region_table
from segstudio.ui.controls import (
    Combo,
    NumberField,
    Segment,
    Segmented,
    named,
    text_label,
)
from segstudio.ui.kind_field import KindField
from segstudio.ui.region_table import REGION_ROWS

WIDTH = 268
_LABEL_WIDTH = 84


class RegionPopover(QFrame):
    """Shows the choices and what they come to; what is chosen is a `Wish`."""

    wish_changed = Signal()
    apply_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "region_popover", self.tr("Region operations"))
        self.setProperty("popover", True)
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._classes = ClassTable()
        self._active = EVERY
        self._pixel: tuple[int, int] | None = None
        self._region_kind: int | None = None
        self._sizes: dict[str, int] = {}
        """The numbers that were chosen, by operation."""
        self._is_filling = False
        self._build()
        self._lay_out()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self._operation = named(Combo(), "region_operation", self.tr("Operation"))
        for row in REGION_ROWS:
            self._operation.addItem(region_table.translated(row.text), row.name)
        self._operation.setMaxVisibleItems(len(REGION_ROWS))
        self._line = text_label("", "secondary")
        self._line.setWordWrap(True)
        self._where = Segmented(
            "region_where",
            self.tr("Where"),
            [
                Segment(Where.REGION.value, self.tr("Region"), tip=self.tr("The one clicked.")),
                Segment(Where.VIEW.value, self.tr("View"), tip=self.tr("What is seen.")),
                Segment(Where.IMAGE.value, self.tr("Image"), tip=self.tr("All of it.")),
            ],
            takes_focus=True,
        )
        self._kind = named(KindField(), "region_class", self.tr("Class"))
        self._target = named(KindField(), "region_target", self.tr("Second class"))
        self._size = named(NumberField(), "region_size", self.tr("Number of pixels"))
        self._result = named(text_label("", ""), "region_result", self.tr("What would change"))
        self._result.setWordWrap(True)
        self._apply = named(
            QPushButton(self.tr("Apply")),
            "region_apply",
            self.tr("Apply"),
            self.tr("Apply (Enter)\nOne step, which Undo takes back."),
        )
        self._cancel = named(
            QPushButton(self.tr("Cancel")),
            "region_cancel",
            self.tr("Cancel"),
            self.tr("Cancel (Esc)\nNothing changes."),
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(text_label(self.tr("Region operations"), "heading"))
        column.addWidget(self._operation)
        column.addWidget(self._line)
        column.addWidget(self._where)
        self._kind_row, self._kind_label = self._row(self.tr("Class"), self._kind)
        self._target_row, self._target_label = self._row("", self._target)
        self._size_row, self._size_label = self._row("", self._size)
        for row in (self._kind_row, self._target_row, self._size_row):
            column.addWidget(row)
        column.addSpacing(4)
        column.addWidget(self._result)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._apply)
        column.addLayout(foot)

    def _row(self, text: str, field: QWidget) -> tuple[QWidget, QLabel]:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        label = text_label(text, "secondary")
        label.setMinimumWidth(_LABEL_WIDTH)
        line.addWidget(label)
        line.addWidget(field, 1)
        return row, label

    def _connect(self) -> None:
        self._operation.currentIndexChanged.connect(self._on_operation)
        self._where.chosen.connect(self._on_where)
        self._kind.currentIndexChanged.connect(self._on_changed)
        self._target.currentIndexChanged.connect(self._on_changed)
        self._size.valueChanged.connect(self._on_size)
        self._size.focus_returned.connect(self.setFocus)
        self._apply.clicked.connect(self.apply_requested)
        self._cancel.clicked.connect(self.close_it)

    # What it shows ---------------------------------------------------------------------------

    def open_for(
        self,
        name: str,
        classes: ClassTable,
        *,
        active: int,
        pixel: tuple[int, int] | None = None,
        region_kind: int | None = None,
    ) -> None:
        """Show an operation.

        Parameters
        ----------
        active : int
            The class that is offered first.
        pixel : (x, y) of int, or None
            The pixel whose region is meant.
        region_kind : int or None
            What that region is.
        """
        self._classes, self._pixel, self._region_kind = classes, pixel, region_kind
        self._active = active
        self._is_filling = True
        self._where.set_value(Where.IMAGE.value if pixel is None else Where.REGION.value)
        self._operation.setCurrentIndex(self._operation.findData(name))
        self._is_filling = False
        self._show_operation(anew=True)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.wish_changed.emit()

    def set_classes(self, classes: ClassTable) -> None:
        """Offer other classes; what was chosen stays chosen where it is still there."""
        self._classes = classes
        self._show_operation()
        self.wish_changed.emit()

    def set_result(self, text: str, *, can_apply: bool) -> None:
        """Say what would change."""
        self._result.setText(text)
        self._apply.setEnabled(can_apply)
        self.adjustSize()

    @property
    def result(self) -> str:
        return self._result.text()

    def _show_operation(self, *, anew: bool = False) -> None:
        operation = self._chosen()
        row = region_table.BY_NAME[operation.name]
        self._line.setText(region_table.translated(row.line))
        self._show_where(operation)
        about_region = self.where is Where.REGION
        self._fill(operation, anew=anew)
        self._kind_row.setVisible(operation.takes_class and not about_region)
        self._target_row.setVisible(operation.takes_target)
        self._target_label.setText(region_table.translated(row.target))
        self._size_row.setVisible(operation.size is not None)
        self._size_label.setText(region_table.translated(row.size))
        self._show_size(operation)
        self.adjustSize()

    def _show_size(self, operation: Operation) -> None:
        if operation.size is None:
            return
        row = region_table.BY_NAME[operation.name]
        self._is_filling = True
        self._size.setRange(operation.size.least, operation.size.most)
        self._size.setSuffix(self.tr(" px"))
        self._size.setSpecialValueText(
            region_table.translated(row.no_limit) if row.no_limit else ""
        )
        self._size.setValue(self._sizes.get(operation.name, operation.size.usual))
        self._is_filling = False

    def _show_where(self, operation: Operation) -> None:
        button = self._where.button(Where.REGION.value)
        can = self._pixel is not None and operation.is_for_region
        tip = self.tr("Region\nRight-click one and choose the operation there.")
        if self._pixel is not None:
            tip = self.tr("Region\nThis operation is about several regions.")
        button.setEnabled(can)
        button.setToolTip(self.tr("Region\nThe one that was clicked.") if can else tip)
        if not can and self.where is Where.REGION:
            self._where.set_value(Where.VIEW.value)

    def _fill(self, operation: Operation, *, anew: bool) -> None:
        """Offer the classes; what was chosen stays chosen where it can, unless it begins anew."""
        kind, target = None if anew else self._kind.kind, self._target.kind
        self._is_filling = True
        several, unlabelled = operation.is_for_every_class, operation.takes_target
        self._kind.offer(self._classes, every=several, unlabelled=unlabelled)
        self._target.offer(self._classes, unlabelled=unlabelled)
        self._kind.choose((kind, EVERY if several else self._active, self._active))
        others = [c.index for c in self._classes if c.index != self._kind.kind]
        self._target.choose((target, *others, IGNORED))
        self._is_filling = False

    # What is chosen --------------------------------------------------------------------------

    def _chosen(self) -> Operation:
        return BY_NAME[str(self._operation.currentData())]

    @property
    def where(self) -> Where:
        return Where(self._where.value)

    @property
    def wish(self) -> Wish:
        """What the choices come to."""
        operation, is_region = self._chosen(), self.where is Where.REGION
        kind = self._region_kind if is_region else self._kind.kind
        return Wish(
            operation.name,
            self.where,
            kind=_or_every(kind if operation.takes_class else None),
            target=_or_every(self._target.kind if operation.takes_target else None),
            size=self._size.value() if operation.size is not None else 0,
            pixel=self._pixel if is_region else None,
        )

    def close_it(self) -> None:
        """Take it away; nothing changes."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._apply.isEnabled():
            event.accept()
            self.apply_requested.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.close_it()
        else:
            super().keyPressEvent(event)

    def _on_operation(self, _row: int) -> None:
        if not self._is_filling:
            self._show_operation()
            self.wish_changed.emit()

    def _on_where(self, _where: str) -> None:
        self._show_operation()
        self.wish_changed.emit()

    def _on_size(self, size: int) -> None:
        if not self._is_filling:
            self._sizes[self._chosen().name] = size
            self.wish_changed.emit()

    def _on_changed(self, _row: int) -> None:
        if not self._is_filling:
            self.wish_changed.emit()


def _or_every(kind: int | None) -> int:
    return EVERY if kind is None else kind
