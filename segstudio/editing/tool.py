"""What every tool is: a state machine in image coordinates that ends in a patch or a request."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, ClassVar

from segstudio.core.arrays import Confidence, Image
from segstudio.core.patch import Patch, Planes
from segstudio.core.region import Region
from segstudio.editing.marks import Mark
from segstudio.editing.requests import Request
from segstudio.editing.scope import Paint, Scope
from segstudio.editing.selection import Selection, paint_selections
from segstudio.editing.sight import Point, Sight
from segstudio.editing.tool_state import ToolState


@dataclass(frozen=True)
class Modifiers:
    """The keys held: Ctrl is the opposite, Shift constrains or extends, Alt picks."""

    opposite: bool = False
    extend: bool = False
    pick: bool = False


@dataclass(frozen=True)
class Board:
    """What a tool works on, as it is now.

    Attributes
    ----------
    image : (H, W, 3) uint8, RGB
    planes : Planes
        The document's own; only a stroke in progress writes into them.
    confidence : (H, W) uint8 or None
    pressure : float
        Of a pen, 0 to 1; 1 for a mouse.
    last_point : (x, y) or None
        Where the last stroke ended, whichever tool made it: a straight line starts there.
    keys : Modifiers
        Held now; they may change in the middle of a gesture.
    notes_cover : bool
        Whether somebody wants to know what a stroke covers; that costs it time.
    """

    image: Image
    planes: Planes
    confidence: Confidence | None
    state: ToolState
    scope: Scope
    sight: Sight = field(default_factory=Sight)
    pressure: float = 1.0
    last_point: Point | None = None
    keys: Modifiers = field(default_factory=Modifiers)
    notes_cover: bool = False

    def paint(self, *, erase: bool = False) -> Paint:
        """Return what is painted: the active class, or nothing."""
        return Paint.eraser() if erase else Paint.of_class(self.state.class_index)

    def painted(
        self, *parts: Selection, paint: Paint, first: tuple[int, int] | None, tool: str
    ) -> "Outcome":
        """Return what comes of painting selections, see `paint_selections`."""
        patch = paint_selections(
            self.planes,
            self.confidence,
            parts,
            paint=paint,
            scope=self.scope,
            first=first,
            tool=tool,
        )
        refusal = Refusal(Why.NOT_ALLOWED, paint, first) if patch is None else None
        return Outcome(patch=patch, refusal=refusal, covered=parts)

    def pixel(self, point: Point) -> tuple[int, int] | None:
        """Return column and row of the pixel at a point; None outside the image."""
        height, width = self.planes.labels.shape
        x, y = math.floor(point[0]), math.floor(point[1])
        return (x, y) if 0 <= x < width and 0 <= y < height else None

    def under(self, point: Point) -> tuple[int, int] | None:
        """Return label and ink of the pixel at a point; None outside the image."""
        pixel = self.pixel(point)
        if pixel is None:
            return None
        x, y = pixel
        return int(self.planes.labels[y, x]), int(self.planes.ink[y, x])


class Why(Enum):
    """Why a gesture changed nothing."""

    OUTSIDE = auto()
    """It touched no pixel of the image."""
    NOT_ALLOWED = auto()
    """Locks, the scope, or the pixels were like that already."""
    NOTHING_LABELLED = auto()
    """The pixel to pick a class from has none."""
    TOO_FEW_POINTS = auto()
    """A shape has no inside yet."""
    NOT_DRAGGED = auto()
    """A click where the shape wants a drag."""
    NOTHING_FOUND = auto()
    """There was nothing to select."""


@dataclass(frozen=True)
class Refusal:
    """A gesture that changed nothing.

    Attributes
    ----------
    paint : Paint or None
        What it would have painted.
    first : (label, ink) or None
        Of the pixel that was touched first.
    """

    why: Why
    paint: Paint | None = None
    first: tuple[int, int] | None = None


@dataclass(frozen=True)
class Pending:
    """Something that waits for Enter.

    Attributes
    ----------
    pixels : int or None
        How many it would paint; None where that is not known yet.
    points : int
        Corners set so far, of a shape that is being drawn.
    erases : bool
        Whether it would make its pixels unlabelled.
    can_apply : bool
        Whether Enter would do something.
    """

    pixels: int | None = None
    points: int = 0
    erases: bool = False
    can_apply: bool = True


@dataclass(frozen=True)
class Outcome:
    """What came of one event.

    Attributes
    ----------
    shown : tuple of Region
        Pixels of the planes that look different now.
    restored : bool
        Whether those were put back as they were before the gesture.
    patch : Patch or None
        A finished edit.
    is_written : bool
        Whether the pixels of the patch are in the planes already.
    request : Request or None
        What somebody else is asked for.
    picked : int or None
        The class index that becomes the active one.
    ended_at : (x, y) or None
        Where a stroke ended, for the next `Board.last_point`.
    tolerance : int or None
        What the hand has made of the tolerance.
    size : int or None
        What it has made of the size of the tip.
    covered : tuple of Selection
        What a finished gesture has decided, also where the pixels were like that already; of a
        stroke only where the board wants it.
    """

    shown: tuple[Region, ...] = ()
    restored: bool = False
    patch: Patch | None = None
    is_written: bool = False
    request: Request | None = None
    refusal: Refusal | None = None
    picked: int | None = None
    ended_at: Point | None = None
    tolerance: int | None = None
    size: int | None = None
    covered: tuple[Selection, ...] = ()


NOTHING = Outcome()


class Tool:
    """A tool that does nothing; each tool overrides what it has an answer to.

    Events come from the GUI thread and must return within a few milliseconds, whatever the size
    of the image; anything slower is a request.
    """

    name: ClassVar[str] = ""
    paints: ClassVar[bool] = True
    """Whether it changes labels and needs a class for that."""
    erases: ClassVar[bool] = False
    """Whether it erases without Ctrl."""

    @property
    def is_busy(self) -> bool:
        """Whether the button is down and pixels change under it; results of machines wait."""
        return False

    @property
    def pending(self) -> Pending | None:
        """What waits for Enter, if anything."""
        return None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What to draw over the image; another tuple whenever that has changed."""
        return ()

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Take the left button going down."""
        return NOTHING

    def move(self, board: Board, point: Point) -> Outcome:
        """Follow the mouse with the button down."""
        return NOTHING

    def release(self, board: Board) -> Outcome:
        """End the gesture: the button comes up, or it has to end here."""
        return NOTHING

    def hover(self, board: Board, point: Point | None, keys: Modifiers) -> Outcome:
        """Follow the mouse with no button down; None when it has left the canvas."""
        return NOTHING

    def double_click(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Take the second press of a double click, in place of `press`."""
        return self.press(board, point, keys)

    def apply(self, board: Board) -> Outcome:
        """Make a step of what is pending; also when another tool or image is turned to."""
        return NOTHING

    def back(self, board: Board) -> Outcome:
        """Take back the last point (Backspace)."""
        return NOTHING

    def discard(self, board: Board) -> Outcome:
        """Leave the gesture in progress, else what is pending, without a trace (Esc)."""
        return NOTHING

    def adjusted(self, board: Board) -> Outcome:
        """Follow a change of class, of the tool's numbers, or of the view."""
        return NOTHING

    def answered(self, board: Board, request: Request, answer: Any) -> Outcome:
        """Take what a `Computation` of this tool has found; one that is stale is left alone."""
        return NOTHING


ToolFactory = Callable[[], Tool]
