"""A project: the classes, images, labels and steps of one folder of images, in one file."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.errors import DamagedError, StorageError
from segstudio.project import (
    backups,
    image_table,
    journal,
    migrating,
    values,
)
from segstudio.project.changes import Changes, void
from segstudio.project.claim import Claim
from segstudio.project.connection import told
from segstudio.project.copying import is_sound
from segstudio.project.faults import do_each
from segstudio.project.holder import HeldError
from segstudio.project.location import Location
from segstudio.project.store import StoredLabels
from segstudio.project.writer import ALL_IMAGES, HOUSEKEEPING, Ticket, Writer, WriterState
from segstudio.project.written_file import WrittenFile

IDLE_S = 20.0
FOLD_AFTER = 50
"""Lines of an image's journal after which a checkpoint is made of them."""

STEP_BYTES = 256 * 2**20
"""What the steps of one image may hold in the file; the oldest go first."""

PATIENCE_S = 10.0
CHECKED_BYTES = 64 * 2**20
"""Larger files are not checked before they open, but afterwards (`checking.is_whole`)."""


def _nobody_listens(_state: WriterState) -> None:
    return


def _nobody_rests(_names: list[str]) -> None:
    return


class Project(Changes):
    """Reads a project in any thread and writes it in one; looking never writes.

    Every change returns a `Ticket` at once and is on the disk when that says so. Changes that the
    disk refuses stay in memory, in order, and are tried again.

    Attributes
    ----------
    root : Path
        The folder that the images lie below; they are known by their path from there.
    file : Path
        Where the project is kept. It is not there before the first change.
    other : Path or None
        Another file of these images, with work that is not in this one; it is to be merged.
    told : callable
        Hears of every change of the writer's state, in the writer's thread.
    rested : callable
        Called in the writer's thread when nothing was stored for a while, with the names of the
        images that have no checkpoint of what was done last.
    about_to_write : callable
        Called once with the file before it is changed for the first time, in the writer's thread.
    """

    def __init__(self, root: Path, fallback: Path, file: Path | None = None) -> None:
        """Look at what is there, without writing.

        Parameters
        ----------
        root : Path
        fallback : Path
            The user's folder, for images in a place that cannot be written.
        file : Path, optional
            The project file, where it is not the one of the folder.

        Raises
        ------
        StorageError
            When the file is damaged, of another program or of a newer version of this one.
        """
        self.root = root
        self.told: Callable[[WriterState], None] = _nobody_listens
        self.rested: Callable[[list[str]], None] = _nobody_rests
        self.about_to_write: Callable[[Path], None] = void
        self._location = (
            Location.of(root, fallback) if file is None else Location.of_file(file, root, fallback)
        )
        writer = Writer(
            lambda tickets: self._transact(tickets), self._tell, self._on_idle, idle_s=IDLE_S
        )
        super().__init__(self._location.present(), writer)
        self.other = self._location.other()
        self._claim = Claim(self.connection)
        self._look()
        self._written = WrittenFile(self._location, self.file, self._read_anew)

    # Looking ---------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """Whether anything was stored yet."""
        return self.file.is_file()

    @property
    def moved_from(self) -> Path | None:
        """The folder of the images when it cannot be written and the user's folder is used."""
        return self.root if self.file == self._location.elsewhere else None

    @property
    def held_by(self) -> str:
        """Empty, or a sentence saying who has it open elsewhere: then nothing can be changed."""
        return self._claim.held_by

    @property
    def ended_badly(self) -> float:
        """When the window began that last had it and did not close it; 0 if it did."""
        return self._claim.ended_badly

    @property
    def backups(self) -> Path:
        """The folder of the project's backups."""
        return self._location.backups

    @property
    def state(self) -> WriterState:
        """How the writing goes."""
        return self._writer.state

    @property
    def waiting(self) -> int:
        """How many changes are not on the disk yet, at this moment."""
        return self._writer.waiting

    def load(self, name: str, size: tuple[int, int] | None = None) -> StoredLabels | None:
        """Return the labels of an image; see `Reader.load`.

        Waits for changes of the image that are on their way to the disk, and has a file that was
        removed written again.

        Raises
        ------
        LabelsError
            When the labels are damaged or those of an image of another size. They stay.
        StorageError
            When the labels cannot be read now, or the disk does not take what was done last.
        """
        self._wait_for(name)
        return super().load(name, size)

    def first_look_map(self, name: str) -> LabelMap | None:
        """Return what a model first made of an image; waits as `load` does."""
        self._wait_for(name)
        return super().first_look_map(name)

    def is_waiting(self, name: str) -> bool:
        """Tell whether a change of an image is not stored yet."""
        return self._writer.is_waiting(name)

    def is_stored(
        self, ticket: Ticket, seconds: float, stop: threading.Event | None = None
    ) -> bool:
        """Wait for a change and tell whether it is stored; otherwise it is taken back.

        A refusal of the disk ends the wait, and so does the event.
        """
        self._writer.settle(ticket, seconds, stop)
        return ticket.is_stored or (not self._writer.withdraw(ticket) and ticket.is_stored)

    def class_steps_with_classes(self) -> list[tuple[str, ClassTable]]:
        """Return title of, and class table before, each class step in force, the oldest first."""
        with self.connection() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                "SELECT title, classes_before FROM class_step WHERE is_active ORDER BY id"
            ).fetchall()
        return [(str(title), values.class_table(json.loads(text))) for title, text in rows]

    # Housekeeping ----------------------------------------------------------------------------

    def fold(self, name: str) -> tuple[int, ...]:
        """Make a checkpoint of an image's journal; any thread but the writer's may ask for it.

        Returns
        -------
        tuple of int
            How many pixels each author wrote, by the number of `Ink`; empty when nothing was done.
        """
        with self.connection() as connection:
            found = image_table.read(connection, name) if connection is not None else None
            if connection is None or found is None:
                return ()
            image, record = found
            if not journal.entries_since_checkpoint(connection, image):
                return record.ink
            folded = journal.fold(connection, image, (record.height, record.width))
        self._to_fold.pop(name, None)

        def work(connection: sqlite3.Connection) -> None:
            if not journal.keep_folded(connection, folded, step_bytes=STEP_BYTES):
                return
            connection.execute(
                "UPDATE image SET ink = ? WHERE id = ?", (json.dumps(folded.ink), folded.image)
            )

        self._writer.put(HOUSEKEEPING, work)
        return folded.ink

    @property
    def has_given_up(self) -> bool:
        """Whether there are changes that will never be stored here, and are in no copy."""
        return self._writer.has_given_up

    def copied(self) -> None:
        """Note that everything is in a copy, also what will never be stored here."""
        self._writer.forget_given_up()

    def was_changed(self, name: str) -> bool:
        """Tell whether an image was changed here since its last checkpoint."""
        return name in self._to_fold

    def wants_folding(self, name: str) -> bool:
        """Tell whether enough was done to an image to make a checkpoint of it."""
        return self._to_fold.get(name, 0) >= FOLD_AFTER

    def follow(self, other: "Project") -> None:
        """Take what another object for the same file stored as known; that one is at its end."""
        self._claim.follow(other._claim)

    def save_now(self) -> None:
        """Try again at once what the disk has refused."""
        self._writer.retry()

    def flush(self, seconds: float) -> str:
        """Wait until everything is stored.

        Returns
        -------
        str
            Empty, or why something is not.
        """
        if self._writer.flush(seconds) and not self._writer.has_given_up:
            return ""
        return self.state.problem or "The disk does not answer; changes are still being stored."

    @contextmanager
    def paused(self) -> Iterator[tuple[sqlite3.Connection | None, list[Ticket]]]:
        """Store nothing for a moment.

        Gives the connection that holds the project when its file is no longer where it was, and
        all changes that are not stored, in order, also those that never will be.
        """
        with self._writer.paused(PATIENCE_S) as owed:
            yield (None if self._written.is_in_place else self._written.connection), owed

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection that writes, with the project held and nothing else being stored.

        Raises
        ------
        StorageError
            When another window has the project or the disk refuses.
        """
        problem = self.flush(PATIENCE_S)
        if problem:
            raise StorageError(problem)
        with self._writer.paused(PATIENCE_S):
            self._transact([])
            assert self._written.connection is not None
            with told(self.file):
                yield self._written.connection

    def end(self, seconds: float = 5.0) -> None:
        """End the writing, let the project go and leave one whole file; what waits is given up."""
        ended = self._writer.stop(seconds)
        super().close()
        self._written.end(self._claim.release if ended else None)

    # Inside ----------------------------------------------------------------------------------

    def _wait_for(self, name: str) -> None:
        if self._written.is_removed:
            self._writer.put(ALL_IMAGES, void)  # whatever is stored writes the file again
        if self._writer.is_waiting(name):
            self._writer.flush(PATIENCE_S)
        if self._writer.is_waiting(name):
            why = self.state.problem or "The disk does not answer."
            raise StorageError(f"{name} cannot be opened before what was done last is saved. {why}")

    def _look(self) -> None:
        if self.file.is_file():
            self.file = migrating.to_readable_form(self._location)
        with self.connection() as connection:
            if connection is None:
                if self.exists and backups.found_in(self.backups):
                    raise DamagedError(
                        f"{self.file.name} in {self.file.parent} is empty, and was not before.",
                        self.file,
                    )
                return
            if self.file.stat().st_size <= CHECKED_BYTES and not is_sound(connection):
                raise DamagedError(f"{self.file.name} in {self.file.parent} is damaged.", self.file)
            self._claim.look(connection)

    def _transact(self, tickets: list[Ticket]) -> None:
        """Store the changes of some tickets in one transaction; in the writer's thread."""
        if self.held_by:
            raise HeldError(self.held_by)
        with told(self.file):
            connection = self._written.opened()
            if not self._claim.is_taken:
                self.about_to_write(self.file)
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._claim.take(connection, is_change=bool(tickets))
                faults = do_each(connection, tickets)
                connection.execute("COMMIT")
                self._claim.note_taken()
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            for ticket, fault in faults.items():
                ticket.fault = fault

    def _read_anew(self, file: Path) -> None:
        self.file = file
        super().close()  # connections for reading are to the other file

    def _tell(self, state: WriterState) -> None:
        self.told(state)

    def _on_idle(self) -> None:
        """Use the pause; and say that the project is still held, to windows elsewhere."""
        if self._to_fold:
            self.rested(list(self._to_fold))
        if self._written.connection is not None and not self.held_by:
            with suppress(StorageError):
                self._transact([])
