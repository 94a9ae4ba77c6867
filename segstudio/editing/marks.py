"""What a tool wants drawn over the image while it is used, in image coordinates."""

from dataclasses import dataclass

from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point


@dataclass(frozen=True, eq=False)
class Path:
    """A line through points.

    Attributes
    ----------
    closed : bool
        Whether the last point is joined with the first.
    dashed : bool
        For what is not fixed yet, such as the line to the cursor.
    width_px : float
        In image pixels; 0 is a thin line of the screen.
    opposite : bool
        Whether it takes away: drawn in black and white instead of the class colour.
    """

    points: tuple[Point, ...]
    closed: bool = False
    dashed: bool = False
    width_px: float = 0.0
    opposite: bool = False


@dataclass(frozen=True, eq=False)
class Dots:
    """Points that can be told apart, such as corners.

    Attributes
    ----------
    large : bool
        Whether a click there does something now, such as closing the shape.
    """

    points: tuple[Point, ...]
    opposite: bool = False
    large: bool = False


@dataclass(frozen=True, eq=False)
class Area:
    """Pixels that are chosen or would be: tinted in the class colour, with an outline."""

    selection: Selection
    opposite: bool = False


@dataclass(frozen=True, eq=False)
class Words:
    """A few words beside a place, such as the tolerance while it is dragged."""

    point: Point
    text: str


Mark = Path | Dots | Area | Words
