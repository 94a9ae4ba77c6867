"""Two models on one image, to be looked at beside each other; no label changes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from segstudio.core import comparison, shared
from segstudio.core.arrays import LabelMap
from segstudio.core.document import Document
from segstudio.engine.client import EngineClient
from segstudio.engine.messages import SegmentReply, SegmentRequest
from segstudio.engine.options import Options
from segstudio.session.jobs import Job, JobRunner


class Side(StrEnum):
    """Where one of the two is shown."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, eq=False)
class Look:
    """What one model makes of an image.

    Attributes
    ----------
    label_map : (h, w) uint8
        The model's class indices, at `comparison.reduced_size`.
    sure : float
        Mean confidence, 0 to 1.
    ms : float
        What it took.
    """

    model: str
    label_map: LabelMap
    sure: float
    ms: float


class Comparing(QObject):
    """Asks the engine for each side on its own: a new choice on one leaves the other as it is."""

    looked = Signal(str, object)
    """Side and `Look`."""
    progressed = Signal(str, float)
    """Side and how far it is, 0 to 1."""
    failed = Signal(str, str)
    """Side and a sentence."""

    def __init__(
        self, client: EngineClient, runner: JobRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._client = client
        self._runner = runner
        self._jobs: dict[Side, Job] = {}

    def look(self, side: Side, document: Document, options: Options) -> None:
        """Have one side's model look at an image; the answer comes by `looked`.

        Another look on the same side takes the place of one that is on its way.
        """
        self.cancel(side)
        job = self._runner.new("compare", lambda job: self._look(job, document, options))
        self._jobs[side] = job
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.start()

    def cancel(self, side: Side) -> None:
        """Drop what is on its way for one side."""
        if side in self._jobs:
            self._jobs.pop(side).cancel()

    def cancel_all(self) -> None:
        """Drop what is on its way for both."""
        for side in Side:
            self.cancel(side)

    def _look(self, job: Job, document: Document, options: Options) -> Look:
        with shared.shared(document.image) as image:
            request = SegmentRequest(
                image=image,
                key="",  # nothing is kept: what is known of the last Segment stays
                options=options,
            )
            reply = self._client.request(request, report=job.report, cancelled=job.stop)
        assert isinstance(reply, SegmentReply)
        label_map = comparison.reduced(reply.label_map.open())
        reply.label_map.remove()
        reply.confidence.remove()
        return Look(options.model, label_map, reply.sure, sum(reply.stages.values()))

    def _side_of(self, job: QObject) -> Side | None:
        return next((side for side, other in self._jobs.items() if other is job), None)

    def _on_progressed(self, done: float, _stage: str) -> None:
        self._tell(lambda side: self.progressed.emit(side, done), ends=False)

    def _on_succeeded(self, look: Look) -> None:
        self._tell(lambda side: self.looked.emit(side, look), ends=True)

    def _on_failed(self, sentence: str) -> None:
        self._tell(lambda side: self.failed.emit(side, sentence), ends=True)

    def _tell(self, tell: Callable[[Side], None], *, ends: bool) -> None:
        side = self._side_of(self.sender())
        if side is None:
            return  # another choice was made meanwhile
        if ends:
            del self._jobs[side]
        tell(side)
