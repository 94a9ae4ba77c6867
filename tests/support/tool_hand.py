"""A tool in the hand of a person, without a window: what comes of its events is done as it asks."""

from dataclasses import replace

import numpy as np

from segstudio.core.patch import Patch, Planes
from segstudio.core.region import Region, whole
from segstudio.editing.requests import Computation
from segstudio.editing.scope import Scope
from segstudio.editing.sight import Sight
from segstudio.editing.tool import Board, Modifiers, Outcome, Refusal, Tool
from segstudio.editing.tool_state import ToolState

PLAIN, CTRL, SHIFT = Modifiers(), Modifiers(opposite=True), Modifiers(extend=True)


class Hand:
    """Hands events to a tool and keeps its steps.

    Attributes
    ----------
    board : Board
    steps : list of Patch
    refusals : list of Refusal
    requests : list of Computation
        Not answered yet.
    """

    def __init__(self, tool: Tool, image: np.ndarray, *, scale: float = 1.0, **given) -> None:
        self.tool = tool
        height, width = image.shape[:2]
        planes = given.pop("planes", None) or Planes(
            np.full((height, width), 255, np.uint8), np.zeros((height, width), np.uint8)
        )
        self.board = Board(
            image,
            planes,
            given.pop("confidence", None),
            ToolState(class_index=3, **given.pop("state", {})),
            given.pop("scope", Scope()),
            given.pop("sight", Sight(Region(0, 0, height, width), scale)),
        )
        assert not given
        self.steps: list[Patch] = []
        self.refusals: list[Refusal] = []
        self.requests: list[Computation] = []

    @property
    def labels(self) -> np.ndarray:
        return self.board.planes.labels

    def copy(self) -> Planes:
        """Return the planes as they are now."""
        return self.board.planes.cut(whole(self.labels))

    def change(self, **fields) -> None:
        """Change the board and tell the tool."""
        self.board = replace(self.board, **fields)
        self.do("adjusted")

    def choose(self, **fields) -> None:
        """Change the tool's numbers and tell the tool."""
        self.change(state=replace(self.board.state, **fields))

    def do(self, event: str, *values) -> Outcome:
        """Hand on an event; what it may show is checked against what it changed."""
        before = self.copy()
        outcome: Outcome = getattr(self.tool, event)(self.board, *values)
        self._check_shown(before, outcome)
        if outcome.patch is not None:
            if not outcome.is_written:
                outcome.patch.apply(self.board.planes)
            self.steps.append(outcome.patch)
        if outcome.refusal is not None:
            self.refusals.append(outcome.refusal)
        if outcome.request is not None:
            assert isinstance(outcome.request, Computation)
            self.requests = [outcome.request]  # a newer one stops the one before
        return outcome

    def drag(self, *points, keys: Modifiers = PLAIN) -> Outcome:
        """Press at the first point, move over the others, release."""
        self.do("press", points[0], keys)
        for point in points[1:]:
            self.do("move", point)
        return self.do("release")

    def click(self, point, keys: Modifiers = PLAIN) -> Outcome:
        return self.drag(point, keys=keys)

    def answer(self) -> Outcome | None:
        """Do what was asked for and give the tool the answer."""
        outcome = None
        while self.requests:
            request = self.requests.pop()
            outcome = self.do("answered", request, request.work(lambda: False))
        return outcome

    def undo(self) -> None:
        """Take back all steps, the last first."""
        while self.steps:
            self.steps.pop().revert(self.board.planes)

    def _check_shown(self, before: Planes, outcome: Outcome) -> None:
        after = self.copy()
        for region in outcome.shown:
            for plane, now in ((before.labels, after.labels), (before.ink, after.ink)):
                plane[region.slices] = now[region.slices]
        assert np.array_equal(before.labels, after.labels), "a pixel has changed unseen"
        assert np.array_equal(before.ink, after.ink), "an ink has changed unseen"
