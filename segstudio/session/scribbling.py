"""What follows from a scribble: asked of the engine, and made one step with the stroke."""

import itertools
import weakref
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from segstudio.core import shared
from segstudio.core.document import Document
from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.merge import LEAVE_UNLABELLED
from segstudio.core.patch import Origin, Patch
from segstudio.editing.requests import Scribble
from segstudio.editing.selection import Selection
from segstudio.engine.client import EngineClient
from segstudio.engine.messages import ScribbleReply, ScribbleRequest
from segstudio.session.jobs import Job
from segstudio.session.late_steps import LateStep, LateSteps, prepared
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.scribble_result import Question, answer, question, writing
from segstudio.session.segment_result import is_protected
from segstudio.session.session import Session

TOOL = "scribble"


@dataclass(frozen=True)
class _Asked:
    """A scribble that the engine was asked about.

    Attributes
    ----------
    step : Step
        The stroke, as it stands in the history.
    stamp : str
        Another one means another image in the same file.
    model : str
        Through which the image is seen; empty for none.
    targets : tuple of int
        What the model's classes are here.
    """

    document: Document
    request: Scribble
    step: Step
    stamp: str
    model: str
    targets: tuple[int, ...]
    device: str

    def is_wanted(self) -> bool:
        """Whether nothing is undone that a step would forget."""
        return not self.document.history.can_redo


@dataclass(frozen=True)
class _Answered:
    """What the engine found, merged against the labels of that moment."""

    asked: _Asked
    taken: Selection
    late: LateStep


class Scribbling(QObject):
    """Asks what follows from a scribble, one at a time; a newer one replaces the one before.

    The stroke is a step of its own until the answer is there. Then one step stands for both, so
    that one undo takes back one gesture; where something else was done meanwhile, the answer is a
    step after it. A stroke that was undone by then has no consequence, nor has any while there is
    something to redo, which a step would forget.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._late = LateSteps(session)  # of its own: others count those that they have put
        self._job: Job | None = None
        self._answered: _Answered | None = None
        self._numbers = itertools.count(1)
        self._stamps: weakref.WeakKeyDictionary[Document, str] = weakref.WeakKeyDictionary()
        session.editor.requested.connect(self._on_requested)
        self._late.outrun.connect(self._on_outrun)
        self._late.applied.connect(self._forget)
        self._late.lost.connect(self._forget)

    def _on_requested(self, request: object) -> None:
        document = self._session.document
        if not isinstance(request, Scribble) or document is None:
            return
        if self._job is not None:
            self._job.cancel()
            self._job = None
        step = document.history.last
        if step is None:
            return
        if is_protected(document):
            self._tell_protected()
            return
        asked = self._asked(document, request, step)
        client = self._session.segmenting.client
        self._launch(self._session.runner.new(TOOL, lambda job: _answered(asked, client, job)))

    def _asked(self, document: Document, request: Scribble, step: Step) -> _Asked:
        """Choose the model that has seen the image, unless it knows none of the classes."""
        session = self._session
        options, info = session.options(), document.segment_info
        name = info.model if info is not None else options.model
        model = next((m for m in session.segmenting.models if m.name == name), None)
        targets = session.book.match(model).targets if model is not None else ()
        known = model is not None and any(target != LEAVE_UNLABELLED for target in targets)
        seen_through = name if known else ""
        stamp = self._stamps.setdefault(document, str(next(self._numbers)))
        return _Asked(document, request, step, stamp, seen_through, targets, options.device)

    def _launch(self, job: Job) -> None:
        self._job = job
        job.succeeded.connect(self._on_answered)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)
        job.start()

    def _on_answered(self, answered: _Answered) -> None:
        if self.sender() is self._job:
            self._answered = answered
            self._late.put(answered.late)

    def _on_outrun(self, late: LateStep) -> None:
        """Make the consequence a step of its own, unless the stroke is gone."""
        answered = self._answered
        if answered is None or late.origin is not answered.late.origin:
            return
        self._answered = None
        history, stroke = answered.asked.document.history, answered.asked.step
        if any(step is stroke for step in history.steps[: history.position]):
            job = self._session.runner.new(TOOL, lambda _job: _alone(answered))
            job.succeeded.connect(self._late.put)
            job.failed.connect(self._on_failed)
            job.start()

    def _forget(self, late: LateStep, _patch: Patch | None = None) -> None:
        """Keep no image alive for an answer that has come."""
        if self._answered is not None and late.origin is self._answered.late.origin:
            self._answered = None

    def _on_failed(self, sentence: str) -> None:
        text = self.tr("The scribble was painted; nothing else was changed.")
        self._session.noticed.emit(Notice(f"{sentence} {text}", NoticeKind.ERROR))

    def _on_ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None

    def _tell_protected(self) -> None:
        text = self.tr("This image is done: the scribble was painted, nothing else was changed.")
        actions = (("done", self.tr("Not done any more")),)
        self._session.noticed.emit(Notice(text, NoticeKind.BANNER, actions))


def _answered(asked: _Asked, client: EngineClient, job: Job) -> _Answered:
    """Ask the engine and merge its answer; for a job thread."""
    document, request = asked.document, asked.request
    posed = question(document, request, has_model=bool(asked.model))
    taken = answer(_reply(asked, posed, client, job), document, posed.step)
    paint = request.paint
    origin = Origin(TOOL, Ink.PERSON, paint.class_index, detail=asked.model)
    edit = writing(request, taken, document.confidence, draws=True)
    late = prepared(document, edit, origin, replaces=asked.step)
    return _Answered(asked, taken, replace(late, is_wanted=asked.is_wanted))


def _reply(asked: _Asked, posed: Question, client: EngineClient, job: Job) -> ScribbleReply:
    """Ask without the image first: the engine knows those that were scribbled on before."""
    document, request = asked.document, asked.request

    def ask(planes: shared.SharedArray, image: shared.SharedArray | None) -> ScribbleReply:
        reply = client.request(
            ScribbleRequest(
                key=str(document.path),
                stamp=asked.stamp,
                is_segmented=document.segment_info is not None,
                image=image,
                planes=planes,
                stroke=posed.stroke,
                ink=posed.ink,
                label=int(posed.stroke[0, 2]),
                model=asked.model,
                targets=asked.targets,
                everywhere=request.everywhere,
                refine=request.refine,
                device=asked.device,
            ),
            cancelled=job.stop,
        )
        assert isinstance(reply, ScribbleReply)
        return reply

    with shared.shared(posed.planes) as planes:
        reply = ask(planes, None)
        if not reply.is_image_wanted:
            return reply
        with shared.shared(document.image) as image:
            return ask(planes, image)


def _alone(answered: _Answered) -> LateStep:
    """Make a step of a consequence without its stroke; for a job thread."""
    asked = answered.asked
    edit = writing(asked.request, answered.taken, asked.document.confidence, draws=False)
    origin = Origin(TOOL, Ink.REFINEMENT, asked.request.paint.class_index, detail=asked.model)
    return replace(prepared(asked.document, edit, origin), is_wanted=asked.is_wanted)
