"""Records of images as rows of a project file."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from segstudio.core.image_record import ImageRecord, ImageState, Part

ASIDE = "//"
"""Part of the name of labels that were put aside; no image has it in its path."""

_COLUMNS = (
    "name, state, flagged, note, author, part, model, unsure, classes, ink, width, height, "
    "changed_at, done_at, is_missing, is_altered"
)
_CHANGED = (
    "state, flagged, note, author, part, model, unsure, classes, ink, width, height, changed_at, "
    "done_at, is_missing, is_altered"
)

_STATES: dict[object, ImageState] = {state.value: state for state in ImageState}
_PARTS: dict[object, Part] = {part.value: part for part in Part}


def read_names(connection: sqlite3.Connection) -> set[str]:
    """Return the names of all images that the project knows."""
    rows = connection.execute(f"SELECT name FROM image WHERE instr(name, '{ASIDE}') = 0")
    return {str(name) for (name,) in rows}


def read_all(connection: sqlite3.Connection) -> Iterator[ImageRecord]:
    """Yield the record of every image that the project knows."""
    for row in connection.execute(f"SELECT {_COLUMNS} FROM image WHERE instr(name, '{ASIDE}') = 0"):
        yield _record(row)


def read(connection: sqlite3.Connection, name: str) -> tuple[int, ImageRecord] | None:
    """Return number and record of an image; None when the project does not know it."""
    row = connection.execute(f"SELECT {_COLUMNS}, id FROM image WHERE name = ?", (name,)).fetchone()
    return (int(row[-1]), _record(row[:-1])) if row is not None else None


def write(
    connection: sqlite3.Connection, record: ImageRecord, fields: Iterable[str] | None = None
) -> int:
    """Keep a record and return the number of its image.

    Parameters
    ----------
    fields : iterable of str, optional
        Of an image that is known already only these are changed.
    """
    marks = ", ".join("?" * 16)
    columns = _CHANGED.split(", ") if fields is None else list(fields)
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns)
    (number,) = connection.execute(
        f"INSERT INTO image ({_COLUMNS}) VALUES ({marks}) "
        f"ON CONFLICT (name) DO UPDATE SET {updates} RETURNING id",
        _row(record),
    ).fetchone()
    return int(number)


def _row(record: ImageRecord) -> tuple[object, ...]:
    return (
        record.name,
        record.state.value,
        record.flagged,
        record.note,
        record.author,
        record.part.value,
        record.model,
        record.unsure,
        json.dumps(record.classes, separators=(",", ":")),
        json.dumps(record.ink, separators=(",", ":")),
        record.width,
        record.height,
        record.changed_at,
        record.done_at,
        record.is_missing,
        record.is_altered,
    )


def _record(row: tuple[Any, ...]) -> ImageRecord:
    # By position and without conversions: a hundred thousand of them are made at once.
    (name, state, flagged, note, author, part, model, unsure, classes, ink, *rest) = row
    width, height, changed_at, done_at, is_missing, is_altered = rest
    return ImageRecord(
        name,
        _STATES.get(state, ImageState.IN_WORK),
        bool(flagged),
        note,
        author,
        _PARTS.get(part, Part.NONE),
        model,
        unsure,
        _pairs(classes),
        _numbers(ink),
        width,
        height,
        changed_at,
        done_at,
        bool(is_missing),
        bool(is_altered),
    )


@lru_cache(maxsize=4096)
def _pairs(text: str) -> tuple[tuple[int, int], ...]:
    if text == "[]":
        return ()
    return tuple((int(index), int(pixels)) for index, pixels in json.loads(text))


@lru_cache(maxsize=4096)
def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, json.loads(text)))
