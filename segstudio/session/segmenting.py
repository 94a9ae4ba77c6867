"""Segment: from a click to a step of the document, with the engine in between."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from segstudio.core import shared
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.merge import (
    EVERYWHERE,
    ClassMatch,
    Reach,
)
from segstudio.engine.client import EngineClient
from segstudio.engine.envelopes import Preview
from segstudio.engine.messages import RefineRequest, SegmentReply, SegmentRequest, WarmRequest
from segstudio.engine.model_messages import ModelInfo, ModelsReply, ModelsRequest
from segstudio.engine.options import Options
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.notice import Notice
from segstudio.session.segment_preview import SegmentPreview, preview_of
from segstudio.session.segment_result import Result, merged, merged_again

log = logging.getLogger(__name__)


class Segmenting(QObject):
    """Asks the engine, one Segment at a time; a newer one replaces the one before."""

    models_changed = Signal()
    running_changed = Signal(bool)
    progressed = Signal(float, str)
    previewed = Signal(object)
    """A `SegmentPreview` of what is done of a large image; None when it is over."""
    finished = Signal(object)
    """A `Result` that is not stale."""
    failed = Signal(str)
    noticed = Signal(object)
    """A `Notice` about the models."""

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.client = EngineClient()
        self.models: tuple[ModelInfo, ...] = ()
        """Those that can be used now, the default one first."""
        self.known: tuple[ModelInfo, ...] = ()
        """Those as well that are not on this computer, or damaged."""
        self.taught: tuple[str, ...] = ()
        """Names of the models of the open project whose files are here."""
        self.awaited = ""
        """Name of a model of the open project that will be among `models` in a moment."""
        self.device = ""
        self.refine_ms: dict[str, float] = {}
        self.network_ms = 0.0
        """Milliseconds of the last Segment without its refinement; 0 before the first one."""
        self._runner = runner
        self._job: Job | None = None
        self._part: SegmentPreview | None = None
        self._models_job: Job | None = None
        self._told = ""

    @property
    def is_running(self) -> bool:
        """Whether a Segment or a refinement is on its way."""
        return self._job is not None

    @property
    def running_kind(self) -> str:
        """``segment`` or ``refine`` while one is on its way, else empty."""
        return self._job.kind if self._job is not None else ""

    @property
    def has_part(self) -> bool:
        """Whether a part of the result is there already."""
        return self._part is not None

    def start_engine(self) -> None:
        """Start the engine and learn its models; called after the window's first paint."""
        if not self._runner.running("models"):
            self.ask_models()

    def ask_models(self) -> None:
        """Learn the models anew: they have changed."""
        job = self._runner.new("models", lambda job: self._ask_models(job))
        self._models_job = job
        job.succeeded.connect(self._on_models)
        job.failed.connect(self.failed)
        job.start()

    def set_taught(self, names: tuple[str, ...]) -> None:
        """Have the models of the open project among the others."""
        if names == self.taught and not self.awaited:
            return
        self.taught = names
        if self._models_job is not None:
            self.ask_models()

    def warm(self, options: Options) -> None:
        """Load a model ahead of the first Segment."""
        request = WarmRequest(options.model, options.device, options.precision)
        job = self._runner.new("warm", lambda job: self.client.request(request, cancelled=job.stop))
        job.succeeded.connect(self._on_warm)
        job.start()

    def model(self, name: str) -> ModelInfo | None:
        """Return a model by name; the default one when the name is empty or unknown.

        None while it is on its way, or none is known.
        """
        if name and name == self.awaited:
            return None
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
        locked = classes.flags("locked")

        def ask(job: Job) -> SegmentReply:
            def show(preview: Preview) -> None:
                labels = preview_of(preview.labels.open(), document, match, locked, reach)
                job.show(SegmentPreview(labels, preview.finished, preview.total))

            with shared.shared(document.image) as image:
                request = SegmentRequest(
                    image=image,
                    key=str(document.path),
                    options=options,
                )
                reply = self.client.request(
                    request, report=job.report, cancelled=job.stop, finish=job.finish, show=show
                )
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
        self._launch(self._runner.new(result.kind, lambda job: merged_again(result, job)))

    def cancel(self) -> None:
        """Stop what is on its way; its result is not delivered."""
        job = self._job
        if job is not None:
            job.cancel()
            self._end()

    def stop(self) -> None:
        """Stop what is on its way and keep the part that is done, if there is any.

        Asked a second time, it is not waited for.
        """
        job = self._job
        if job is None or self._part is None or job.finish.is_set():
            self.cancel()
        else:
            job.finish.set()

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
                kind, lambda job: merged(ask(job), job, document, options, match, locked, reach)
            )
        )

    def _launch(self, job: Job) -> None:
        self._job = job
        job.progressed.connect(self._on_progressed)
        job.shown.connect(self._on_shown)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)
        self.running_changed.emit(True)
        job.start()

    def _ask_models(self, job: Job) -> ModelsReply:
        reply = self.client.request(ModelsRequest(self.taught), cancelled=job.stop)
        assert isinstance(reply, ModelsReply)
        return reply

    def _on_models(self, reply: ModelsReply) -> None:
        if self.sender() is not self._models_job:
            return  # a later question is on its way, or was answered sooner
        self.known = reply.models
        if self.awaited in self.taught:
            self.awaited = ""
        self.models = tuple(m for m in reply.models if m.is_installed and not m.problem)
        self.models_changed.emit()
        if reply.told and reply.told != self._told:
            self.noticed.emit(Notice(reply.told))
        self._told = reply.told

    def _on_warm(self, device: str) -> None:
        self.device = device
        self.models_changed.emit()

    def _is_current(self) -> bool:
        return self._job is not None and self.sender() is self._job

    def _on_progressed(self, done: float, stage: str) -> None:
        if self._is_current():
            self.progressed.emit(done, stage)

    def _on_shown(self, part: SegmentPreview) -> None:
        if self._is_current():
            self._part = part
            self.previewed.emit(part)

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
        if self._part is not None:
            self._part = None
            self.previewed.emit(None)
        self.running_changed.emit(False)
