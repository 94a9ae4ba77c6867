"""A hand that drives one tool without a window, and does what comes of it as the editor does."""

from dataclasses import dataclass, replace

import numpy as np

from segstudio.core.patch import Patch, Planes
from segstudio.core.region import whole
from segstudio.editing.scope import PaintOver, Scope
from segstudio.editing.sight import Point, Sight
from segstudio.editing.tool import Board, Modifiers, Outcome, Tool
from segstudio.editing.tool_state import ToolState

PLAIN = Modifiers()
SHIFT = Modifiers(extend=True)
CTRL = Modifiers(opposite=True)


class Hand:
    """A tool at work on planes of its own.

    Attributes
    ----------
    outcomes : list of Outcome
        Of every event so far.
    patches : list of Patch
        The steps made; they are in the planes.
    """

    def __init__(
        self,
        tool: Tool,
        image: np.ndarray,
        planes: Planes,
        *,
        state: ToolState,
        scope: Scope | None = None,
        confidence: np.ndarray | None = None,
        sight: Sight | None = None,
    ) -> None:
        self.tool = tool
        self.board = Board(
            image,
            planes,
            confidence,
            state,
            scope or Scope(),
            sight or Sight(whole(planes.labels), 1.0),
        )
        self.outcomes: list[Outcome] = []
        self.patches: list[Patch] = []

    @property
    def refusal(self):
        """Why the last event changed nothing, if it says so."""
        found = self.outcomes[-1].refusal
        return found and found.why

    def do(self, event: str, *values: object) -> Outcome:
        """Hand the tool an event and do what comes of it."""
        outcome = getattr(self.tool, event)(self.board, *values)
        self.outcomes.append(outcome)
        if outcome.patch is not None:
            self.patches.append(outcome.patch)
            if not outcome.is_written:
                outcome.patch.apply(self.board.planes)
        if outcome.tolerance is not None:
            self.change(tolerance=outcome.tolerance)
        return outcome

    def change(self, **fields: object) -> None:
        """Change the numbers of the tools."""
        self.board = replace(self.board, state=replace(self.board.state, **fields))
        self.do("adjusted")

    def look(self, sight: Sight) -> None:
        """Turn to another part of the image."""
        self.board = replace(self.board, sight=sight)
        self.do("adjusted")

    def drag(self, *points: Point, keys: Modifiers = PLAIN) -> None:
        """Press at the first point, move over the others, release."""
        self.board = replace(self.board, keys=keys)
        self.do("hover", points[0], keys)
        self.do("press", points[0], keys)
        for point in points[1:]:
            self.do("move", point)
        self.do("release")

    def click(self, *points: Point, keys: Modifiers = PLAIN) -> None:
        """Click at one point after another."""
        for point in points:
            self.drag(point, keys=keys)

    def turn_away(self) -> None:
        """Do as the editor does when another tool or image is chosen."""
        self.do("release")
        if self.tool.pending is not None:
            self.do("apply")
        if self.tool.pending is not None:
            self.do("discard")


@dataclass(frozen=True)
class AnyBoard:
    """Random values for a property: an image, its labels with every ink, class 1 locked."""

    image: np.ndarray
    planes: Planes
    confidence: np.ndarray
    locked: np.ndarray


def any_board(height: int, width: int, seed: int) -> AnyBoard:
    """Return random values of a size, the same ones for the same seed."""
    random = np.random.default_rng(seed)
    planes = Planes(
        random.choice(np.array([0, 1, 3, 255], np.uint8), (height, width)),
        random.integers(0, 4, (height, width), np.uint8),
    )
    confidence = random.integers(0, 256, (height, width), np.uint8)
    locked = np.zeros(256, np.bool_)
    locked[1] = True
    image = random.integers(0, 256, (height, width, 3), np.uint8)
    return AnyBoard(image, planes, confidence, locked)


def assert_kept_to(over: PaintOver, before: Planes, changed: np.ndarray) -> None:
    """Fail where a change has touched the locked class 1, or what may not be painted over."""
    assert not (changed & (before.labels == 1)).any()
    if over is PaintOver.UNLABELLED:
        assert not (changed & ((before.labels != 255) | (before.ink != 0))).any()
    if over is PaintOver.MODEL:
        assert not (changed & ~np.isin(before.ink, (1, 2))).any()
