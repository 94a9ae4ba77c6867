"""Where the images of a project file are: beside it, or where the file was copied from."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from segstudio.core.errors import StorageError
from segstudio.project import schema, values
from segstudio.project.location import FILE_NAME
from segstudio.project.reader import Reader

_KEY = "images_root"
_MAGIC = b"SQLite format 3\0"
_APPLICATION_AT, _APPLICATION_BYTES = 68, 4


def is_project_file(path: Path) -> bool:
    """Tell whether a path is a project file, by what is in it or, where that is lost, its name."""
    if not path.is_file():
        return False
    if path.suffix == Path(FILE_NAME).suffix:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_APPLICATION_AT + _APPLICATION_BYTES)
    except OSError:
        return False
    application = int.from_bytes(head[_APPLICATION_AT:], "big")
    return head.startswith(_MAGIC) and application == schema.APPLICATION_ID


def note(connection: sqlite3.Connection, root: Path) -> None:
    """Note in a copy of a project where its images are."""
    values.write(connection, _KEY, json.dumps(str(root.resolve())))


def root_of(file: Path) -> Path:
    """Return the folder that the images of a project file lie below.

    That is its own folder if any of them is there, else the one that a copy has noted if any is
    there, else its own.

    Raises
    ------
    StorageError
        When the file is damaged or no project.
    """
    reader = Reader(file)
    try:
        names, noted = reader.names(), reader.value(_KEY, "")
    finally:
        reader.close()
    if not isinstance(noted, str) or not noted:
        return file.parent
    elsewhere = Path(noted)
    if not _has_any(file.parent, names) and _has_any(elsewhere, names):
        return elsewhere
    return file.parent


def _has_any(folder: Path, names: Iterable[str]) -> bool:
    try:
        return any((folder / name).is_file() for name in names)
    except OSError as error:
        raise StorageError(f"{folder} cannot be looked at: {error.strerror}.") from error
