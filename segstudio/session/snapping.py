"""Strokes that follow the edges of the image once the button is up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakSet

import numpy as np
from PySide6.QtCore import QObject

from segstudio.core import shared
from segstudio.core.arrays import Mask
from segstudio.core.document import Document
from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.merge import merge
from segstudio.core.patch import Difference, Origin, Planes
from segstudio.core.region import Region, block_region
from segstudio.editing import snapping
from segstudio.editing.requests import Snap
from segstudio.editing.selection import Selection
from segstudio.editing.snapping import Moved
from segstudio.engine.client import EngineClient
from segstudio.engine.messages import SnapReply, SnapRequest
from segstudio.session.jobs import Job
from segstudio.session.late_steps import LateStep, LateSteps
from segstudio.session.segment_result import is_protected
from segstudio.session.session import Session

TOOL = "snap"

MOST_PIXELS = 2**20
"""Of the box around a stroke that is snapped in one go; a longer one goes block by block."""


@dataclass(frozen=True, eq=False)
class _Asked:
    """A stroke on its way to the edges.

    Attributes
    ----------
    step : Step
        The stroke in the history of its document.
    later : list of Selection
        What a person has decided since, also where that changed nothing.
    """

    document: Document
    request: Snap
    step: Step
    later: list[Selection] = field(default_factory=list)

    def is_wanted(self) -> bool:
        """Whether the stroke is still done, and nothing undone that a step would forget."""
        history = self.document.history
        done = history.steps[: history.position]
        return not history.can_redo and any(step is self.step for step in done)


class Snapping(QObject):
    """Asks the engine for each stroke and makes a second step of the answer.

    Pixels that leave a stroke are again what they were before it; those that join it belong to
    the refinement, so that a Segment may change them. Where a person has painted in the meantime
    nothing is changed.
    """

    def __init__(self, session: Session, late: LateSteps) -> None:
        super().__init__(session)
        self._session = session
        self._late = late
        self._asked: WeakSet[_Asked] = WeakSet()
        """Those on their way: job or step keep them, and with them an image of many megabytes."""
        session.editor.is_cover_noted = self._is_waiting
        session.editor.covered.connect(self._on_covered)
        session.editor.requested.connect(self._on_requested)

    def _is_waiting(self) -> bool:
        return any(asked.document is self._session.document for asked in self._asked)

    def _on_covered(self, parts: tuple[Selection, ...]) -> None:
        document = self._session.document
        waiting = [asked for asked in self._asked if asked.document is document]
        if document is None or not waiting:
            return
        for asked in waiting:
            asked.later.extend(parts)
        for part in parts:  # so that what was merged before is merged again
            document.touch_blocks(part.region)

    def _on_requested(self, request: object) -> None:
        document = self._session.document
        if not isinstance(request, Snap) or document is None or is_protected(document):
            return
        step = document.history.last
        assert step is not None
        asked = _Asked(document, request, step)
        client = self._session.segmenting.client
        job = self._session.runner.new("snap", lambda job: _step(job, client, asked))
        self._asked.add(asked)
        job.succeeded.connect(self._late.put)
        job.failed.connect(self._session.tell_error)
        job.start()


# In the thread of the job ------------------------------------------------------------------------


def _step(job: Job, client: EngineClient, asked: _Asked) -> LateStep:
    document, request = asked.document, asked.request
    height, width = document.height, document.width
    moved: dict[Region, Moved] = {}
    for core in _cores(document, request):
        found = _ask(job, client, asked, core)
        if found is None:
            continue
        for block in core.blocks(height, width):
            here = block_region(*block, height, width)
            moved[here] = found.cut(core.intersection(here))

    def write(planes: Planes, region: Region) -> Difference | None:
        there = moved.get(region)
        if there is None:
            return None
        return snapping.written(planes, region, there, request, tuple(asked.later))

    blocks = [next(region.blocks(height, width)) for region in moved]
    made = merge(document.planes, document.versions, write, blocks=blocks)
    origin = Origin(TOOL, Ink.REFINEMENT, request.paint.class_index)
    return LateStep(document, write, origin, made, is_wanted=asked.is_wanted)


def _cores(document: Document, request: Snap) -> Iterator[Region]:
    """Yield regions of whole blocks that hold, together, what a snap may change."""
    height, width = document.height, document.width
    reach = snapping.reach_of(request.size)
    box = Region(0, 0, 0, 0)
    blocks: dict[tuple[int, int], None] = {}
    for selection in request.stroke:
        grown = _grown(selection.region, reach).clipped(height, width)
        box = box.union(grown)
        blocks.update(dict.fromkeys(grown.blocks(height, width)))
    if box.area <= MOST_PIXELS:
        yield box
        return
    for block in blocks:
        yield block_region(*block, height, width)


def _ask(job: Job, client: EngineClient, asked: _Asked, core: Region) -> Moved | None:
    """Ask the engine about one region and its surroundings; None where nothing can change."""
    document, request = asked.document, asked.request
    reach = snapping.reach_of(request.size)
    # What is this near has a say: the windows of both passes, each of them twice.
    region = _grown(core, 4 * reach).clipped(document.height, document.width)
    found = snapping.question(request, document.planes, document.confidence, region)
    if found is None:
        return None
    image = np.ascontiguousarray(document.image[region.slices])
    return found.answered(_answer(job, client, image, found.marks, reach))


def _answer(
    job: Job, client: EngineClient, image: np.ndarray, marks: np.ndarray, reach: int
) -> Mask:
    with shared.shared(image) as first, shared.shared(marks) as second:
        reply = client.request(SnapRequest(first, second, reach), cancelled=job.stop)
    assert isinstance(reply, SnapReply)
    inside = reply.inside.open().view(np.bool_)
    reply.inside.remove()
    return inside


def _grown(region: Region, by: int) -> Region:
    return Region(region.top - by, region.left - by, region.bottom + by, region.right + by)
