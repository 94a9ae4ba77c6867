"""Settings of a project: small JSON values by key, the class table among them."""

import json
import sqlite3
from typing import Any

from segstudio.core.classes import ClassTable, from_rows, to_full_rows
from segstudio.core.errors import SegstudioError, StorageError
from segstudio.project.store import Matches


def read(connection: sqlite3.Connection, key: str, default: Any) -> Any:
    """Return a value."""
    row = connection.execute("SELECT content FROM value WHERE key = ?", (key,)).fetchone()
    return json.loads(row[0]) if row is not None else default


def write(connection: sqlite3.Connection, key: str, text: str) -> None:
    """Keep a value, given as JSON."""
    connection.execute("INSERT OR REPLACE INTO value VALUES (?, ?)", (key, text))


def class_content(table: ClassTable) -> dict[str, Any]:
    """Return the class table as it is stored."""
    return {"next_index": table.next_index, "classes": to_full_rows(table)}


def class_table(content: Any) -> ClassTable:
    """Return the class table of a stored content.

    Raises
    ------
    StorageError
        When it is none.
    """
    try:
        table = from_rows(content["classes"], "The class list of the project")
        return ClassTable(table.classes, next_index=int(content["next_index"]))
    except (SegstudioError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise StorageError("The class list of the project is damaged.") from error


def matches(content: Any) -> Matches:
    """Return matches of a stored content.

    Raises
    ------
    StorageError
        When they are none.
    """
    try:
        return {
            model: {name: int(target) for name, target in chosen.items()}
            for model, chosen in content.items()
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise StorageError("The matches of the project are damaged.") from error
