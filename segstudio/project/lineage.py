"""Which sessions wrote a project file: tells a newer copy from one that went another way."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from segstudio.project import schema, values
from segstudio.project.connection import connect_to_read

SESSIONS = "sessions"
LAST_WRITER = "last_writer"


def last_writer(connection: sqlite3.Connection) -> str:
    """Return the token of the session that wrote last; empty before the first."""
    return str(values.read(connection, LAST_WRITER, ""))


def begin_session(connection: sqlite3.Connection, token: str) -> None:
    """Note that a session begins to write; the number of sessions is the file's generation."""
    before = [writer for writer in _sessions(connection) if writer != token]
    values.write(connection, SESSIONS, json.dumps([*before, token]))
    values.write(connection, LAST_WRITER, json.dumps(token))


def read(file: Path) -> tuple[str, ...] | None:
    """Return the tokens of all sessions that wrote a file, in order; None when it is damaged."""
    try:
        with closing(connect_to_read(file)) as connection:
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not tables:
                return ()
            if schema.version_of(connection) < 1:
                return None
            return _sessions(connection)
    except (sqlite3.Error, OSError, ValueError, TypeError):
        return None


def contains(newer: tuple[str, ...], older: tuple[str, ...]) -> bool:
    """Tell whether a file goes on from what another one is now."""
    return not older or older[-1] in newer


def _sessions(connection: sqlite3.Connection) -> tuple[str, ...]:
    noted = tuple(str(token) for token in values.read(connection, SESSIONS, []))
    last = last_writer(connection)
    # A recovered file, or one of the time before sessions were noted, has another last writer.
    return noted if not last or noted[-1:] == (last,) else (*noted, last)
