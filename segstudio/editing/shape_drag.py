"""A shape drawn in one drag: freehand, rectangle or ellipse."""

from collections.abc import Callable

from segstudio.editing import outlines
from segstudio.editing.marks import Mark, Path
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point
from segstudio.editing.tool_state import Shape

_LINES: dict[Shape, Callable[[Point, Point], tuple[Point, ...]]] = {
    Shape.RECTANGLE: outlines.rectangle_line,
    Shape.ELLIPSE: outlines.ellipse_line,
}

_PIECE = 64
"""Points of a freehand line that are drawn as one."""


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
        self._pieces: list[Path] = []

    def move(self, point: Point, *, constrains: bool) -> None:
        """Draw on to a point; a rectangle becomes a square, an ellipse a circle."""
        self._last = outlines.squared(self.first, point) if constrains else point
        if self.shape is not Shape.FREEHAND or point == self._track[-1]:
            return
        self._track.append(point)
        if len(self._track) % _PIECE == 0:
            self._pieces.append(Path(tuple(self._track[-_PIECE - 1 :]), opposite=self.opposite))

    @property
    def line(self) -> tuple[Point, ...]:
        """The outline, which is closed."""
        if self.shape is Shape.FREEHAND:
            return tuple(self._track)
        return _LINES[self.shape](self.first, self._last)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The outline; a long freehand line in pieces, of which only the last is ever new."""
        if self.shape is not Shape.FREEHAND:
            return (Path(self.line, closed=True, opposite=self.opposite),)
        rest = self._track[max(len(self._pieces) * _PIECE - 1, 0) :]
        closing = (self._track[-1], self.first)
        return (
            *self._pieces,
            Path(tuple(rest), opposite=self.opposite),
            Path(closing, dashed=True, opposite=self.opposite),
        )

    def selection(self, *, height: int, width: int) -> Selection:
        """Return the pixels of an image of this size that are inside."""
        if self.shape is Shape.ELLIPSE:
            return outlines.ellipse(self.first, self._last, height=height, width=width)
        return outlines.polygon(self.line, height=height, width=width)
