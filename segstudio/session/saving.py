"""Keeping labels on disk without the window ever waiting for it."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.errors import StorageError
from segstudio.core.patch import Planes
from segstudio.project.store import LabelStore, Matches
from segstudio.session.jobs import Job, JobRunner

DELAY_MS = 1000
LONGEST_MS = 5000
"""Someone who paints without a pause is saved this often all the same."""
RETRY_MS = 15_000


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
        self._writing: tuple[Document, ...] = ()
        self._told_moved = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.save_now)
        self._since_first_change = QElapsedTimer()

    @property
    def has_unsaved(self) -> bool:
        """Whether something is not on disk yet."""
        return bool(self._unsaved) or self._classes_unsaved or self._job is not None

    def use(self, store: LabelStore | None) -> None:
        """Turn to another store; what the last one was owed is written first."""
        self.finish()
        self._timer.stop()
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
        return path in self._unsaved or any(d.path == path for d in self._writing)

    def save_now(self) -> None:
        """Start writing what is unsaved, unless a write is going on; that one will go on."""
        self._timer.stop()
        if self._job is not None or self.store is None:
            return
        if not self._unsaved and not self._classes_unsaved:
            self._set_state(SaveState())
            return
        documents = self._writing = tuple(self._unsaved.values())
        self._unsaved.clear()
        self._classes_unsaved = False
        self._since_first_change.invalidate()
        store, table, matches = self.store, self.classes, self.matches
        job = self._runner.new("save", lambda _job: _write(store, documents, table, matches))
        self._job = job
        job.succeeded.connect(self._on_written)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)
        self._set_state(SaveState(saving=True))
        job.start()

    def finish(self) -> str:
        """Write what is unsaved in this thread, for a change of folder and for the end.

        Returns
        -------
        str
            Empty, or why something could not be written; it will be tried again.
        """
        self._timer.stop()
        if self._job is not None:
            # Its signals may come later or never: what it was writing is written once more.
            self._job.join(60)
            self._take_back_writing()
            self._job = None
        if self.store is None or not (self._unsaved or self._classes_unsaved):
            self._set_state(SaveState())
            return ""
        left = _write(self.store, tuple(self._unsaved.values()), self.classes, self.matches)
        self._unsaved = {document.path: document for document in left.documents}
        self._classes_unsaved = bool(left.problem)
        self._tell_where()
        self._set_state(SaveState(problem=left.problem))
        if left.problem:
            self._timer.start(RETRY_MS)
        return left.problem

    def _wait(self) -> None:
        """Start the wait anew with each change, but not for ever."""
        if not self._since_first_change.isValid():
            self._since_first_change.start()
        left = LONGEST_MS - self._since_first_change.elapsed()
        self._timer.start(max(0, min(DELAY_MS, left)))

    def _take_back_writing(self) -> None:
        self._unsaved = {d.path: d for d in self._writing} | self._unsaved
        self._classes_unsaved = True
        self._writing = ()

    def _on_written(self, left: "Left") -> None:
        if self.sender() is not self._job:
            return
        for document in left.documents:
            self._unsaved.setdefault(document.path, document)
        self._tell_where()
        if left.problem:
            self._classes_unsaved = True
            self._set_state(SaveState(problem=left.problem))

    def _tell_where(self) -> None:
        store = self.store
        if store is not None and store.moved_from is not None and not self._told_moved:
            self._told_moved = True
            self.moved.emit(store.location)

    def _on_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._take_back_writing()
            self._set_state(SaveState(problem=sentence))

    def _on_ended(self, job: Job) -> None:
        if job is not self._job:
            return
        self._job, self._writing = None, ()
        if self.state.problem:
            self._timer.start(RETRY_MS)
        elif self._unsaved or self._classes_unsaved:
            self._wait()
        else:
            self._set_state(SaveState())

    def _set_state(self, state: SaveState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)


@dataclass(frozen=True)
class Left:
    """What could not be written, and why."""

    documents: tuple[Document, ...] = ()
    problem: str = ""


def _write(
    store: LabelStore, documents: tuple[Document, ...], table: ClassTable, matches: Matches
) -> Left:
    left: list[Document] = []
    problem = ""
    try:
        store.keep_classes(table)
        if matches:
            store.keep_matches(matches)
    except StorageError as error:
        problem = str(error)
    for document in documents:
        try:
            # Copies, so that the two files fit each other while the person paints on.
            planes = Planes(document.label_map.copy(), document.ink.copy())
            store.keep(document.path, planes, document.state, table)
        except StorageError as error:
            left.append(document)
            problem = str(error)
    return Left(tuple(left), problem)
