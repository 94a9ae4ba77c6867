"""The image that is shown: read, kept in memory with those left before, and left again."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.document import Document
from segstudio.session.assistant import Assistant
from segstudio.session.class_book import ClassBook
from segstudio.session.editor import Editor
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.loading import Loaded, load
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.register import Register
from segstudio.session.settings import Settings
from segstudio.session.shelf import Shelf


class Showing(QObject):
    """Reads images in a job; hands the one that is shown to the hand and to the machine's hand."""

    changed = Signal(object)
    """Another `Document` is shown, or None."""
    noticed = Signal(object)

    def __init__(
        self,
        runner: JobRunner,
        register: Register,
        settings: Settings,
        *,
        book: ClassBook,
        editor: Editor,
        assistant: Assistant,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self.shelf = Shelf()
        self._runner = runner
        self._register = register
        self._saver = register.saver
        self._settings = settings
        self._book = book
        self._editor = editor
        self._assistant = assistant
        self._loading: Job | None = None

    @property
    def is_reading(self) -> bool:
        """Whether an image is on its way."""
        return self._loading is not None

    def show(self, document: Document) -> None:
        """Show a document; nothing is shown until then."""
        document = self.shelf.put(document)
        document.journal = self._saver
        document.annotator = self._settings.get("annotator")
        self.document = document
        # Labels that cannot be used, or none any more: the list says what the document is now.
        self._register.show(document.path, state=document.state)
        self._name_unknown_classes(document)
        self._editor.open(document)
        self._assistant.open(document)
        self.shelf.make_room(self._is_needed)
        self.changed.emit(document)

    def read(self, path: Path) -> None:
        """Read an image and what is stored of it, and show it then."""
        project, name = self._saver.project, self._register.images.name_of(path)
        assert project is not None
        job = self._runner.new("load", lambda _job: load(path, project, name))
        self._loading = job
        job.succeeded.connect(self._on_loaded)
        job.failed.connect(self._on_load_failed)
        job.start()

    def stop_reading(self) -> None:
        """Let go what is on its way."""
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None

    def leave(self) -> None:
        """Finish what is going on in the document that is shown and have it saved."""
        self._assistant.open(None)
        self._editor.open(None)
        self.stop_reading()
        document, self.document = self.document, None
        if document is not None:
            self.changed.emit(None)
            self._runner.new("pack", lambda _job: document.history.pack_all()).start()
            self._register.fold(self._register.images.name_of(document.path))

    def _on_loaded(self, loaded: Loaded) -> None:
        if self.sender() is not self._loading:
            return
        self._loading = None
        if loaded.problem:
            loaded.document.starts_anew = True
            self.noticed.emit(Notice(loaded.problem, NoticeKind.ERROR))
        self.show(loaded.document)

    def _on_load_failed(self, sentence: str) -> None:
        if self.sender() is not self._loading:
            return
        self._loading = None
        others = len(self._register.images) - 1
        if others > 0:
            sentence += " " + self.tr("The other %d images are unaffected.") % others
        skip = (("next_image", self.tr("Next image")),) if others > 0 else ()
        self.noticed.emit(Notice(sentence, NoticeKind.ERROR, skip))

    def _is_needed(self, path: Path) -> bool:
        is_shown = self.document is not None and self.document.path == path
        return is_shown or self._saver.is_unsaved(self._register.images.name_of(path))

    def _name_unknown_classes(self, document: Document) -> None:
        unknown = self._book.adopt(document)
        if unknown:
            text = self.tr(
                "%s has pixels of class %s, which the class list did not have. "
                "They are kept; give the new classes their names."
            )
            numbers = ", ".join(map(str, unknown))
            self.noticed.emit(Notice(text % (document.path.name, numbers)))
