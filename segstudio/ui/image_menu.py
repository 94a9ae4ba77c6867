"""The menu of one or several images of the list."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.ui.image_states import PARTS, translated

_DONE = (ImageState.DONE, ImageState.CHECKED)


class ImageMenu(QMenu):
    """Offers what can be done with images; words say what a click would do."""

    state_requested = Signal(object)
    """An `ImageState`; in work is what the steps of an image say it is."""
    part_requested = Signal(object)
    note_requested = Signal()
    reveal_requested = Signal()
    remove_requested = Signal()

    def __init__(self, records: Sequence[ImageRecord], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("image_menu")
        states = {record.state for record in records}
        if len(records) > 1:
            head = self.addAction(self.tr("%d images") % len(records))
            head.setEnabled(False)
            self.addSeparator()
        self._add_states(states)
        self.addSeparator()
        self._add("image_note", self.tr("Note…"), self.note_requested)
        self._add_parts({record.part for record in records})
        self.addSeparator()
        if len(records) == 1:
            self._add("image_reveal", self.tr("Show in folder"), self.reveal_requested)
        self._add("image_remove", self.tr("Remove from project…"), self.remove_requested)

    def _add_states(self, states: set[ImageState]) -> None:
        is_done = states <= set(_DONE)
        is_checked = states == {ImageState.CHECKED}
        is_skipped = states == {ImageState.SKIPPED}
        rows = (
            ("image_done", is_done, self.tr("Not done"), ImageState.IN_WORK),
            ("image_done", not is_done, self.tr("Mark done"), ImageState.DONE),
            ("image_checked", is_checked, self.tr("Not checked"), ImageState.DONE),
            ("image_checked", not is_checked, self.tr("Checked"), ImageState.CHECKED),
            ("image_skip", is_skipped, self.tr("Do not skip"), ImageState.IN_WORK),
            ("image_skip", not is_skipped, self.tr("Skip"), ImageState.SKIPPED),
        )
        for name, is_offered, text, state in rows:
            if is_offered:
                self._add(name, text, partial(self.state_requested.emit, state))

    def _add_parts(self, parts: set[Part]) -> None:
        menu = self.addMenu(self.tr("Put in"))
        menu.setObjectName("image_parts")
        group = QActionGroup(menu)
        for part, words in PARTS.items():
            action = menu.addAction(translated(words))
            action.setObjectName(f"image_part_{part.value or 'none'}")
            action.setCheckable(True)
            action.setChecked(parts == {part})
            action.triggered.connect(partial(self.part_requested.emit, part))
            group.addAction(action)

    def _add(self, name: str, text: str, work: object) -> None:
        action = QAction(text, self)
        action.setObjectName(name)
        action.triggered.connect(work)
        self.addAction(action)
