"""The list of images and the start page."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QInputDialog

from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageState
from segstudio.project.project import Project
from segstudio.session.pace import Pace
from segstudio.session.saving import SaveState
from segstudio.session.session import Session
from segstudio.session.thumbnails import Thumbnails, Wish
from segstudio.ui.window import MainWindow

THUMBNAIL_SIZE = (160, 120)


class ImageWiring(QObject):
    """Shows which images are open, in which states, and passes wishes on."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._panel = window.images_panel
        self._thumbnails = Thumbnails(session.runner, THUMBNAIL_SIZE, self)
        self._pace = Pace()
        self._shown_row = -1
        self._is_relabelled = False
        """Whether the labels of the open image have changed since it was opened."""
        self._connect()
        self._panel.set_overlay(session.settings.get("list.overlay"))

    def _connect(self) -> None:
        panel, session, window = self._panel, self._session, self._window
        panel.image_requested.connect(session.show_image)
        panel.thumbnail_requested.connect(self._on_thumbnail_wanted)
        panel.order_changed.connect(self._on_order)
        panel.width_requested.connect(self._on_width_wanted)
        panel.overlay_requested.connect(self._on_overlay_wanted)
        self._thumbnails.made.connect(self._on_thumbnail)
        session.images_changed.connect(self._on_images)
        session.list_changed.connect(self._on_list)
        session.current_changed.connect(self._on_current)
        session.record_changed.connect(self._on_record)
        session.records_changed.connect(self._on_records)
        session.labels_changed.connect(self._on_labels)
        session.classes_changed.connect(self._on_classes)
        session.saver.state_changed.connect(self._on_saved)
        window.paths_dropped.connect(session.open)
        window.start_page.sample_requested.connect(self.open_sample)
        window.status_bar.go_to_requested.connect(self.go_to)

    def open_sample(self, path: Path) -> None:
        """Open a bundled sample with the brush ready."""
        self._session.editor.change(tool="brush")
        self._session.open([path])

    def go_to(self) -> None:
        """Ask for the place of an image in the list and show it."""
        order = self._session.images.order
        if not len(order):
            return
        number, accepted = QInputDialog.getInt(
            self._window,
            self.tr("Go to image"),
            self.tr("Number (1 to %d)") % len(order),
            max(1, order.place_of(self._session.images.current) + 1),
            1,
            len(order),
        )
        if accepted:
            self._session.show_image(order.row_at(number - 1))

    # The list --------------------------------------------------------------------------------

    def _on_images(self) -> None:
        self._thumbnails.forget()
        self._shown_row = -1
        self._is_relabelled = False
        self._count_pace()
        self._panel.set_images(self._session.images.records)
        self._window.show_work(with_images=len(self._session.images) > 1)

    def _on_list(self) -> None:
        """Show images that came or went while the one that is shown stays."""
        self._shown_row = self._session.images.current
        self._count_pace()
        self._panel.replace_images(self._session.images.records)
        self._on_current(self._shown_row)

    def _count_pace(self) -> None:
        self._pace = Pace(record.done_at for record in self._session.images.records)
        self._show_progress()

    def _on_order(self) -> None:
        self._session.images.order = self._panel.order
        self._show_place()

    def _on_current(self, row: int) -> None:
        images = self._session.images
        if self._is_relabelled:
            self._panel.forget_thumbnail(self._shown_row)
        self._is_relabelled = False
        self._shown_row = row
        self._panel.set_current(row)
        self._show_place()
        name = images.path.name if images.path else ""
        self._window.setWindowTitle(f"{name} – segstudio" if name else "segstudio")
        self._show_state()

    def _on_record(self, row: int) -> None:
        before, after = self._panel.record(row), self._session.images.record_at(row)
        self._pace.change(before.done_at, after.done_at)
        self._panel.set_record(row, after)
        if row != self._shown_row and after.changed_at != before.changed_at:
            self._panel.forget_thumbnail(row)
        self._show_progress()
        if row == self._shown_row:
            self._show_state()

    def _on_records(self) -> None:
        self._panel.set_records(self._session.images.records)
        self._count_pace()
        self._show_state()

    def _show_place(self) -> None:
        images = self._session.images
        place = images.order.place_of(images.current)
        self._window.status_bar.set_place(place + 1, len(images.order))

    def _show_progress(self) -> None:
        images = self._session.images
        each = self._pace.seconds_each()
        left = None if each is None else each * (len(images) - images.finished)
        self._panel.set_progress(images.done, len(images), left)

    def _show_state(self) -> None:
        images, actions = self._session.images, self._window.actions_by_name
        state = images.state(images.path) if images.path is not None else ImageState.NEW
        actions["done"].setChecked(state in (ImageState.DONE, ImageState.CHECKED))
        actions["checked"].setChecked(state is ImageState.CHECKED)
        actions["skip"].setChecked(state is ImageState.SKIPPED)

    def _on_width_wanted(self, width: int) -> None:
        _, side = self._window.columns.widths()
        self._window.columns.set_widths(width, side)

    # Thumbnails ------------------------------------------------------------------------------

    def _on_thumbnail_wanted(self, row: int) -> None:
        record, path = self._session.images.record_at(row), self._session.images.path_at(row)
        self._thumbnails.want(Wish(path, record.changed_at, self._labels_reader(row, path)))

    def _labels_reader(self, row: int, path: Path) -> Callable[[], LabelMap | None] | None:
        """Return what reads the labels of an image: those in memory may not be stored yet."""
        if not self._session.settings.get("list.overlay"):
            return None
        document = self._session.open_documents().get(path)
        if document is not None:
            return lambda: document.label_map
        project, record = self._session.project, self._session.images.record_at(row)
        return (
            partial(_stored_labels, project, record.name) if project and record.has_labels else None
        )

    def _on_thumbnail(self, made: tuple[Path, Image]) -> None:
        path, picture = made
        row = self._session.images.row_of(path)
        if row is None:
            return
        pixels = np.ascontiguousarray(picture)
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self._panel.set_thumbnail(row, image.copy())

    def _on_labels(self) -> None:
        self._is_relabelled = True

    def _on_classes(self, table: ClassTable) -> None:
        self._panel.set_classes({entry.name: entry.index for entry in table})
        if self._thumbnails.set_colours(table.colour_table()):
            self._panel.forget_thumbnails()

    def _on_overlay_wanted(self, shown: bool) -> None:
        self._session.settings.set("list.overlay", shown)
        self._panel.forget_thumbnails()

    def _on_saved(self, state: SaveState) -> None:
        word = "saving" if state.saving else "unsaved" if state.problem else "saved"
        self._window.status_bar.set_save_state(word, state.problem)


def _stored_labels(project: Project, name: str) -> LabelMap | None:
    stored = project.load(name)
    return stored.planes.labels if stored is not None else None
