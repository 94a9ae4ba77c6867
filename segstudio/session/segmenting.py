"""Segment: from a click to a step of the document, with the engine in between."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from segstudio.core import shared
from segstudio.core.arrays import Confidence, LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document, SegmentInfo
from segstudio.core.errors import Cancelled, SegstudioError
from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.merge import (
    EVERYWHERE,
    ClassMatch,
    Merge,
    Reach,
    Writing,
    finish,
    merge,
    model_writing,
)
from segstudio.core.patch import Origin
from segstudio.core.region import Region
from segstudio.engine.client import EngineClient
from segstudio.engine.messages import (
    ModelInfo,
    ModelsReply,
    ModelsRequest,
    RefineRequest,
    SegmentReply,
    SegmentRequest,
    WarmRequest,
)
from segstudio.session.jobs import Job, JobRunner

log = logging.getLogger(__name__)

MOST_BLOCKS_AT_ONCE = 8
"""Blocks that the GUI thread may merge again; each takes about 1 ms."""


@dataclass(frozen=True)
class Options:
    """How to segment; the words are those of the engine's messages."""

    model: str
    refine: str = "guided"
    sharpness: float = 0.5
    detail: str = "1"
    device: str = "auto"


@dataclass(frozen=True)
class Result:
    """What came back for one document, merged against its labels at that moment.

    Attributes
    ----------
    proposed : (H, W) uint8
        The model's class indices.
    confidence : (H, W) uint8
    kept_pixels : int
        Pixels of a person, which stay as they are.
    reach : Reach
        Which part of the image it may change.
    kind : {"segment", "refine"}
    replaces : Step or None
        The refinement before, if it was the last step: one step stands for all of them.
    """

    document: Document
    options: Options
    reply: SegmentReply
    proposed: LabelMap
    confidence: Confidence
    merge: Merge
    match: ClassMatch
    locked: NDArray[np.bool_]
    kept_pixels: int
    reach: Reach
    kind: str
    replaces: Step | None

    @property
    def writing(self) -> Writing:
        """The edit that it makes."""
        return model_writing(self.proposed, self.match, self.locked, self.reach)

    def is_ready(self) -> bool:
        """Tell whether so little was edited since that `apply` is cheap."""
        return int(np.count_nonzero(self._outdated())) <= MOST_BLOCKS_AT_ONCE

    def apply(self) -> tuple[Region, ...]:
        """Make a step of it, against the labels as they are now; for the GUI thread.

        Returns
        -------
        tuple of Region
            What looks different now; empty when the result changes nothing.
        """
        document, outdated = self.document, self._outdated()
        undone: tuple[Region, ...] = ()
        if self.replaces is not None and document.history.last is self.replaces:
            patch = document.undo()
            undone = patch.regions if patch is not None else ()
        origin = Origin(self.kind, Ink.MODEL, detail=self.options.model)
        planes, versions = document.planes, document.versions
        # Taking a step back has changed versions too, and that was reckoned with.
        made = replace(self.merge, versions=versions - outdated)
        step = finish(made, planes, versions, self.writing, origin)
        return undone + (document.do(step) if step is not None else ())

    def _outdated(self) -> NDArray[np.bool_]:
        """Return the blocks that have to be merged again, (rows, columns) bool."""
        document, replaced = self.document, self.replaces
        outdated: NDArray[np.bool_] = self.merge.versions != document.versions
        if replaced is not None and document.history.last is not replaced:
            # Made for the labels without a step that stays, or that is gone already.
            for region in replaced.form.regions:
                for block in region.blocks(document.height, document.width):
                    outdated[block] = True
        return outdated

    def info(self) -> SegmentInfo:
        """Return what the Model panel shows of it."""
        return SegmentInfo(
            model=self.options.model,
            ms=sum(self.reply.stages.values()),
            sure=self.reply.sure,
            kept_pixels=self.kept_pixels,
            refined_by=self.reply.refined_by,
            reach=self.reach,
        )


