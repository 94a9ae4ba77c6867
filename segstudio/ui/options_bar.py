"""The bar under the menu: the active tool, its numbers, the view, and Segment."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QWidget,
)

from segstudio.core.classes import LabelClass
from segstudio.editing.tool_state import ToolState
from segstudio.ui import theme
from segstudio.ui.class_chip import ClassChip
from segstudio.ui.controls import (
    BarFocus,
    ElidedLabel,
    Segment,
    Segmented,
    first_line_tip,
    icon_button,
    named,
    rule,
    side_by_side,
)
from segstudio.ui.popover import Popover
from segstudio.ui.scope_field import ScopeField
from segstudio.ui.tool_fields import ToolFields
from segstudio.ui.tool_table import find

BAR_HEIGHT = 44
_SMALLEST_WIDTH = 480
_NAME_WIDTH = 64
_OPACITY_STEPS = 100


class OptionsBar(QFrame):
    """Shows the values it was given; every click is a wish."""

    class_picker_requested = Signal()
    option_requested = Signal(str, object)
    """A field of the tool and the value wished for, see `ToolFields.requested`."""
    scope_requested = Signal(str)
    undo_requested = Signal()
    redo_requested = Signal()
    overlay_style_requested = Signal(str)
    opacity_requested = Signal(int)
    segment_requested = Signal()
    cancel_requested = Signal()
    focus_returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "options_bar", self.tr("Tool options"))
        self.setFixedHeight(BAR_HEIGHT)
        self._tool = ""
        self._is_segmenting = False
        self._build_tool_fields()
        self._build_view_fields()
        self._build_row()
        self._focus = BarFocus(self)
        self._connect()
        self.set_tool("brush")

    def _build_tool_fields(self) -> None:
        self._name = QLabel()
        self._name.setObjectName("tool_name")
        self._chip = ClassChip()
        self.fields = ToolFields(self)
        self._hint = ElidedLabel()
        self._hint.setObjectName("tool_hint")
        self._scope = ScopeField()

    def _build_view_fields(self) -> None:
        self._undo = icon_button(
            "undo",
            "undo_button",
            self.tr("Undo"),
            first_line_tip(self.tr("Undo"), "Ctrl+Z", self.tr("Take back the last step.")),
            side=32,
        )
        self._redo = icon_button(
            "redo",
            "redo_button",
            self.tr("Redo"),
            first_line_tip(self.tr("Redo"), "Ctrl+Shift+Z", self.tr("Do it again.")),
            side=32,
        )
        self._style = Segmented(
            "overlay_style",
            self.tr("Labels are shown as"),
            (
                Segment("fill", self.tr("Fill (C)"), "overlay-fill", self.tr("Filled areas.")),
                Segment("outline", self.tr("Outline (C)"), "overlay-outline", self.tr("Edges.")),
                Segment("both", self.tr("Both (C)"), "overlay-both", self.tr("Areas and edges.")),
            ),
            width=28,
        )
        self._opacity = self._make_slider("opacity_slider", self.tr("Opacity"), 72)
        self._opacity.setToolTip(
            first_line_tip(self.tr("Opacity"), ", .", self.tr("How strong the labels are drawn."))
        )
        self._view_group = side_by_side(self._style, self._opacity)
        self._segment = named(QPushButton(), "segment_button", self.tr("Segment"))
        self._segment.setFixedWidth(104)
        self._segment.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._show_segmenting()

    def _build_row(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 1)
        row.setSpacing(theme.GAP)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._slots: dict[QWidget, QWidget] = {}
        self._slot_rows: dict[QWidget, QBoxLayout] = {}
        self._more = icon_button(
            "chevrons-right",
            "more_options",
            self.tr("More options"),
            self.tr("More options\nWhat does not fit into the bar."),
        )
        self._more_menu = Popover(self)
        row.addWidget(self._name)
        row.addWidget(self._chip)
        for part in self.fields.parts.values():
            row.addWidget(self._slot(part))
        row.addWidget(self._scope)
        row.addWidget(self._hint, 1)
        row.addStretch(0)
        line = rule(vertical=True)
        line.setFixedHeight(24)
        row.addWidget(self._undo)
        row.addWidget(self._redo)
        row.addWidget(line)
        row.addWidget(self._slot(self._view_group))
        row.addWidget(self._more)
        row.addWidget(self._segment)
        self._row = row
        self._more.hide()

    def _slot(self, part: QWidget) -> QWidget:
        slot = QWidget(self)
        box = QHBoxLayout(slot)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(part)
        self._slots[part] = slot
        self._slot_rows[part] = box
        return slot

    def _make_slider(self, object_name: str, title: str, width: int) -> QSlider:
        slider = named(QSlider(Qt.Orientation.Horizontal), object_name, title)
        slider.setRange(0, _OPACITY_STEPS)
        slider.setFixedWidth(width)
        slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return slider

    def _connect(self) -> None:
        self._chip.clicked.connect(self.class_picker_requested)
        self.fields.requested.connect(self.option_requested)
        self.fields.focus_returned.connect(self.focus_returned)
        self._scope.scope_requested.connect(self.scope_requested)
        self._scope.focus_returned.connect(self.focus_returned)
        self._undo.clicked.connect(self.undo_requested)
        self._redo.clicked.connect(self.redo_requested)
        self._style.chosen.connect(self.overlay_style_requested)
        self._opacity.valueChanged.connect(self.opacity_requested)
        self._segment.clicked.connect(self._on_segment_clicked)
        self._more.clicked.connect(self._open_more)
        self._focus.focus_returned.connect(self.focus_returned)

    # What it shows

    def set_tool(self, name: str) -> None:
        if name == self._tool:
            return
        self._tool = name
        tool = find(name)
        self._show_name(self.tr(tool.title))
        self._hint.set_text(self.tr(tool.says))
        self._hint.setVisible(bool(tool.says))
        self._scope.setVisible(tool.paints)
        self._arrange()

    def _show_name(self, name: str) -> None:
        """Show a name as a whole; most are as wide, so that the class stays where it is."""
        self._name.setText(name)
        self._name.ensurePolished()
        self._name.setFixedWidth(max(_NAME_WIDTH, self._name.sizeHint().width()))

    def set_options(self, state: ToolState) -> None:
        """Show the numbers and choices of the tools."""
        self.fields.show_state(state)

    def set_class(self, entry: LabelClass | None, digit: str = "") -> None:
        """Show the active class; None is Ignore with its digit 0, without a digit no class."""
        self._chip.set_class(entry, digit)

    def set_scope(self, scope: str) -> None:
        self._scope.set_scope(scope)

    def step_scope(self) -> None:
        """Do what the key K does."""
        self._scope.step()

    def set_can_undo(self, can: bool, what: str = "") -> None:
        self._undo.setEnabled(can)
        self._undo.setToolTip(first_line_tip(self.tr("Undo"), "Ctrl+Z", what))

    def set_can_redo(self, can: bool, what: str = "") -> None:
        self._redo.setEnabled(can)
        self._redo.setToolTip(first_line_tip(self.tr("Redo"), "Ctrl+Shift+Z", what))

    def set_overlay_style(self, style: str) -> None:
        self._style.set_value(style)

    def set_opacity(self, percent: int) -> None:
        self._opacity.blockSignals(True)
        self._opacity.setValue(percent)
        self._opacity.blockSignals(False)

    def set_segmenting(self, is_segmenting: bool) -> None:
        if is_segmenting != self._is_segmenting:
            self._is_segmenting = is_segmenting
            self._show_segmenting()

    def set_can_segment(self, can: bool) -> None:
        self._segment.setEnabled(can)

    def chip(self) -> QWidget:
        """Return the class chip, for the class picker to hang on."""
        return self._chip

    def take_focus(self) -> None:
        """Bring the keyboard focus into the bar."""
        self._focus.take_focus()

    def _show_segmenting(self) -> None:
        busy = self._is_segmenting
        text = self.tr("Cancel") if busy else self.tr("Segment")
        key = "" if busy else "Ctrl+Return"
        line = (
            self.tr("Stop; the labels stay as they were.")
            if busy
            else self.tr("Run the model on this image. What you painted stays.")
        )
        self._segment.setText(text)
        self._segment.setAccessibleName(text)
        self._segment.setToolTip(first_line_tip(text, key, line))
        theme.restyle(self._segment, "accent", not busy)

    # What gives way in a narrow window

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(_SMALLEST_WIDTH, BAR_HEIGHT)

    def _arrange(self) -> None:
        parts, used = self.fields.parts, find(self._tool).fields
        shown = {part: name in used for name, part in parts.items()}
        for part, is_used in {**shown, self._view_group: True}.items():
            self._put(part, self._slot_rows[part])
            part.setVisible(is_used)
            self._slots[part].setVisible(is_used)
        self._more.hide()
        # The last fields give way first, then the view, and the tool's main number last.
        mine = [parts[name] for name in used]
        for part in (*mine[:0:-1], self._view_group, *mine[:1]):
            if self._row.minimumSize().width() <= self.width():
                return
            self._put(part, self._more_menu.column)
            self._slots[part].hide()
            self._more.show()

    def _put(self, part: QWidget, place: QBoxLayout) -> None:
        if place.indexOf(part) < 0:
            place.addWidget(part)

    def _open_more(self) -> None:
        self._more_menu.open_below(self._more, right_aligned=True)

    # What is wished for

    def _on_segment_clicked(self) -> None:
        if self._is_segmenting:
            self.cancel_requested.emit()
        else:
            self.segment_requested.emit()
