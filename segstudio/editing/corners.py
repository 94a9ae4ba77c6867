"""The corners of a shape that is set click by click."""

import math

from segstudio.editing import outlines
from segstudio.editing.sight import Point

REACH_PX = 8.0
"""How near to a corner a click takes it, on the screen."""
JITTER_PX = 3.0
"""How far the hand may slip in a click, on the screen."""


class Corners:
    """Corners in the order in which they were set, one of them perhaps under the hand."""

    def __init__(self) -> None:
        self.points: tuple[Point, ...] = ()
        self._before: tuple[Point, ...] = ()
        """As they were when the button went down."""
        self._held: int | None = None
        self._pressed_at: Point = (0.0, 0.0)
        self._grip: Point = (0.0, 0.0)
        """From the cursor to the corner it holds."""
        self._is_click = False
        """Whether a corner was taken and has not moved."""

    @property
    def is_held(self) -> bool:
        """Whether a corner is under the hand."""
        return self._held is not None

    def press(self, point: Point, *, scale: float, constrains: bool) -> None:
        """Take the corner at a point, or set another one.

        Parameters
        ----------
        scale : float
            Screen pixels per image pixel.
        constrains : bool
            Whether the line to the new corner is level, upright or at 45 degrees.
        """
        self._before, self._pressed_at = self.points, point
        held = self.at(point, scale=scale)
        self._is_click = held is not None
        if held is None:
            held, self._grip = len(self.points), (0.0, 0.0)
            self.points = (*self.points, self.next(point, constrains=constrains))
        else:
            x, y = self.points[held]
            self._grip = x - point[0], y - point[1]
        self._held = held

    def move(self, point: Point, *, scale: float, constrains: bool) -> None:
        """Draw the corner under the hand along."""
        held = self._held
        if held is None:
            return
        if self._is_click and math.dist(point, self._pressed_at) * scale < JITTER_PX:
            return
        self._is_click = False
        corner = point[0] + self._grip[0], point[1] + self._grip[1]
        if constrains and len(self.points) > 1:
            corner = outlines.at_eighth(self.points[held - 1], corner)
        self.points = (*self.points[:held], corner, *self.points[held + 1 :])

    def release(self) -> bool:
        """Let go of the corner and tell whether that was a click on the first, which closes."""
        closes = self._is_click and self._held == 0 and len(self.points) >= 3
        self._held, self._is_click = None, False
        return closes

    def cancel(self) -> None:
        """Put the corners back as they were before the button went down."""
        self.points = self._before
        self._held = None

    def back(self) -> None:
        """Take back the last corner."""
        self.points = self.points[:-1]
        self._held = None

    def clear(self) -> None:
        """Forget all corners."""
        self.points, self._held = (), None

    def at(self, point: Point, *, scale: float) -> int | None:
        """Return which corner a click at a point takes."""
        distances = [math.dist(point, corner) * scale for corner in self.points]
        nearest = min(distances, default=math.inf)
        return distances.index(nearest) if nearest <= REACH_PX else None

    def closes_at(self, point: Point, *, scale: float) -> bool:
        """Tell whether a click at a point would close the shape."""
        if len(self.points) < 3 or math.dist(point, self.points[0]) * scale > REACH_PX:
            return False
        return self.at(point, scale=scale) == 0

    def next(self, point: Point, *, constrains: bool) -> Point:
        """Return where a click at a point sets the next corner."""
        if constrains and self.points:
            return outlines.at_eighth(self.points[-1], point)
        return point
