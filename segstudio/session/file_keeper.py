"""Keeps what the files of labelled images are like, so that they can be told from others later."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.errors import StorageError
from segstudio.core.file_facts import FileFacts, facts_of
from segstudio.project.project import Project
from segstudio.session.jobs import Job

if TYPE_CHECKING:  # the session owns this part of itself
    from segstudio.session.session import Session

Read = tuple[Document, FileFacts, set[str]]
"""A document, its file, and the names whose files are kept already."""

Learned = tuple[Project, set[str], dict[str, FileFacts]]
"""A project, the names whose files are kept already, and what was found of others."""


class FileKeeper(QObject):
    """Reads the file of each image that is shown, and keeps its facts with the first labels.

    Later changes of the labels do not change them: what an altered image was like when it was
    labelled is known until the person says that the labels fit.
    """

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._read: Read | None = None
        self._known: set[str] | None = None
        self._waiting: list[Path] = []
        """Images labelled without being shown, as Segment all does."""
        self._is_learning = False
        session.images_changed.connect(self._forget)
        session.list_changed.connect(self._forget)
        session.document_changed.connect(self._on_document)
        session.labels_changed.connect(self._keep)
        session.saver.stored.connect(self._on_stored)

    def accept(self, document: Document) -> None:
        """Take the labels of an altered image as fitting the file as it is now."""
        session = self._session
        job = session.runner.new("facts", lambda _job: (document, _facts(document.path)))
        job.succeeded.connect(self._on_accepted)
        job.failed.connect(session.tell_error)
        job.start()

    def _on_accepted(self, read: tuple[Document, FileFacts]) -> None:
        session = self._session
        document, facts = read
        row = session.images.row_of(document.path)
        if row is None or session.project is None or session.project.held_by:
            return
        session.project.keep_file(session.images.name_of(document.path), facts)
        session.change_record(row, is_altered=False)

    def _forget(self) -> None:
        self._known = None
        self._waiting.clear()

    def _on_stored(self, path: Path) -> None:
        if path != self._session.images.path:
            self._waiting.append(path)
            self._learn()

    def _learn(self) -> None:
        """Read the files of images that were labelled without being shown, one after the other."""
        session, known, project = self._session, self._known, self._session.project
        if self._is_learning or not self._waiting or project is None or project.held_by:
            return
        waiting, self._waiting = self._waiting, []
        names = {session.images.name_of(path): path for path in waiting}

        def read(job: Job) -> Learned:
            there = set(project.files()) if known is None else known
            found = {}
            for name, path in names.items():
                if name not in there and not job.stop.is_set():
                    with suppress(StorageError):  # gone by now
                        found[name] = _facts(path)
            return project, there, found

        self._is_learning = True
        job = session.runner.new("facts", read)
        job.succeeded.connect(self._on_learned)
        job.ended.connect(self._on_learning_ended)
        job.start()

    def _on_learned(self, learned: Learned) -> None:
        project, there, found = learned
        if project is not self._session.project:
            return
        self._known = there
        for name, facts in found.items():
            if not self._session.images.record(self._session.images.path_of(name)).is_altered:
                project.keep_file(name, facts)
                there.add(name)

    def _on_learning_ended(self, _job: Job) -> None:
        self._is_learning = False
        self._learn()

    def _on_document(self, document: Document | None) -> None:
        self._read = None
        session = self._session
        project, known = session.project, self._known
        if document is None or project is None or project.held_by:
            return
        if known is not None and session.images.name_of(document.path) in known:
            return

        def read(_job: Job) -> Read:
            names = known if known is not None else set(project.files())
            return document, _facts(document.path), names

        job = session.runner.new("facts", read)
        job.succeeded.connect(self._on_read)
        job.start()  # a file that cannot be read now is read when it is shown again

    def _on_read(self, read: Read) -> None:
        if read[0] is self._session.document:
            self._read, self._known = read, read[2]
            self._keep()

    def _keep(self) -> None:
        session = self._session
        project = session.project
        if self._read is None or project is None or self._read[0] is not session.document:
            return
        document, facts, known = self._read
        name = session.images.name_of(document.path)
        if session.images.record(document.path).is_altered or not _has_labels(document):
            return
        if name not in known:
            project.keep_file(name, facts)
            known.add(name)
        self._read = None


def _has_labels(document: Document) -> bool:
    return bool(document.counts[IGNORE_INDEX] < document.height * document.width)


def _facts(path: Path) -> FileFacts:
    """Return the facts of a file.

    Raises
    ------
    StorageError
        When it cannot be read.
    """
    try:
        return facts_of(path)
    except OSError as error:
        reason = error.strerror or error
        raise StorageError(f"{path.name} cannot be read: {reason}. Try again.") from error
