"""What the person has chosen: the tool, its class, and the numbers of every tool."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from segstudio.editing.brush import MAX_SIZE_PX, MIN_SIZE_PX, Tip
from segstudio.editing.scope import UNSURE_BELOW, PaintOver


class Shape(StrEnum):
    """The shapes of the polygon tool."""

    POINTS = "points"
    FREEHAND = "freehand"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"


class Reach(StrEnum):
    """How far a scribble may change the image."""

    NEAR = "near"
    IMAGE = "image"


LIMITS = {
    "tolerance": (0, 128),
    "granularity": (6, 120),
    "stiffness": (0, 100),
    "scribble_width": (1, 200),
    "unsure_below": (1, 255),
}
"""What the numbers of `ToolState` may be, from and to; the size of the tip has its own."""


@dataclass(frozen=True)
class ToolState:
    """What the options bar shows.

    Attributes
    ----------
    class_index : int
        255 for Ignore, -1 while there is no class.
    on_screen : bool
        Whether the size of the tip counts screen pixels, so that it follows the zoom.
    pressure : bool
        Whether a pen's pressure changes the size of the tip.
    snap : bool
        Whether a stroke snaps to the edges of the image when it ends.
    fill_all : bool
        Whether Fill takes all regions of the class.
    tolerance : int
        Of the wand, 0 to 128 grey levels.
    connected : bool
        Whether the wand keeps to pixels joined with the one clicked.
    fill_holes : bool
        Whether the wand takes holes in what it found.
    granularity : int
        Of superpixels: their width in screen pixels.
    stiffness : int
        Of the scissors, 0 (follows every edge) to 100 (straight).
    scribble_width : int
        In image pixels.
    refine : bool
        Whether what a scribble changes follows the edges of the image.
    unsure_below : int
        Confidence, 0 to 255, under which a pixel counts as unsure.
    """

    tool: str = "hand"
    tip: Tip = field(default_factory=Tip)
    over: PaintOver = PaintOver.ANYTHING
    class_index: int = -1
    last_class: int = -1
    on_screen: bool = False
    pressure: bool = True
    snap: bool = False
    fill_all: bool = False
    shape: Shape = Shape.POINTS
    tolerance: int = 24
    connected: bool = True
    fill_holes: bool = True
    granularity: int = 24
    stiffness: int = 30
    scribble_width: int = 6
    reach: Reach = Reach.NEAR
    refine: bool = True
    unsure_below: int = UNSURE_BELOW

    def tip_at(self, scale: float) -> Tip:
        """Return the tip in image pixels, with the image at so many screen pixels per pixel."""
        if not self.on_screen:
            return self.tip
        size = round(self.tip.size / scale)
        return replace(self.tip, size=max(MIN_SIZE_PX, min(size, MAX_SIZE_PX)))


def changed(state: ToolState, **fields: object) -> ToolState:
    """Return a state with other fields, its numbers within their limits; the class before is kept.

    Parameters
    ----------
    fields : object
        Of the `ToolState`.
    """
    if fields.get("class_index", state.class_index) != state.class_index:
        fields.setdefault("last_class", state.class_index)
    made = replace(state, **fields)  # type: ignore[arg-type]
    size = max(MIN_SIZE_PX, min(made.tip.size, MAX_SIZE_PX))
    numbers = {
        name: max(low, min(int(getattr(made, name)), high)) for name, (low, high) in LIMITS.items()
    }
    return replace(made, tip=replace(made.tip, size=size), **numbers)  # type: ignore[arg-type]
