"""Whole copies of a project file that may be in use."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from segstudio.core import atomic
from segstudio.core.errors import StorageError
from segstudio.project import schema
from segstudio.project.connection import connect_to_read, told
from segstudio.project.location import files_of

PAGES_AT_ONCE = 4096
"""Between so many pages a copy can be stopped."""

ROWS_AT_ONCE = 256
"""Between so many rows a copy without models can."""

_NUMBERS = "sqlite_sequence"
"""The table of the last number that each table has given."""


@contextmanager
def snapshot(file: Path) -> Iterator[sqlite3.Connection]:
    """Give a project file as it is at this moment, for reading, whatever is written meanwhile."""
    with closing(take_snapshot(file)) as connection:
        yield connection


def take_snapshot(file: Path) -> sqlite3.Connection:
    """Return a connection that sees a project file as it is at this moment; to be closed."""
    with told(file):
        connection = connect_to_read(file)
        try:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


def copy(
    source: sqlite3.Connection,
    target: Path,
    *,
    change: Callable[[sqlite3.Connection], None] | None = None,
    going_on: Callable[[], None] | None = None,
    with_models: bool = True,
) -> None:
    """Copy an open project to a file, whole and checked or not at all; nobody holds the copy.

    Parameters
    ----------
    change : callable, optional
        Changes the copy before it gets its name.
    going_on : callable, optional
        Called from time to time; what it raises stops the copying.
    with_models : bool
        With the models that were taught in it.

    Raises
    ------
    StorageError
        When the target cannot be written, or what was copied is damaged.
    """

    def progress(_status: int, _remaining: int, _total: int) -> None:
        if going_on is not None:
            going_on()

    with (
        atomic.replacing(target) as temporary,
        _without_leavings(temporary),
        told(target),
        closing(sqlite3.connect(temporary, isolation_level=None)) as fresh,
    ):
        if with_models:
            source.backup(fresh, pages=PAGES_AT_ONCE, progress=progress, sleep=0)
        fresh.execute("PRAGMA journal_mode = DELETE").fetchone()
        fresh.execute("BEGIN IMMEDIATE")
        if not with_models:
            _copy_rows(source, fresh, going_on or _nobody_asks)
        with suppress(sqlite3.OperationalError):  # a file that is still empty
            fresh.execute("DELETE FROM holder")
        if change is not None:
            change(fresh)
        fresh.execute("COMMIT")
        if not is_sound(fresh):
            raise StorageError("What was copied is damaged, so that the copy was not kept.")


def _copy_rows(
    source: sqlite3.Connection, fresh: sqlite3.Connection, going_on: Callable[[], None]
) -> None:
    """Copy a project of the present version row by row, but for its taught models."""
    schema.prepare_inside(fresh)
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
    names = [name for (name,) in source.execute(query) if name not in ("model_version", _NUMBERS)]
    for table in (*names, _NUMBERS):
        if table == _NUMBERS:  # the copied rows have left some
            fresh.execute(f"DELETE FROM {table}")
        rows = source.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in rows.description]
        marks = ", ".join("?" * len(columns))
        while some := rows.fetchmany(ROWS_AT_ONCE):
            going_on()
            fresh.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", some)


def _nobody_asks() -> None:
    return


def is_sound(connection: sqlite3.Connection) -> bool:
    """Tell whether SQLite finds nothing wrong with a file."""
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except (sqlite3.DatabaseError, ValueError):
        return False


@contextmanager
def _without_leavings(temporary: Path) -> Iterator[None]:
    try:
        yield
    finally:
        for path in list(files_of(temporary))[1:]:
            path.unlink(missing_ok=True)
