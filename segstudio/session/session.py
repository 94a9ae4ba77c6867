"""The running program: what is open, and the only one who changes it."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core import places
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document, ImageState
from segstudio.core.errors import SegstudioError
from segstudio.core.history import History
from segstudio.core.labels import Ink
from segstudio.core.patch import Patch
from segstudio.session.editor import Editor
from segstudio.session.images import ImageList, Opened, look
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.loading import Loaded, load
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.saving import Saver
from segstudio.session.segmenting import (
    Options,
    Result,
    Segmenting,
    is_protected,
    match_by_name,
    would_change,
)
from segstudio.session.settings import Settings

log = logging.getLogger(__name__)

RECENT_PLACES = 8
KEPT_BYTES = 400 * 2**20
"""Images and planes of documents that were left and may be shown again at once."""


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
    image_state_changed = Signal(int)
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
        self.images = ImageList()
        self.classes = ClassTable()
        self.document: Document | None = None
        self.root: Path | None = None
        self.matches: dict[str, dict[str, int]] = {}
        self._kept: OrderedDict[Path, Document] = OrderedDict()
        self._histories: dict[Path, History] = {}
        self._loading: Job | None = None
        self._opening: Job | None = None
        self._waiting: Result | None = None
        self._connect()

    def _connect(self) -> None:
        self.editor.pixels_changed.connect(self._on_pixels)
        self.editor.step_made.connect(self._on_step)
        self.editor.class_wanted.connect(self._on_class_wanted)
        self.editor.gesture_ended.connect(self._on_gesture_ended)
        self.segmenting.finished.connect(self._on_segmented)
        self.segmenting.failed.connect(self.tell_error)
        self.segmenting.models_changed.connect(self.match_changed)
        self.saver.moved.connect(self._on_store_moved)

    # Opening ---------------------------------------------------------------------------------

    def open(self, paths: Sequence[Path]) -> None:
        """Open files and folders in place of what is open; nothing is written by looking."""
        if self._opening is not None:
            self._opening.cancel()
        fallback = places.user_folder()
        wanted = tuple(paths)
        job = self.runner.new("open", lambda _job: (wanted, look(wanted, fallback)))
        self._opening = job
        job.succeeded.connect(self._on_looked)
        job.failed.connect(self.tell_error)
        job.start()

    def _on_looked(self, found: tuple[tuple[Path, ...], Opened]) -> None:
        if self.sender() is not self._opening:
            return
        self._opening = None
        wanted, opened = found
        self._leave()
        problem = self.saver.finish()
        if problem:
            self.tell_error(problem)
        self._kept.clear()
        self._histories.clear()
        self.saver.use(opened.store)
        self.root = opened.root
        self.images = ImageList(opened.paths, opened.states)
        self.set_classes(opened.classes or ClassTable(), keep=False)
        self.images_changed.emit()
        self._remember(wanted)
        if opened.store.moved_from is not None:
            self._on_store_moved(opened.store.location)
        self.show_image(0)

    def _remember(self, paths: tuple[Path, ...]) -> None:
        new = [str(path.absolute()) for path in paths[:1]]
        old = [place for place in self.settings.get("recent") if place not in new]
        self.settings.set("recent", (new + old)[:RECENT_PLACES])

    def show_image(self, row: int) -> None:
        """Show the image of a row; the one before is saved in the background."""
        if not 0 <= row < len(self.images):
            return
        if row == self.images.current and self.document is not None:
            return
        self._leave()
        self.images.current = row
        self.current_changed.emit(row)
        path = self.images.paths[row]
        known = self._kept.get(path)
        if known is not None:
            self._show(known)
            return
        store, history = self.saver.store, self._histories.get(path)
        assert store is not None
        job = self.runner.new("load", lambda _job: load(path, store, history))
        self._loading = job
        job.succeeded.connect(self._on_loaded)
        job.failed.connect(self._on_load_failed)
        job.start()

    def open_documents(self) -> dict[Path, Document]:
        """Return the documents in memory, whose last strokes may not be on disk yet."""
        return dict(self._kept)

    def step_image(self, step: int) -> None:
        """Show the next or previous image."""
        self.show_image(self.images.current + step)

    def step_not_done(self, step: int) -> None:
        """Show the next or previous image that is not done."""
        row = self.images.next_not_done(step)
        if row is None:
            self.noticed.emit(Notice(self.tr("Every other image is done."), NoticeKind.TOAST))
        else:
            self.show_image(row)

    def _on_loaded(self, loaded: Loaded) -> None:
        if self.sender() is not self._loading:
            return
        self._loading = None
        document = loaded.document
        if loaded.problem:
            self.tell_error(loaded.problem)
        self._add_unknown_classes(document)
        self._show(document)

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
        self._kept[document.path] = document
        self._kept.move_to_end(document.path)
        self.document = document
        self.editor.open(document)
        self._drop_old()
        self.document_changed.emit(document)

    def _leave(self) -> None:
        """Finish what is going on in the open document and have it saved."""
        self.segmenting.cancel()
        self._waiting = None
        self.editor.open(None)
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
        document, self.document = self.document, None
        if document is not None:
            self.document_changed.emit(None)
            self.runner.new("pack", lambda _job: document.history.pack_all()).start()
            self.saver.save_now()

    def _drop_old(self) -> None:
        size = sum(_nbytes(document) for document in self._kept.values())
        for path, document in list(self._kept.items()):
            if size <= KEPT_BYTES:
                return
            if document is not self.document and not self.saver.is_unsaved(path):
                size -= _nbytes(document)
                self._histories[path] = document.history
                del self._kept[path]

    def _add_unknown_classes(self, document: Document) -> None:
        """Give a name to class indices that the table does not know, so that nothing is lost."""
        known = set(self.classes.indices)
        unknown = [i for i in range(IGNORE_INDEX) if document.counts[i] and i not in known]
        if not unknown:
            return
        table = self.classes
        for index in unknown:
            table = table.with_index(index, self.tr("class %d") % index)
        self.set_classes(table)
        names = ", ".join(str(index) for index in unknown)
        self.noticed.emit(
            Notice(
                self.tr(
                    "%s has pixels of class %s, which the class list did not have. "
                    "They are kept; give the new classes their names."
                )
                % (document.path.name, names)
            )
        )

    # Editing ---------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last step of the open image."""
        if self.editor.is_busy:
            self.editor.cancel()
            return
        if self.document is not None:
            self._after_travel(self.document.undo())

    def redo(self) -> None:
        """Do the next step of the open image again."""
        if self.document is not None and not self.editor.is_busy:
            self._after_travel(self.document.redo())

    def _after_travel(self, patch: Patch | None) -> None:
        if patch is not None:
            self.pixels_changed.emit(patch.regions)
            self._after_change()

    def _on_pixels(self, region: object) -> None:
        self.pixels_changed.emit((region,))

    def _on_step(self, _patch: Patch) -> None:
        self._after_change()

    def _after_change(self) -> None:
        document = self.document
        assert document is not None
        if document.state is not ImageState.DONE:
            self._set_state(document, _state_of(document))
        self.saver.document_changed(document)
        self._balance(document)
        self.labels_changed.emit()

    def _balance(self, document: Document) -> None:
        if not self.runner.running("balance"):
            self.runner.new("balance", lambda _job: document.history.rebalance()).start()

    def _on_gesture_ended(self) -> None:
        result, self._waiting = self._waiting, None
        if result is not None:
            self._on_segmented(result)

    # States ----------------------------------------------------------------------------------

    def set_done(self, done: bool, row: int | None = None) -> None:
        """Mark an image done, or not done any more; the open one unless a row is given."""
        row = self.images.current if row is None else row
        if not 0 <= row < len(self.images):
            return
        path = self.images.paths[row]
        document = self._kept.get(path)
        if document is None:
            self._set_state_of_closed(row, done)
            return
        state = ImageState.DONE if done else _state_of(document)
        if state is ImageState.NEW and self.images.state(path) is ImageState.DONE:
            state = ImageState.IN_WORK
        self._set_state(document, state)
        self.saver.document_changed(document)

    def done_and_next(self) -> None:
        """Mark the open image done and show the next one that is not."""
        if self.document is not None:
            self.set_done(True)
            self.step_not_done(+1)

    def _set_state(self, document: Document, state: ImageState) -> None:
        document.state = state
        if self.images.state(document.path) is not state:
            self.images.states[document.path] = state
            self.image_state_changed.emit(self.images.paths.index(document.path))

    def _set_state_of_closed(self, row: int, done: bool) -> None:
        path = self.images.paths[row]
        store, history = self.saver.store, self._histories.get(path)
        assert store is not None
        job = self.runner.new("load", lambda _job: (row, done, load(path, store, history)))
        job.succeeded.connect(self._on_loaded_for_state)
        job.failed.connect(self.tell_error)
        job.start()

    def _on_loaded_for_state(self, found: tuple[int, bool, Loaded]) -> None:
        row, done, loaded = found
        self._kept.setdefault(loaded.document.path, loaded.document)
        self.set_done(done, row)

    # Classes ---------------------------------------------------------------------------------

    def set_classes(self, table: ClassTable, *, keep: bool = True) -> None:
        """Use another class table."""
        if table == self.classes:
            return
        self.classes = table
        self.editor.classes = table
        if keep:
            self.saver.classes_changed(table)
        else:
            self.saver.classes = table
        active = self.editor.state.class_index
        if table.get(active) is None and active != IGNORE_INDEX:
            self.editor.change(class_index=table.indices[0] if table.indices else -1)
        self.classes_changed.emit(table)
        self.match_changed.emit()

    def edit_classes(self, change: Callable[[ClassTable], ClassTable]) -> None:
        """Change the class table; a name that is taken or empty is told in a sentence."""
        try:
            self.set_classes(change(self.classes))
        except SegstudioError as error:
            self.classes_changed.emit(self.classes)  # shows the old name again
            self.tell_error(str(error))

    def add_class(self, name: str) -> None:
        """Add a class and make it the active one."""
        before = self.classes.next_index
        self.edit_classes(lambda table: table.with_class(name))
        if self.classes.next_index > before:
            self.editor.change(class_index=before)

    def _on_class_wanted(self) -> None:
        if not len(self.classes):
            self.add_class(self.tr("Class 1"))
        elif self.classes.indices:
            self.editor.change(class_index=self.classes.indices[0])

    # Segment ---------------------------------------------------------------------------------

    def options(self) -> Options:
        """Return how Segment would run now."""
        get = self.settings.get
        model = self.segmenting.model(get("model.name"))
        refine = get("model.refine") or (model.refine if model else "guided")
        return Options(
            model=model.name if model else get("model.name"),
            refine=refine,
            sharpness=get("model.sharpness"),
            detail=get("model.detail"),
            device=get("model.device"),
        )

    def segment(self) -> None:
        """Segment the open image with the chosen model."""
        document = self.document
        model = self.segmenting.model(self.settings.get("model.name"))
        if document is None:
            return
        if model is None:
            self.tell(self.tr("The models are still being loaded. Try again in a moment."))
            return
        if not len(self.classes):
            self.set_classes(model.classes)
        options = self.options()
        match = match_by_name(model.classes, self.classes, self.matches.get(model.name))
        if not match.matched:
            text = self.tr(
                "This model knows none of your classes. "
                "Match its classes to yours, or label by hand."
            )
            actions = (("match_classes", self.tr("Match…")),)
            self.noticed.emit(Notice(text, NoticeKind.BANNER, actions))
            return
        self.segmenting.segment(document, options, match, self.classes)

    def refine_again(self) -> None:
        """Refine the open image anew after the choice of refinement changed."""
        document = self.document
        if document is None or document.segment_info is None or is_protected(document):
            return
        model = self.segmenting.model(document.segment_info.model)
        if model is None or self.segmenting.is_running:
            return
        match = match_by_name(model.classes, self.classes, self.matches.get(model.name))
        self.segmenting.refine(document, self.options(), match, self.classes)

    def set_match(self, model: str, chosen: dict[str, int]) -> None:
        """Keep what a person chose each class of a model to become."""
        self.matches[model] = chosen
        self.match_changed.emit()

    def _on_segmented(self, result: Result) -> None:
        document = result.document
        if document is not self.document:
            return
        if self.editor.is_busy:
            self._waiting = result
            return
        if is_protected(document):
            self._tell_protected(result)
            return
        patch = result.patch(result.options.model)
        document.confidence = result.confidence
        document.segment_info = result.info(result.options.model)
        self.confidence_changed.emit()
        if patch is not None:
            self.pixels_changed.emit(document.do(patch))
            self._after_change()
        else:
            self.labels_changed.emit()

    def _tell_protected(self, result: Result) -> None:
        percent = 100 * would_change(result)
        text = self.tr(
            "This image is done. Segment would change %.0f %% of it; nothing was changed."
        )
        actions = (("done", self.tr("Not done any more")),)
        self.noticed.emit(Notice(text % percent, NoticeKind.BANNER, actions))

    # Telling and ending ----------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """Show a sentence in the banner."""
        self.noticed.emit(Notice(text))

    def tell_error(self, text: str) -> None:
        """Show a sentence about something that went wrong."""
        self.noticed.emit(Notice(text, NoticeKind.ERROR))

    def _on_store_moved(self, place: Path) -> None:
        self.tell(
            self.tr("The folder of the images cannot be written. Labels are kept in %s.") % place
        )

    def save(self) -> None:
        """Write what is unsaved now, in the background."""
        self.saver.save_now()

    def close(self) -> str:
        """Finish, save and stop everything.

        Returns
        -------
        str
            Empty, or why something could not be saved; the session then stays usable.
        """
        self.editor.release()
        problem = self.saver.finish()
        if problem:
            return problem
        self._leave()
        self.segmenting.client.stop()
        self.runner.stop_all()
        return ""


def _nbytes(document: Document) -> int:
    confidence = document.confidence
    extra = confidence.nbytes if confidence is not None else 0
    return document.image.nbytes + document.planes.nbytes + extra


def _state_of(document: Document) -> ImageState:
    """Return how far the work on a document has come, by its steps."""
    steps = document.history.steps[: document.history.position]
    if document.began_in_work or any(step.origin.author == Ink.PERSON for step in steps):
        return ImageState.IN_WORK
    if document.counts[IGNORE_INDEX] < document.height * document.width:
        return ImageState.SEGMENTED
    return ImageState.IN_WORK if any(s.origin.tool == "eraser" for s in steps) else ImageState.NEW
