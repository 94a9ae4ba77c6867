"""Keeping labels on disk without the window ever waiting for it."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError
from segstudio.core.patch import Planes
from segstudio.project.store import LabelStore, Matches
from segstudio.session.jobs import Job, JobRunner

log = logging.getLogger(__name__)

DELAY_MS = 1000
LONGEST_MS = 5000
"""Someone who paints without a pause is saved this often all the same."""
RETRY_MS = 15_000
LONGEST_WAIT = 60
"""Seconds that the end of the program waits for a write that is going on."""


@dataclass(frozen=True)
class SaveState:
    """What the status bar says: saved, saving, or why not."""

    saving: bool = False
    problem: str = ""


class Saver(QObject):
    """Writes changed documents a second after the last change, one after the other.

    A document whose write failed stays unsaved and is tried again by itself.
    """

    state_changed = Signal(object)
    moved = Signal(object)
    """The folder beside the images could not be written; the place now used."""
    rested = Signal()
    """A write has ended, well or not."""

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store: LabelStore | None = None
        self.classes = ClassTable()
        self.matches: Matches = {}
        self.state = SaveState()
        self._runner = runner
        self._unsaved: dict[Path, Document] = {}
        self._handed_over: set[Path] = set()
        self._classes_unsaved = False
        self._job: Job | None = None
        self._write: Write | None = None
        self._told_moved = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.save_now)
        self._since_first_change = QElapsedTimer()

    @property
    def is_writing(self) -> bool:
        """Whether a write is going on."""
        return self._job is not None

    @property
    def has_unsaved(self) -> bool:
        """Whether something is not on disk yet."""
        return bool(self._unsaved) or self._classes_unsaved or self.is_writing

    def use(self, store: LabelStore | None) -> None:
        """Turn to another store; what the last one is still owed is forgotten."""
        self._timer.stop()
        self._job = self._write = None
        self.store = store
        self._told_moved = store is not None and store.moved_from is not None
        self._unsaved.clear()
        self._handed_over.clear()
        self._classes_unsaved = False
        self._set_state(SaveState())

    def document_changed(self, document: Document) -> None:
        """Note that a document is to be saved."""
        self._unsaved[document.path] = document
        self._handed_over.add(document.path)
        self._wait()

    def pixels_put_back(self, document: Document) -> None:
        """Note that a cancelled stroke may have been saved in its middle."""
        if document.path in self._handed_over:
            self.document_changed(document)

    def classes_changed(self, table: ClassTable) -> None:
        """Note that the class table is to be saved."""
        self.classes = table
        if self.store is not None:
            self._classes_unsaved = True
            self._wait()

    def matches_changed(self, matches: Matches) -> None:
        """Note that what the classes of models become is to be saved."""
        self.matches = {model: dict(chosen) for model, chosen in matches.items()}
        self.classes_changed(self.classes)

    def is_unsaved(self, path: Path) -> bool:
        """Whether an image has labels that are not on disk yet."""
        return path in self._unsaved or (
            self._write is not None and any(d.path == path for d in self._write.documents)
        )

    def save_now(self) -> None:
        """Start writing what is unsaved, unless a write is going on; that one will go on."""
        self._timer.stop()
        if self._job is not None or self.store is None:
            return
        if not self._unsaved and not self._classes_unsaved:
            self._set_state(SaveState())
            return
        write = self._write = Write(
            self.store, tuple(self._unsaved.values()), self.classes, self.matches
        )
        self._unsaved.clear()
        self._classes_unsaved = False
        self._since_first_change.invalidate()
        self._job = self._runner.new("save", lambda _job: write.do())
        self._job.ended.connect(self._on_ended)
        self._set_state(SaveState(saving=True))
        self._job.start()

    def finish(self) -> str:
        """Write what is unsaved in this thread, for the end of the program.

        Returns
        -------
        str
            Empty, or why something could not be written; it will be tried again.
        """
        self._timer.stop()
        if self._job is not None:
            if not self._job.join(LONGEST_WAIT):
                return self.tr("The labels are still being written; the disk does not answer.")
            self._take_outcome()  # the signal of the job comes later or never
        if self.store is None or not (self._unsaved or self._classes_unsaved):
            self._set_state(SaveState())
            return ""
        self._write = Write(self.store, tuple(self._unsaved.values()), self.classes, self.matches)
        self._unsaved.clear()
        self._write.do()
        self._take_outcome()
        if self.state.problem:
            self._timer.start(RETRY_MS)
        return self.state.problem

    def _wait(self) -> None:
        """Start the wait anew with each change, but not for ever."""
        if not self._since_first_change.isValid():
            self._since_first_change.start()
        left = LONGEST_MS - self._since_first_change.elapsed()
        self._timer.start(max(0, min(DELAY_MS, left)))

    def _take_outcome(self) -> None:
        """Take back what the write that has ended did not write, and say how it went."""
        write, self._job, self._write = self._write, None, None
        assert write is not None
        self._unsaved = {document.path: document for document in write.left} | self._unsaved
        self._classes_unsaved = self._classes_unsaved or bool(write.problem)
        self._tell_where()
        self._set_state(SaveState(problem=write.problem))

    def _tell_where(self) -> None:
        store = self.store
        if store is not None and store.moved_from is not None and not self._told_moved:
            self._told_moved = True
            self.moved.emit(store.location)

    def _on_ended(self, job: Job) -> None:
        if job is not self._job:
            return
        self._take_outcome()
        if self.state.problem:
            self._timer.start(RETRY_MS)
        elif self._unsaved or self._classes_unsaved:
            self._wait()
        self.rested.emit()

    def _set_state(self, state: SaveState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)


class Write:
    """One write of documents and classes, and what came of it.

    Attributes
    ----------
    left : tuple of Document
        Those that are not on disk; all of them until `do` has ended.
    problem : str
        Empty, or why something could not be written.
    """

    def __init__(
        self,
        store: LabelStore,
        documents: tuple[Document, ...],
        table: ClassTable,
        matches: Matches,
    ) -> None:
        self.documents = documents
        self.left = documents
        self.problem = ""
        self._store, self._table, self._matches = store, table, matches

    def do(self) -> None:
        """Write, whatever goes wrong with some of it; raises nothing."""
        self._try(self._keep_classes)
        left = [d for d in self.documents if not self._try(functools.partial(self._keep, d))]
        self.left = tuple(left)

    def _try(self, keep: Callable[[], None]) -> bool:
        try:
            keep()
        except SegstudioError as error:
            self.problem = str(error)
        except Exception as error:  # it must not end the program with labels unsaved
            log.exception("labels could not be written")
            self.problem = f"The labels could not be written: {error}. See the log."
        else:
            return True
        return False

    def _keep_classes(self) -> None:
        self._store.keep_classes(self._table)
        if self._matches:
            self._store.keep_matches(self._matches)

    def _keep(self, document: Document) -> None:
        # Copies, so that the two files fit each other while the person paints on.
        planes = Planes(document.label_map.copy(), document.ink.copy())
        self._store.keep(document.path, planes, document.state, self._table)
