"""Polygon: paints what lies inside a shape, set corner by corner or drawn in one drag."""

from segstudio.editing import outlines
from segstudio.editing.corners import Corners
from segstudio.editing.marks import Dots, Mark, Path
from segstudio.editing.selection import Selection
from segstudio.editing.shape_drag import ShapeDrag
from segstudio.editing.sight import Point
from segstudio.editing.tool import NOTHING, Board, Modifiers, Outcome, Pending, Refusal, Tool, Why
from segstudio.editing.tool_state import Shape


class PolygonTool(Tool):
    """Paints the shape of a drag on release; corners wait until their shape is closed.

    Corners that make no step when they are closed stay where they are, so that nothing is lost.
    """

    name = "polygon"

    def __init__(self) -> None:
        self._corners = Corners()
        self._drag: ShapeDrag | None = None
        self._opposite = False
        """Whether the first corner was set with Ctrl."""
        self._cursor: Point | None = None
        self._keys = Modifiers()
        self._marks: tuple[Mark, ...] = ()
        self._fixed: tuple[Mark, ...] = ()
        self._fixed_for: tuple[tuple[Point, ...], bool, bool] = (), False, False

    @property
    def pending(self) -> Pending | None:
        """The corners set so far."""
        count = len(self._corners.points)
        if not count:
            return None
        return Pending(points=count, erases=self._opposite, can_apply=count >= 3)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The outline, the corners, and the line to the cursor."""
        return self._marks

    # Events ----------------------------------------------------------------------------------

    def press(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Begin a drag; or set a corner, or take one that is set."""
        self._cursor, self._keys = None, keys
        if not self._corners.points:
            self._opposite = keys.opposite
            if board.state.shape is not Shape.POINTS:
                self._drag = ShapeDrag(board.state.shape, point, opposite=keys.opposite)
                return self._shown(board)
        self._corners.press(point, scale=board.sight.scale, constrains=keys.extend)
        return self._shown(board)

    def move(self, board: Board, point: Point) -> Outcome:
        """Draw the shape, or the corner under the hand, along."""
        constrains = board.keys.extend
        if self._drag is not None:
            self._drag.move(point, constrains=constrains)
        else:
            self._corners.move(point, scale=board.sight.scale, constrains=constrains)
        return self._shown(board)

    def release(self, board: Board) -> Outcome:
        """Paint the shape of a drag; close the corners after a click on the first."""
        drag, self._drag = self._drag, None
        if drag is not None:
            height, width = board.planes.labels.shape
            inside = drag.selection(height=height, width=width)
            self._shown(board)
            return self._paint(board, inside, drag.first, erase=drag.opposite)
        closes = self._corners.release()
        if closes:
            return self._close(board, erase=self._opposite or self._keys.opposite)
        return self._shown(board)

    def double_click(self, board: Board, point: Point, keys: Modifiers) -> Outcome:
        """Close the corners: the first press of the two has set the last."""
        if board.state.shape is not Shape.POINTS and not self._corners.points:
            return self.press(board, point, keys)
        if not self._corners.points:  # the first of the two has closed them
            return NOTHING
        return self._close(board, erase=self._opposite or keys.opposite)

    def hover(self, board: Board, point: Point | None, keys: Modifiers) -> Outcome:
        """Draw the line on to the cursor."""
        self._cursor, self._keys = point, keys
        return self._shown(board) if self._corners.points else NOTHING

    def apply(self, board: Board) -> Outcome:
        """Close the corners."""
        return self._close(board, erase=self._opposite) if self._corners.points else NOTHING

    def back(self, board: Board) -> Outcome:
        """Take back the last corner."""
        self._corners.back()
        return self._shown(board)

    def discard(self, board: Board) -> Outcome:
        """Leave the drag of a shape or of a corner, else all corners."""
        if self._drag is not None:
            self._drag = None
        elif self._corners.is_held:
            self._corners.cancel()
        else:
            self._corners.clear()
        return self._shown(board)

    def adjusted(self, board: Board) -> Outcome:
        """Close the corners when another shape is chosen, as when another tool is."""
        if not self._corners.points or board.state.shape is Shape.POINTS:
            return NOTHING
        outcome = self._close(board, erase=self._opposite)
        self._corners.clear()
        self._shown(board)
        return outcome

    # What comes of them ----------------------------------------------------------------------

    def _close(self, board: Board, *, erase: bool) -> Outcome:
        points = self._corners.points
        self._corners.release()
        height, width = board.planes.labels.shape
        inside = outlines.polygon(points, height=height, width=width)
        outcome = self._paint(board, inside, points[0], erase=erase)
        if outcome.patch is not None:
            self._corners.clear()
        self._shown(board)
        return outcome

    def _paint(self, board: Board, inside: Selection, first: Point, *, erase: bool) -> Outcome:
        paint, under = board.paint(erase=erase), board.under(first)
        if inside.pixels:
            return board.painted(inside, paint=paint, first=under, tool=self.name)
        too_little = Why.TOO_FEW_POINTS if self._corners.points else Why.NOT_DRAGGED
        why = Why.OUTSIDE if under is None else too_little
        return Outcome(refusal=Refusal(why, paint, under))

    # What is drawn ---------------------------------------------------------------------------

    def _shown(self, board: Board) -> Outcome:
        """Renew the marks."""
        if self._drag is not None:
            self._marks = self._drag.marks
        elif self._corners.points:
            self._marks = self._corner_marks(board)
        else:
            self._marks = ()
        return NOTHING

    def _corner_marks(self, board: Board) -> tuple[Mark, ...]:
        corners, cursor, scale = self._corners, self._cursor, board.sight.scale
        closes = cursor is not None and corners.closes_at(cursor, scale=scale)
        opposite = self._opposite or (closes and self._keys.opposite)
        fixed = self._fixed_marks(opposite=opposite, closes=closes)
        if cursor is None:
            return fixed
        end = corners.next(cursor, constrains=self._keys.extend)
        line = corners.points[-1], corners.points[0] if closes else end
        return Path(line, dashed=True, opposite=opposite), *fixed

    def _fixed_marks(self, *, opposite: bool, closes: bool) -> tuple[Mark, ...]:
        """Return edges and corners: the same ones as long as only the cursor moves."""
        points = self._corners.points
        if self._fixed_for != (points, opposite, closes):
            self._fixed_for = points, opposite, closes
            edges = Path(points, opposite=opposite)
            if closes:
                first = Dots(points[:1], opposite=opposite, large=True)
                self._fixed = edges, Dots(points[1:], opposite=opposite), first
            else:
                self._fixed = edges, Dots(points, opposite=opposite)
        return self._fixed
