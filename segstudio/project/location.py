"""Where the project file of a folder is: in it, or in the user's folder where that is refused."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.errors import StorageError
from segstudio.project import schema
from segstudio.project.connection import connect, connect_to_read, is_on_network, told

FILE_NAME = "project.segstudio"


@dataclass(frozen=True)
class Location:
    """The two places where the project of a folder of images may be.

    Attributes
    ----------
    root : Path
        The folder that the images lie below.
    beside, elsewhere : Path
        The file in that folder, and the one in the user's folder.
    backups : Path
        The folder of its backups.
    """

    root: Path
    beside: Path
    elsewhere: Path
    backups: Path

    @classmethod
    def of(cls, root: Path, fallback: Path) -> "Location":
        """Return the places for a folder; `fallback` is the user's folder."""
        key = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
        own = f"{root.name or 'root'}-{key}"
        place = fallback / "projects" / own
        return cls(root, root / FILE_NAME, place / FILE_NAME, fallback / "backups" / own)

    @property
    def is_used(self) -> bool:
        """Whether there is a project file at either place."""
        return self.beside.is_file() or self.elsewhere.is_file()

    def present(self) -> Path:
        """Return the file to read: the one written last; the one beside while there is none."""
        found = [path for path in (self.beside, self.elsewhere) if path.is_file()]
        return max(found, key=_written_ns, default=self.beside)


def open_to_write(location: Location) -> tuple[sqlite3.Connection, Path]:
    """Open the project file of a folder, making it where it is not there.

    Where the folder refuses it (read-only, or a network drive that cannot lock), the file in the
    user's folder is used, begun as a copy of what lies beside the images, if anything.

    Raises
    ------
    StorageError
        When both places refuse it.
    """
    present = location.present()
    if present == location.beside:
        try:
            return _opened(location.beside), location.beside
        except (sqlite3.OperationalError, OSError) as error:
            if not _is_refusal(error):
                with told(location.beside):
                    raise
    path = location.elsewhere
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if present == location.beside and present.is_file():
            with closing(connect_to_read(present)) as source, closing(connect(path)) as target:
                source.backup(target)
        return _opened(path), path


def _opened(path: Path) -> sqlite3.Connection:
    connection = connect(path, on_network=is_on_network(path))
    try:
        schema.prepare(connection)
        # Some places open a file that they will not write; to begin alone tells nothing.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
        connection.execute("ROLLBACK")
    except StorageError:
        connection.close()
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def _is_refusal(error: Exception) -> bool:
    """Tell whether a place will never take the file, as against a disk that is full for now."""
    if isinstance(error, OSError):
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_IOERR if is_lock_error(error) else -1,
    )


def is_lock_error(error: Exception) -> bool:
    """Tell whether a file system failed at locking or sharing memory, as network drives do."""
    name = getattr(error, "sqlite_errorname", "")
    return "LOCK" in name or "SHM" in name


def backups_of(file: Path, fallback: Path) -> Path:
    """Return the folder of the backups of a project file; `fallback` is the user's folder."""
    if file.parent.parent == fallback / "projects":
        return fallback / "backups" / file.parent.name
    return Location.of(file.parent, fallback).backups


def files_of(path: Path) -> Iterator[Path]:
    """Yield a project file and what SQLite keeps beside it while it is open."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        yield path.with_name(path.name + suffix)


def _written_ns(path: Path) -> int:
    return max(p.stat().st_mtime_ns for p in files_of(path) if p.exists())
