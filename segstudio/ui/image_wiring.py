"""The list of images, the start page and the states of saving."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QInputDialog

from segstudio import __version__, assets
from segstudio.core.arrays import Image
from segstudio.core.image_record import ImageState
from segstudio.session.saving import SaveState
from segstudio.session.session import Session
from segstudio.session.thumbnails import Thumbnails
from segstudio.ui.images_model import ImageRow
from segstudio.ui.start_page import samples_in
from segstudio.ui.window import MainWindow

STATE_MARKS = {
    ImageState.NEW: "new",
    ImageState.SEGMENTED: "segmented",
    ImageState.IN_WORK: "work",
    ImageState.DONE: "done",
}
THUMBNAIL_SIZE = (160, 120)


class ImageWiring(QObject):
    """Shows which images are open, in which states, and passes wishes on."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._panel = window.images_panel
        self._thumbnails = Thumbnails(session.runner, THUMBNAIL_SIZE, self)
        self._connect()
        window.start_page.set_version(f"segstudio {__version__}")

    def _connect(self) -> None:
        panel, session, window = self._panel, self._session, self._window
        panel.image_requested.connect(session.show_image)
        panel.thumbnail_requested.connect(self._on_thumbnail_wanted)
        panel.done_requested.connect(self._on_done_wanted)
        self._thumbnails.made.connect(self._on_thumbnail)
        session.images_changed.connect(self._on_images)
        session.list_changed.connect(self._on_list)
        session.current_changed.connect(self._on_current)
        session.record_changed.connect(self._on_state)
        session.saver.state_changed.connect(self._on_saved)
        window.paths_dropped.connect(session.open)
        window.start_page.sample_requested.connect(self.open_sample)
        window.status_bar.go_to_requested.connect(self.go_to)
        window.first_painted.connect(self._on_first_painted)

    def open_sample(self, path: Path) -> None:
        """Open a bundled sample with the brush ready."""
        self._session.editor.change(tool="brush")
        self._session.open([path])

    def go_to(self) -> None:
        """Ask for the number of an image and show it."""
        count = len(self._session.images)
        number, accepted = QInputDialog.getInt(
            self._window,
            self.tr("Go to image"),
            self.tr("Number (1 to %d)") % count,
            self._session.images.current + 1,
            1,
            count,
        )
        if accepted:
            self._session.show_image(number - 1)

    def _on_first_painted(self) -> None:
        if self._window.shows_start:
            self._window.start_page.set_samples(samples_in(assets.path("samples")))

    def _on_images(self) -> None:
        self._thumbnails.forget()
        self._show_rows()
        self._window.show_work(with_images=len(self._session.images) > 1)

    def _on_list(self) -> None:
        self._show_rows()
        self._on_current(self._session.images.current)

    def _show_rows(self) -> None:
        records = self._session.images.records
        rows = [ImageRow(r.name.rpartition("/")[2], STATE_MARKS[r.state]) for r in records]
        self._panel.set_images(rows)
        self._show_progress()

    def _on_current(self, row: int) -> None:
        images = self._session.images
        self._panel.set_current(row)
        self._window.status_bar.set_place(row + 1, len(images))
        name = images.path.name if images.path else ""
        self._window.setWindowTitle(f"{name} – segstudio" if name else "segstudio")
        self._show_done()

    def _on_state(self, row: int) -> None:
        images = self._session.images
        self._panel.set_state(row, STATE_MARKS[images.record_at(row).state])
        self._show_progress()
        self._show_done()

    def _show_progress(self) -> None:
        self._panel.set_progress(self._session.images.done, len(self._session.images))

    def _show_done(self) -> None:
        path = self._session.images.path
        done = path is not None and self._session.images.state(path) is ImageState.DONE
        self._window.actions_by_name["done"].setChecked(done)

    def _on_done_wanted(self, row: int, done: bool) -> None:
        self._session.set_done(done, row)

    def _on_thumbnail_wanted(self, row: int) -> None:
        self._thumbnails.want(self._session.images.path_at(row))

    def _on_thumbnail(self, made: tuple[Path, Image]) -> None:
        path, picture = made
        row = self._session.images.row_of(path)
        if row is None:
            return
        pixels = np.ascontiguousarray(picture)
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self._panel.set_thumbnail(row, image.copy())

    def _on_saved(self, state: SaveState) -> None:
        word = "saving" if state.saving else "unsaved" if state.problem else "saved"
        self._window.status_bar.set_save_state(word, state.problem)
