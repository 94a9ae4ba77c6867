"""The tools: rail and options bar, gestures on the canvas, and what the tools show there."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from segstudio.core.class_keys import keys_of
from segstudio.core.classes import IGNORE_INDEX, LabelClass
from segstudio.core.document import Document
from segstudio.editing.brush import TipShape
from segstudio.editing.scope import PaintOver
from segstudio.editing.sight import Point
from segstudio.editing.tool import Modifiers, Pending
from segstudio.editing.tool_state import Shape, ToolState
from segstudio.session import tool_settings
from segstudio.session.session import Session
from segstudio.ui import class_colours
from segstudio.ui.swatch import digit_of
from segstudio.ui.tool_table import find, hints
from segstudio.ui.window import MainWindow

SCOPES = {
    "any": PaintOver.ANYTHING,
    "unlabelled": PaintOver.UNLABELLED,
    "touched": PaintOver.FIRST_CLASS,
    "model": PaintOver.MODEL,
    "unsure": PaintOver.UNSURE,
}
_SCOPE_NAMES = {scope: name for name, scope in SCOPES.items()}
_IGNORE_RING = QColor("#FFFFFF")


class ToolWiring(QObject):
    """Gestures to the editor, its state to canvas, rail and options bar."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._editor = session.editor
        self._canvas = window.canvas
        self._editor.change(**tool_settings.kept_fields(session.settings))
        self._connect()
        self._show_tool(self._editor.state)
        self._show_pending(None)

    def _connect(self) -> None:
        canvas, editor, bar = self._canvas, self._editor, self._window.options_bar
        canvas.pressed.connect(self._on_pressed)
        canvas.double_clicked.connect(self._on_double_clicked)
        canvas.moved.connect(editor.move)
        canvas.released.connect(editor.release)
        canvas.hovered.connect(editor.hover)
        canvas.pressure_changed.connect(editor.set_pressure)
        canvas.sight_changed.connect(self._note_sight)
        canvas.size_stepped.connect(self.step_number)
        editor.state_changed.connect(self._show_tool)
        editor.marks_changed.connect(canvas.set_marks)
        editor.pending_changed.connect(self._show_pending)
        self._session.document_changed.connect(self._on_document)
        self._session.classes_changed.connect(self._on_classes)
        self._canvas.overlay_changed.connect(self._on_classes)  # the ring has their colours
        bar.option_requested.connect(self._on_option)
        bar.scope_requested.connect(self._on_scope)
        self._window.rail.tool_requested.connect(self.set_tool)
        self._window.frame.pending.apply_requested.connect(editor.apply)
        self._window.frame.pending.discard_requested.connect(editor.cancel)

    # Wishes ----------------------------------------------------------------------------------

    def set_tool(self, name: str) -> None:
        """Take a tool; the polygon once more is its next shape."""
        state = self._editor.state
        if name != state.tool or name != "polygon":
            self._editor.change(tool=name)
        elif self._editor.pending is not None:
            self._editor.refused.emit(self.tr("Close this shape first (Enter)"))
        else:
            shapes = list(Shape)
            following = shapes[(shapes.index(state.shape) + 1) % len(shapes)]
            self._editor.change(shape=following)

    def step_number(self, steps: int) -> None:
        """Change the number of the active tool by a tenth a step, at least by one."""
        state = self._editor.state
        name = find(state.tool).number
        if name:
            now = state.tip.size if name == "size" else getattr(state, name)
            self._on_option(name, now + steps * max(1, round(now * 0.1)))

    def toggle_snap(self) -> None:
        """Let strokes snap to edges, or no longer."""
        self._editor.change(snap=not self._editor.state.snap)

    def _on_pressed(self, point: Point, modifiers: Modifiers) -> None:
        self._window.frame.tag.hide()
        self._editor.press(point, modifiers)

    def _on_double_clicked(self, point: Point, modifiers: Modifiers) -> None:
        self._window.frame.tag.hide()
        self._editor.press(point, modifiers, double=True)

    def _on_option(self, name: str, value: object) -> None:
        if name == "size":
            assert isinstance(value, int)
            self._editor.set_size(value)
        elif name == "tip_shape":
            assert isinstance(value, TipShape)
            self._editor.set_shape(value)
        else:
            self._editor.change(**{name: value})

    def _on_scope(self, name: str) -> None:
        self._editor.change(over=SCOPES[name])

    # What changed ----------------------------------------------------------------------------

    def _note_sight(self) -> None:
        self._editor.set_sight(self._canvas.sight)

    def _show_tool(self, state: ToolState) -> None:
        bar = self._window.options_bar
        bar.set_tool(state.tool)
        bar.set_options(state)
        bar.set_scope(_SCOPE_NAMES[state.over])
        entry, digit = self._active_class(state)
        bar.set_class(entry, digit)
        self._window.rail.set_tool(state.tool)
        actions = self._window.actions_by_name
        actions[f"tool_{state.tool}"].setChecked(True)
        actions["snap"].setChecked(state.snap)
        self._canvas.set_tool(state, *self._ring_colours(state, entry))
        self._show_hints()
        self._show_pending(self._editor.pending)
        tool_settings.keep(self._session.settings, state)

    def _active_class(self, state: ToolState) -> tuple[LabelClass | None, str]:
        if state.class_index == IGNORE_INDEX:
            return None, "0"
        table = self._session.classes
        entry = table.get(state.class_index)
        if entry is None:
            return None, ""
        return entry, digit_of(keys_of(table)[entry.index])

    def _ring_colours(
        self, state: ToolState, entry: LabelClass | None
    ) -> tuple[QColor | None, QColor | None]:
        """Return the ring's colour, plain and with Ctrl held; None is the eraser's."""
        paints = _IGNORE_RING if entry is None else QColor(*class_colours.look(entry)[0])
        return (None, paints) if state.tool == "eraser" else (paints, None)

    def _on_classes(self, _table: object) -> None:
        self._show_tool(self._editor.state)

    def _on_document(self, _document: Document | None) -> None:
        self._note_sight()
        self._show_hints()

    def _show_pending(self, pending: Pending | None) -> None:
        state = self._editor.state
        ignores = state.class_index == IGNORE_INDEX
        name = self.tr("Ignore") if ignores else self._session.classes.name_of(state.class_index)
        self._window.frame.pending.show_pending(pending, self.tr(find(state.tool).title), name)
        for action in ("apply", "back"):
            self._window.actions_by_name[action].setEnabled(pending is not None)

    def _show_hints(self) -> None:
        state = self._editor.state
        text = self.tr(hints(state.tool, state.shape.value))
        self._window.status_bar.set_hints("" if self._window.shows_start else text)
