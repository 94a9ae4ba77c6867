"""Tools, canvas and options bar."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication

from segstudio.core.class_keys import keys_of
from segstudio.core.classes import IGNORE_INDEX, LabelClass
from segstudio.core.document import Document
from segstudio.editing.brush import TipShape
from segstudio.editing.scope import PaintOver
from segstudio.editing.tool import Modifiers
from segstudio.editing.tool_state import ToolState
from segstudio.session.editor import PAINTING
from segstudio.session.session import Session
from segstudio.ui.notices import Chip
from segstudio.ui.overlay_layer import OverlayState, OverlayStyle
from segstudio.ui.pixel_text import card_text, label_text, pixel_at
from segstudio.ui.swatch import digit_of
from segstudio.ui.window import MainWindow

SCOPES = {
    "any": PaintOver.ANYTHING,
    "unlabelled": PaintOver.UNLABELLED,
    "touched": PaintOver.FIRST_CLASS,
    "model": PaintOver.MODEL,
    "unsure": PaintOver.UNSURE,
}
_SCOPE_NAMES = {scope: name for name, scope in SCOPES.items()}
_SLOW_MS = 500
"""A class step that is stored sooner shows no chip."""
_IGNORE_RING = QColor("#FFFFFF")


class EditWiring(QObject):
    """Gestures to the editor, its state to canvas, rail and options bar."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._editor = session.editor
        self._canvas = window.canvas
        self._peeking = False
        self._shows_card = False
        self._overlay_on = True
        self._keys = window.held_keys
        self._shown: Path | None = None
        self._slow_step = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._connect()
        get = session.settings.get
        window.options_bar.set_opacity(round(100 * get("overlay.opacity")))
        window.options_bar.set_overlay_style(get("overlay.style"))
        self._editor.set_size(get("brush.size"))
        self._editor.set_shape(TipShape(get("brush.shape")))
        self._show_tool(self._editor.state)
        self._show_overlay()

    def _connect(self) -> None:
        canvas, editor, bar = self._canvas, self._editor, self._window.options_bar
        session = self._session
        canvas.pressed.connect(self._on_pressed)
        canvas.moved.connect(editor.move)
        canvas.released.connect(editor.release)
        canvas.hovered.connect(self._on_hovered)
        canvas.size_stepped.connect(self.step_size)
        canvas.zoom_changed.connect(self._window.status_bar.set_zoom)
        editor.state_changed.connect(self._show_tool)
        editor.refused.connect(self._on_refused)
        session.pixels_changed.connect(canvas.show_regions)
        session.document_changed.connect(self._on_document)
        session.labels_changed.connect(self._show_history)
        session.classes_changed.connect(self._on_classes)
        session.class_steps.began.connect(self._slow_step.start)
        session.class_steps.ended.connect(self._on_class_step_ended)
        self._slow_step.timeout.connect(self._show_chips)
        session.settings.changed.connect(self._on_setting)
        bar.size_requested.connect(editor.set_size)
        bar.shape_requested.connect(self._on_shape)
        bar.reach_requested.connect(self._on_reach)
        bar.scope_requested.connect(self._on_scope)
        bar.undo_requested.connect(session.undo)
        bar.redo_requested.connect(session.redo)
        bar.overlay_style_requested.connect(self._on_style)
        bar.opacity_requested.connect(self._on_opacity)
        self._window.rail.tool_requested.connect(self.set_tool)
        self._window.frame.chips.chip_clicked.connect(self._on_chip)
        self._keys.space_held.connect(canvas.set_space_held)
        self._keys.peeked.connect(self._on_peeked)
        self._keys.peek_tapped.connect(self.toggle_overlay)

    # Wishes ----------------------------------------------------------------------------------

    def set_tool(self, name: str) -> None:
        self._editor.change(tool=name)

    def step_size(self, steps: int) -> None:
        """Grow or shrink the tip by a tenth a step, at least by one pixel."""
        size = self._editor.state.tip.size
        self._editor.set_size(size + steps * max(1, round(size * 0.1)))

    def toggle_overlay(self) -> None:
        self._overlay_on = not self._overlay_on
        self._show_overlay()

    def next_style(self) -> None:
        styles = list(OverlayStyle)
        now = OverlayStyle(self._session.settings.get("overlay.style"))
        self._on_style(styles[(styles.index(now) + 1) % len(styles)].value)

    def step_opacity(self, steps: int) -> None:
        percent = round(100 * self._session.settings.get("overlay.opacity")) + 10 * steps
        self._on_opacity(min(100, max(0, percent)))

    def _on_pressed(self, point: tuple[float, float], modifiers: Modifiers) -> None:
        self._window.frame.tag.hide()
        self._editor.press(point, modifiers)

    def _on_shape(self, shape: str) -> None:
        self._editor.set_shape(TipShape(shape))

    def _on_reach(self, reach: str) -> None:
        self._editor.change(fill_all=reach == "class")

    def _on_scope(self, name: str) -> None:
        self._editor.change(over=SCOPES[name])

    def _on_style(self, style: str) -> None:
        self._session.settings.set("overlay.style", style)

    def _on_opacity(self, percent: int) -> None:
        self._session.settings.set("overlay.opacity", percent / 100)

    def _on_peeked(self, peeking: bool) -> None:
        self._peeking = peeking
        self._show_overlay()

    # What changed ----------------------------------------------------------------------------

    def _on_setting(self, name: str) -> None:
        if name.startswith("overlay."):
            get = self._session.settings.get
            self._window.options_bar.set_opacity(round(100 * get("overlay.opacity")))
            self._window.options_bar.set_overlay_style(get("overlay.style"))
            self._show_overlay()

    def _show_overlay(self) -> None:
        get = self._session.settings.get
        self._canvas.set_overlay(
            OverlayState(
                classes=self._session.classes,
                opacity=get("overlay.opacity"),
                style=OverlayStyle(get("overlay.style")),
                visible=self._overlay_on and not self._peeking,
            )
        )
        self._window.actions_by_name["overlay"].setChecked(self._overlay_on)
        self._show_chips()

    def _show_tool(self, state: ToolState) -> None:
        bar = self._window.options_bar
        bar.set_tool(state.tool)
        bar.set_size(state.tip.size)
        bar.set_shape(state.tip.shape.value)
        bar.set_reach("class" if state.fill_all else "region")
        bar.set_scope(_SCOPE_NAMES[state.over])
        entry, digit = self._active_class(state)
        bar.set_class(entry, digit)
        self._window.rail.set_tool(state.tool)
        self._window.actions_by_name[f"tool_{state.tool}"].setChecked(True)
        self._canvas.set_tool(state, *self._ring_colours(state, entry))
        self._show_hints()
        settings = self._session.settings
        settings.set("brush.size", state.tip.size)
        settings.set("brush.shape", state.tip.shape.value)
        self._show_chips()

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
        paints = _IGNORE_RING if entry is None else QColor(*entry.colour)
        return (None, paints) if state.tool == "eraser" else (paints, None)

    def _on_classes(self, _table: object) -> None:
        self._show_tool(self._editor.state)
        self._show_overlay()

    def _on_document(self, document: Document | None) -> None:
        if document is not None:
            # The same image again, read anew after a class step: the eye stays where it is.
            again = document.path == self._shown
            keep = again or self._session.settings.get("view.keep_zoom")
            self._shown = document.path
            self._canvas.set_document(document, keep_view=keep)
        else:
            self._canvas.set_document(None)
        self._window.options_bar.set_can_segment(document is not None)
        self._show_hints()
        self._show_history()

    def _show_history(self) -> None:
        document = self._session.document
        history = document.history if document is not None else None
        undo = history is not None and history.can_undo
        redo = history is not None and history.can_redo
        bar, actions = self._window.options_bar, self._window.actions_by_name
        bar.set_can_undo(undo)
        bar.set_can_redo(redo)
        actions["undo"].setEnabled(undo)
        actions["redo"].setEnabled(redo)
        self._show_chips()

    def _show_chips(self) -> None:
        chips = []
        state = self._editor.state
        if state.over is not PaintOver.ANYTHING:
            text = {
                PaintOver.UNLABELLED: self.tr("Only unlabelled"),
                PaintOver.FIRST_CLASS: self.tr("Only the class first touched"),
                PaintOver.MODEL: self.tr("Only the model's labels"),
                PaintOver.UNSURE: self.tr("Only where unsure"),
            }[state.over]
            chips.append(Chip("scope", text, self.tr("Click to paint over anything again.")))
        if self._session.is_read_only:
            held = self._editor.forbidden
            chips.append(Chip("read_only", self.tr("Look only: open in another window"), held))
        under_way = self._session.class_steps.under_way
        if under_way and not self._slow_step.isActive():
            tip = self.tr("Labels can be changed again once it is stored. Click to cancel.")
            chips.append(Chip("class_step", under_way, tip))
        document = self._session.document
        later = len(document.history.steps) - document.history.position if document else 0
        if later:
            words = self.tr("1 later step") if later == 1 else self.tr("%d later steps") % later
            tip = self.tr("The next step takes their place. Click to do them again.")
            chips.append(Chip("later", words, tip))
        hidden = sum(entry.hidden for entry in self._session.classes)
        if hidden:
            words = (
                self.tr("1 class hidden") if hidden == 1 else self.tr("%d classes hidden") % hidden
            )
            chips.append(Chip("hidden", words, self.tr("Click to show all.")))
        active = self._session.classes.get(state.class_index)
        if active is not None and active.locked and state.tool != "hand":
            words = self.tr("%s is locked") % active.name
            chips.append(Chip("locked", words, self.tr("Click to unlock.")))
        if not self._overlay_on:
            chips.append(
                Chip("overlay", self.tr("Labels are not shown"), self.tr("Click to show."))
            )
        self._window.frame.chips.set_chips(chips)

    def _on_class_step_ended(self) -> None:
        self._slow_step.stop()
        self._show_chips()

    def _on_chip(self, key: str) -> None:
        session = self._session
        if key == "scope":
            self._editor.change(over=PaintOver.ANYTHING)
        elif key == "hidden":
            session.edit_classes(
                lambda table: replace(table, classes=tuple(replace(c, hidden=False) for c in table))
            )
        elif key == "locked":
            index = self._editor.state.class_index
            session.edit_classes(lambda table: table.changed(index, locked=False))
        elif key == "overlay":
            self.toggle_overlay()
        elif key == "class_step":
            session.class_steps.cancel()
        elif key == "read_only":
            session.tell_held()
        elif key == "later" and session.document is not None:
            session.travel(len(session.document.history.steps))

    def _on_refused(self, why: str) -> None:
        self._shows_card = False
        place = self._canvas.mapFromGlobal(self._canvas.cursor().pos())
        self._window.frame.tag.tell(place, why)

    def _on_hovered(self, point: tuple[float, float] | None) -> None:
        document = self._session.document
        pixel = pixel_at(document, point) if document is not None and point is not None else None
        if document is None or point is None or pixel is None:
            self._window.status_bar.set_pixel("")
            self._hide_card()
            return
        classes, tool = self._session.classes, self._editor.state.tool
        text = label_text(document, classes, pixel)
        self._window.status_bar.set_pixel(f"{pixel[0]}, {pixel[1]} · {text}")
        if tool in PAINTING and not self._editor.is_busy:
            self._canvas.set_forbidden(not self._editor.allows(point))
        alt = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier
        if alt or tool in ("hand", "eyedropper"):
            place = self._canvas.camera.to_widget(*point).toPoint()
            self._window.frame.tag.tell(place, card_text(document, classes, pixel), stays=True)
            self._shows_card = True
        else:
            self._hide_card()

    def _hide_card(self) -> None:
        if self._shows_card:
            self._shows_card = False
            self._window.frame.tag.hide()

    def _show_hints(self) -> None:
        hints = "" if self._window.shows_start else self._hints(self._editor.state.tool)
        self._window.status_bar.set_hints(hints)

    def _hints(self, tool: str) -> str:
        return {
            "hand": self.tr("Drag: pan · Wheel: zoom · 1–9 or B: paint · Alt+click: pick class"),
            "brush": self.tr(
                "Ctrl: erase · Shift+click: line · Shift+wheel: size · Alt+click: pick class"
            ),
            "eraser": self.tr("Ctrl: paint · Shift+click: line · Shift+wheel: size"),
            "fill": self.tr("Click: fill region · Shift: all of its class · Ctrl: make unlabelled"),
            "eyedropper": self.tr("Click: take the class under the cursor"),
        }[tool]
