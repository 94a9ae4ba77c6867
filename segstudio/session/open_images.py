"""Which images are open, and which of them is shown."""

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.session.class_book import ClassBook
from segstudio.session.class_steps import ClassSteps
from segstudio.session.editor import Editor
from segstudio.session.image_list import ImageList
from segstudio.session.images import Opened
from segstudio.session.keeping import Keeping
from segstudio.session.moves import NOTHING_MOVED, Moves
from segstudio.session.place_keeper import PlaceKeeper
from segstudio.session.register import Register
from segstudio.session.settings import Settings
from segstudio.session.showing import Showing


class OpenImages(QObject):
    """Turns to other images and to another one of them; what was shown before is kept."""

    changed = Signal()
    """Other images are open."""
    list_changed = Signal()
    """Images came, went or moved in the list; what is shown stays."""
    moved = Signal(object)
    """`Moves` of files, with their labels; told before `list_changed`."""
    current_changed = Signal(int)
    """Another row of the images is being opened."""

    def __init__(
        self,
        register: Register,
        showing: Showing,
        settings: Settings,
        *,
        book: ClassBook,
        editor: Editor,
        class_steps: ClassSteps,
        keeping: Keeping,
        places: PlaceKeeper,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.wanted: tuple[Path, ...] = ()
        """The files and folders that a person asked for."""
        self.is_whole = False
        """Whether they are everything below the root."""
        self.root: Path | None = None
        self._register = register
        self._saver = register.saver
        self._showing = showing
        self._settings = settings
        self._book = book
        self._editor = editor
        self._class_steps = class_steps
        self._keeping = keeping
        self._places = places
        class_steps.began.connect(self._on_class_step)
        class_steps.done.connect(self.read_anew)
        class_steps.ended.connect(self._on_class_step_ended)
        keeping.compacted.connect(self._on_compacted)

    @property
    def _images(self) -> ImageList:
        return self._register.images

    def use(self, opened: Opened) -> None:
        """Turn to other images; nothing of those before is unsaved."""
        self._class_steps.settle(1.0)
        self._showing.leave()
        before = self._saver.project
        is_same = before is not None and before.file == opened.project.file
        if before is not None and is_same:
            # What was stored since it was looked at is known here.
            for record in self._images.records:
                opened.images.put(record)
            opened.project.follow(before)
        self._showing.shelf.clear()
        self._saver.use(opened.project)
        self._keeping.watch(opened.project)
        self.root = opened.root
        self.wanted = tuple(Path(os.path.abspath(p)) for p in opened.wanted)  # noqa: PTH100 - links
        self.is_whole = opened.is_whole
        self._register.use(opened.images)
        if not is_same:
            self._book.open(opened.classes, opened.matches)
        self._class_steps.open(opened.project)
        self._editor.forbidden = opened.project.held_by
        self._settings.remember_place(opened.wanted[0])
        self.changed.emit()
        self.show(self._places.open(self.wanted, self._images, self._book.table))

    def leave(self, file: Path, finish: Callable[[], str]) -> str:
        """Let a project file go, if it is the open one, so that it can be recovered.

        Parameters
        ----------
        finish : callable
            Stores what is unsaved, and returns why it could not.

        Returns
        -------
        str
            Empty, or why something is not stored; the project then stays open.
        """
        if self._saver.project is None or self._saver.project.file != file:
            return ""
        problem = finish()
        if problem:
            return problem
        self._showing.leave()
        self._showing.shelf.clear()
        self._keeping.watch(None)
        self._saver.use(None)
        return ""

    def show(self, row: int) -> None:
        """Show the image of a row; the one before is saved in the background."""
        if not 0 <= row < len(self._images) or self._saver.project is None:
            return
        if row == self._images.current and self._showing.document is not None:
            return
        self._showing.leave()
        self._images.current = row
        self.current_changed.emit(row)
        path = self._images.path_at(row)
        known = self._showing.shelf.get(path)
        if known is not None:
            self._showing.show(known)
            return
        if self._class_steps.under_way:
            return  # it is read in the new classes, after the step
        self._showing.read(path)

    def relist(self, images: ImageList, moves: Moves = NOTHING_MOVED) -> None:
        """Use the list of the open images as it is now; documents follow their files.

        What is shown stays, unless its file has become another image.
        """
        showing, shown = self._showing, self._images.path
        before = self._images.name_of(shown) if shown is not None else ""
        is_shown = showing.document is not None
        is_replaced = before in moves.lost
        if is_replaced:
            showing.leave()
        showing.shelf.move(
            {
                path: images.path_of(name) if name else None
                for path in showing.shelf.documents()
                if (name := moves.of(images.name_of(path))) != images.name_of(path)
            }
        )
        name = moves.names.get(before, before)
        images.removed = self._images.removed
        self._register.use(images)
        images.current = images.row_of(images.path_of(name)) or 0
        self._places.list_changed(images)
        if moves.names:
            self.moved.emit(moves)
        self.list_changed.emit()
        if is_replaced or (not is_shown and before in moves.names):
            self.show(images.current)

    def remove(self, kept: ImageList, current: int) -> None:
        """Go on with fewer images; `current` is the row to show if the one shown is gone."""
        self._register.use(kept)
        self.changed.emit()
        if kept.current >= 0:
            self.current_changed.emit(kept.current)
        else:
            self.show(min(current, len(kept) - 1))

    def read_again(self, path: Path) -> bool:
        """Read an image anew whose file has changed; at once where it is shown.

        Returns
        -------
        bool
            False when that cannot be done yet: a stroke is going on, or not stored.
        """
        if self._saver.is_unsaved(self._images.name_of(path)) or not self._editor.takes_results:
            return False
        document = self._showing.document
        is_shown = document is not None and document.path == path
        if is_shown:
            self._showing.leave()
        self._showing.shelf.drop(path)
        if is_shown:
            self.show(self._images.current)
        return True

    def read_anew(self) -> None:
        """Read the open image again, after a step that changed all label maps."""
        for path in self._showing.shelf.documents():
            self._showing.shelf.drop(path)
        row = self._images.current
        self._showing.leave()
        self.show(row)

    def _on_class_step(self) -> None:
        """Let nothing change until the step is stored; what is being read is read after it."""
        self._showing.stop_reading()
        what = self._class_steps.under_way
        self._editor.hold(self.tr("Not yet: all images are being changed (%s)") % what)

    def _on_class_step_ended(self) -> None:
        self._editor.hold("")
        if self._showing.document is None and not self._showing.is_reading:
            self.show(self._images.current)

    def _on_compacted(self) -> None:
        if self._saver.project is not None:
            self._class_steps.open(self._saver.project)
            self.read_anew()