class Segmenting(QObject):
    """Asks the engine, one Segment at a time; a newer one replaces the one before."""

    models_changed = Signal()
    running_changed = Signal(bool)
    progressed = Signal(float, str)
    finished = Signal(object)
    """A `Result` that is not stale."""
    failed = Signal(str)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.client = EngineClient()
        self.models: tuple[ModelInfo, ...] = ()
        self.crf_installed = True
        self.device = ""
        self.refine_ms: dict[str, float] = {}
        self.network_ms = 0.0
        """Milliseconds of the last Segment without its refinement; 0 before the first one."""
        self._runner = runner
        self._job: Job | None = None

    @property
    def is_running(self) -> bool:
        """Whether a Segment or a refinement is on its way."""
        return self._job is not None

    @property
    def running_kind(self) -> str:
        """``segment`` or ``refine`` while one is on its way, else empty."""
        return self._job.kind if self._job is not None else ""

    def start_engine(self) -> None:
        """Start the engine and learn its models; called after the window's first paint."""
        if self._runner.running("models"):
            return
        job = self._runner.new("models", lambda job: self._ask_models(job))
        job.succeeded.connect(self._on_models)
        job.failed.connect(self.failed)
        job.start()

    def warm(self, options: Options) -> None:
        """Load a model ahead of the first Segment."""
        request = WarmRequest(options.model, options.device)
        job = self._runner.new("warm", lambda job: self.client.request(request, cancelled=job.stop))
        job.succeeded.connect(self._on_warm)
        job.start()

    def model(self, name: str) -> ModelInfo | None:
        """Return a model by name; the default one when the name is empty or unknown."""
        return next((m for m in self.models if m.name == name), next(iter(self.models), None))

    def segment(
        self,
        document: Document,
        options: Options,
        match: ClassMatch,
        classes: ClassTable,
        reach: Reach = EVERYWHERE,
    ) -> None:
        """Segment a document or a part of it; the result comes by `finished`."""

        def ask(job: Job) -> SegmentReply:
            with shared.shared(document.image) as image:
                request = SegmentRequest(
                    image=image,
                    key=str(document.path),
                    model=options.model,
                    refine=options.refine,
                    sharpness=options.sharpness,
                    detail=options.detail,
                    device=options.device,
                )
                reply = self.client.request(request, report=job.report, cancelled=job.stop)
            assert isinstance(reply, SegmentReply)
            return reply

        self._start("segment", ask, document, options, match, classes, reach)

    def refine(
        self,
        document: Document,
        options: Options,
        match: ClassMatch,
        classes: ClassTable,
        reach: Reach = EVERYWHERE,
    ) -> None:
        """Refine a document again from the probabilities of its last Segment."""

        def ask(job: Job) -> SegmentReply:
            request = RefineRequest(str(document.path), options.refine, options.sharpness)
            reply = self.client.request(request, report=job.report, cancelled=job.stop)
            assert isinstance(reply, SegmentReply)
            return reply

        self._start("refine", ask, document, options, match, classes, reach)

    def merge_again(self, result: Result) -> None:
        """Merge a result with the labels as they are now; it comes by `finished` once more.

        Does nothing while another is on its way, which is newer.
        """
        if self.is_running:
            return
        self._launch(self._runner.new(result.kind, lambda job: _merged_again(result, job)))

    def cancel(self) -> None:
        """Stop what is on its way; its result is not delivered."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            self.running_changed.emit(False)

    def _start(
        self,
        kind: str,
        ask: Callable[[Job], SegmentReply],
        document: Document,
        options: Options,
        match: ClassMatch,
        classes: ClassTable,
        reach: Reach,
    ) -> None:
        self.cancel()
        locked = classes.flags("locked")
        self._launch(
            self._runner.new(
                kind, lambda job: _merged(ask(job), job, document, options, match, locked, reach)
            )
        )

    def _launch(self, job: Job) -> None:
        self._job = job
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)
        self.running_changed.emit(True)
        job.start()

    def _ask_models(self, job: Job) -> ModelsReply:
        reply = self.client.request(ModelsRequest(), cancelled=job.stop)
        assert isinstance(reply, ModelsReply)
        return reply

    def _on_models(self, reply: ModelsReply) -> None:
        self.models = reply.models
        self.crf_installed = reply.crf_installed
        self.models_changed.emit()

    def _on_warm(self, device: str) -> None:
        self.device = device
        self.models_changed.emit()

    def _is_current(self) -> bool:
        return self._job is not None and self.sender() is self._job

    def _on_progressed(self, done: float, stage: str) -> None:
        if self._is_current():
            self.progressed.emit(done, stage)

    def _on_succeeded(self, result: Result) -> None:
        if self._is_current():
            self.device = result.reply.device or self.device
            stages = result.reply.stages
            self.refine_ms[result.reply.refined_by] = stages.get("refine", 0.0)
            if result.kind == "segment":
                self.network_ms = sum(stages.values()) - stages.get("refine", 0.0)
            self._end()  # first: whoever hears of the result may ask for the next one at once
            self.finished.emit(result)

    def _on_failed(self, sentence: str) -> None:
        if self._is_current():
            self._end()
            self.failed.emit(sentence)

    def _on_ended(self, job: Job) -> None:
        if job is self._job:
            self._end()

    def _end(self) -> None:
        self._job = None
        self.running_changed.emit(False)


def _merged(
    reply: SegmentReply,
    job: Job,
    document: Document,
    options: Options,
    match: ClassMatch,
    locked: NDArray[np.bool_],
    reach: Reach,
) -> Result:
    try:
        proposed: LabelMap = reply.label_map.open()
        confidence: Confidence = reply.confidence.open()
    finally:
        reply.label_map.remove()
        reply.confidence.remove()
    if job.stop.is_set():
        raise Cancelled
    if proposed.shape != document.label_map.shape:
        # The engine keeps images by path: the file was replaced by one of another size.
        raise SegstudioError(f"{document.path.name} is another image now. Click Segment again.")
    last = _replaced(document, job.kind)
    replaced = last.ready() if last is not None else None
    writing = model_writing(proposed, match, locked, reach)
    return Result(
        document=document,
        options=options,
        reply=reply,
        proposed=proposed,
        confidence=_within(confidence, document, reach),
        merge=merge(document.planes, document.versions, writing, replaced=replaced),
        match=match,
        locked=locked,
        kept_pixels=int(np.count_nonzero(document.ink == Ink.PERSON)),
        reach=reach,
        kind=job.kind,
        replaces=last,
    )


def _within(confidence: Confidence, document: Document, reach: Reach) -> Confidence:
    """Return what is known of the whole image's confidence after a result for a part of it."""
    before = document.confidence
    if reach.region is None or before is None or before.shape != confidence.shape:
        return confidence
    mixed = before.copy()
    mixed[reach.region.slices] = confidence[reach.region.slices]
    return mixed


def _merged_again(result: Result, job: Job) -> Result:
    document = result.document
    last = _replaced(document, job.kind)
    made = merge(
        document.planes,
        document.versions,
        result.writing,
        replaced=last.ready() if last is not None else None,
    )
    kept = int(np.count_nonzero(document.ink == Ink.PERSON))
    return replace(result, merge=made, kept_pixels=kept, replaces=last)


def _replaced(document: Document, kind: str) -> Step | None:
    """Return the refinement that another one takes the place of."""
    last = document.history.last if kind == "refine" else None
    return last if last is not None and last.origin.tool == "refine" else None


def would_change(result: Result) -> float:
    """Return which share of the image a result would change."""
    pixels = sum(difference.pixels for difference in result.merge.changes.values())
    return pixels / max(1, result.document.height * result.document.width)


def is_protected(document: Document) -> bool:
    """Whether no machine may change a document."""
    return document.state.is_finished
