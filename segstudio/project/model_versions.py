"""Models that were taught in a project, as rows of its file; none is ever written over."""

import hashlib
import json
import sqlite3
from dataclasses import asdict, fields
from typing import Any

from segstudio.core.errors import StorageError
from segstudio.core.file_names import safe
from segstudio.core.model_version import ModelVersion
from segstudio.project import schema

MAX_NAME_BYTES = 200

_OF_ROW = ("number", "name", "made_at", "size_bytes")
"""What is not in the JSON of a row, because the row itself says it."""


def read_all(connection: sqlite3.Connection) -> list[ModelVersion]:
    """Return what is known of every version, the oldest first; no content is read."""
    if not schema.has_models(connection):
        return []
    rows = connection.execute(
        "SELECT number, name, made_at, length(content), about FROM model_version ORDER BY number"
    )
    return [_version(*row) for row in rows]


def size(connection: sqlite3.Connection) -> int:
    """Return the bytes of all contents together."""
    if not schema.has_models(connection):
        return 0
    query = "SELECT coalesce(sum(length(content)), 0) FROM model_version"
    return int(connection.execute(query).fetchone()[0])


def read_content(connection: sqlite3.Connection, number: int) -> bytes:
    """Return the file of a version.

    Raises
    ------
    StorageError
        When there is no such version, or it is damaged.
    """
    row = None
    if schema.has_models(connection):
        row = connection.execute(
            "SELECT name, digest, content FROM model_version WHERE number = ?", (number,)
        ).fetchone()
    if row is None:
        raise StorageError(f"Version {number} of the model is not in the project any more.")
    name, digest, content = row
    if digest_of(content) != digest:
        raise StorageError(
            f"The model {name} is damaged in the project file. Choose another version, or take it "
            "from a backup."
        )
    return bytes(content)


def file_name(name: str) -> str:
    """Return the name of a model as it is used: a project of somebody else may have any in it.

    It names files of other folders, too.
    """
    return safe(name, MAX_NAME_BYTES)


def add(connection: sqlite3.Connection, version: ModelVersion, content: bytes, digest: str) -> None:
    """Keep one more version, with the number after the last one that was ever given.

    Raises
    ------
    StorageError
        When another model of that name is there.
    """
    name = file_name(version.name)
    there = connection.execute(
        "SELECT digest FROM model_version WHERE name = ?", (name,)
    ).fetchone()
    if there is not None:
        if there[0] == digest:
            return
        raise StorageError(
            f"Another model named {name} is in the project, and no model is written over."
        )
    connection.execute(
        "INSERT INTO model_version (name, made_at, about, digest, content) VALUES (?, ?, ?, ?, ?)",
        (name, version.made_at, about_text(version), digest, content),
    )


def remove(connection: sqlite3.Connection, number: int) -> None:
    """Forget a version with its content."""
    connection.execute("DELETE FROM model_version WHERE number = ?", (number,))


def digest_of(content: bytes) -> str:
    """Return what tells a content from others, and from a damaged one."""
    return hashlib.sha256(content).hexdigest()


def about_text(version: ModelVersion) -> str:
    """Return what is known of a version as its row holds it."""
    known = {key: value for key, value in asdict(version).items() if key not in _OF_ROW}
    return json.dumps(known, ensure_ascii=False)


def _version(number: int, name: str, made_at: float, size: int, about: str) -> ModelVersion:
    content: dict[str, Any] = {"title": name} | json.loads(about)
    names = {field.name for field in fields(ModelVersion)}
    known = {key: value for key, value in content.items() if key in names}
    known["classes"] = tuple((int(i), str(title)) for i, title in content.get("classes", ()))
    for key in ("training", "held_out"):
        known[key] = tuple(content.get(key, ()))
    return ModelVersion(
        **known
        | {"number": number, "name": file_name(name), "made_at": made_at, "size_bytes": size}
    )
