"""Measuring a model on the images that people are done with; no label changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core import evaluation, shared, temperature
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import Role
from segstudio.core.errors import SegstudioError
from segstudio.core.evaluation import Evaluation, ImageScore
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.core.labels import Ink
from segstudio.core.model_info import ModelInfo
from segstudio.core.temperature import Calibration
from segstudio.engine.evaluation_messages import CalibrateRequest, EvaluateReply, EvaluateRequest
from segstudio.engine.options import Options
from segstudio.session.exporting import labels_reader
from segstudio.session.jobs import Job
from segstudio.session.session import Session


class Which(StrEnum):
    """On which images to measure."""

    DONE = "done"
    TEST = "test"


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What came of measuring a model.

    Attributes
    ----------
    evaluation : Evaluation
        Its images have the names of their records.
    said : mapping of str to bytes
        By image, a PNG of what the model says in own class indices.
    calibration : Calibration or None
        None where there is nothing to go by.
    failed : mapping of str to str
        By image, the sentence that says why it could not be measured.
    by_machine : float
        Share of the labelled pixels that a machine wrote, 0 to 1: they flatter a model.
    """

    model: ModelInfo
    evaluation: Evaluation
    said: Mapping[str, bytes]
    calibration: Calibration | None
    failed: Mapping[str, str]
    by_machine: float


@dataclass(frozen=True)
class _Subject:
    """One image to measure on."""

    name: str
    path: Path
    read: Callable[[], LabelMap]


def chosen(records: Sequence[ImageRecord], which: Which) -> list[ImageRecord]:
    """Return the images to measure on: done or checked, and still there."""
    return [
        record
        for record in records
        if record.state in (ImageState.DONE, ImageState.CHECKED)
        and not record.is_missing
        and (which is Which.DONE or record.part is Part.TEST)
    ]


class Evaluating(QObject):
    """Has the engine measure a model, one image after the other, in the background."""

    progressed = Signal(int, int)
    """Images that are over, and all."""
    found = Signal(object)
    """`Evaluated`."""
    failed = Signal(str)
    running_changed = Signal(bool)
    calibrated = Signal(object)
    """`ModelInfo` of a model that is as sure as it is right now."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._job: Job | None = None

    @property
    def is_running(self) -> bool:
        """Whether a model is being measured."""
        return self._job is not None

    def start(self, model: ModelInfo, which: Which) -> None:
        """Measure a model; what comes of it is told by `found` or `failed`."""
        self.cancel()
        session = self._session
        records = chosen(session.images.records, which)
        if session.project is None or not records:
            self.failed.emit(self.tr("There is no such image yet. Mark images as done (T) first."))
            return
        subjects = [self._subject(record) for record in records]
        classes = {c.index: c.name for c in session.classes if c.role is not Role.IGNORE}
        targets = session.book.match(model).targets
        if not set(targets) & classes.keys():
            self.failed.emit(
                self.tr("This model knows none of your classes. Match its classes to yours first.")
            )
            return
        options = replace(session.options(), model=model.name, refine=model.refine)
        by_machine = _by_machine(records)

        def work(job: Job) -> Evaluated:
            scores, said, failed = self._measured(job, subjects, tuple(classes), targets, options)
            samples = [score.samples for score in scores if score.samples is not None]
            return Evaluated(
                model,
                evaluation.evaluation(tuple(classes.values()), scores),
                said,
                temperature.calibrate(samples),
                failed,
                by_machine,
            )

        self._launch(session.runner.new("evaluate", work))

    def cancel(self) -> None:
        """Stop; nothing is told."""
        if self._job is not None:
            self._job.cancel()
            self._end()

    def calibrate(self, evaluated: Evaluated) -> None:
        """Make a model of one's own as sure as it is right."""
        assert evaluated.calibration is not None
        request = CalibrateRequest(evaluated.model.name, evaluated.calibration)
        client = self._session.segmenting.client
        job = self._session.runner.new(
            "calibrate", lambda job: client.request(request, cancelled=job.stop)
        )
        job.succeeded.connect(self._on_calibrated)
        job.failed.connect(self.failed)
        job.start()

    def _subject(self, record: ImageRecord) -> _Subject:
        session = self._session
        assert session.project is not None
        path = session.images.path_of(record.name)
        document = session.open_documents().get(path)
        return _Subject(
            record.name, path, labels_reader(path, document, session.project, record.name)
        )

    def _measured(
        self,
        job: Job,
        subjects: Sequence[_Subject],
        indices: tuple[int, ...],
        targets: tuple[int, ...],
        options: Options,
    ) -> tuple[list[ImageScore], dict[str, bytes], dict[str, str]]:
        """Measure image after image; one that cannot be does not stop the others."""
        scores: list[ImageScore] = []
        said: dict[str, bytes] = {}
        failed: dict[str, str] = {}
        for number, subject in enumerate(subjects):
            job.check()
            job.show((number, len(subjects)))
            try:
                reply = self._asked(job, subject, indices, targets, options)
            except SegstudioError as error:
                job.check()
                failed[subject.name] = str(error)
            else:
                scores.append(replace(reply.score, name=subject.name))
                said[subject.name] = reply.said
        if not scores:
            raise SegstudioError(next(iter(failed.values())))
        return scores, said, failed

    def _asked(
        self,
        job: Job,
        subject: _Subject,
        indices: tuple[int, ...],
        targets: tuple[int, ...],
        options: Options,
    ) -> EvaluateReply:
        with shared.shared(subject.read()) as truth:
            request = EvaluateRequest(
                path=str(subject.path),
                truth=truth,
                indices=indices,
                targets=targets,
                options=options,
            )
            reply = self._session.segmenting.client.request(request, cancelled=job.stop)
        assert isinstance(reply, EvaluateReply)
        return reply

    def _launch(self, job: Job) -> None:
        self._job = job
        job.shown.connect(self._on_progressed)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        self.running_changed.emit(True)
        job.start()

    def _on_progressed(self, over_and_all: tuple[int, int]) -> None:
        if self.sender() is self._job:
            self.progressed.emit(*over_and_all)

    def _on_succeeded(self, evaluated: Evaluated) -> None:
        if self.sender() is self._job:
            self._end()
            self.found.emit(evaluated)

    def _on_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._end()
            self.failed.emit(sentence)

    def _on_calibrated(self, model: ModelInfo) -> None:
        self._session.segmenting.ask_models()
        self.calibrated.emit(model)

    def _end(self) -> None:
        self._job = None
        self.running_changed.emit(False)


def _by_machine(records: Sequence[ImageRecord]) -> float:
    """Return the share of pixels with an author that machines wrote, of the last stored steps."""
    known = [record.ink for record in records if len(record.ink) == len(Ink)]
    total = sum(sum(ink) - ink[Ink.NOBODY] for ink in known)
    machine = sum(ink[Ink.MODEL] + ink[Ink.REFINEMENT] for ink in known)
    return machine / total if total else 0.0
