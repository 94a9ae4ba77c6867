"""The running program: what is open, and the only one who changes it."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.image_record import ImageState
from segstudio.core.merge import EVERYWHERE, Reach
from segstudio.core.patch import Patch
from segstudio.core.region import Region
from segstudio.engine.options import Options
from segstudio.project.project import Project
from segstudio.session.answers import Answers
from segstudio.session.assistant import Assistant
from segstudio.session.class_book import ClassBook
from segstudio.session.class_steps import ClassSteps
from segstudio.session.editor import Editor
from segstudio.session.file_keeper import FileKeeper
from segstudio.session.first_looks import FirstLooks
from segstudio.session.history_walk import HistoryWalk
from segstudio.session.image_list import ImageList
from segstudio.session.images import REMOVED, Opened
from segstudio.session.jobs import JobRunner
from segstudio.session.keeping import Keeping
from segstudio.session.model_shelf import ModelShelf
from segstudio.session.moving import Moving
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.open_images import OpenImages
from segstudio.session.opening import Opening
from segstudio.session.permission import Permission
from segstudio.session.place_keeper import PlaceKeeper
from segstudio.session.register import Register
from segstudio.session.segmenting import Segmenting
from segstudio.session.settings import Settings
from segstudio.session.showing import Showing
from segstudio.session.teaching import Teaching
from segstudio.session.unfinished import Unfinished
from segstudio.session.versions import Versions


class Session(QObject):
    """Owns images, document, classes and jobs; every change of them goes through here."""

    images_changed = Signal()
    """Other images are open."""
    list_changed = Signal()
    """Images came, went or moved in the list; what is shown stays."""
    images_moved = Signal(object)
    """`Moves` of files, with their labels; told before `list_changed`."""
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
    records_changed = Signal()
    """What is known of many images is something else."""
    match_changed = Signal()
    noticed = Signal(object)
    """A `Notice`."""

    def __init__(self, parent: QObject | None = None, settings: Settings | None = None) -> None:
        super().__init__(parent)
        self.settings = settings or Settings(self)
        self.runner = JobRunner(self)
        self.editor = Editor(self)
        self.answers = Answers(self.editor, self.runner, self)
        self.segmenting = Segmenting(self.runner, self)
        self.models = ModelShelf(self.segmenting, self.runner, self.settings, self)
        self.register = Register(self.runner, self.settings, self)
        self.saver = self.register.saver
        self.book = ClassBook(self.editor, self.saver, self)
        self.assistant = Assistant(self.segmenting, self.editor, self.book, self.settings, self)
        self.places = PlaceKeeper(self.runner, self.editor, self)
        self.class_steps = ClassSteps(self.book, self.register, self.runner, self)
        self.keeping = Keeping(self.runner, self.saver, self)
        self.opening = Opening(self.runner, self.saver, self._settle, self)
        self.showing = Showing(
            self.runner,
            self.register,
            self.settings,
            book=self.book,
            editor=self.editor,
            assistant=self.assistant,
            parent=self,
        )
        self.open_images = OpenImages(
            self.register,
            self.showing,
            self.settings,
            book=self.book,
            editor=self.editor,
            class_steps=self.class_steps,
            keeping=self.keeping,
            places=self.places,
            parent=self,
        )
        self.permission = Permission(self.editor, self.saver, self.class_steps, self.showing, self)
        self.moving = Moving(self)
        self.files = FileKeeper(self)
        self.versions = Versions(self)
        self.teaching = Teaching(self)
        self.first_looks = FirstLooks(self)
        self.unfinished: list[Unfinished] = []
        """Whoever works out edits of a person."""
        self._walk = HistoryWalk(self.editor, self.unfinished, self.permission.may_change, self)
        self._connect()

    def _connect(self) -> None:
        self.editor.pixels_changed.connect(self._on_pixels)
        self.editor.step_made.connect(self._on_step)
        self._walk.stepped.connect(self._on_stepped)
        self._walk.failed.connect(self.tell_error)
        self.segmenting.failed.connect(self.tell_error)
        self.segmenting.noticed.connect(self.noticed)
        self.models.noticed.connect(self.noticed)
        self.segmenting.models_changed.connect(self.match_changed)
        self.assistant.stepped.connect(self._on_segmented)
        self.assistant.confidence_changed.connect(self.confidence_changed)
        self.assistant.noticed.connect(self.noticed)
        self.book.changed.connect(self.classes_changed)
        self.book.match_changed.connect(self.match_changed)
        self.book.refused.connect(self.tell_error)
        self.saver.moved.connect(self.opening.tell_moved)
        self.opening.ready.connect(self._use)
        self.opening.damaged.connect(self.keeping.tell_damaged)
        self.opening.noticed.connect(self.noticed)
        self.register.record_changed.connect(self.record_changed)
        self.register.records_changed.connect(self.records_changed)
        self.class_steps.noticed.connect(self.noticed)
        self.permission.noticed.connect(self.noticed)
        self.open_images.changed.connect(self.images_changed)
        self.open_images.list_changed.connect(self.list_changed)
        self.open_images.moved.connect(self.images_moved)
        self.open_images.current_changed.connect(self.current_changed)
        self.keeping.noticed.connect(self.noticed)
        self.showing.noticed.connect(self.noticed)
        self.showing.changed.connect(self.document_changed)
        self.document_changed.connect(self.places.document_changed)
        self.classes_changed.connect(self.places.classes_changed)

    @property
    def images(self) -> ImageList:
        """The open images in order, and what is known of each."""
        return self.register.images

    @property
    def project(self) -> Project | None:
        """Where everything is stored; None while nothing is open."""
        return self.saver.project

    @property
    def document(self) -> Document | None:
        """The image that is shown, with its labels; None while none is."""
        return self.showing.document

    @property
    def is_read_only(self) -> bool:
        """Whether another window has the project, so that nothing can be changed here."""
        return self.permission.is_read_only

    # Opening ---------------------------------------------------------------------------------

    def open(self, paths: Sequence[Path]) -> None:
        """Open files and folders in place of what is open; nothing is written by looking."""
        self.opening.begin(paths)

    @property
    def root(self) -> Path | None:
        """The folder that the open images lie below; None while none are."""
        return self.open_images.root

    def _use(self, opened: Opened) -> None:
        self.open_images.use(opened)
        self.opening.tell(opened)
        if self.is_read_only:
            self.tell_held()

    def leave_project(self, file: Path) -> str:
        """Let a project file go, if it is the open one; see `OpenImages.leave`."""
        if self.project is not None and self.project.file == file:
            self.teaching.close()
        return self.open_images.leave(file, self.finish)

    def show_image(self, row: int) -> None:
        """Show the image of a row; the one before is saved in the background."""
        self.open_images.show(row)

    def open_documents(self) -> dict[Path, Document]:
        """Return the documents in memory, whose last strokes may not be on disk yet."""
        return self.showing.shelf.documents()

    def step_image(self, step: int) -> None:
        """Show the next or previous image."""
        row = self.images.order.neighbour(self.images.current, step)
        if row is not None:
            self.show_image(row)

    def step_not_done(self, step: int) -> None:
        """Show the next or previous image that is not done."""
        row = self.images.next_not_finished(step)
        if row is None:
            self.noticed.emit(Notice(self.tr("Every other image is done."), NoticeKind.TOAST))
        else:
            self.show_image(row)

    # Editing ---------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last step of the open image, or what is not one yet."""
        self._walk.undo()

    def redo(self) -> None:
        """Do the next step of the open image again."""
        self._walk.redo()

    def travel(self, position: int) -> None:
        """Go to a position of the open image's history; 0 is before all steps."""
        self._walk.travel(position)

    def apply(self, document: Document, patch: Patch) -> None:
        """Make a prepared edit a step of a document in memory, shown or not."""
        regions = document.do(patch)
        if document is self.document:
            self._on_stepped(regions)

    def _on_pixels(self, region: object) -> None:
        self.pixels_changed.emit((region,))

    def _on_stepped(self, regions: tuple[Region, ...]) -> None:
        self.pixels_changed.emit(regions)
        self._after_change()

    def _on_step(self, _patch: Patch) -> None:
        self._after_change()

    def _on_segmented(self, regions: tuple[Region, ...]) -> None:
        document = self.document
        assert document is not None
        if document.confidence is not None and self.project is not None:
            self.project.keep_confidence(self.images.name_of(document.path), document.confidence)
        if regions:
            self._on_stepped(regions)
        else:
            self.labels_changed.emit()

    def _after_change(self) -> None:
        document = self.document
        assert document is not None
        if not self.runner.running("balance"):
            self.runner.new("balance", lambda _job: document.history.rebalance()).start()
        self.labels_changed.emit()

    # Records ---------------------------------------------------------------------------------

    def change_record(self, row: int, **fields: Any) -> None:
        """Change what is known of an image, such as ``note`` or ``part``."""
        if 0 <= row < len(self.images) and self.permission.may_write():
            self.register.change(self.images.path_at(row), **fields)

    def set_state(self, row: int, state: ImageState) -> None:
        """Mark an image done, checked or skipped, or in work again."""
        if 0 <= row < len(self.images) and self.permission.may_write():
            path = self.images.path_at(row)
            self.register.set_state(path, state, self.showing.shelf.get(path))

    def set_done(self, done: bool, row: int | None = None) -> None:
        """Mark an image done, or not done any more; the open one unless a row is given."""
        row = self.images.current if row is None else row
        if not 0 <= row < len(self.images):
            return
        path = self.images.path_at(row)
        undone = self.register.reopened_state(path, self.showing.shelf.get(path))
        self.set_state(row, ImageState.DONE if done else undone)

    def done_and_next(self) -> None:
        """Mark the open image done and show the next one that is not."""
        if self.document is not None:
            self.set_done(True)
            self.step_not_done(+1)

    def remove_images(self, rows: Collection[int]) -> None:
        """Take images out of the project; their files stay, and what is stored of them."""
        kept = self.images.without(rows)
        if not len(kept):
            self.tell(self.tr("Every image would be gone. Open other images instead."))
            return
        if self.project is None or not self.permission.may_write():
            return
        self.project.keep_value(REMOVED, sorted(kept.removed))
        following = self.images.current - sum(row < self.images.current for row in set(rows))
        self.open_images.remove(kept, following)

    # Classes ---------------------------------------------------------------------------------

    @property
    def classes(self) -> ClassTable:
        """The class table in use."""
        return self.book.table

    def set_classes(self, table: ClassTable) -> None:
        """Use another class table."""
        if self.permission.may_change_classes():
            self.book.use(table)

    def edit_classes(self, change: Callable[[ClassTable], ClassTable]) -> None:
        """Change the class table; a name that is taken or empty is told in a sentence."""
        if self.permission.may_change_classes():
            self.book.edit(change)

    def add_class(self, name: str) -> None:
        """Add a class and make it the active one."""
        if self.permission.may_change_classes():
            self.book.add(name)

    @property
    def class_step(self) -> str:
        """What `undo_class_step` would take back, such as ``person → human``; else empty."""
        return self.class_steps.last

    def merge_classes(self, source: int, target: int) -> None:
        """Make all pixels of a class those of another one, in all images."""
        if self.permission.may_change_classes():
            self.finish_edits()
            self.class_steps.merge(source, target)

    def delete_class(self, index: int, target: int | None = None) -> None:
        """Delete a class; its pixels become those of the target class, 255 for Ignore."""
        if self.permission.may_change_classes():
            self.finish_edits()
            self.class_steps.delete(index, target)

    def undo_class_step(self) -> None:
        """Take the last merge or deletion of a class back, in all images."""
        if self.permission.may_change_classes():
            self.finish_edits()
            self.class_steps.take_back()

    def set_match(self, model: str, chosen: dict[str, int]) -> None:
        """Keep what a person chose each class of a model to become."""
        if self.permission.may_write():
            self.book.set_match(model, chosen)

    # Segment ---------------------------------------------------------------------------------

    def options(self) -> Options:
        """Return how Segment would run now."""
        return self.assistant.options()

    def segment(self, reach: Reach = EVERYWHERE) -> None:
        """Segment the open image, or a part of it, with the chosen model."""
        if self.permission.may_change():
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

    def tell_held(self) -> None:
        """Say who has the project, so that nothing can be changed here."""
        self.permission.tell_held()

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
        unfinished = self.finish_edits()
        problem = self.saver.finish()
        self.class_steps.settle()
        return " ".join(filter(None, (unfinished, problem)))

    def finish_edits(self) -> str:
        """Make steps of what has begun, and say what takes too long for that."""
        self.editor.finish()
        return " ".join(filter(None, [work.finish() for work in self.unfinished]))

    def _settle(self) -> None:
        """End what has begun, and what the disk has answered: other images are opened."""
        self.finish_edits()
        self.class_steps.settle()

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
        self.teaching.close()
        self.class_steps.cancel()
        self.opening.forget()
        self.places.finish()
        self.moving.end()
        self.keeping.watch(None)
        self.showing.leave()
        self.settings.flush()
        self.segmenting.client.stop()
        self.runner.stop_all()
        self.saver.use(None)  # after the jobs that read: one whole file is left then
        return ""
