"""A hand for tools that ask for computations, on planes of its own, that watches what they show."""

import numpy as np
from hand import CTRL, PLAIN, SHIFT, Hand

from segstudio.core.patch import Planes
from segstudio.core.region import Region, whole
from segstudio.editing.requests import Computation
from segstudio.editing.sight import Sight
from segstudio.editing.tool import Outcome, Refusal, Tool
from segstudio.editing.tool_state import ToolState

__all__ = ["CTRL", "PLAIN", "SHIFT", "AskingHand"]


class AskingHand(Hand):
    """Paints class 3 on an unlabelled image unless it is told otherwise.

    Attributes
    ----------
    refusals : list of Refusal
    requests : list of Computation
        Not answered yet: none or one, as a newer one stops the one before.
    """

    def __init__(self, tool: Tool, image: np.ndarray, *, scale: float = 1.0, **given) -> None:
        height, width = image.shape[:2]
        fields = {"class_index": 3} | given.pop("state", {})
        planes = given.pop("planes", None) or Planes(
            np.full((height, width), 255, np.uint8), np.zeros((height, width), np.uint8)
        )
        sight = Sight(Region(0, 0, height, width), scale)
        super().__init__(tool, image, planes, state=ToolState(**fields), sight=sight, **given)
        self.refusals: list[Refusal] = []
        self.requests: list[Computation] = []

    @property
    def labels(self) -> np.ndarray:
        return self.board.planes.labels

    def copy(self) -> Planes:
        """Return the planes as they are now."""
        return self.board.planes.cut(whole(self.labels))

    def do(self, event: str, *values: object) -> Outcome:
        """Hand on an event; what the tool changed in the planes itself must be shown."""
        before = self.copy()
        outcome = super().do(event, *values)
        if outcome.patch is None or outcome.is_written:
            self._check_shown(before, outcome)
        if outcome.refusal is not None:
            self.refusals.append(outcome.refusal)
        if outcome.request is not None:
            assert isinstance(outcome.request, Computation)
            self.requests = [outcome.request]
        return outcome

    def answer(self) -> None:
        """Do what was asked for and give the tool the answer."""
        while self.requests:
            request = self.requests.pop()
            self.do("answered", request, request.work(lambda: False))

    def undo(self) -> None:
        """Take back all steps, the last first."""
        while self.patches:
            self.patches.pop().revert(self.board.planes)

    def _check_shown(self, before: Planes, outcome: Outcome) -> None:
        after = self.copy()
        for region in outcome.shown:
            for plane, now in ((before.labels, after.labels), (before.ink, after.ink)):
                plane[region.slices] = now[region.slices]
        assert np.array_equal(before.labels, after.labels), "a pixel has changed unseen"
        assert np.array_equal(before.ink, after.ink), "an ink has changed unseen"
