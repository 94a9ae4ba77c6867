"""The file of a project as its one writer has it open, from the first change to the end."""

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from segstudio.core.errors import StorageError
from segstudio.project import migrating
from segstudio.project.location import Location, open_to_write

log = logging.getLogger(__name__)

FOLDING_TRIES, FOLDING_PAUSE_S = 20, 0.05


class WrittenFile:
    """Opens the file to write, and sees when it is moved away, replaced or removed.

    Attributes
    ----------
    file : Path
    connection : sqlite3.Connection or None
        None before the first change.
    """

    def __init__(self, location: Location, file: Path, renewed: Callable[[Path], None]) -> None:
        """Prepare for writing; nothing is opened yet.

        Parameters
        ----------
        renewed : callable
            Told where the file is when it is another one: who reads has to open it anew.
        """
        self.file = file
        self.connection: sqlite3.Connection | None = None
        self._location = location
        self._renewed = renewed
        self._identity: tuple[int, int] | None = None

    @property
    def is_in_place(self) -> bool:
        """Whether the open file is the one at its path; so it is while none is open."""
        return self.connection is None or _identity(self.file) == self._identity

    @property
    def is_removed(self) -> bool:
        """Whether somebody removed the open file."""
        return self.connection is not None and not self.file.is_file()

    def opened(self) -> sqlite3.Connection:
        """Return the connection; a file that somebody removed is written anew.

        Raises
        ------
        StorageError
            When another program has replaced the file, its folder is gone, or it cannot be opened.
        """
        if self.connection is None:
            return self._open()
        if self.is_in_place:
            return self.connection
        if self.file.exists():
            raise StorageError(
                f"{self.file.name} in {self.file.parent} was replaced by another program. What is "
                "open here is kept in memory: save a copy, then open the project again."
            )
        return self._write_again(self.connection)

    def end(self, release: Callable[[sqlite3.Connection], None] | None) -> None:
        """Close the file, whole and alone where it is let go; without that, as it is."""
        connection, self.connection = self.connection, None
        if connection is None or release is None:
            return
        try:
            release(connection)
            _fold_log(connection)
        except sqlite3.Error as error:
            log.warning("the project was not closed well: %s", error)
        finally:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        migrating.back_up_older(self._location)
        connection, file = open_to_write(self._location)
        if file != self.file:
            self.file = file
            self._renewed(file)
        self.connection = connection
        self._identity = _identity(file)
        return connection

    def _write_again(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """Write the file anew; its content is still in our hands."""
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
        self.connection = None
        connection.close()
        self._renewed(self.file)
        return self._open()


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
