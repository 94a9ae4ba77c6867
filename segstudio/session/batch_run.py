"""One run of Segment all: its images, how far it is, and what it needs to go on after a restart."""

from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from segstudio.engine.options import Options
from segstudio.project.project import Project
from segstudio.session.moves import Moves

STATE = "segment_all"
"""The value of a project with how far it is: small, as it is written with every image."""

IMAGES = "segment_all_images"
"""The value with the names of the images, written once."""

_RECENT = 20
"""Images from which the pace is reckoned."""


@dataclass
class Run:
    """The images of a run in order, those that are over, and what went wrong.

    Attributes
    ----------
    settled : int
        All images before this one are over; a restart begins here.
    next : int
        The next image to begin.
    again : list of int
        Images that began, and begin anew before the next.
    over : set of int
        Images from `settled` on that are over already: several are under way at a time.
    failed : dict of str to str
        By name of the image, the sentence that says why.
    changed : int
        Images that got other labels.
    in_a_row : int
        Images that failed one after the other, up to now.
    """

    project: Project
    names: tuple[str, ...]
    options: Options
    settled: int = 0
    next: int = 0
    again: list[int] = field(default_factory=list)
    over: set[int] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    changed: int = 0
    in_a_row: int = 0
    paused: bool = False
    _ends: deque[float] = field(default_factory=lambda: deque(maxlen=_RECENT))

    @property
    def total(self) -> int:
        """How many images there are."""
        return len(self.names)

    @property
    def done(self) -> int:
        """How many are over."""
        return self.settled + len(self.over)

    @property
    def is_over(self) -> bool:
        """Whether all are."""
        return self.settled == self.total

    @property
    def present(self) -> int:
        """How many there are but for those whose place another has taken."""
        return self.total - self.names.count("")

    @property
    def has_more(self) -> bool:
        """Whether an image is left to begin."""
        return bool(self.again) or self.next < self.total

    def take(self) -> int:
        """Return the next image to begin."""
        if self.again:
            return self.again.pop(0)
        self.next += 1
        return self.next - 1

    def follow(self, moves: Moves) -> None:
        """Know images by their new names; one whose place another took has none any more."""
        gone = moves.lost - moves.names.keys()
        names = tuple("" if name in gone else moves.names.get(name, name) for name in self.names)
        if names == self.names:
            return
        self.names = names
        failed = {moves.names.get(n, n): why for n, why in self.failed.items() if n not in gone}
        self.failed.clear()
        self.failed.update(failed)
        self.begin()

    def end(self, index: int, why: str = "") -> None:
        """Note that an image is over, and why it failed if it did."""
        self.in_a_row = self.in_a_row + 1 if why else 0
        if why:
            self.failed[self.names[index]] = why
        self.over.add(index)
        while self.settled in self.over:
            self.over.discard(self.settled)
            self.settled += 1
        self._ends.append(monotonic())
        self.keep()

    def set_paused(self, paused: bool) -> None:
        """Pause or go on."""
        self.paused = paused
        self.in_a_row = 0
        self._ends.clear()
        self.keep()

    def seconds_left(self) -> float | None:
        """Return the time that the rest takes at the present pace; None before it is known."""
        if len(self._ends) < 3:
            return None
        pace = (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)
        return pace * (self.total - self.done)

    def begin(self) -> None:
        """Keep what does not change, and how far it is."""
        self.project.keep_value(IMAGES, list(self.names))
        self.keep()

    def keep(self) -> None:
        """Keep how far it is."""
        self.project.keep_value(
            STATE,
            {
                "settled": self.settled,
                "failed": dict(self.failed),
                "changed": self.changed,
                "paused": self.paused,
                "model": self.options.model,
                "refine": self.options.refine,
                "sharpness": self.options.sharpness,
                "detail": self.options.detail,
                "augment": self.options.augment,
                "precision": self.options.precision,
                "tile": self.options.tile,
            },
        )

    def forget(self) -> None:
        """Keep nothing any more: it is over, or was cancelled."""
        self.project.keep_value(STATE, None)
        self.project.keep_value(IMAGES, None)


def restored(project: Project, device: str) -> Run | None:
    """Return the run that the last window left unfinished; None when there is none."""
    state: Any = project.value(STATE, None)
    names: Any = project.value(IMAGES, None)
    if not isinstance(state, dict) or not isinstance(names, list):
        return None
    try:
        settled = int(state["settled"])
        return Run(
            project,
            tuple(str(name) for name in names),
            Options(
                model=str(state["model"]),
                refine=str(state["refine"]),
                sharpness=float(state["sharpness"]),
                detail=str(state["detail"]),
                device=device,
                augment=str(state.get("augment", "none")),
                precision=str(state.get("precision", "auto")),
                tile=int(state.get("tile", 0)),
            ),
            settled=settled,
            next=settled,
            failed={str(name): str(why) for name, why in state["failed"].items()},
            changed=int(state["changed"]),
            paused=bool(state["paused"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # of another version of the program
