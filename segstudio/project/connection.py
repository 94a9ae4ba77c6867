"""Opening the SQLite file of a project, on local disks and on network drives."""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from segstudio.core.errors import DamagedError, StorageError

BUSY_S = 5.0
_NETWORK = (
    *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "afpfs", "ncpfs"),
    *("ceph", "glusterfs", "lustre", "davfs", "webdav", "fuse.davfs2", "fuse.sshfs"),
    *("fuse.rclone", "fuse.gvfsd-fuse"),
)


def connect(path: Path, *, on_network: bool = False) -> sqlite3.Connection:
    """Open a project file for writing, making it where it is not there.

    The caller sees to it that only one thread uses the connection. Every commit is on the disk
    when it returns (``synchronous = FULL``). A write-ahead log is used on local disks; on network
    drives, whose file systems cannot share its memory, a rollback journal.
    """
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        wanted = "DELETE" if on_network else "WAL"
        connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a project file for reading; what is stored in it is never changed.

    Where a program that was killed left a journal, its half-written pages are taken back first, as
    SQLite does; where that cannot be done in the file's own place, in a copy.
    """
    try:
        return _opened(path, "mode=ro")
    except sqlite3.OperationalError as error:
        # Never past a lock: what another program is just writing is not there yet.
        if _code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
    journals = [path.with_name(path.name + suffix) for suffix in ("-wal", "-journal")]
    if not any(journal.exists() for journal in journals):
        return _opened(path, "immutable=1")
    try:
        _opened(path, "mode=rw").close()
        return _opened(path, "mode=ro")
    except sqlite3.OperationalError as error:
        if _code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
    return _opened_copy(path, journals)


class _Copy(sqlite3.Connection):
    """A connection to a copy, which goes with it."""

    folder: tempfile.TemporaryDirectory[str]

    def close(self) -> None:
        super().close()
        self.folder.cleanup()


def _opened_copy(path: Path, journals: Iterable[Path]) -> sqlite3.Connection:
    folder = tempfile.TemporaryDirectory(prefix="segstudio-")
    for file in (path, *journals):
        if file.exists():
            shutil.copyfile(file, Path(folder.name) / file.name)
    copy = _opened(Path(folder.name) / path.name, "mode=rw", factory=_Copy)
    assert isinstance(copy, _Copy)
    copy.folder = folder
    return copy


def _opened(
    path: Path, query: str, *, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{query}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
        factory=factory,
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except UnicodeDecodeError as error:  # SQLite names what it cannot read
        sqlite3.Connection.close(connection)
        raise _damage(str(error)) from error
    except sqlite3.Error:
        sqlite3.Connection.close(connection)
        raise
    return connection


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite or the system raises inside into a `StorageError` with a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            raise DamagedError(sentence(error, path), path) from error
        raise StorageError(sentence(error, path)) from error
    except OSError as error:
        raise StorageError(
            f"{path.name} could not be used in {path.parent}: {error.strerror or error}."
        ) from error


def _damage(text: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(text)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error means that the content of the file is broken."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def sentence(error: sqlite3.Error, path: Path) -> str:
    """Say what an error of SQLite means for the project, and what to do."""
    code = _code(error)
    place = path.parent
    if code == sqlite3.SQLITE_FULL:
        return f"The disk of {place} is full. Free some space; saving then goes on by itself."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return f"{path.name} in {place} cannot be written. Allow it, or save a copy elsewhere."
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH):
        return f"{path.name} in {place} cannot be opened. Is the folder still there?"
    if is_damage(error):
        return f"{path.name} in {place} is damaged."
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path.name} in {place} is being used by another program."
    if code == sqlite3.SQLITE_IOERR:
        return (
            f"The disk of {place} does not answer as it should ({error}). Check the disk or the "
            "network; saving then goes on by itself."
        )
    return f"{path.name} in {place} could not be used: {error}."


def is_on_network(path: Path) -> bool:
    """Tell whether a path lies on a network drive, as far as the system says."""
    text = os.path.abspath(path)  # noqa: PTH100 - a link's own place counts
    if sys.platform == "win32":
        import ctypes

        remote = 4
        drive = os.path.splitdrive(text)[0] + "\\"
        return text.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == remote
    return _file_system(text) in _NETWORK


def _file_system(text: str) -> str:
    """Return the kind of file system that holds a path; empty where the system does not tell."""
    try:
        rows = Path("/proc/mounts").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for row in rows:
        fields = row.split(" ")
        if len(fields) < 3:
            continue
        place = fields[1].replace("\\040", " ")
        inside = text == place or text.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(best):
            best, kind = place, fields[2]
    return kind
