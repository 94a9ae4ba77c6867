"""Records of images as rows of a project file."""

import json
import sqlite3
from collections.abc import Iterator
from functools import lru_cache

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


def write(connection: sqlite3.Connection, record: ImageRecord) -> int:
    """Keep a record and return the number of its image."""
    marks = ", ".join("?" * 16)
    columns = _CHANGED.split(", ")
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


def _record(row: tuple[object, ...]) -> ImageRecord:
    (name, state, flagged, note, author, part, model, unsure, classes, ink, *rest) = row
    width, height, changed_at, done_at, is_missing, is_altered = rest
    return ImageRecord(
        name=str(name),
        state=_state(state),
        flagged=bool(flagged),
        note=str(note),
        author=str(author),
        part=_part(part),
        model=str(model),
        unsure=float(unsure),  # type: ignore[arg-type]
        classes=_pairs(str(classes)),
        ink=tuple(json.loads(str(ink))) if ink != "[]" else (),
        width=int(width),  # type: ignore[call-overload]
        height=int(height),  # type: ignore[call-overload]
        changed_at=float(changed_at),  # type: ignore[arg-type]
        done_at=float(done_at),  # type: ignore[arg-type]
        is_missing=bool(is_missing),
        is_altered=bool(is_altered),
    )


@lru_cache(maxsize=4096)
def _pairs(text: str) -> tuple[tuple[int, int], ...]:
    if text == "[]":
        return ()
    return tuple((int(index), int(pixels)) for index, pixels in json.loads(text))


def _state(value: object) -> ImageState:
    return _STATES.get(value, ImageState.IN_WORK)


def _part(value: object) -> Part:
    return _PARTS.get(value, Part.NONE)
