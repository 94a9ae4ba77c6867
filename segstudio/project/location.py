"""Where the project file of a folder is: in it, or in the user's folder where that is refused."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.core.errors import StorageError
from segstudio.project import lineage, schema
from segstudio.project.connection import connect, connect_to_read, is_on_network, told

FILE_NAME = "project.segstudio"
_ASIDE = "project.other-{}.segstudio"


@dataclass(frozen=True)
class Location:
    """The two places where a project may be.

    Attributes
    ----------
    root : Path
        The folder that the images lie below.
    beside, elsewhere : Path
        The file in that folder, or one that was opened by name, and the one in the user's folder.
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

    @classmethod
    def of_file(cls, file: Path, root: Path, fallback: Path) -> "Location":
        """Return the places for a project file of any name, whose images may lie elsewhere."""
        if file.name == FILE_NAME:
            return replace(cls.of(file.parent, fallback), root=root)
        key = hashlib.sha256(os.fsencode(file.resolve())).hexdigest()[:16]
        own = f"{file.stem}-{key}"
        place = fallback / "projects" / own
        return cls(root, file, place / FILE_NAME, fallback / "backups" / own)

    @property
    def is_used(self) -> bool:
        """Whether there is a project file at either place."""
        return self.beside.is_file() or self.elsewhere.is_file()

    def present(self) -> Path:
        """Return the file to read: the one that goes on from the other, whatever their times.

        The one beside while neither does, and while there is none.
        """
        if not self.beside.is_file():
            return self.elsewhere if self.elsewhere.is_file() else self.beside
        if not self.elsewhere.is_file():
            return self.beside
        beside, elsewhere = lineage.read(self.beside), lineage.read(self.elsewhere)
        if beside is None or elsewhere is None:  # of a damaged file only the time tells anything
            return max((self.beside, self.elsewhere), key=_written_ns)
        is_behind = lineage.contains(elsewhere, beside) and not lineage.contains(beside, elsewhere)
        return self.elsewhere if is_behind else self.beside

    def other(self) -> Path | None:
        """Return a file in the user's folder that has what the present one has not, if any."""
        if self.elsewhere.is_file() and self.present() == self.beside and self._is_ahead():
            return self.elsewhere
        return max(self.elsewhere.parent.glob(_ASIDE.format("*")), default=None)

    def put_aside(self) -> None:
        """Give the file in the user's folder another name if anything is in it alone."""
        if not self.elsewhere.is_file() or not self._is_ahead():
            return
        number = 1
        while self.elsewhere.with_name(_ASIDE.format(number)).exists():
            number += 1
        name = _ASIDE.format(number)
        for path in reversed(list(files_of(self.elsewhere))):  # a log goes with its file
            if path.exists():
                path.rename(path.with_name(path.name.replace(FILE_NAME, name, 1)))

    def _is_ahead(self) -> bool:
        """Whether the file in the user's folder has something that the one beside has not."""
        beside, elsewhere = lineage.read(self.beside), lineage.read(self.elsewhere)
        return beside is None or elsewhere is None or not lineage.contains(beside, elsewhere)


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
            location.put_aside()
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
    return Location.of_file(file, file.parent, fallback).backups


def files_of(path: Path) -> Iterator[Path]:
    """Yield a project file and what SQLite keeps beside it while it is open."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        yield path.with_name(path.name + suffix)


def _written_ns(path: Path) -> int:
    return max(p.stat().st_mtime_ns for p in files_of(path) if p.exists())
