"""What the machines said of the open image, kept up to date while somebody looks at it."""

from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.machine_labels import SaidMap, said_by_machines
from segstudio.session.jobs import Job
from segstudio.session.scribbling import TOOL as SCRIBBLE
from segstudio.session.session import Session

_About: TypeAlias = tuple[Document, tuple[tuple[int, float], ...]]
"""A document and the machines' steps in it."""


class SaidLabels(QObject):
    """Goes through the steps in a job whenever a machine's step was made or taken back.

    A person's steps change nothing of what the machines said.
    """

    changed = Signal(object)
    """A `SaidMap`, or None while it is not known."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._is_watched = False
        self._known: _About | None = None
        """The document and the machines' steps that the answer is about."""
        self._serial = 0
        self._job: Job | None = None
        session.document_changed.connect(self._on_document)
        session.labels_changed.connect(self._look)
        session.editor.gesture_ended.connect(self._look)

    def watch(self, watched: bool) -> None:
        """Look at the open image, or stop that and let the memory go."""
        self._is_watched = watched
        self._forget()
        self._look()

    def _on_document(self, _document: Document | None) -> None:
        self._forget()
        self._look()

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._known is not None:
            self._known = None
            self.changed.emit(None)

    def _look(self) -> None:
        """Start looking, unless it is known, being looked for, or pixels are in motion."""
        session, document = self._session, self._session.document
        if not self._is_watched or document is None or self._job is not None:
            return
        if not session.editor.takes_results or self._known == (document, _machine_steps(document)):
            return
        if self._known is not None:
            self._forget()  # a machine has written: what it said before would look like a change
        planes, steps = document.planes, document.history.steps[: document.history.position]
        about = document, _machine_steps(document)
        self._serial = document.serial
        job = session.runner.new(
            "said", lambda job: (about, said_by_machines(planes, steps, job.stop.is_set))
        )
        self._job = job
        job.succeeded.connect(self._on_found)
        job.failed.connect(self._on_failed)
        job.start()

    def _on_found(self, answer: tuple[_About, SaidMap]) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        about, said = answer
        document = about[0]
        # Painted meanwhile: where that was, a label may have been read that no step knew of.
        is_sound = document.serial == self._serial and self._session.editor.takes_results
        self._known = about if is_sound else None
        self.changed.emit(said)
        self._look()

    def _on_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._job = None
            self._session.tell_error(sentence)


def _machine_steps(document: Document) -> tuple[tuple[int, float], ...]:
    """Return which of the applied steps a machine has written in; in a scribble's both have."""
    applied = document.history.steps[: document.history.position]
    machine = (Ink.MODEL, Ink.REFINEMENT)
    return tuple(
        (number, step.origin.time)
        for number, step in enumerate(applied)
        if step.origin.author in machine or step.origin.tool == SCRIBBLE
    )
