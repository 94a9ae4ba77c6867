"""Finding out whether a project file is whole, down to the last step."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from segstudio.core import png
from segstudio.core.errors import StorageError
from segstudio.core.labels import class_counts
from segstudio.project import (
    class_steps,
    first_looks,
    journal,
    model_versions,
    schema,
    step_rows,
    values,
)
from segstudio.project.connection import connect_to_read, sentence, told
from segstudio.project.copying import is_sound

MOST_FAULTS = 20
"""So many faults of SQLite's own check are told."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be.

    Attributes
    ----------
    image : str
        Empty when it is about the whole file.
    """

    image: str
    text: str


def is_whole(file: Path) -> bool:
    """Tell whether SQLite finds a project file in order; quick, and not about its content."""
    with told(file), closing(connect_to_read(file)) as connection:
        return is_sound(connection)


def check(file: Path, *, report: Callable[[int, int], None] | None = None) -> list[Finding]:
    """Check a project file without changing it: its pages, every step, every label map.

    Parameters
    ----------
    report : callable, optional
        Hears how many images are checked, of how many; what it raises stops the check.

    Raises
    ------
    StorageError
        When it is not there, a file of something else, or of a newer version of this program.
    """
    if not file.is_file():
        raise StorageError(f"{file} is not there. Check the path.")
    try:
        with closing(connect_to_read(file)) as connection:
            return list(_faults(connection, report))
    except sqlite3.Error as error:
        return [Finding("", sentence(error, file))]


def _faults(
    connection: sqlite3.Connection, report: Callable[[int, int], None] | None
) -> Iterator[Finding]:
    if schema.version_of(connection) == 0:
        yield Finding("", "The file is empty.")
        return
    try:
        rows = connection.execute(f"PRAGMA integrity_check({MOST_FAULTS})").fetchall()
        faults = [str(text) for (text,) in rows if text != "ok"]
        rows = connection.execute("PRAGMA foreign_key_check").fetchall()
        faults += [f"{row[0]} {row[1]} belongs to nothing" for row in rows[:MOST_FAULTS]]
    except (sqlite3.DatabaseError, ValueError) as error:
        faults = [str(error)]
    yield from (Finding("", text) for text in faults)
    if faults:  # what is read from broken pages says nothing
        return
    yield from _faults_of_values(connection)
    yield from _faults_of_models(connection)
    images = connection.execute("SELECT id, name, height, width, classes FROM image").fetchall()
    for done, (image, name, height, width, counts) in enumerate(images):
        if report is not None:
            report(done, len(images))
        for text in _faults_of_image(connection, image, (height, width), counts):
            yield Finding(str(name), text)


def _faults_of_values(connection: sqlite3.Connection) -> Iterator[Finding]:
    try:
        content = values.read(connection, "classes", None)
        if content is not None:
            values.class_table(content)
        values.matches(values.read(connection, "matches", {}))
        class_steps.read_active(connection)
    except (StorageError, ValueError, TypeError) as error:
        yield Finding("", str(error))


def _faults_of_models(connection: sqlite3.Connection) -> Iterator[Finding]:
    try:
        numbers = [version.number for version in model_versions.read_all(connection)]
    except (ValueError, TypeError) as error:
        yield Finding("", f"what is known of a model is damaged: {error}")
        return
    for number in numbers:
        try:
            model_versions.read_content(connection, number)
        except StorageError as error:
            yield Finding("", str(error))


def _faults_of_image(
    connection: sqlite3.Connection, image: int, size: tuple[int, int], counts: str
) -> Iterator[str]:
    steps = connection.execute("SELECT id FROM step WHERE image = ? ORDER BY id", (image,))
    broken = [number for (number,) in steps.fetchall() if not step_is_whole(connection, number)]
    if broken:
        yield f"{len(broken)} steps are damaged"
    rows = connection.execute("SELECT labels, ink FROM checkpoint WHERE image = ?", (image,))
    for labels, ink in rows.fetchall():
        try:
            journal.decoded(labels, ink)
        except StorageError:
            yield "a stored label map is damaged"
    row = connection.execute("SELECT content FROM confidence WHERE image = ?", (image,)).fetchone()
    if row is not None and not png.is_whole(row[0]):
        yield "what a model was sure of is damaged"
    if not first_looks.is_whole(connection, image):
        yield "what a model first made of it is damaged"
    try:
        planes = journal.read_planes(connection, image, size)
    except (StorageError, ValueError, TypeError) as error:
        yield f"the labels cannot be built: {error}"
        return
    if planes is not None and not counts_agree(
        counts, class_steps.counts_text(class_counts(planes.labels, planes.ink))
    ):
        yield "the labels have other pixel counts than were noted"


def step_is_whole(connection: sqlite3.Connection, number: int) -> bool:
    """Tell whether a step can be read and is as it was written."""
    try:
        step_rows.read(connection, number)
    except (StorageError, ValueError, TypeError, sqlite3.Error):
        return False
    return True


def counts_agree(noted: str, found: str) -> bool:
    """Tell whether two texts of class counts say the same; an empty list says nothing."""
    try:
        return noted == "[]" or sorted(json.loads(noted)) == sorted(json.loads(found))
    except (ValueError, TypeError):
        return False
