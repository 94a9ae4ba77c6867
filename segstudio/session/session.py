"""The running program: what is open, and the only one who changes it."""

import os
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
from segstudio.project.project import Project
from segstudio.session.answers import Answers
from segstudio.session.assistant import Assistant
from segstudio.session.class_book import ClassBook
from segstudio.session.class_steps import ClassSteps
from segstudio.session.editor import Editor
from segstudio.session.file_keeper import FileKeeper
from segstudio.session.history_walk import HistoryWalk
from segstudio.session.image_list import ImageList
from segstudio.session.images import REMOVED, Opened
from segstudio.session.jobs import JobRunner
from segstudio.session.keeping import Keeping
from segstudio.session.model_shelf import ModelShelf
from segstudio.session.moves import NOTHING_MOVED, Moves
from segstudio.session.moving import Moving
from segstudio.session.notice import Notice, NoticeKind
from segstudio.session.opening import Opening
from segstudio.session.place_keeper import PlaceKeeper
from segstudio.session.register import Register
from segstudio.session.saving import SaveState
from segstudio.session.segment_result import Options
from segstudio.session.segmenting import Segmenting
from segstudio.session.settings import Settings
from segstudio.session.showing import Showing
from segstudio.session.unfinished import Unfinished


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
        self.opened: tuple[Path, ...] = ()
        """The files and folders that a person asked for."""
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
        self.is_whole = False
        """Whether they are everything below the root."""
        self.root: Path | None = None
        self.moving = Moving(self)
        self.files = FileKeeper(self)
        self.unfinished: list[Unfinished] = []
        """Whoever works out edits of a person."""
        self._walk = HistoryWalk(self.editor, self.unfinished, self._may_change, self)
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
        self.editor.refused.connect(self._on_refused)
        self.saver.moved.connect(self.opening.tell_moved)
        self.opening.ready.connect(self._use)
        self.opening.damaged.connect(self.keeping.tell_damaged)
        self.opening.noticed.connect(self.noticed)
        self.register.record_changed.connect(self.record_changed)
        self.register.records_changed.connect(self.records_changed)
        self.class_steps.noticed.connect(self.noticed)
        self.class_steps.began.connect(self._on_class_step)
        self.class_steps.done.connect(self._read_anew)
        self.class_steps.ended.connect(self._on_class_step_ended)
        self.keeping.noticed.connect(self.noticed)
        self.showing.noticed.connect(self.noticed)
        self.showing.changed.connect(self.document_changed)
        self.keeping.compacted.connect(self._on_compacted)
        self.document_changed.connect(self.places.document_changed)
        self.classes_changed.connect(self.places.classes_changed)
        self.saver.state_changed.connect(self._on_save_state)

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
        return self.project is not None and bool(self.project.held_by)

    # Opening ---------------------------------------------------------------------------------

    def open(self, paths: Sequence[Path]) -> None:
        """Open files and folders in place of what is open; nothing is written by looking."""
        self.opening.begin(paths)

    def _use(self, opened: Opened) -> None:
        """Turn to other images; nothing of those before is unsaved."""
        self.class_steps.settle(1.0)
        self.showing.leave()
        before = self.project
        is_same = before is not None and before.file == opened.project.file
        if before is not None and is_same:
            # What was stored since it was looked at is known here.
            for record in self.images.records:
                opened.images.put(record)
            opened.project.follow(before)
        self.showing.shelf.clear()
        self.saver.use(opened.project)
        self.keeping.watch(opened.project)
        self.root = opened.root
        self.opened = tuple(Path(os.path.abspath(p)) for p in opened.wanted)  # noqa: PTH100 - links
        self.is_whole = opened.is_whole
        self.register.use(opened.images)
        if not is_same:
            self.book.open(opened.classes, opened.matches)
        self.class_steps.open(opened.project)
        self.editor.forbidden = opened.project.held_by
        self.settings.remember_place(opened.wanted[0])
        self.images_changed.emit()
        self.show_image(self.places.open(self.opened, self.images, self.book.table))
        self.opening.tell(opened)
        if self.is_read_only:
            self.tell_held()

    def leave_project(self, file: Path) -> str:
        """Let a project file go, if it is the open one, so that it can be recovered.

        Returns
        -------
        str
            Empty, or why something is not stored; the project then stays open.
        """
        if self.project is None or self.project.file != file:
            return ""
        problem = self.finish()
        if problem:
            return problem
        self.showing.leave()
        self.showing.shelf.clear()
        self.keeping.watch(None)
        self.saver.use(None)
        return ""

    def show_image(self, row: int) -> None:
        """Show the image of a row; the one before is saved in the background."""
        if not 0 <= row < len(self.images) or self.project is None:
            return
        if row == self.images.current and self.document is not None:
            return
        self.showing.leave()
        self.images.current = row
        self.current_changed.emit(row)
        path = self.images.path_at(row)
        known = self.showing.shelf.get(path)
        if known is not None:
            self.showing.show(known)
            return
        if self.class_steps.under_way:
            return  # it is read in the new classes, after the step
        self.showing.read(path)

    def relist(
        self,
        images: ImageList,
        moves: Moves = NOTHING_MOVED,
    ) -> None:
        """Use the list of the open images as it is now; documents follow their files.

        What is shown stays, unless its file has become another image.
        """
        before = self.images.name_of(self.images.path) if self.images.path is not None else ""
        is_shown = self.document is not None
        is_replaced = before in moves.lost
        if is_replaced:
            self.showing.leave()
        self.showing.shelf.move(
            {
                path: images.path_of(name) if name else None
                for path in self.showing.shelf.documents()
                if (name := moves.of(images.name_of(path))) != images.name_of(path)
            }
        )
        name = moves.names.get(before, before)
        images.removed = self.images.removed
        self.register.use(images)
        self.images.current = images.row_of(images.path_of(name)) or 0
        self.places.list_changed(images)
        if moves.names:
            self.images_moved.emit(moves)
        self.list_changed.emit()
        if is_replaced or (not is_shown and before in moves.names):
            self.show_image(images.current)

    def read_again(self, path: Path) -> bool:
        """Read an image anew whose file has changed; at once where it is shown.

        Returns
        -------
        bool
            False when that cannot be done yet: a stroke is going on, or not stored.
        """
        if self.saver.is_unsaved(self.images.name_of(path)) or not self.editor.takes_results:
            return False
        is_shown = self.document is not None and self.document.path == path
        if is_shown:
            self.showing.leave()
        self.showing.shelf.drop(path)
        if is_shown:
            self.show_image(self.images.current)
        return True

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

    def _may_change(self) -> bool:
        if self._is_held():
            return False
        if self.is_read_only and self.document is not None:
            self.tell_held()
        return self.document is not None and not self.is_read_only

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
        if 0 <= row < len(self.images) and self._may_write():
            self.register.change(self.images.path_at(row), **fields)

    def set_state(self, row: int, state: ImageState) -> None:
        """Mark an image done, checked or skipped, or in work again."""
        if 0 <= row < len(self.images) and self._may_write():
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

    def _may_write(self) -> bool:
        if self.is_read_only:
            self.tell_held()
        return not self.is_read_only

    def remove_images(self, rows: Collection[int]) -> None:
        """Take images out of the project; their files stay, and what is stored of them."""
        kept = self.images.without(rows)
        if not len(kept):
            self.tell(self.tr("Every image would be gone. Open other images instead."))
            return
        if self.project is None or not self._may_write():
            return
        self.project.keep_value(REMOVED, sorted(kept.removed))
        following = self.images.current - sum(row < self.images.current for row in set(rows))
        self.register.use(kept)
        self.images_changed.emit()
        if kept.current >= 0:
            self.current_changed.emit(kept.current)
        else:
            self.show_image(min(following, len(kept) - 1))

    # Classes ---------------------------------------------------------------------------------

    @property
    def classes(self) -> ClassTable:
        """The class table in use."""
        return self.book.table

    def set_classes(self, table: ClassTable) -> None:
        """Use another class table."""
        if self._may_change_classes():
            self.book.use(table)

    def edit_classes(self, change: Callable[[ClassTable], ClassTable]) -> None:
        """Change the class table; a name that is taken or empty is told in a sentence."""
        if self._may_change_classes():
            self.book.edit(change)

    def add_class(self, name: str) -> None:
        """Add a class and make it the active one."""
        if self._may_change_classes():
            self.book.add(name)

    @property
    def class_step(self) -> str:
        """What `undo_class_step` would take back, such as ``person → human``; else empty."""
        return self.class_steps.last

    def merge_classes(self, source: int, target: int) -> None:
        """Make all pixels of a class those of another one, in all images."""
        if self._may_change_classes():
            self._finish_edits()
            self.class_steps.merge(source, target)

    def delete_class(self, index: int, target: int | None = None) -> None:
        """Delete a class; its pixels become those of the target class, 255 for Ignore."""
        if self._may_change_classes():
            self._finish_edits()
            self.class_steps.delete(index, target)

    def undo_class_step(self) -> None:
        """Take the last merge or deletion of a class back, in all images."""
        if self._may_change_classes():
            self._finish_edits()
            self.class_steps.take_back()

    def _may_change_classes(self) -> bool:
        return self._may_write() and not self._is_held()

    def _is_held(self) -> bool:
        """Tell whether a class step is under way, and the person with it."""
        self.class_steps.settle()
        if self.editor.held:
            self.noticed.emit(Notice(self.editor.held, NoticeKind.TOAST))
        return bool(self.editor.held)

    def _on_class_step(self) -> None:
        """Let nothing change until the step is stored; what is being read is read after it."""
        self.showing.stop_reading()
        what = self.class_steps.under_way
        self.editor.hold(self.tr("Not yet: all images are being changed (%s)") % what)

    def _on_class_step_ended(self) -> None:
        self.editor.hold("")
        if self.document is None and not self.showing.is_reading:
            self.show_image(self.images.current)

    def _on_compacted(self) -> None:
        if self.project is not None:
            self.class_steps.open(self.project)
            self._read_anew()

    def _read_anew(self) -> None:
        """Read the open image again, after a step that changed all label maps."""
        for path in self.showing.shelf.documents():
            self.showing.shelf.drop(path)
        row = self.images.current
        self.showing.leave()
        self.show_image(row)

    def set_match(self, model: str, chosen: dict[str, int]) -> None:
        """Keep what a person chose each class of a model to become."""
        if self._may_write():
            self.book.set_match(model, chosen)

    # Segment ---------------------------------------------------------------------------------

    def options(self) -> Options:
        """Return how Segment would run now."""
        return self.assistant.options()

    def segment(self, reach: Reach = EVERYWHERE) -> None:
        """Segment the open image, or a part of it, with the chosen model."""
        if self._may_change():
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
        copy = (("save_copy", self.tr("Save a copy…")),)
        self.noticed.emit(Notice(self.editor.forbidden, NoticeKind.ERROR, copy))

    def _on_refused(self, _why: str) -> None:
        """Paint again once who had the project has turned out to be gone."""
        if self.editor.forbidden and not self.is_read_only and not self.saver.state.is_over:
            self.editor.forbidden = ""
            self.tell(self.tr("The other computer is silent. The project can be changed here now."))

    def _on_save_state(self, state: SaveState) -> None:
        if state.is_over:
            self.editor.forbidden = state.problem
            self.tell_held()

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
        unfinished = self._finish_edits()
        problem = self.saver.finish()
        self.class_steps.settle()
        return " ".join(filter(None, (unfinished, problem)))

    def _finish_edits(self) -> str:
        """Make steps of what has begun, and say what takes too long for that."""
        self.editor.finish()
        return " ".join(filter(None, [work.finish() for work in self.unfinished]))

    def _settle(self) -> None:
        """End what has begun, and what the disk has answered: other images are opened."""
        self._finish_edits()
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
