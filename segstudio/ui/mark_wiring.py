"""What people say of images: done, checked, skipped, notes, flags, parts, and what to remove."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMessageBox

from segstudio.core.image_record import ImageState, Part
from segstudio.session.session import Session
from segstudio.ui import file_manager
from segstudio.ui.slices import Slices
from segstudio.ui.window import MainWindow


class MarkWiring(QObject):
    """Passes marks of images from the list and the actions on to the session."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._panel = window.images_panel
        self._noted: tuple[int, ...] = ()
        self._slices = Slices(self)
        session.images_changed.connect(self._slices.drop)
        window.closing.connect(self._slices.finish)
        self._panel.state_requested.connect(self.set_states)
        self._panel.part_requested.connect(self._on_part)
        self._panel.note_requested.connect(self._ask_note)
        self._panel.reveal_requested.connect(self._on_reveal)
        self._panel.remove_requested.connect(self._on_remove)
        self._panel.name_requested.connect(self._ask_name)

    def set_states(self, rows: Sequence[int], state: ImageState) -> None:
        """Set the state of images; in work is what the steps of each say it is."""
        session = self._session
        if state.is_finished:
            self._slices.do(partial(session.set_state, row, state) for row in rows)
        else:
            self._slices.do(partial(session.set_done, False, row) for row in rows)

    def set_checked(self, checked: bool) -> None:
        """Mark the open image checked; one that is not checked any more is still done."""
        state = ImageState.CHECKED if checked else ImageState.DONE
        self._session.set_state(self._session.images.current, state)

    def set_skipped(self, skipped: bool) -> None:
        """Skip the open image, or not any more."""
        state = ImageState.SKIPPED if skipped else ImageState.IN_WORK
        self.set_states((self._session.images.current,), state)

    def note(self) -> None:
        """Ask for a note on the images selected in the list, where it has the focus."""
        rows = self._panel.selected_rows() if self._panel.view().hasFocus() else ()
        current = self._session.images.current
        if rows or current >= 0:
            self._ask_note(rows or (current,))

    def find(self) -> None:
        """Bring the keyboard into the search of images."""
        if len(self._session.images) > 1:
            self._window.set_panel_shown("images", True)
            self._panel.start_search()

    def _ask_note(self, rows: Sequence[int]) -> None:
        self._noted = tuple(rows)
        records = [self._session.images.record_at(row) for row in rows]
        from segstudio.ui.note_popover import NotePopover

        popover = NotePopover(records, self._window)
        popover.kept.connect(self._on_note_kept)
        popover.closed.connect(popover.deleteLater)
        view = self._panel.view()
        place = view.place_of(rows[0])
        if view.isVisible() and not place.isEmpty():
            popover.open_at(view.viewport().mapToGlobal(place.topRight() + QPoint(4, 4)))
        else:
            popover.open_at(self._window.frame.mapToGlobal(QPoint(12, 12)))

    def _on_note_kept(self, fields: dict[str, object]) -> None:
        self._change(self._noted, **fields)

    def _ask_name(self) -> None:
        from segstudio.ui.name_popover import NamePopover

        popover = NamePopover(self._session.settings.get("annotator"), self._window)
        popover.chosen.connect(self._on_name)
        popover.closed.connect(popover.deleteLater)
        popover.open_below(self._panel.cog())

    def _on_name(self, name: str) -> None:
        self._session.settings.set("annotator", name)

    def _on_part(self, rows: Sequence[int], part: Part) -> None:
        self._change(rows, part=part)

    def _change(self, rows: Sequence[int], **fields: object) -> None:
        self._slices.do(partial(self._session.change_record, row, **fields) for row in rows)

    def _on_reveal(self, row: int) -> None:
        file_manager.reveal(self._session.images.path_at(row), self)

    def _on_remove(self, rows: Sequence[int]) -> None:
        if len(rows) == 1:
            what = self._session.images.path_at(rows[0]).name
        else:
            what = self.tr("%d images") % len(rows)
        box = QMessageBox(self._window)
        box.setObjectName("remove_images")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove from project"))
        box.setText(self.tr("Remove %s from the project?") % what)
        box.setInformativeText(
            self.tr(
                "Files and stored labels stay. An image opened by itself brings its labels back."
            )
        )
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        if box.clickedButton() is remove:
            self._slices.finish()  # rows are others afterwards
            self._session.remove_images(rows)
        box.deleteLater()
