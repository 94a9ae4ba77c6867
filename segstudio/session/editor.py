"""The hand: the active tool, what it paints, and the gesture in progress."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.region import Region
from segstudio.editing import tool_state
from segstudio.editing.brush import TipShape
from segstudio.editing.marks import Mark
from segstudio.editing.requests import Request
from segstudio.editing.scope import Scope
from segstudio.editing.sight import Point, Sight
from segstudio.editing.tool import Board, Modifiers, Outcome, Pending, Tool
from segstudio.editing.tool_state import ToolState
from segstudio.editing.toolbox import new_tools
from segstudio.session import refusals

PAINTING = ("brush", "eraser")


class Editor(QObject):
    """Turns gestures in image coordinates into steps of the open document.

    The tools say what comes of an event; only here their patches reach the document.
    """

    state_changed = Signal(object)
    """The new `ToolState`."""
    pixels_changed = Signal(object)
    """A `Region` that looks different, in mid-gesture."""
    step_made = Signal(object)
    """The `Patch` of a finished gesture, already in the document's history."""
    refused = Signal(str)
    """Why a gesture changed nothing, for the place of the cursor."""
    class_wanted = Signal()
    """A gesture needs a class and there is none; answered at once, by a direct connection."""
    covered = Signal(object)
    """The tuple of `Selection` that a finished gesture has decided, whether it changed them or not;
    of a stroke only where `is_cover_noted`."""
    requested = Signal(object)
    """A `Request` of the active tool."""
    marks_changed = Signal(object)
    """The tuple of `Mark` that the active tool wants drawn."""
    pending_changed = Signal(object)
    """The `Pending` that waits for Enter, or None."""
    document_opened = Signal(object)
    """Another document, or None, is worked on."""
    cancelled = Signal()
    """The pixels of a stroke were put back."""
    gesture_ended = Signal()
    """The button is up again, whatever came of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = ToolState()
        self.forbidden = ""
        """Why nothing can be painted, such as another window that has the project."""
        self.held = ""
        """Why nothing may change for a moment, such as classes that are being merged."""
        self.sight = Sight()
        """What the canvas shows; it says so whenever that changes."""
        self.pressure = 1.0
        """Of a pen, 0 to 1."""
        self.is_cover_noted: Callable[[], bool] = bool
        """Tells whether somebody wants to know what a stroke covers; that costs it time."""
        self._keys = Modifiers()
        self._classes = ClassTable()
        self._scope = Scope()
        self._tools = new_tools()
        self._document: Document | None = None
        self._gesture: Tool | None = None
        """The tool whose gesture is in progress: with Alt it is not the active one."""
        self._last_point: Point | None = None
        self._marks: tuple[Mark, ...] = ()
        self._pending: Pending | None = None
        self._is_ahead = False
        """Whether results of machines wait for what is done at once."""
        self._answers: list[tuple[Request, Any, str]] = []
        """What was found while nothing may change."""

    @property
    def tool(self) -> Tool:
        """The active tool."""
        return self._tools[self.state.tool]

    @property
    def is_busy(self) -> bool:
        """Whether pixels change under the hand: results of machines wait."""
        return self._gesture is not None and self._gesture.is_busy

    @property
    def scope(self) -> Scope:
        """Which pixels an edit of a person may change: locks, and Paint over."""
        return self._scope

    @property
    def has_begun(self) -> bool:
        """Whether there is something that Esc would leave."""
        return self._gesture is not None or self._pending is not None

    @property
    def takes_results(self) -> bool:
        """Whether results of machines may be written now.

        A stroke that waits for an answer has written already, though its button is up.
        """
        return not (self.is_busy or self.tool.is_busy or self.held or self._is_ahead)

    @property
    def pending(self) -> Pending | None:
        """What waits for Enter, if anything."""
        return self._pending

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What the active tool wants drawn over the image."""
        return self._marks

    @property
    def classes(self) -> ClassTable:
        """The classes, for names and locks."""
        return self._classes

    @classes.setter
    def classes(self, table: ClassTable) -> None:
        self._classes = table
        self._renew_scope()

    def open(self, document: Document | None) -> None:
        """Turn to another document; what has begun is finished first."""
        self.finish()
        self._document = document
        self._last_point = None
        self._tools = new_tools()
        self._answers.clear()
        self.document_opened.emit(document)
        self._show_tool()

    def hold(self, why: str) -> None:
        """Let nothing be painted, nor results be written, until `why` is empty."""
        if why:
            self.finish()
        self.held = why
        if not why:
            answers, self._answers = self._answers, []
            for answer in answers:
                self.answer(*answer)
            self.gesture_ended.emit()

    def change(self, **fields: object) -> None:
        """Change fields of the tool state; turning to another tool finishes what has begun."""
        changed = tool_state.changed(self.state, **fields)
        if changed == self.state:
            return
        if changed.tool != self.state.tool:
            self.finish()
        self.state = changed
        self._renew_scope()
        self.state_changed.emit(changed)
        self._run("adjusted")

    def set_size(self, size: int) -> None:
        """Change the size of the tip."""
        self.change(tip=replace(self.state.tip, size=size))

    def set_shape(self, shape: TipShape) -> None:
        """Change the shape of the tip."""
        self.change(tip=replace(self.state.tip, shape=shape))

    def set_sight(self, sight: Sight) -> None:
        """Note what is looked at."""
        if sight != self.sight:
            self.sight = sight
            self._run("adjusted")

    def set_pressure(self, pressure: float) -> None:
        """Note how hard the pen presses, 0 to 1."""
        self.pressure = pressure

    # Events ----------------------------------------------------------------------------------

    def press(self, point: Point, modifiers: Modifiers, *, double: bool = False) -> None:
        """Start the gesture of the active tool at a point; with Alt that of the eyedropper.

        Parameters
        ----------
        double : bool
            Whether it is the second press of a double click.
        """
        tool = self._tools["eyedropper"] if modifiers.pick else self.tool
        if self._document is None or self._gesture is not None or not self._may_begin(tool):
            return
        self._keys = modifiers
        erases = tool.erases != modifiers.opposite
        if tool.paints and not erases and not self._has_class():
            return
        self._gesture = tool
        self._run("double_click" if double else "press", point, modifiers, tool=tool)

    def move(self, point: Point, modifiers: Modifiers | None = None) -> None:
        """Continue the gesture; the keys held may be others than at its start."""
        self._keys = modifiers or self._keys
        if self._gesture is not None:
            self._run("move", point, tool=self._gesture)

    def release(self) -> None:
        """End the gesture; what it painted becomes one step."""
        tool, self._gesture = self._gesture, None
        if tool is None:
            return
        self._run("release", tool=tool)
        self.gesture_ended.emit()

    def hover(self, point: Point | None, modifiers: Modifiers) -> None:
        """Follow the mouse while no button is down."""
        if self._gesture is None:
            self._run("hover", point, modifiers)

    def apply(self) -> None:
        """Make a step of what is pending (Enter)."""
        self._run_late("apply")

    def back(self) -> None:
        """Take back the last point (Backspace)."""
        self._run("back")

    def finish(self) -> None:
        """End the gesture and apply what is pending: nothing is dropped."""
        self.release()
        if self._pending is not None:
            self.apply()
        if self._pending is not None:  # too little for a step
            self._run("discard")

    @contextmanager
    def ahead_of_results(self) -> Iterator[None]:
        """Let results of machines that wait for the hand wait until the end of a block."""
        self._is_ahead = True
        try:
            yield
        finally:
            self._is_ahead = False
            self.gesture_ended.emit()

    def cancel(self) -> None:
        """Leave the gesture, or what is pending, without a trace (Esc)."""
        tool, self._gesture = self._gesture or self.tool, None
        self._run("discard", tool=tool)
        self.cancelled.emit()
        self.gesture_ended.emit()

    def answer(self, request: Request, found: Any, tool: str) -> None:
        """Give a tool what its `Computation` has found."""
        if self.held:
            self._answers.append((request, found, tool))
            return
        self._run_late("answered", request, found, tool=self._tools[tool])

    def allows(self, point: Point) -> bool:
        """Tell whether the scope lets the tool paint the pixel at a point, for the ring."""
        board = self._board()
        pixel = board.pixel(point) if board is not None else None
        if board is None or pixel is None:
            return True
        x, y = pixel
        allowed = board.scope.allowed(
            board.planes,
            board.confidence,
            Region(y, x, y + 1, x + 1),
            first=board.under(point),
        )
        return allowed is None or bool(allowed[0, 0])

    # What comes of them ----------------------------------------------------------------------

    def _run(self, event: str, *values: object, tool: Tool | None = None) -> None:
        """Hand an event to a tool and do what comes of it."""
        board = self._board()
        if board is None:
            return
        chosen = tool or self.tool
        outcome: Outcome = getattr(chosen, event)(board, *values)
        self._do(outcome)
        self._show_tool()

    def _run_late(self, event: str, *values: object, tool: Tool | None = None) -> None:
        """Hand an event to a tool that may end a stroke whose button is up already."""
        waits = self._gesture is None and self.tool.is_busy
        self._run(event, *values, tool=tool)
        if waits and not self.tool.is_busy:
            self.gesture_ended.emit()

    def _do(self, outcome: Outcome) -> None:
        document = self._document
        assert document is not None
        if outcome.restored:
            for region in outcome.shown:
                document.touch_blocks(region)
        for region in outcome.shown:
            if region.area:
                self.pixels_changed.emit(region)
        patch = outcome.patch
        if patch is not None:
            if outcome.is_written:
                document.keep(patch)
            else:
                document.do(patch)
                for region in patch.regions:
                    self.pixels_changed.emit(region)
            self.step_made.emit(patch)
        if outcome.covered:
            self.covered.emit(outcome.covered)
        if outcome.refusal is not None:
            words = refusals.sentence(outcome.refusal, self._classes, self.state.over)
            self.refused.emit(words)
        if outcome.ended_at is not None:
            self._last_point = outcome.ended_at
        if outcome.picked is not None:
            self.change(class_index=outcome.picked)
        if outcome.tolerance is not None:
            self.change(tolerance=outcome.tolerance)
        if outcome.size is not None:
            self.set_size(outcome.size)
        if outcome.request is not None:
            self.requested.emit(outcome.request)

    def _show_tool(self) -> None:
        tool = self.tool
        if tool.marks is not self._marks:
            self._marks = tool.marks
            self.marks_changed.emit(self._marks)
        pending = tool.pending if self._document is not None else None
        if pending != self._pending:
            self._pending = pending
            self.pending_changed.emit(pending)

    def _board(self) -> Board | None:
        document = self._document
        if document is None:
            return None
        return Board(
            document.image,
            document.planes,
            document.confidence,
            self.state,
            self._scope,
            self.sight,
            self.pressure,
            self._last_point,
            self._keys,
            self.is_cover_noted(),
        )

    def _renew_scope(self) -> None:
        state = self.state
        self._scope = Scope(state.over, self._classes.flags("locked"), state.unsure_below)

    def _may_begin(self, tool: Tool) -> bool:
        if self.forbidden and tool.paints:
            self.refused.emit(self.tr("Nothing painted: the project is open in another window"))
            return False
        if self.held and tool.paints:
            self.refused.emit(self.held)
            return False
        return True

    def _has_class(self) -> bool:
        if self.state.class_index < 0:
            self.class_wanted.emit()  # whoever listens makes a class before this returns
        return self.state.class_index >= 0
