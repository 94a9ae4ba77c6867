"""Edits of whole regions: worked out in a job, shown first where wanted, then made one step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, Patch
from segstudio.core.region import Region
from segstudio.editing.kinds import IGNORED, UNLABELLED
from segstudio.editing.last_stroke import last_stroke, repaint
from segstudio.editing.proposal import Proposal
from segstudio.editing.region_operations import BY_NAME, find
from segstudio.editing.scope import Paint, Scope
from segstudio.editing.tool import Refusal, Why
from segstudio.editing.wish import Wish
from segstudio.session import refusals
from segstudio.session.jobs import Job, Patience
from segstudio.session.late_steps import LateStep, LateSteps, prepared
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.session import Session

CHANGE_STROKE = "change_stroke"

PATIENCE_S = 3.0
"""How long whoever closes the image waits for an operation."""


@dataclass(frozen=True)
class Ground:
    """What an operation is worked out on; another one makes what was found old."""

    document: Document
    serial: int
    scope: Scope
    view: Region


@dataclass(frozen=True)
class Found:
    """What an operation would change."""

    wish: Wish
    ground: Ground
    proposal: Proposal


@dataclass(frozen=True)
class _Edit:
    """An edit that is being made, with what to say if nothing comes of it."""

    origin: Origin
    things: int
    refusal: Refusal


class RegionOperations(QObject):
    """Shows what operations on regions would change, and makes steps of them.

    Only the newest preview is worked out; nothing of it touches the labels.
    """

    found = Signal(object)
    """The `Found` of the preview asked for last."""
    applied = Signal(str, object, int)
    """The name of an operation on the open image, its `Patch`, and how many holes or islands."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._late = LateSteps(session)
        self._late.applied.connect(self._on_applied)
        self._late.lost.connect(self._on_lost)
        self._job: Job | None = None
        self._wanted: Wish | None = None
        """What is to be worked out next, or was asked for last."""
        self._is_wanted = False
        self._latest: Found | None = None
        self._steps: dict[Job, Ground] = {}
        """Steps that are being worked out, the newest last."""
        self._edits: list[_Edit] = []
        """Steps that are worked out and wait for the hand."""
        session.unfinished.append(self)

    # Previews --------------------------------------------------------------------------------

    def preview(self, wish: Wish) -> None:
        """Work out what an operation would change; `found` tells it."""
        self._wanted, self._is_wanted = wish, True
        if self._job is None:
            self._start_preview()

    def forget(self) -> None:
        """Let the preview go."""
        self._wanted, self._is_wanted, self._latest = None, False, None

    def _start_preview(self) -> None:
        wish, ground = self._wanted, self._ground()
        self._is_wanted = False
        if wish is None or ground is None:
            return
        self._job = self._session.runner.new("regions", partial(_found, wish, ground))
        self._job.succeeded.connect(self._on_found)
        self._job.failed.connect(self._session.tell_error)
        self._job.ended.connect(self._on_ended)
        self._job.start()

    def _on_found(self, found: Found) -> None:
        if not self._is_wanted and found.wish == self._wanted:
            self._latest = found
            self.found.emit(found)

    def _on_ended(self, _job: Job) -> None:
        self._job = None
        if self._is_wanted:
            self._start_preview()

    def _ground(self) -> Ground | None:
        session, editor = self._session, self._session.editor
        document = session.document
        if document is None:
            return None
        return Ground(document, document.serial, editor.scope, editor.sight.region)

    # Steps -----------------------------------------------------------------------------------

    def apply(self, wish: Wish) -> None:
        """Make an operation a step of the open image; what is edited meanwhile stays."""
        if self._session.document is None or not self._may_change():
            return
        self._session.editor.finish()  # what waits for Enter comes before it
        ground = self._ground()
        assert ground is not None
        known = self._latest
        if known is None or known.wish != wish or not _is_same(known.ground, ground):
            known = None
        self._start(partial(_step, wish, ground, known), ground)

    def change_stroke(self, kind: int) -> None:
        """Give what a person painted last another class, where it is still as it was left."""
        ground = self._ground()
        if ground is not None and self._may_change():
            self._start(partial(_stroke_step, kind, ground), ground)

    def finish(self) -> str:
        """Wait a moment for the steps that are being worked out.

        Returns
        -------
        str
            Empty, or what is not done yet.
        """
        patience = Patience(PATIENCE_S)
        while self._steps and patience.join(next(iter(self._steps)), self):
            pass
        self._late.finish(patience)
        if not self._steps and not self._edits:
            return ""
        return self.tr("An operation on regions is still being worked out; it would be lost.")

    def drop_last(self) -> bool:
        """Give up the operation asked for last, unless its image has another step since."""
        document = self._session.document
        last = next(reversed(self._steps.items()), None)
        if last is None or document is None:
            return False
        job, ground = last
        if ground.document is not document or ground.serial != document.serial:
            return False
        del self._steps[job]
        job.cancel()
        text = self.tr("The operation on regions was cancelled before it was done.")
        self._session.noticed.emit(Notice(text, NoticeKind.TOAST))
        return True

    def _may_change(self) -> bool:
        session, editor = self._session, self._session.editor
        if session.is_read_only:
            session.tell_held()
        elif editor.held:
            editor.refused.emit(editor.held)
        return not (session.is_read_only or editor.held)

    def _start(self, work: Callable[[Job], tuple[LateStep, _Edit]], ground: Ground) -> None:
        job = self._session.runner.new("region step", work)
        self._steps[job] = ground
        job.succeeded.connect(self._on_made)
        job.failed.connect(self._session.tell_error)
        job.ended.connect(self._on_step_ended)
        job.start()

    def _on_made(self, made: tuple[LateStep, _Edit]) -> None:
        step, edit = made
        self._edits.append(edit)
        self._late.put(step)

    def _on_step_ended(self, job: Job) -> None:
        self._steps.pop(job, None)

    def _on_lost(self, step: LateStep) -> None:
        self._take_edit(step)
        self._session.tell(
            self.tr("An operation on regions was lost: its image was closed or read anew before.")
        )

    def _take_edit(self, step: LateStep) -> _Edit:
        edit = next(edit for edit in self._edits if edit.origin is step.origin)
        self._edits.remove(edit)
        return edit

    def _on_applied(self, step: LateStep, patch: Patch | None) -> None:
        edit, session = self._take_edit(step), self._session
        if step.document is not session.document:
            return  # made where it was asked for; what is told is about what is shown
        if patch is None:
            over = session.editor.state.over
            session.editor.refused.emit(refusals.sentence(edit.refusal, session.classes, over))
        else:
            self.applied.emit(step.origin.tool, patch, edit.things)


