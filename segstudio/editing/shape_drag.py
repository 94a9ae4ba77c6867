"""A shape drawn in one drag: freehand, rectangle or ellipse."""

from collections.abc import Callable

from segstudio.editing import outlines
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point
from segstudio.editing.tool_state import Shape

_LINES: dict[Shape, Callable[[Point, Point], tuple[Point, ...]]] = {
    Shape.RECTANGLE: outlines.rectangle_line,
    Shape.ELLIPSE: outlines.ellipse_line,
}


class ShapeDrag:
    """One drag, from the press of the button to its release.

    Attributes
    ----------
    shape : Shape
        Any but points.
    opposite : bool
        Whether it makes its pixels unlabelled.
    """

    def __init__(self, shape: Shape, point: Point, *, opposite: bool) -> None:
        self.shape = shape
        self.opposite = opposite
        self.first = point
        self._track = [point]
        self._last = point

    def move(self, point: Point, *, constrains: bool) -> None:
        """Draw on to a point; a rectangle becomes a square, an ellipse a circle."""
        self._last = outlines.squared(self.first, point) if constrains else point
        if self.shape is Shape.FREEHAND and point != self._track[-1]:
            self._track.append(point)

    @property
    def line(self) -> tuple[Point, ...]:
        """The outline, which is closed."""
        if self.shape is Shape.FREEHAND:
            return tuple(self._track)
        return _LINES[self.shape](self.first, self._last)

    def selection(self, *, height: int, width: int) -> Selection:
        """Return the pixels of an image of this size that are inside."""
        if self.shape is Shape.ELLIPSE:
            return outlines.ellipse(self.first, self._last, height=height, width=width)
        return outlines.polygon(self.line, height=height, width=width)
