"""The hand: the active tool, what it paints, and the gesture in progress."""

import math
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.region import Region
from segstudio.editing import fill
from segstudio.editing.brush import (
    MAX_SIZE_PX,
    MIN_SIZE_PX,
    Point,
    Stroke,
    Tip,
    TipShape,
    inner_square,
)
from segstudio.editing.scope import Paint, PaintOver, Scope

PAINTING = ("brush", "eraser")
TOOLS = ("hand", "brush", "eraser", "fill", "eyedropper")


@dataclass(frozen=True)
class Modifiers:
    """The keys held: Ctrl is the opposite, Shift constrains or extends, Alt picks."""

    opposite: bool = False
    extend: bool = False
    pick: bool = False


@dataclass(frozen=True)
class ToolState:
    """What the options bar shows.

    Attributes
    ----------
    class_index : int
        255 for Ignore, -1 while there is no class.
    fill_all : bool
        Whether Fill takes all regions of the class.
    """

    tool: str = "hand"
    tip: Tip = field(default_factory=Tip)
    over: PaintOver = PaintOver.ANYTHING
    class_index: int = -1
    last_class: int = -1
    fill_all: bool = False


class Editor(QObject):
    """Turns gestures in image coordinates into steps of the open document.

    Pixels change under the hand; the step is made when the gesture ends.
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
    cancelled = Signal()
    """The pixels of a stroke were put back."""
    gesture_ended = Signal()
    """After any of the three."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = ToolState()
        self.classes = ClassTable()
        self.forbidden = ""
        """Why nothing can be painted, such as another window that has the project."""
        self._document: Document | None = None
        self._stroke: Stroke | None = None
        self._line_start: Point | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a gesture is in progress."""
        return self._stroke is not None

    def open(self, document: Document | None) -> None:
        """Turn to another document; a gesture in progress is finished first."""
        self.release()
        self._document = document
        self._line_start = None

    def change(self, **fields: object) -> None:
        """Change fields of the tool state; a tool change in mid-stroke finishes the stroke."""
        if "class_index" in fields and fields["class_index"] != self.state.class_index:
            fields.setdefault("last_class", self.state.class_index)
        if "tip" in fields:
            tip = fields["tip"]
            assert isinstance(tip, Tip)
            fields["tip"] = replace(tip, size=max(MIN_SIZE_PX, min(tip.size, MAX_SIZE_PX)))
        changed = replace(self.state, **fields)  # type: ignore[arg-type]
        if changed == self.state:
            return
        if changed.tool != self.state.tool:
            self.release()
        self.state = changed
        self.state_changed.emit(changed)

    def set_size(self, size: int) -> None:
        """Change the size of the tip, in image pixels."""
        self.change(tip=replace(self.state.tip, size=size))

    def set_shape(self, shape: TipShape) -> None:
        """Change the shape of the tip."""
        self.change(tip=replace(self.state.tip, shape=shape))

    def press(self, point: Point, modifiers: Modifiers) -> None:
        """Start the gesture of the active tool at a point."""
        document = self._document
        if document is None or self._stroke is not None:
            return
        tool = self.state.tool
        if modifiers.pick or tool == "eyedropper":
            self._pick(document, point)
        elif self.forbidden and tool != "hand":
            self.refused.emit(self.tr("Nothing painted: the project is open in another window"))
        elif tool in PAINTING:
            self._start_stroke(document, point, modifiers)
        elif tool == "fill":
            self._fill(document, point, modifiers)

    def move(self, point: Point) -> None:
        """Continue the gesture."""
        stroke = self._stroke
        if stroke is None or stroke.last is None:
            return
        # What the tip covered where it was has been painted: of a large tip little else is new.
        covered = inner_square(stroke.tip, stroke.last)
        for region in stroke.move(point).without(covered):
            self._show(region)

    def release(self) -> None:
        """End the gesture; what it painted becomes one step."""
        stroke, self._stroke = self._stroke, None
        if stroke is None or self._document is None:
            return
        self._line_start = stroke.last
        patch = stroke.finish()
        if patch is not None:
            self._document.keep(patch)
            self.step_made.emit(patch)
        else:
            self.refused.emit(self._why_nothing(stroke.covered_pixels, stroke.paint, stroke.first))
        self.gesture_ended.emit()

    def cancel(self) -> None:
        """End the gesture without a trace."""
        stroke, self._stroke = self._stroke, None
        if stroke is None or self._document is None:
            return
        for region in stroke.cancel():
            self._document.touch_blocks(region)
            self._show(region)
        self.cancelled.emit()
        self.gesture_ended.emit()

    def allows(self, point: Point) -> bool:
        """Tell whether the scope lets the tool paint the pixel at a point, for the ring."""
        document = self._document
        pixel = self._pixel(point)
        if document is None or pixel is None:
            return True
        x, y = pixel
        first = int(document.label_map[y, x]), int(document.ink[y, x])
        allowed = self._scope().allowed(
            document.planes, document.confidence, Region(y, x, y + 1, x + 1), first=first
        )
        return allowed is None or bool(allowed[0, 0])

    def _start_stroke(self, document: Document, point: Point, modifiers: Modifiers) -> None:
        paint = self._paint(erase=(self.state.tool == "eraser") != modifiers.opposite)
        if paint is None:
            return
        self._stroke = Stroke(
            document.planes,
            document.confidence,
            tip=self.state.tip,
            paint=paint,
            scope=self._scope(),
        )
        start = self._line_start if modifiers.extend else None
        self._show(self._stroke.press(point, line_from=start))

    def _fill(self, document: Document, point: Point, modifiers: Modifiers) -> None:
        pixel = self._pixel(point)
        if pixel is None:
            return
        paint = self._paint(erase=modifiers.opposite)
        if paint is None:
            return
        find = fill.connected_region
        if self.state.fill_all != modifiers.extend:
            find = fill.all_of_class
        x, y = pixel
        patch = fill.fill(
            document.planes,
            document.confidence,
            find(document.planes, x, y),
            paint=paint,
            scope=self._scope(),
            first=(int(document.label_map[y, x]), int(document.ink[y, x])),
        )
        if patch is None:
            first = int(document.label_map[y, x]), int(document.ink[y, x])
            self.refused.emit(self._why_nothing(1, paint, first))
            return
        document.do(patch)
        for region in patch.regions:
            self._show(region)
        self.step_made.emit(patch)

    def _pick(self, document: Document, point: Point) -> None:
        pixel = self._pixel(point)
        if pixel is None:
            return
        x, y = pixel
        index = int(document.label_map[y, x])
        if index == IGNORE_INDEX and document.ink[y, x] == Ink.NOBODY:
            self.refused.emit(self.tr("Nothing is labelled here"))
            return
        self.change(class_index=index)

    def _paint(self, *, erase: bool) -> Paint | None:
        if erase:
            return Paint.eraser()
        if self.state.class_index < 0:
            self.class_wanted.emit()  # whoever listens makes a class before this returns
        index = self.state.class_index
        return Paint.of_class(index) if index >= 0 else None

    def _scope(self) -> Scope:
        return Scope(self.state.over, self.classes.flags("locked"))

    def _pixel(self, point: Point) -> tuple[int, int] | None:
        document = self._document
        x, y = math.floor(point[0]), math.floor(point[1])
        if document is None or not (0 <= x < document.width and 0 <= y < document.height):
            return None
        return x, y

    def _show(self, region: Region) -> None:
        if region.area:
            self.pixels_changed.emit(region)

    def _why_nothing(self, covered_pixels: int, paint: Paint, first: tuple[int, int] | None) -> str:
        if not covered_pixels:
            return self.tr("Nothing painted: outside the image")
        under = self.classes.get(first[0]) if first is not None else None
        if under is not None and under.locked:
            return self.tr("Nothing painted: %s is locked (Shift+L)") % under.name
        if self.state.over is not PaintOver.ANYTHING:
            rule = {
                PaintOver.UNLABELLED: self.tr("only unlabelled pixels (K)"),
                PaintOver.FIRST_CLASS: self.tr("only the class first touched (K)"),
                PaintOver.MODEL: self.tr("only the model's labels (K)"),
                PaintOver.UNSURE: self.tr("only where unsure (K)"),
            }[self.state.over]
            return self.tr("Nothing painted: %s") % rule
        if paint.ink == Ink.NOBODY:
            already = self.tr("Nothing erased: unlabelled already")
        elif paint.label == IGNORE_INDEX:
            already = self.tr("Nothing painted: this is Ignore already")
        else:
            name = self.classes.name_of(paint.label)
            already = self.tr("Nothing painted: this is %s already") % name
        if self.classes.flags("locked").any():
            return already + self.tr(", or locked")
        return already
