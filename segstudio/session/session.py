"""The running program: what is open, and the only one who changes it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from segstudio.core import places
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.merge import EVERYWHERE, Reach
from segstudio.core.patch import Patch
from segstudio.core.region import Region
from segstudio.session.assistant import Assistant
from segstudio.session.class_book import ClassBook
from segstudio.session.editor import Editor
from segstudio.session.image_list import ImageList
from segstudio.session.images import Opened, look
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.label_keeper import LabelKeeper
from segstudio.session.loading import Loaded, load
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.saving import Saver
from segstudio.session.segmenting import Options, Segmenting
from segstudio.session.settings import Settings
from segstudio.session.shelf import Shelf

Found = tuple[tuple[Path, ...], Opened]
"""The paths that a person wants to open, and what is there."""


class Session(QObject):
    """Owns images, document, classes and jobs; every change of them goes through here."""

    images_changed = Signal()
    """Other images are open."""
    current_changed = Signal(int)
    """Another row of the images is being opened."""
    document_changed = Signal(object)
    """Another `Document`, or None."""
    pixels_changed = Signal(object)
    """A tuple of `Region` that look different."""
    labels_changed = Signal()
    """A step was made, undone or done again: counts and history are others."""
    confidence_changed = Signal()
    classes_changed = Signal(object)
    record_changed = Signal(int)
    """What is known of the image of a row is something else."""
    match_changed = Signal()
    noticed = Signal(object)
    """A `Notice`."""

    def __init__(self, parent: QObject | None = None, settings: Settings | None = None) -> None:
        super().__init__(parent)
        self.settings = settings or Settings(self)
        self.runner = JobRunner(self)
        self.editor = Editor(self)
        self.segmenting = Segmenting(self.runner, self)
        self.saver = Saver(self.runner, self)
        self.book = ClassBook(self.editor, self.saver, self)
        self.assistant = Assistant(self.segmenting, self.editor, self.book, self.settings, self)
        self.images = ImageList()
        self.document: Document | None = None
        self.root: Path | None = None
        self.project: LabelKeeper | None = None
        self._shelf = Shelf()
        self._loading: Job | None = None
        self._opening: Job | None = None
        self._found: Found | None = None
        self._connect()

    def _connect(self) -> None:
        self.editor.pixels_changed.connect(self._on_pixels)
        self.editor.step_made.connect(self._on_step)
        self.editor.cancelled.connect(self._on_cancelled)
        self.segmenting.failed.connect(self.tell_error)
        self.segmenting.models_changed.connect(self.match_changed)
        self.assistant.stepped.connect(self._on_segmented)
        self.assistant.confidence_changed.connect(self.confidence_changed)
        self.assistant.noticed.connect(self.noticed)
        self.book.changed.connect(self.classes_changed)
        self.book.match_changed.connect(self.match_changed)
        self.book.refused.connect(self.tell_error)
        self.saver.moved.connect(self._on_store_moved)
        self.saver.rested.connect(self._open_found)

    # Opening ---------------------------------------------------------------------------------

    def open(self, paths: Sequence[Path]) -> None:
        """Open files and folders in place of what is open; nothing is written by looking."""
        if self._opening is not None:
            self._opening.cancel()
        self._found = None
        fallback = places.user_folder()
        wanted = tuple(paths)
        job = self.runner.new("open", lambda _job: (wanted, look(wanted, fallback)))
        self._opening = job
        job.succeeded.connect(self._on_looked)
        job.failed.connect(self._on_look_failed)
        job.start()

    def _on_look_failed(self, sentence: str) -> None:
        if self.sender() is self._opening:
            self._opening = None
            self.tell_error(sentence)

    def _on_looked(self, found: Found) -> None:
        if self.sender() is not self._opening:
            return
        self._opening = None
        self._found = found
        self.save()
        self._open_found()

    def _open_found(self) -> None:
        """Open what was found as soon as nothing is unsaved; the window goes on meanwhile."""
        if self._found is None or self.saver.is_writing:
            return
        problem = self.saver.state.problem
        if problem:
            self._found = None
            stays = self.tr("What is open stays open, so that nothing is lost.")
            self.tell_error(f"{problem} {stays}")
            return
        self.editor.release()
        if self.saver.has_unsaved:
            self.save()
            return
        (wanted, opened), self._found = self._found, None
        self._leave()
        self._shelf.clear()
        self.saver.use(opened.store)
        self.root = opened.root
        named = ImageList(opened.root)
        self.images = ImageList(
            opened.root,
            (
                ImageRecord(named.name_of(path), opened.states.get(path, ImageState.NEW))
                for path in opened.paths
            ),
        )
        self.book.open(opened.classes or ClassTable(), opened.matches)
        self.settings.remember_place(wanted[0])
        self.images_changed.emit()
        if opened.store.moved_from is not None:
            self._on_store_moved(opened.store.location)
        if opened.left_out:
            self._tell_left_out(opened)
        self.show_image(0)

    def show_image(self, row: int) -> None:
        """Show the image of a row; the one before is saved in the background."""
        if not 0 <= row < len(self.images):
            return
        if row == self.images.current and self.document is not None:
            return
        self._leave()
        self.images.current = row
        self.current_changed.emit(row)
        path = self.images.path_at(row)
        known = self._shelf.get(path)
        if known is not None:
            self._show(known)
            return
        job = self.runner.new("load", self._load_work(path))
        self._loading = job
        job.succeeded.connect(self._on_loaded)
        job.failed.connect(self._on_load_failed)
        job.start()

    def _load_work(self, path: Path) -> Callable[[Job], Loaded]:
        store, history = self.saver.store, self._shelf.history(path)
        assert store is not None
        return lambda _job: load(path, store, history)

    def open_documents(self) -> dict[Path, Document]:
        """Return the documents in memory, whose last strokes may not be on disk yet."""
        return self._shelf.documents()

    def step_image(self, step: int) -> None:
        """Show the next or previous image."""
        self.show_image(self.images.current + step)

    def step_not_done(self, step: int) -> None:
        """Show the next or previous image that is not done."""
        row = self.images.next_not_finished(step)
        if row is None:
            self.noticed.emit(Notice(self.tr("Every other image is done."), NoticeKind.TOAST))
        else:
            self.show_image(row)

    def _on_loaded(self, loaded: Loaded) -> None:
        if self.sender() is not self._loading:
            return
        self._loading = None
        if loaded.problem:
            self.tell_error(loaded.problem)
        self._show(loaded.document)

    def _on_load_failed(self, sentence: str) -> None:
        if self.sender() is not self._loading:
            return
        self._loading = None
        others = len(self.images) - 1
        if others > 0:
            sentence += " " + self.tr("The other %d images are unaffected.") % others
        skip = (("next_image", self.tr("Next image")),) if others > 0 else ()
        self.noticed.emit(Notice(sentence, NoticeKind.ERROR, skip))

    def _show(self, document: Document) -> None:
        document = self._shelf.put(document)
        self.document = document
        # Labels that cannot be used, or none any more: the list says what the document is now.
        self._set_state(document, document.state)
        self._name_unknown_classes(document)
        self.editor.open(document)
        self.assistant.open(document)
        self._shelf.make_room(self._is_needed)
        self.document_changed.emit(document)

    def _is_needed(self, path: Path) -> bool:
        is_shown = self.document is not None and self.document.path == path
        return is_shown or self.saver.is_unsaved(path)

    def _leave(self) -> None:
        """Finish what is going on in the open document and have it saved."""
        self.assistant.open(None)
        self.editor.open(None)
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
        document, self.document = self.document, None
        if document is not None:
            self.document_changed.emit(None)
            self.runner.new("pack", lambda _job: document.history.pack_all()).start()
            self.saver.save_now()

    def _name_unknown_classes(self, document: Document) -> None:
        unknown = self.book.adopt(document)
        if unknown:
            text = self.tr(
                "%s has pixels of class %s, which the class list did not have. "
                "They are kept; give the new classes their names."
            )
            self.tell(text % (document.path.name, ", ".join(map(str, unknown))))

    # Editing ---------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last step of the open image; a stroke in progress is cancelled."""
        if self.editor.is_busy:
            self.editor.cancel()
        elif self.document is not None:
            self._after_travel(self.document.undo())

    def redo(self) -> None:
        """Do the next step of the open image again."""
        if self.document is not None and not self.editor.is_busy:
            self._after_travel(self.document.redo())

    def apply(self, document: Document, patch: Patch) -> None:
        """Make a prepared edit a step of a document in memory, shown or not."""
        regions = document.do(patch)
        if document is self.document:
            self.pixels_changed.emit(regions)
            self._after_change()
            return
        if not document.state.is_finished:
            self._set_state(document, document.state_by_steps())
        self.saver.document_changed(document)

    def _after_travel(self, patch: Patch | None) -> None:
        if patch is not None:
            self.pixels_changed.emit(patch.regions)
            self._after_change()

    def _on_pixels(self, region: object) -> None:
        self.pixels_changed.emit((region,))

    def _on_step(self, _patch: Patch) -> None:
        self._after_change()

    def _on_segmented(self, regions: tuple[Region, ...]) -> None:
        if regions:
            self.pixels_changed.emit(regions)
            self._after_change()
        else:
            self.labels_changed.emit()

    def _on_cancelled(self) -> None:
        if self.document is not None:
            self.saver.pixels_put_back(self.document)

    def _after_change(self) -> None:
        document = self.document
        assert document is not None
        if document.state is not ImageState.DONE:
            self._set_state(document, document.state_by_steps())
        self.saver.document_changed(document)
        if not self.runner.running("balance"):
            self.runner.new("balance", lambda _job: document.history.rebalance()).start()
        self.labels_changed.emit()

    # States ----------------------------------------------------------------------------------

    def set_done(self, done: bool, row: int | None = None) -> None:
        """Mark an image done, or not done any more; the open one unless a row is given."""
        row = self.images.current if row is None else row
        if not 0 <= row < len(self.images):
            return
        path = self.images.path_at(row)
        document = self._shelf.get(path)
        if document is not None:
            self._set_document_done(document, done)
            return
        read = self._load_work(path)
        job = self.runner.new("load", lambda job: (done, read(job)))
        job.succeeded.connect(self._on_loaded_for_state)
        job.failed.connect(self.tell_error)
        job.start()

    def done_and_next(self) -> None:
        """Mark the open image done and show the next one that is not."""
        if self.document is not None:
            self.set_done(True)
            self.step_not_done(+1)

    def _on_loaded_for_state(self, found: tuple[bool, Loaded]) -> None:
        done, loaded = found
        if self.images.row_of(loaded.document.path) is None:
            return  # other images were opened meanwhile
        if loaded.problem:
            self.tell_error(loaded.problem)
            if self._shelf.get(loaded.document.path) is None:
                self._set_state(loaded.document, loaded.document.state)
            return
        self._set_document_done(self._shelf.put(loaded.document), done)
        self._shelf.make_room(self._is_needed)

    def change_record(self, row: int, **fields: Any) -> None:
        """Change what is known of the image of a row."""
        if self.images.change(self.images.path_at(row), **fields) is not None:
            self.record_changed.emit(row)

    def _set_document_done(self, document: Document, done: bool) -> None:
        state = ImageState.DONE if done else document.state_by_steps()
        if state is ImageState.NEW and self.images.state(document.path) is ImageState.DONE:
            state = ImageState.IN_WORK
        self._set_state(document, state)
        self.saver.document_changed(document)

    def _set_state(self, document: Document, state: ImageState) -> None:
        document.state = state
        row = self.images.change(document.path, state=state)
        if row is not None:
            self.record_changed.emit(row)

    # Classes ---------------------------------------------------------------------------------

    @property
    def classes(self) -> ClassTable:
        """The class table in use."""
        return self.book.table

    def set_classes(self, table: ClassTable) -> None:
        """Use another class table."""
        self.book.use(table)

    def edit_classes(self, change: Callable[[ClassTable], ClassTable]) -> None:
        """Change the class table; a name that is taken or empty is told in a sentence."""
        self.book.edit(change)

    def add_class(self, name: str) -> None:
        """Add a class and make it the active one."""
        self.book.add(name)

    def set_match(self, model: str, chosen: dict[str, int]) -> None:
        """Keep what a person chose each class of a model to become."""
        self.book.set_match(model, chosen)

    # Segment ---------------------------------------------------------------------------------

    def options(self) -> Options:
        """Return how Segment would run now."""
        return self.assistant.options()

    def segment(self, reach: Reach = EVERYWHERE) -> None:
        """Segment the open image, or a part of it, with the chosen model."""
        self.assistant.segment(reach)

    def refine_again(self) -> None:
        """Refine the open image anew after the choice of refinement changed."""
        self.assistant.refine_again()

    # Telling and ending ----------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """Show a sentence in the banner."""
        self.noticed.emit(Notice(text))

    def tell_error(self, text: str) -> None:
        """Show a sentence about something that went wrong."""
        self.noticed.emit(Notice(text, NoticeKind.ERROR))

    def _tell_left_out(self, opened: Opened) -> None:
        names = [str(folder.relative_to(opened.root)) for folder in opened.left_out]
        one = self.tr("%s has labels of its own and was left out; open it by itself.")
        several = self.tr("%s have labels of their own and were left out; open them one by one.")
        self.tell((one if len(names) == 1 else several) % ", ".join(names))

    def _on_store_moved(self, place: Path) -> None:
        self.tell(
            self.tr("The folder of the images cannot be written. Labels are kept in %s.") % place
        )

    def save(self) -> None:
        """Write what is unsaved now, in the background."""
        self.saver.save_now()

    def finish(self) -> str:
        """End the stroke in progress and save what is unsaved, without going on before it is.

        Returns
        -------
        str
            Empty, or why something could not be saved.
        """
        self.editor.release()
        return self.saver.finish()

    def close(self, *, discard: bool = False) -> str:
        """Finish, save and stop everything.

        Parameters
        ----------
        discard : bool
            Stop even if something cannot be saved.

        Returns
        -------
        str
            Empty, or why something could not be saved; the session then stays usable.
        """
        problem = self.finish()
        if problem and not discard:
            return problem
        self._found = None
        self.saver.use(None)
        self._leave()
        self.settings.flush()
        self.segmenting.client.stop()
        self.runner.stop_all()
        return ""
