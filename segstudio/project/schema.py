"""The tables of a project file, and the way to them from every earlier version.

Version 1
    Values, images, steps, journal, checkpoints, confidences, class steps, and who has it open.
Version 2
    Models that were taught in the project, and what a model first made of each image.
"""

import sqlite3
from collections.abc import Iterator

from segstudio.core.errors import StorageError

APPLICATION_ID = 0x53454753
"""``SEGS`` in the header of the file, so that other SQLite files are not taken for projects."""

_V1 = """
CREATE TABLE value (
    key TEXT PRIMARY KEY,
    content TEXT NOT NULL               -- JSON
) WITHOUT ROWID;

CREATE TABLE image (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,          -- path below the root, with forward slashes
    state TEXT NOT NULL,
    flagged INTEGER NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    part TEXT NOT NULL,
    model TEXT NOT NULL,
    unsure REAL NOT NULL,
    classes TEXT NOT NULL,              -- JSON: pixels by class
    ink TEXT NOT NULL,                  -- JSON: pixels by author
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    changed_at REAL NOT NULL,
    done_at REAL NOT NULL,
    is_missing INTEGER NOT NULL DEFAULT 0,
    is_altered INTEGER NOT NULL DEFAULT 0,
    file_size INTEGER NOT NULL DEFAULT -1,
    file_modified_ns INTEGER NOT NULL DEFAULT 0,
    file_digest TEXT NOT NULL DEFAULT ''
);

-- One reversible edit of one image.
CREATE TABLE step (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image INTEGER NOT NULL REFERENCES image (id),
    identity TEXT NOT NULL,             -- the same in every copy of the project
    status INTEGER NOT NULL,            -- 0 undone, 1 done, 2 dropped after an undo
    epoch INTEGER NOT NULL,             -- the last class step before it
    tool TEXT NOT NULL,
    author INTEGER NOT NULL,
    annotator TEXT NOT NULL,
    class_index INTEGER,
    detail TEXT NOT NULL,
    time REAL NOT NULL,
    pixels INTEGER NOT NULL,
    counts BLOB NOT NULL,
    regions BLOB NOT NULL,
    data BLOB NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE INDEX step_of_image ON step (image, id);

-- What was done, in order: the labels of an image are a checkpoint and what came after it.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image INTEGER NOT NULL REFERENCES image (id),
    step INTEGER NOT NULL REFERENCES step (id),
    forward INTEGER NOT NULL,           -- 1 done or done again, 0 undone
    epoch INTEGER NOT NULL
);
CREATE INDEX journal_of_image ON journal (image, id);

CREATE TABLE checkpoint (
    image INTEGER NOT NULL REFERENCES image (id),
    epoch INTEGER NOT NULL,
    journal INTEGER NOT NULL,           -- the last entry that is in it
    labels BLOB NOT NULL,               -- PNG
    ink BLOB NOT NULL,                  -- PNG
    PRIMARY KEY (image, epoch)
);

CREATE TABLE confidence (
    image INTEGER PRIMARY KEY REFERENCES image (id),
    content BLOB NOT NULL               -- PNG, reduced
);

-- Classes merged or deleted in the whole project.
CREATE TABLE class_step (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    mapping TEXT NOT NULL,              -- JSON
    classes_before TEXT NOT NULL,       -- JSON
    counts_before TEXT NOT NULL,        -- JSON: by image, where the step changed them
    is_active INTEGER NOT NULL,
    time REAL NOT NULL
);

CREATE TABLE holder (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    token TEXT NOT NULL,
    person TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    pid_started REAL NOT NULL,
    since REAL NOT NULL,
    beat REAL NOT NULL
);
"""

# Terse, and with its comments before the statements: what describes the tables then still fits on
# the first page, without which little can be recovered of a damaged file.
_V2 = """
-- Models that were taught here; none is ever written over. `about` is JSON, `digest` the SHA-256
-- of the content, which comes last so that the rest is read without it.
CREATE TABLE model_version (
 number INTEGER PRIMARY KEY AUTOINCREMENT,
 name TEXT NOT NULL UNIQUE,
 made_at REAL,
 about TEXT,
 digest TEXT NOT NULL,
 content BLOB NOT NULL
);

-- The first map that a model made of an image, as PNG in the classes after the class step `epoch`,
-- and how right it turned out to be; `scored_at` is 0 before.
CREATE TABLE first_look (
 image INTEGER PRIMARY KEY REFERENCES image,
 epoch INTEGER NOT NULL,
 model TEXT,
 made_at REAL,
 scored_at REAL,
 miou REAL,
 accuracy REAL,
 labels BLOB NOT NULL
);
"""

MIGRATIONS: tuple[str, ...] = (_V1, _V2)
"""The script at index n leads from version n to n + 1."""

VERSION = len(MIGRATIONS)

OLDEST_READ = 1
"""A file from this version on is read as it is, and migrated before the first change."""


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of an open project file; 0 for one that is still empty.

    Raises
    ------
    StorageError
        When it is a file of something else, or of a newer program.
    """
    # One statement sees one moment, also of a file that another thread is just making.
    application, version, tables = connection.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master) "
        "FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if application != APPLICATION_ID and (application or version or tables):
        raise StorageError(
            "It is not a project of this program. Rename it, and a new project is begun beside "
            "the images."
        )
    if version > VERSION:
        raise StorageError(
            f"The project was written by a newer version of this program (format {version}, this "
            f"one knows {VERSION}). Install the newer version to open it; nothing was changed."
        )
    return int(version)


def has_models(connection: sqlite3.Connection) -> bool:
    """Tell whether an open project file is of a version that keeps taught models."""
    return version_of(connection) >= 2


def prepare(connection: sqlite3.Connection) -> int:
    """Bring a file to the present version, in one transaction; returns the version it had."""
    before = version_of(connection)
    if before == VERSION:
        return before
    connection.execute("BEGIN IMMEDIATE")
    try:
        prepare_inside(connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return before


def prepare_inside(connection: sqlite3.Connection) -> None:
    """Bring a file to the present version, inside of a transaction that is going on."""
    before = version_of(connection)
    if before == VERSION:
        return
    for script in MIGRATIONS[before:]:
        for statement in _statements(script):
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; `executescript` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
