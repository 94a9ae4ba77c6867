"""Notes where the person is in the open project, and brings them back there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core import places
from segstudio.core.arrays import Image
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.editing.toolbox import TOOLS
from segstudio.formats.overlay import blend
from segstudio.session.editor import Editor
from segstudio.session.image_list import ImageList
from segstudio.session.jobs import Job, JobRunner
from segstudio.session.whereabouts import PlaceBook, View, Whereabouts

WRITE_AFTER_MS = 1500
PICTURE_SIZE = (312, 140)
"""The card's picture at twice its size on the screen, for screens with small pixels."""


class PlaceKeeper(QObject):
    """Keeps image, zoom, tool and class of the open project while it is worked on.

    Written a moment after another image is shown and at the end of the program.
    """

    view_wanted = Signal(object)
    """The `View` to bring back of the document that is shown."""

    def __init__(self, runner: JobRunner, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.book = PlaceBook(places.user_folder() / "places")
        self._runner = runner
        self._editor = editor
        self._images = ImageList()
        self._classes = ClassTable()
        self._document: Document | None = None
        self._place: Whereabouts | None = None
        self._back_to: Whereabouts | None = None
        self._read_view: Callable[[], View] = View
        self._timer = QTimer(self, singleShot=True, interval=WRITE_AFTER_MS)
        self._timer.timeout.connect(self._write)

    def read_view_with(self, read: Callable[[], View]) -> None:
        """Ask this function what is in sight whenever the place is noted."""
        self._read_view = read

    def open(self, opened: tuple[Path, ...], images: ImageList, classes: ClassTable) -> int:
        """Turn to the images that were opened, and return the row to begin with."""
        before = self.book.of(images.root)
        self._images, self._classes = images, classes
        self._place = Whereabouts(str(images.root), tuple(map(str, opened)))
        self._back_to = None
        row = images.row_of(images.root / before.image) if before and before.image else None
        if row is None:
            return 0
        self._back_to = before
        return row

    def list_changed(self, images: ImageList) -> None:
        """Use the list of the same project as it is now."""
        self._images = images

    def classes_changed(self, table: ClassTable) -> None:
        """Use these classes for the colours of the picture."""
        self._classes = table

    def document_changed(self, document: Document | None) -> None:
        """Note which document is shown; the first one gets back view, tool and class."""
        if document is None:
            self._timer.stop()
            self._write()
            self._document = None
            return
        self._document = document
        back, self._back_to = self._back_to, None
        if back is not None and back.image == self._images.name_of(document.path):
            self._restore(back)
        self._timer.start()

    def finish(self) -> None:
        """Write where the person is now, in this thread, for the end of the program."""
        self._timer.stop()
        writing = self._note()
        if writing is not None:
            writing.do()
        self._document = self._place = None

    def _restore(self, back: Whereabouts) -> None:
        fields: dict[str, object] = {}
        if back.tool in TOOLS:
            fields["tool"] = back.tool
        if self._classes.get(back.class_index) is not None or back.class_index == IGNORE_INDEX:
            fields["class_index"] = back.class_index
        self._editor.change(**fields)
        if back.view.zoom > 0:
            self.view_wanted.emit(back.view)

    def _note(self) -> "_Writing | None":
        if self._place is None or self._document is None:
            return None
        state = self._editor.state
        place = replace(
            self._place,
            image=self._images.name_of(self._document.path),
            view=self._read_view(),
            tool=state.tool,
            class_index=state.class_index,
            done=self._images.done,
            total=len(self._images),
            left_at=time.time(),
        )
        return _Writing(self.book, place, self._document, self._classes)

    def _write(self) -> None:
        writing = self._note()
        if writing is not None:
            self._runner.new("place", writing.run).start()


@dataclass(frozen=True)
class _Writing:
    """One writing of a place with its picture."""

    book: PlaceBook
    place: Whereabouts
    document: Document
    classes: ClassTable

    def run(self, _job: Job) -> None:
        self.do()

    def do(self) -> None:
        self.book.keep(self.place, small_picture(self.document, self.classes))


def small_picture(document: Document, classes: ClassTable) -> Image:
    """Return a document with its labels, filling the picture of a card, cut at its sides."""
    wide, high = PICTURE_SIZE
    height, width = document.label_map.shape
    scale = max(wide / width, high / height)
    # The part in the middle that the card shows, in image pixels.
    part_w = min(width, max(1, round(wide / scale)))
    part_h = min(height, max(1, round(high / scale)))
    left, top = (width - part_w) // 2, (height - part_h) // 2
    part = (slice(top, top + part_h), slice(left, left + part_w))
    image = cv2.resize(document.image[part], PICTURE_SIZE, interpolation=cv2.INTER_AREA)
    labels = cv2.resize(document.label_map[part], PICTURE_SIZE, interpolation=cv2.INTER_NEAREST)
    return blend(np.asarray(image, np.uint8), np.asarray(labels, np.uint8), classes.colour_table())
