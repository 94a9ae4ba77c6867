"""Edits that were prepared off the GUI thread, for documents that may be edited meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from segstudio.core.arrays import Confidence
from segstudio.core.document import Document, SegmentInfo
from segstudio.core.history import Step
from segstudio.core.labels import Ink
from segstudio.core.merge import Merge, Writing, finish, merge
from segstudio.core.patch import Origin
from segstudio.session.jobs import Job, Patience
from segstudio.session.segment_result import MOST_BLOCKS_AT_ONCE, is_protected
from segstudio.session.session import Session


@dataclass(frozen=True)
class LateStep:
    """An edit of a document, merged against its labels at some moment.

    Attributes
    ----------
    confidence, info : optional
        What the document shows of it afterwards, if it comes from a model.
    replaces : Step or None
        The last step, which is part of this one: one step stands for both.
    is_wanted : callable, optional
        Asked right before it is applied; it is dropped without a word when that says no.
    """

    document: Document
    writing: Writing
    origin: Origin
    merge: Merge
    confidence: Confidence | None = None
    info: SegmentInfo | None = None
    replaces: Step | None = None
    is_wanted: Callable[[], bool] | None = None

    @property
    def is_of_machine(self) -> bool:
        """Whether a machine wrote it, or the part of it that its person has not painted."""
        return self.origin.author != Ink.PERSON or self.replaces is not None


def prepared(
    document: Document, writing: Writing, origin: Origin, *, replaces: Step | None = None
) -> LateStep:
    """Merge an edit with the labels of a document as they are; for a job thread."""
    replaced = replaces.ready() if replaces is not None else None
    made = merge(document.planes, document.versions, writing, replaced=replaced)
    return LateStep(document, writing, origin, made, replaces=replaces)


class LateSteps(QObject):
    """Applies prepared edits: after a stroke in progress, against the labels as they are then.

    A machine's edit of an image that is done by then changes nothing.
    """

    applied = Signal(object, object)
    """A `LateStep` and its `Patch`, or None where it changed nothing."""
    lost = Signal(object)
    """A `LateStep` whose document is not in memory any more."""
    outrun = Signal(object)
    """A `LateStep` that replaces a step which is not the last one any more."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._waiting: list[LateStep] = []
        self._merging: list[Job] = []
        session.editor.gesture_ended.connect(self._on_gesture_ended)

    def put(self, step: LateStep) -> None:
        """Apply an edit as soon as that disturbs nobody."""
        session, document = self._session, step.document
        if session.open_documents().get(document.path) is not document:
            self.lost.emit(step)
            return
        is_shown = document is session.document
        if session.editor.held or (is_shown and not session.editor.takes_results):
            self._waiting.append(step)
            return
        edited = np.count_nonzero(step.merge.versions != document.versions)
        if edited > MOST_BLOCKS_AT_ONCE:
            job = session.runner.new("merge", lambda _job: _again(step))
            job.succeeded.connect(self.put)
            job.ended.connect(self._on_merged)
            self._merging.append(job)
            job.start()
            return
        self._apply(step)

    def finish(self, patience: Patience) -> None:
        """Wait for edits that are merged again, as long as there is patience."""
        while self._merging and patience.join(self._merging[0], self):
            pass

    def _apply(self, step: LateStep) -> None:
        session, document = self._session, step.document
        if step.is_wanted is not None and not step.is_wanted():
            return
        if step.is_of_machine and is_protected(document):
            self.applied.emit(step, None)
            return
        made = step.merge
        if step.replaces is not None:
            if document.history.last is not step.replaces:
                self.outrun.emit(step)
                return
            outdated = made.versions != document.versions
            document.undo()
            # Taking a step back has changed versions too, and that was reckoned with.
            made = replace(made, versions=document.versions - outdated)
        patch = finish(made, document.planes, document.versions, step.writing, step.origin)
        if step.confidence is not None:
            document.confidence = step.confidence
            document.segment_info = step.info
        if patch is not None:
            session.apply(document, patch)
        if step.confidence is not None and document is session.document:
            session.confidence_changed.emit()
        self.applied.emit(step, patch)

    def _on_merged(self, job: Job) -> None:
        self._merging.remove(job)

    def _on_gesture_ended(self) -> None:
        waiting, self._waiting = self._waiting, []
        for step in waiting:
            self.put(step)


def _again(step: LateStep) -> LateStep:
    made = prepared(step.document, step.writing, step.origin, replaces=step.replaces)
    return replace(step, merge=made.merge)
