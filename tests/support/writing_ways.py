"""The ways in which pixels of an image get written, each as a row that a test can try out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.merge import Writing, finish, merge
from segstudio.core.patch import Origin
from segstudio.core.region import whole
from segstudio.editing.brush import Tip
from segstudio.editing.requests import Computation
from segstudio.editing.scope import PaintOver, Scope
from segstudio.editing.sight import Point, Sight
from segstudio.editing.tool import Board, Modifiers, Outcome, Tool
from segstudio.editing.tool_state import ToolState

CLASSES = (0, 1, 2)


@dataclass
class Given:
    """A document with labels of everybody, and what a person has chosen.

    Attributes
    ----------
    points : list of (x, y)
        Of a gesture; the first lies in the image.
    target, other : int
        Two classes, or 255 for Ignore.
    proposed : (H, W) uint8
        What a machine would write.
    """

    document: Document
    scope: Scope
    points: list[Point]
    target: int
    other: int
    size: int
    opposite: bool
    proposed: np.ndarray

    @property
    def pixel(self) -> tuple[int, int]:
        """Column and row of the first point."""
        return int(self.points[0][0]), int(self.points[0][1])

    @property
    def first(self) -> tuple[int, int]:
        """Label and ink of the pixel at the first point."""
        x, y = self.pixel
        return int(self.document.label_map[y, x]), int(self.document.ink[y, x])

    def write(self, writing: Writing, origin: Origin) -> None:
        """Make a step of an edit as jobs do."""
        document = self.document
        made = merge(document.planes, document.versions, writing)
        patch = finish(made, document.planes, document.versions, writing, origin)
        if patch is not None:
            document.do(patch)


def own_scope(given: Given) -> Scope:
    """What a person's tools keep to: locks, and Paint over."""
    return given.scope


def locks_only(given: Given) -> Scope:
    """What machines keep to beside ink."""
    return replace(given.scope, over=PaintOver.ANYTHING)


def only_unlabelled(given: Given) -> Scope:
    """What fillers keep to."""
    return replace(given.scope, over=PaintOver.UNLABELLED)


@dataclass(frozen=True)
class Way:
    """One way of writing.

    Attributes
    ----------
    write : callable
        Makes at most one step of the document.
    is_person : bool
        Whether a person commands it; a machine otherwise.
    keeps_to : callable
        The scope outside of which nothing may change.
    spares_ignore : bool or callable
        Whether Ignore stays, of every author; by what is given, where it depends on that.
    prepare : callable or None
        What comes before, such as the stroke that is changed.
    first : callable
        Label and ink of the pixel that counts as first touched.
    always : callable or None
        Returns the pixels (H, W) bool that have the target class afterwards, where the scope
        allows it.
    """

    name: str
    write: Callable[[Given], None]
    is_person: bool = True
    keeps_to: Callable[[Given], Scope] = own_scope
    spares_ignore: Callable[[Given], bool] = field(default=lambda _given: False)
    prepare: Callable[[Given], None] | None = None
    first: Callable[[Given], tuple[int, int]] = field(default=lambda given: given.first)
    always: Callable[[Given], np.ndarray] | None = None


Gesture = Callable[[Tool, Board, Given], list[Outcome]]


def drag(tool: Tool, board: Board, given: Given) -> list[Outcome]:
    """Press at the first point, move over the others, release, and apply what is pending."""
    outcomes = [tool.press(board, given.points[0], Modifiers(opposite=given.opposite))]
    outcomes += [tool.move(board, point) for point in given.points[1:]]
    outcomes.append(tool.release(board))
    return outcomes


def click(tool: Tool, board: Board, given: Given) -> list[Outcome]:
    """Click at the first point."""
    first = tool.press(board, given.points[0], Modifiers(opposite=given.opposite))
    return [first, tool.release(board)]


def clicks(tool: Tool, board: Board, given: Given) -> list[Outcome]:
    """Click at every point."""
    outcomes = []
    for point in given.points:
        outcomes.append(tool.press(board, point, Modifiers(opposite=given.opposite)))
        outcomes.append(tool.release(board))
    return outcomes


def by_tool(make: Callable[[], Tool], gesture: Gesture = drag, **state: object) -> Callable:
    """Return the way of writing of a tool: a gesture, and Enter.

    Parameters
    ----------
    state : object
        Fields of the `ToolState`.
    """

    def write(given: Given) -> None:
        tool, document = make(), given.document
        chosen = ToolState(tool=tool.name, class_index=given.target, tip=Tip(given.size), **state)
        seen = Sight(whole(document.label_map), 1.0)
        board = Board(
            document.image,
            document.planes,
            document.confidence,
            chosen,
            given.scope,
            seen,
        )
        for outcome in gesture(tool, board, given):
            act(outcome, tool, board, document)
        act(tool.apply(board), tool, board, document)

    return write


def act(outcome: Outcome, tool: Tool, board: Board, document: Document) -> None:
    """Do what comes of an event, as the editor does; computations are answered at once."""
    if outcome.patch is not None:
        (document.keep if outcome.is_written else document.do)(outcome.patch)
    request = outcome.request
    if isinstance(request, Computation):
        answer = request.work(lambda: False)
        act(tool.answered(board, request, answer), tool, board, document)


@st.composite
def givens(draw, side: int = 10):
    """Labels, inks, confidence, locks and wishes of every kind, on a small image."""
    height, width = draw(st.integers(1, side)), draw(st.integers(1, side))
    shape = (height, width)
    labels = draw(arrays(np.uint8, shape, elements=st.sampled_from((*CLASSES, 255))))
    ink = draw(arrays(np.uint8, shape, elements=st.sampled_from(tuple(Ink))))
    ink[(labels != 255) & (ink == Ink.NOBODY)] = Ink.MODEL  # there is no class that nobody wrote
    image = draw(arrays(np.uint8, (*shape, 3), elements=st.sampled_from((0, 90, 100, 255))))
    confidence = draw(st.none() | arrays(np.uint8, shape, elements=st.sampled_from((50, 240))))
    locked = np.zeros(256, np.bool_)
    locked[list(draw(st.sets(st.sampled_from(CLASSES), max_size=2)))] = True
    inside = st.tuples(st.integers(0, width - 1), st.integers(0, height - 1))
    around = st.tuples(st.integers(-2, width + 1), st.integers(-2, height + 1))
    points = [draw(inside), *draw(st.lists(around, max_size=4))]
    classes = (*CLASSES, 255)
    return Given(
        Document(Path("a.png"), image, labels=labels, ink=ink, confidence=confidence),
        Scope(draw(st.sampled_from(PaintOver)), locked),
        [(x + 0.5, y + 0.5) for x, y in points],
        draw(st.sampled_from(classes)),
        draw(st.sampled_from(classes)),
        draw(st.integers(1, 5)),
        draw(st.booleans()),
        draw(arrays(np.uint8, shape, elements=st.sampled_from((0, 1, 2, 3, 255)))),
    )
