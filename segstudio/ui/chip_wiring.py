"""The chips at the lower left of the canvas: one for each state that is not the usual one."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from segstudio.editing.scope import PaintOver
from segstudio.session.session import Session
from segstudio.ui.notices import Chip
from segstudio.ui.overlay_wiring import OverlayWiring
from segstudio.ui.window import MainWindow

SLOW_MS = 500
"""A class step that is stored sooner shows no chip."""

Ask = Callable[[], Chip | None]
"""Returns the chip of a state while that is not the usual one."""


class ChipWiring(QObject):
    """Shows the chips; a click on one ends its state."""

    def __init__(self, window: MainWindow, session: Session, overlay: OverlayWiring) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._overlay = overlay
        self._rows: list[tuple[Ask, Callable[[], object]]] = [
            (self._scope, self._end_scope),
            (self._read_only, session.tell_held),
            (self._class_step, session.class_steps.cancel),
            (self._later, self._redo_all),
            (self._hidden, self._show_all),
            (self._locked, self._unlock),
            (self._no_overlay, overlay.toggle),
        ]
        self._clicks: dict[str, Callable[[], object]] = {}
        self._slow_step = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow_step.timeout.connect(self.show)
        session.class_steps.began.connect(self._slow_step.start)
        session.class_steps.ended.connect(self._on_class_step_ended)
        session.editor.state_changed.connect(self.show)
        session.labels_changed.connect(self.show)
        session.document_changed.connect(self.show)
        session.classes_changed.connect(self.show)
        overlay.changed.connect(self.show)
        window.frame.chips.chip_clicked.connect(self._on_chip)
        self.show()

    def add(self, ask: Ask, end: Callable[[], object]) -> None:
        """Have a state shown by a chip and ended by a click; `show` is called when it changes."""
        self._rows.append((ask, end))
        self.show()

    def show(self, _changed: object = None) -> None:
        """Ask every state for its chip."""
        found = [(chip, end) for ask, end in self._rows if (chip := ask()) is not None]
        self._clicks = {chip.key: end for chip, end in found}
        self._window.frame.chips.set_chips([chip for chip, _ in found])

    def _on_chip(self, key: str) -> None:
        if key in self._clicks:
            self._clicks[key]()

    # The states ------------------------------------------------------------------------------

    def _scope(self) -> Chip | None:
        over = self._session.editor.state.over
        if over is PaintOver.ANYTHING:
            return None
        text = {
            PaintOver.UNLABELLED: self.tr("Only unlabelled"),
            PaintOver.FIRST_CLASS: self.tr("Only the class first touched"),
            PaintOver.MODEL: self.tr("Only the model's labels"),
            PaintOver.UNSURE: self.tr("Only where unsure"),
        }[over]
        return Chip("scope", text, self.tr("Click to paint over anything again."))

    def _end_scope(self) -> None:
        self._session.editor.change(over=PaintOver.ANYTHING)

    def _read_only(self) -> Chip | None:
        if not self._session.is_read_only:
            return None
        held = self._session.editor.forbidden
        return Chip("read_only", self.tr("Look only: open in another window"), held)

    def _class_step(self) -> Chip | None:
        under_way = self._session.class_steps.under_way
        if not under_way or self._slow_step.isActive():
            return None
        tip = self.tr("Labels can be changed again once it is stored. Click to cancel.")
        return Chip("class_step", under_way, tip)

    def _on_class_step_ended(self) -> None:
        self._slow_step.stop()
        self.show()

    def _later(self) -> Chip | None:
        document = self._session.document
        later = len(document.history.steps) - document.history.position if document else 0
        if not later:
            return None
        words = self.tr("1 later step") if later == 1 else self.tr("%d later steps") % later
        tip = self.tr("The next step takes their place. Click to do them again.")
        return Chip("later", words, tip)

    def _redo_all(self) -> None:
        document = self._session.document
        if document is not None:
            self._session.travel(len(document.history.steps))

    def _hidden(self) -> Chip | None:
        hidden = sum(entry.hidden for entry in self._session.classes)
        if not hidden:
            return None
        words = self.tr("1 class hidden") if hidden == 1 else self.tr("%d classes hidden") % hidden
        return Chip("hidden", words, self.tr("Click to show all."))

    def _show_all(self) -> None:
        self._session.edit_classes(
            lambda table: replace(table, classes=tuple(replace(c, hidden=False) for c in table))
        )

    def _locked(self) -> Chip | None:
        state = self._session.editor.state
        active = self._session.classes.get(state.class_index)
        if active is None or not active.locked or state.tool == "hand":
            return None
        return Chip("locked", self.tr("%s is locked") % active.name, self.tr("Click to unlock."))

    def _unlock(self) -> None:
        index = self._session.editor.state.class_index
        self._session.edit_classes(lambda table: table.changed(index, locked=False))

    def _no_overlay(self) -> Chip | None:
        if self._overlay.is_on:
            return None
        return Chip("overlay", self.tr("Labels are not shown"), self.tr("Click to show."))
