"""A project: the classes, images, labels and steps of one folder of images, in one file."""

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.errors import DamagedError, StorageError
from segstudio.project import (
    backups,
    holder,
    image_table,
    journal,
    lineage,
    migrating,
    values,
)
from segstudio.project.changes import Changes, void
from segstudio.project.connection import told
from segstudio.project.copying import is_sound
from segstudio.project.faults import do_each
from segstudio.project.holder import HeldError, Holder
from segstudio.project.location import Location, open_to_write
from segstudio.project.store import StoredLabels
from segstudio.project.writer import ALL_IMAGES, HOUSEKEEPING, Ticket, Writer, WriterState

log = logging.getLogger(__name__)

IDLE_S = 20.0
FOLD_AFTER = 50
"""Lines of an image's journal after which a checkpoint is made of them."""

STEP_BYTES = 256 * 2**20
"""What the steps of one image may hold in the file; the oldest go first."""

PATIENCE_S = 10.0
FOLDING_TRIES, FOLDING_PAUSE_S = 20, 0.05
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
    ended_badly : float
        When the window began that last had the project and did not close it; 0 if it did.
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
        self._held_by = ""
        self._seen_holder: Holder | None = None
        self._watched: Holder | None = None
        self.ended_badly = 0.0
        self._location = (
            Location.of(root, fallback) if file is None else Location.of_file(file, root, fallback)
        )
        writer = Writer(
            lambda tickets: self._transact(tickets), self._tell, self._on_idle, idle_s=IDLE_S
        )
        super().__init__(self._location.present(), writer)
        self.other = self._location.other()
        self._me = holder.this_window()
        self._seen_writer = ""
        self._has_taken = False
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._look()

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
        if self._watched is not None and self._watched.silent_s() >= holder.SILENT_S:
            self._watch()
        return self._held_by

    @held_by.setter
    def held_by(self, sentence: str) -> None:
        self._held_by, self._watched = sentence, None

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
        self._seen_writer = other._seen_writer

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
            there = self._connection is None or _identity(self.file) == self._identity
            yield (None if there else self._connection), owed

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
            assert self._connection is not None
            with told(self.file):
                yield self._connection

    def end(self, seconds: float = 5.0) -> None:
        """End the writing, let the project go and leave one whole file; what waits is given up."""
        ended = self._writer.stop(seconds)
        super().close()
        connection, self._connection = self._connection, None
        if connection is None or not ended:
            return
        try:
            holder.release(connection, self._me)
            _fold_log(connection)
        except sqlite3.Error as error:
            log.warning("the project was not closed well: %s", error)
        finally:
            connection.close()

    # Inside ----------------------------------------------------------------------------------

    def _wait_for(self, name: str) -> None:
        if self._connection is not None and not self.file.is_file():
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
            there = holder.read(connection)
            self._seen_writer = lineage.last_writer(connection)
        self._seen_holder = there
        if there is None or (there.pid, there.host) == (self._me.pid, self._me.host):
            return  # or this window itself, which opens the same images again
        if there.is_alive():
            self.held_by = there.sentence()
            self._watched = there if there.is_elsewhere else None
        else:
            self.ended_badly = there.since

    def _watch(self) -> None:
        """Look again at a holder on another computer, who may turn out to be gone."""
        with suppress(StorageError), self.connection() as connection:
            there = holder.read(connection) if connection is not None else None
            if there is not None and there.is_alive():
                self._watched = there
            else:
                self.held_by = "" if there == self._seen_holder else holder.CHANGED

    def _transact(self, tickets: list[Ticket]) -> None:
        """Store the changes of some tickets in one transaction; in the writer's thread."""
        if self.held_by:
            raise HeldError(self.held_by)
        with told(self.file):
            connection = self._opened()
            if not self._has_taken:
                self.about_to_write(self.file)
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._take(connection, is_change=bool(tickets))
                faults = do_each(connection, tickets)
                connection.execute("COMMIT")
                self._has_taken = True
                self._seen_writer, self._seen_holder = self._me.token, None
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            for ticket, fault in faults.items():
                ticket.fault = fault

    def _take(self, connection: sqlite3.Connection, *, is_change: bool) -> None:
        try:
            is_mine = holder.take(connection, self._me, last=self._seen_holder, is_change=is_change)
            if is_mine:
                return
            if lineage.last_writer(connection) != self._seen_writer:
                raise HeldError(holder.CHANGED)
        except HeldError as error:
            self.held_by = str(error)
            raise
        lineage.begin_session(connection, self._me.token)

    def _opened(self) -> sqlite3.Connection:
        connection = self._connection
        if connection is None:
            migrating.back_up_older(self._location)
            connection, file = open_to_write(self._location)
            if file != self.file:
                self.file = file
                super().close()  # connections for reading are to the other file
            self._connection = connection
            self._identity = _identity(self.file)
            return connection
        if _identity(self.file) == self._identity:
            return connection
        if self.file.exists():
            raise StorageError(
                f"{self.file.name} in {self.file.parent} was replaced by another program. What is "
                "open here is kept in memory: save a copy, then open the project again."
            )
        return self._written_again(connection)

    def _written_again(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """Write the file anew after somebody removed it; its content is still in our hands."""
        if not self.file.parent.is_dir():
            raise StorageError(
                f"The folder {self.file.parent} is gone. What you do is kept in memory and stored "
                "when the folder is back; or save a copy elsewhere."
            )
        log.warning("%s had been removed and is written again", self.file)
        fresh = sqlite3.connect(self.file, isolation_level=None)
        try:
            connection.backup(fresh)
        finally:
            fresh.close()
        self._connection = None
        connection.close()
        super().close()
        return self._opened()

    def _tell(self, state: WriterState) -> None:
        self.told(state)

    def _on_idle(self) -> None:
        """Use the pause; and say that the project is still held, to windows elsewhere."""
        if self._to_fold:
            self.rested(list(self._to_fold))
        connection = self._connection
        if connection is not None and not self.held_by:
            with suppress(StorageError):
                self._transact([])


def _fold_log(connection: sqlite3.Connection) -> None:
    """Leave one file: with a rollback journal nothing lies beside it, and it opens anywhere."""
    for _ in range(FOLDING_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError:  # somebody is just reading
            time.sleep(FOLDING_PAUSE_S)
        else:
            return
    log.warning("the log of the project stays beside it: it is being read")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
