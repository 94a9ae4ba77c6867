"""Storing every step as it is made, without the window ever waiting for the disk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import Ink
from segstudio.core.patch import Patch
from segstudio.project.project import Project
from segstudio.project.store import Matches
from segstudio.project.writer import Ticket, WriterState

ACKNOWLEDGED_S = 0.01
"""How long the release of the mouse button waits for the disk to say that it has the stroke."""

LONGEST_WAIT_S = 60.0
"""How long the end of the program waits for a write that is going on."""


@dataclass(frozen=True)
class SaveState:
    """What the status bar says: saved, saving, or why not.

    Attributes
    ----------
    is_over : bool
        Another window has the project: nothing will be stored any more.
    """

    saving: bool = False
    problem: str = ""
    is_over: bool = False


class Saver(QObject):
    """Hears of every step of every document and hands it to the project."""

    state_changed = Signal(object)
    moved = Signal(object)
    """The folder of the images could not be written; the place now used."""
    rested = Signal()
    """A write has ended, well or not."""
    stored = Signal(object)
    """The path of an image of which a step was handed over."""

    paused = Signal(object)
    """Nothing was stored for a while: names of the images that a checkpoint can be made of."""

    _writer_told = Signal(object, object)
    _writer_paused = Signal(object, object)

    def __init__(
        self, describe: Callable[[Document], ImageRecord], parent: QObject | None = None
    ) -> None:
        """Make a saver; `describe` returns what is known of a document after its last step."""
        super().__init__(parent)
        self.project: Project | None = None
        self.state = SaveState()
        self.last_ticket: Ticket | None = None
        self.owed_classes: ClassTable | None = None
        """A class table that is stored together with the next change of anything."""
        self._describe = describe
        self._told_moved = False
        # Emitted by the writer's thread, received in this one.
        self._writer_told.connect(self._on_writer)
        self._writer_paused.connect(self._on_paused)

    @property
    def is_writing(self) -> bool:
        """Whether a write is going on."""
        return self.has_unsaved and not self._problem

    @property
    def has_unsaved(self) -> bool:
        """Whether something is not on disk yet."""
        return self.project is not None and self.project.waiting > 0

    @property
    def _problem(self) -> str:
        return self.project.state.problem if self.project is not None else ""

    def use(self, project: Project | None) -> None:
        """Turn to another project and end the last one; what it is still owed is given up."""
        last, self.project = self.project, project
        if last is not None:
            last.told = last.rested = _nobody
            last.end()
        self.owed_classes = None
        self._told_moved = project is not None and project.moved_from is not None
        if project is not None:
            project.told = partial(self._writer_told.emit, project)
            project.rested = partial(self._writer_paused.emit, project)
        self._set_state(SaveState())

    # Journal of the documents ----------------------------------------------------------------

    def stepped(self, document: Document, patch: Patch) -> None:
        """Store a new step; for a person's the disk has 10 ms to answer."""
        project = self.project
        if project is None:
            return
        if self.owed_classes is not None:
            self.classes_changed(self.owed_classes)
        record = self._describe(document)
        if document.starts_anew:
            document.starts_anew = False
            project.put_aside(record.name)
        self.last_ticket = project.keep_step(record, patch)
        if patch.origin.author == Ink.PERSON:
            self.last_ticket.wait(ACKNOWLEDGED_S)
        self.stored.emit(document.path)

    def stepped_elsewhere(self, record: ImageRecord, patch: Patch, path: Path) -> None:
        """Store a new step of an image that is not in memory."""
        if self.project is None:
            return
        if self.owed_classes is not None:
            self.classes_changed(self.owed_classes)
        self.last_ticket = self.project.keep_step(record, patch)
        self.stored.emit(path)

    def travelled(self, document: Document, patch: Patch, *, redo: bool) -> None:
        """Store an undo or a redo."""
        if self.project is not None:
            record = self._describe(document)
            self.last_ticket = self.project.keep_travel(record, redo=redo, patch=patch)
            self.stored.emit(document.path)

    # The rest --------------------------------------------------------------------------------

    def record_changed(self, record: ImageRecord, fields: Iterable[str]) -> None:
        """Store some of what is known of an image."""
        if self.project is not None:
            self.last_ticket = self.project.keep_record(record, fields)

    def classes_changed(self, table: ClassTable) -> None:
        """Store the class table."""
        self.owed_classes = None
        if self.project is not None:
            self.last_ticket = self.project.keep_classes(table)

    def matches_changed(self, matches: Matches) -> None:
        """Store what the classes of models become."""
        if self.project is not None:
            self.last_ticket = self.project.keep_matches(
                {model: dict(chosen) for model, chosen in matches.items()}
            )

    def is_unsaved(self, name: str) -> bool:
        """Whether an image has changes that are not on disk yet."""
        return self.project is not None and self.project.is_waiting(name)

    def save_now(self) -> None:
        """Have what the disk has refused tried again now."""
        if self.project is not None:
            self.project.save_now()

    def finish(self) -> str:
        """Wait until everything is stored, for the end of the program.

        Returns
        -------
        str
            Empty, or why something could not be stored; it will be tried again.
        """
        if self.project is None:
            return ""
        problem = self.project.flush(LONGEST_WAIT_S)
        self._show(self.project.state)
        return problem

    def _on_paused(self, project: Project, names: list[str]) -> None:
        if project is self.project:
            self.paused.emit(names)

    def _on_writer(self, project: Project, state: WriterState) -> None:
        if project is self.project:
            self._show(state)
            if not state.waiting or state.problem:
                self.rested.emit()

    def _show(self, state: WriterState) -> None:
        project = self.project
        if project is not None and project.moved_from is not None and not self._told_moved:
            self._told_moved = True
            self.moved.emit(project.file)
        saving = state.waiting > 0 and not state.problem
        self._set_state(SaveState(saving, state.problem, state.is_over))

    def _set_state(self, state: SaveState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)


def _nobody(_what: object) -> None:
    return
