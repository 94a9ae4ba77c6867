"""Putting taught models and first looks of a damaged project into a new file."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

from segstudio.core import png
from segstudio.project import image_table, model_versions, schema
from segstudio.project.salvage import Remains, Row, columns_of, open_damaged

_UNREADABLE = (sqlite3.Error, ValueError, TypeError)


def keep_all(
    new: sqlite3.Connection, remains: Remains, old: sqlite3.Connection | None, when: str
) -> list[str]:
    """Put models into the new file, see what first looks are whole, and take more from a backup.

    Parameters
    ----------
    new : sqlite3.Connection
        With the images, and the first looks that could be read.
    old : sqlite3.Connection, optional
        Of the backup.
    when : str
        When that was made.

    Returns
    -------
    list of str
        Sentences about what is lost or not of the last moment.
    """
    if old is not None and not schema.has_models(old):
        old = None
    return [*_keep_versions(new, remains, old, when), *_keep_looks(new, remains, old)]


# Models ------------------------------------------------------------------------------------------


def _keep_versions(
    new: sqlite3.Connection, remains: Remains, old: sqlite3.Connection | None, when: str
) -> Iterator[str]:
    with closing(open_damaged(remains.source)) as damaged:
        for row in remains.tables["model_version"]:
            found = _content(damaged, "number", row["number"], row["digest"])
            if found is None and old is not None:
                found = _content(old, "name", row["name"], row["digest"])
            if found is None:
                yield f"The model {_title(row)} could not be read and is lost."
            else:
                _insert(new, row, found)
        if "model_version" in remains.unreadable:
            names = [title for row in _rows(old) if (title := _from_backup(new, old, row))]
            if names:
                yield f"The models {', '.join(names)} are from the backup of {when}."
            yield "If other models were taught in this project, they could not be read."
        _keep_last_number(new, damaged)


def _content(source: sqlite3.Connection, key: str, value: object, digest: object) -> bytes | None:
    """Return a content that is as it was written; None for none."""
    try:
        row = source.execute(
            f"SELECT content FROM model_version WHERE {key} = ?", (value,)
        ).fetchone()
        whole = row is not None and model_versions.digest_of(row[0]) == digest
    except _UNREADABLE:
        return None
    return bytes(row[0]) if whole else None


def _rows(old: sqlite3.Connection | None) -> list[Row]:
    if old is None:
        return []
    names = columns_of("model_version")
    rows = old.execute(f"SELECT {', '.join(names)} FROM model_version ORDER BY number").fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _from_backup(new: sqlite3.Connection, old: sqlite3.Connection | None, row: Row) -> str:
    """Take a version that the file has lost, and return its title; empty when it has it."""
    if old is None or _has(new, "name", row["name"]):
        return ""
    found = _content(old, "name", row["name"], row["digest"])
    if found is None:
        return ""
    if _has(new, "number", row["number"]):
        row = row | {"number": None}
    _insert(new, row, found)
    return _title(row)


def _has(new: sqlite3.Connection, key: str, value: object) -> bool:
    found = new.execute(f"SELECT 1 FROM model_version WHERE {key} = ?", (value,)).fetchone()
    return found is not None


def _insert(new: sqlite3.Connection, row: Row, content: bytes) -> None:
    try:
        json.loads(row["about"]).items()
    except (ValueError, TypeError, AttributeError):
        row = row | {"about": "{}"}  # the model itself is what was hard to come by
    row = row | {"content": content}
    marks = ", ".join("?" * len(row))
    new.execute(
        f"INSERT OR IGNORE INTO model_version ({', '.join(row)}) VALUES ({marks})",
        tuple(row.values()),
    )


def _title(row: Row) -> str:
    try:
        return str(json.loads(row["about"])["title"])
    except (ValueError, TypeError, KeyError):
        return str(row["name"])


def _keep_last_number(new: sqlite3.Connection, damaged: sqlite3.Connection) -> None:
    """See to it that numbers of versions that were removed are not given again."""
    query = "SELECT seq FROM sqlite_sequence WHERE name = 'model_version'"
    with suppress(*_UNREADABLE):
        last = int(damaged.execute(query).fetchone()[0])
        mine = new.execute(query).fetchone()
        if mine is None:
            new.execute("INSERT INTO sqlite_sequence VALUES ('model_version', ?)", (last,))
        elif mine[0] < last:
            new.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'model_version'", (last,))


# First looks -------------------------------------------------------------------------------------


def _keep_looks(
    new: sqlite3.Connection, remains: Remains, old: sqlite3.Connection | None
) -> Iterator[str]:
    lost = _drop_broken(new)
    if not lost and "first_look" not in remains.unreadable:
        return
    taken = _looks_from_backup(new, old) if old is not None else 0
    if lost > taken:
        what = "image" if lost - taken == 1 else "images"
        yield f"What a model first made of {lost - taken} {what} is lost."
    elif "first_look" in remains.unreadable:
        yield "What a model first made of some images may be lost."


def _drop_broken(new: sqlite3.Connection) -> int:
    broken = []
    for (image,) in new.execute("SELECT image FROM first_look").fetchall():
        *numbers, labels = new.execute(
            "SELECT made_at, scored_at, labels FROM first_look WHERE image = ?", (image,)
        ).fetchone()
        is_sound = isinstance(labels, bytes) and png.is_whole(labels)
        if not is_sound or not all(isinstance(number, float) for number in numbers):
            broken.append((image,))
    new.executemany("DELETE FROM first_look WHERE image = ?", broken)
    return len(broken)


def _looks_from_backup(new: sqlite3.Connection, old: sqlite3.Connection) -> int:
    names = columns_of("first_look")[1:]
    marks = ", ".join("?" * (len(names) + 1))
    rows = old.execute(
        f"SELECT name, {', '.join(f'first_look.{name}' for name in names)} "
        "FROM first_look JOIN image ON id = image"
    )
    taken = 0
    for name, *row in rows:
        found = image_table.read(new, name)
        if found is not None:
            done = new.execute(
                f"INSERT OR IGNORE INTO first_look VALUES ({marks})", (found[0], *row)
            )
            taken += done.rowcount
    return taken