def _is_same(one: Ground, other: Ground) -> bool:
    return (
        one.document is other.document
        and one.serial == other.serial
        and one.scope is other.scope
        and one.view == other.view
    )


def _found(wish: Wish, ground: Ground, _job: Job) -> Found:
    document = ground.document
    planes, confidence = document.planes, document.confidence
    return Found(wish, ground, find(wish, planes, confidence, ground.scope, view=ground.view))


def _step(wish: Wish, ground: Ground, known: Found | None, job: Job) -> tuple[LateStep, _Edit]:
    found = known or _found(wish, ground, job)
    document = ground.document
    first = None
    if wish.pixel is not None:
        x, y = wish.pixel
        first = int(document.label_map[y, x]), int(document.ink[y, x])
    kind = _written(wish)
    return _edit(document, found.proposal, wish.operation, kind, first)


def _stroke_step(kind: int, ground: Ground, _job: Job) -> tuple[LateStep, _Edit]:
    document = ground.document
    step = last_stroke(document.history.steps[: document.history.position])
    proposal = None
    if step is not None:
        proposal = repaint(
            step.ready(), document.planes, document.confidence, ground.scope, kind=kind
        )
    return _edit(document, proposal, CHANGE_STROKE, kind, None)


def _written(wish: Wish) -> int | None:
    """Return the one kind that an operation writes; None where it may be several."""
    operation = BY_NAME[wish.operation]
    if wish.operation == "ignore_band":
        return IGNORED
    if wish.operation == "replace_class":
        return wish.target
    if operation.writes_its_class and wish.kind >= 0 and wish.pixel is None:
        return wish.kind
    return None


def _edit(
    document: Document,
    proposal: Proposal | None,
    tool: str,
    kind: int | None,
    first: tuple[int, int] | None,
) -> tuple[LateStep, _Edit]:
    index = None if kind == UNLABELLED else kind
    origin = Origin(tool, Ink.PERSON, class_index=index)
    paint = None
    if kind is not None:
        paint = Paint.eraser() if kind == UNLABELLED else Paint.of_class(min(kind, IGNORE_INDEX))
    why = Why.NOT_ALLOWED if proposal is not None else Why.NOTHING_FOUND
    things = 0 if proposal is None else proposal.things
    writing = _no_writing if proposal is None else proposal.writing
    step = prepared(document, writing, origin)
    return step, _Edit(origin, things, Refusal(why, paint, first))


def _no_writing(_planes: object, _region: object) -> None:
    return None
