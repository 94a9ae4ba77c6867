"""The class panel, the class picker and the digit keys."""

from dataclasses import replace

import cv2
import numpy as np
from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QCursor

from segstudio.core.class_keys import class_at_key
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.errors import SegstudioError
from segstudio.core.labels import is_unlabelled
from segstudio.core.palette import Colour
from segstudio.editing.tool_state import ToolState
from segstudio.session.session import Session
from segstudio.ui.class_picker import ClassPicker
from segstudio.ui.window import MainWindow

JUMP_SIDE = 1024
"""The largest unlabelled region is looked for in a sample of at most this many pixels a side."""


class ClassWiring(QObject):
    """Shows the class table with its shares of the image, and passes wishes on."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._panel = window.class_panel
        self._recent: list[int] = []
        """Classes that were active, the last one first; some may be Ignore, or gone by now."""
        self._picker: ClassPicker | None = None
        self._connect()
        self._panel.set_classes(session.classes)

    def _connect(self) -> None:
        panel, session = self._panel, self._session
        panel.active_requested.connect(self.activate)
        panel.add_requested.connect(session.add_class)
        panel.rename_requested.connect(self.rename)
        panel.recolour_requested.connect(self._on_recolour)
        panel.move_requested.connect(self._on_move)
        panel.hidden_requested.connect(self.set_hidden)
        panel.locked_requested.connect(self.set_locked)
        panel.only_requested.connect(self._on_only)
        panel.unlabelled_clicked.connect(self._on_unlabelled)
        panel.setup_chosen.connect(self._on_setup)
        session.classes_changed.connect(self._on_classes)
        session.editor.state_changed.connect(self._on_tool)
        session.book.wanted.connect(self.use_setup)
        session.document_changed.connect(self._on_document)
        session.labels_changed.connect(self._show_shares)
        session.segmenting.models_changed.connect(self._on_models)
        self._window.options_bar.class_picker_requested.connect(self._pick_at_chip)
        self._window.held_keys.digit_pressed.connect(self._on_digit)

    def use_setup(self) -> bool:
        """Use what is chosen in the card, for a Segment or a stroke that comes before its button.

        Returns
        -------
        bool
            False when the names in the card cannot be used; the card says why.
        """
        if len(self._session.classes):
            return True
        try:
            table = self._panel.setup_choice()
        except SegstudioError:
            return False
        if table is not None:
            self._session.set_classes(table)
        return True

    # Wishes ----------------------------------------------------------------------------------

    def activate(self, index: int) -> None:
        """Make a class the active one; choosing one while panning takes the brush."""
        editor = self._session.editor
        if editor.state.tool == "hand":
            editor.change(tool="brush")
        editor.change(class_index=index)

    def step_class(self, step: int) -> None:
        indices = self._session.classes.indices
        if not indices:
            return
        now = self._session.editor.state.class_index
        place = indices.index(now) + step if now in indices else 0
        self._session.editor.change(class_index=indices[place % len(indices)])

    def swap_class(self) -> None:
        last = self._session.editor.state.last_class
        if last == IGNORE_INDEX or self._session.classes.get(last) is not None:
            self._session.editor.change(class_index=last)

    def set_hidden(self, index: int, hidden: bool) -> None:
        self._session.edit_classes(lambda table: table.changed(index, hidden=hidden))

    def set_locked(self, index: int, locked: bool) -> None:
        self._session.edit_classes(lambda table: table.changed(index, locked=locked))

    def toggle_active(self, field: str) -> None:
        """Switch `hidden` or `locked` of the active class."""
        entry = self._session.classes.get(self._session.editor.state.class_index)
        if entry is not None:
            wanted = {field: not getattr(entry, field)}
            self._session.edit_classes(lambda table: table.changed(entry.index, **wanted))

    def rename_active(self) -> None:
        """Open the name of the active class for editing, in the list."""
        index = self._session.editor.state.class_index
        if self._session.classes.get(index) is not None:
            self._window.set_panel_shown("classes", True)
            self._panel.rename(index)

    def pick(self) -> None:
        """Open the class picker at the cursor."""
        self._open_picker(QCursor.pos())

    def _pick_at_chip(self) -> None:
        chip = self._window.options_bar.chip()
        self._open_picker(chip.mapToGlobal(QPoint(0, chip.height() + 4)))

    def _open_picker(self, position: QPoint) -> None:
        if self._picker is None:
            self._picker = ClassPicker(self._window)
            self._picker.class_chosen.connect(self.activate)
        active = self._session.editor.state.class_index
        self._picker.open_for(position, self._session.classes, list(self._recent), active)

    def rename(self, index: int, name: str) -> None:
        """Give a class another name; what models' classes became it stays so."""
        self._keep_matches(index)
        self._session.edit_classes(lambda table: table.changed(index, name=name))

    def _keep_matches(self, index: int) -> None:
        """Hold on to what matched a class by its name before it gets another one."""
        book = self._session.book
        for model in self._session.segmenting.models:
            targets = book.match(model).targets
            matched = {c.name: index for c in model.classes if targets[c.index] == index}
            if matched:
                book.set_match(model.name, book.matches.get(model.name, {}) | matched)

    def _on_recolour(self, index: int, colour: Colour) -> None:
        self._session.edit_classes(lambda table: table.changed(index, colour=tuple(colour)))

    def _on_move(self, index: int, position: int) -> None:
        self._session.edit_classes(lambda table: table.moved(index, position))

    def _on_only(self, index: int) -> None:
        """Hide every other class, or show all again when that is so already."""
        now = {entry.index for entry in self._session.classes if not entry.hidden}
        alone = now == {index}
        self._session.edit_classes(
            lambda table: replace(
                table,
                classes=tuple(
                    replace(c, hidden=not alone and c.index != index) for c in table.classes
                ),
            )
        )

    def _on_setup(self, table: ClassTable) -> None:
        self._session.set_classes(table)
        self._window.canvas.setFocus()

    def _on_digit(self, digit: int, ctrl: bool) -> None:
        if digit == 0:
            self.activate(IGNORE_INDEX)
            return
        index = class_at_key(self._session.classes, f"Ctrl+{digit}" if ctrl else str(digit))
        if index is not None:
            self.activate(index)

    def _on_unlabelled(self) -> None:
        document = self._session.document
        place = largest_unlabelled(document) if document is not None else None
        if place is not None:
            self._window.canvas.centre_on(*place)

    # What changed ----------------------------------------------------------------------------

    def _on_classes(self, table: ClassTable) -> None:
        card_goes = self._panel.has_card and len(table) > 0
        self._panel.set_classes(table)
        if card_goes:
            self._window.canvas.setFocus()  # else the next field along would take the keys
        self._panel.set_active(self._session.editor.state.class_index)
        self._show_shares()

    def _on_tool(self, state: ToolState) -> None:
        self._panel.set_active(state.class_index)
        if state.class_index >= 0:
            others = [index for index in self._recent if index != state.class_index]
            self._recent = [state.class_index, *others]

    def _on_document(self, _document: Document | None) -> None:
        self._show_shares()

    def _show_shares(self) -> None:
        document = self._session.document
        if document is None:
            self._panel.set_shares({}, 1.0)
            return
        total = document.height * document.width
        shares = {i: float(document.counts[i] / total) for i in self._session.classes.indices}
        self._panel.set_shares(shares, float(document.counts[IGNORE_INDEX] / total))

    def _on_models(self) -> None:
        model = self._session.segmenting.model(self._session.settings.get("model.name"))
        if model is not None:
            self._panel.set_model_knows(model.title, model.classes)


def largest_unlabelled(document: Document) -> tuple[float, float] | None:
    """Return a point (x, y) deep inside the largest unlabelled region; None if there is none."""
    step = max(1, -(-max(document.height, document.width) // JUMP_SIDE))
    mask = is_unlabelled(document.label_map[::step, ::step], document.ink[::step, ::step])
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=4)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    inside = np.pad((numbers == largest).view(np.uint8), 1)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    return (float(x) + 0.5) * step, (float(y) + 0.5) * step
