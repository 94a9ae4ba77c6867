"""Reading a project file, from any thread, without ever writing it."""

import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from segstudio.core import png
from segstudio.core.arrays import Confidence, LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.errors import DamagedError, LabelsError, SegstudioError, StorageError
from segstudio.core.file_facts import FileFacts
from segstudio.core.first_look import FirstLook
from segstudio.core.history import History
from segstudio.core.image_record import ImageRecord
from segstudio.core.model_version import ModelVersion
from segstudio.core.patch import Patch, Planes
from segstudio.project import (
    class_steps,
    first_looks,
    image_table,
    journal,
    model_versions,
    schema,
    step_rows,
    values,
)
from segstudio.project.class_steps import ClassStep, Mapping
from segstudio.project.connection import connect_to_read, told
from segstudio.project.store import Matches, StoredLabels

KEPT_CONNECTIONS = 4

FEW = 1000
"""So many records are read one by one; of more, all are read at once."""


class Reader:
    """Reads one project file, in as many threads at a time as want to.

    Attributes
    ----------
    file : Path
        It need not be there yet.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.has_been_there = False
        """Whether anything was read from the file; then it has to be there."""
        self._free: list[sqlite3.Connection] = []
        self._age = 0
        self._lock = threading.Lock()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection | None]:
        """Give a connection in a transaction, for one thread at a time; None without a file."""
        with told(self.file):
            with self._lock:
                connection, age = (self._free.pop() if self._free else None), self._age
            connection = connection or self._connected()
            if connection is None:
                yield None
                return
            try:
                connection.execute("BEGIN")
                yield connection
            except (ValueError, TypeError) as error:
                raise DamagedError(
                    f"{self.file.name} in {self.file.parent} is damaged: {error}.", self.file
                ) from error
            finally:
                self._give_back(connection, age)

    def close(self) -> None:
        """Close the connections; whoever reads again opens a new one."""
        with self._lock:
            free, self._free = self._free, []
            self._age += 1
        for connection in free:
            connection.close()

    def _connected(self) -> sqlite3.Connection | None:
        if not self.file.is_file():
            if self.has_been_there:
                raise StorageError(
                    f"{self.file.name} is not in {self.file.parent} any more. Is the disk still "
                    "there? Try again once it is."
                )
            return None
        connection = connect_to_read(self.file)
        if schema.version_of(connection) == 0:
            connection.close()  # it is just being made
            return None
        self.has_been_there = True
        return connection

    def _give_back(self, connection: sqlite3.Connection, age: int) -> None:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        with self._lock:
            is_kept = age == self._age and len(self._free) < KEPT_CONNECTIONS
            if is_kept:
                self._free.append(connection)
        if not is_kept:
            connection.close()

    def records(self) -> dict[str, ImageRecord]:
        """Return what is known of each image, by its name."""
        with self.connection() as connection:
            if connection is None:
                return {}
            return {record.name: record for record in image_table.read_all(connection)}

    def names(self) -> set[str]:
        """Return the names of the images; much sooner than all that is known of them."""
        with self.connection() as connection:
            return image_table.read_names(connection) if connection is not None else set()

    def records_of(self, names: Collection[str]) -> dict[str, ImageRecord]:
        """Return what is known of some images; of those that are stored."""
        if len(names) > FEW:
            return self.records()
        found = {name: self.record(name) for name in names}
        return {name: record for name, record in found.items() if record is not None}

    def record(self, name: str) -> ImageRecord | None:
        """Return what is known of one image."""
        with self.connection() as connection:
            found = image_table.read(connection, name) if connection is not None else None
        return found[1] if found is not None else None

    def classes(self) -> ClassTable | None:
        """Return the class table; None before the first change."""
        content = self.value("classes", None)
        return values.class_table(content) if content is not None else None

    def matches(self) -> Matches:
        """Return what was chosen by hand for the classes of models; empty before."""
        return values.matches(self.value("matches", {}))

    def value(self, key: str, default: Any) -> Any:
        """Return a setting of the project."""
        with self.connection() as connection:
            return values.read(connection, key, default) if connection is not None else default

    def files(self) -> dict[str, FileFacts]:
        """Return what the files of the images were when their labels were last changed."""
        with self.connection() as connection:
            if connection is None:
                return {}
            rows = connection.execute(
                "SELECT name, file_size, file_modified_ns, file_digest FROM image "
                "WHERE file_size >= 0"
            ).fetchall()
        return {name: FileFacts(size, modified, digest) for name, size, modified, digest in rows}

    def step_ids(self, name: str) -> tuple[str, ...]:
        """Return what tells the applied steps of an image from all others, in order."""
        with self.connection() as connection:
            found = image_table.read(connection, name) if connection is not None else None
            if connection is None or found is None:
                return ()
            return journal.step_identities(connection, found[0])

    def steps_since(self, moment: float) -> int:
        """Return how many steps were stored since a time, in seconds since 1970."""
        with self.connection() as connection:
            if connection is None:
                return 0
            (count,) = connection.execute(
                "SELECT count(*) FROM step WHERE time >= ?", (moment,)
            ).fetchone()
        return int(count)

    def class_steps(self) -> tuple[ClassStep, ...]:
        """Return the class steps in force, the oldest first."""
        with self.connection() as connection:
            return class_steps.read_active(connection) if connection is not None else ()

    def permanent_mappings(self) -> tuple[Mapping, ...]:
        """Return what class steps did that cannot be taken back any more, the oldest first."""
        with self.connection() as connection:
            return class_steps.read_permanent(connection) if connection is not None else ()

    def load(self, name: str, size: tuple[int, int] | None = None) -> StoredLabels | None:
        """Return the labels of an image with its steps; None when nothing was stored of it.

        Parameters
        ----------
        size : (height, width), optional
            Of the image; without it the size that was stored is taken.

        Raises
        ------
        LabelsError
            When the labels are damaged or those of an image of another size. They stay.
        StorageError
            When the file cannot be read now.
        """
        with self.connection() as connection:
            found = image_table.read(connection, name) if connection is not None else None
            if connection is None or found is None:
                return None
            image, record = found
            stored_size = (record.height, record.width)
            size = size or stored_size
            try:
                planes = journal.read_planes(connection, image, stored_size)
            except StorageError as error:
                raise LabelsError(
                    f"The labels of {name} cannot be used: {error} The image opens without them; "
                    "they stay in the project."
                ) from error
            if planes is None:
                return StoredLabels(Planes.blank(size), record, History())
            if planes.labels.shape != size:
                height, width = planes.labels.shape
                raise LabelsError(
                    f"The labels of {name} are {width} x {height}, the image is {size[1]} x "
                    f"{size[0]}. It opens without them; they stay in the project."
                )
            forms, position = journal.read_history(connection, image, self.read_step)
            confidence = _read_confidence(connection, image, size)
        return StoredLabels(planes, record, History(forms, position), confidence)

    def versions(self) -> list[ModelVersion]:
        """Return the models that were taught here, the oldest first, without their contents."""
        with self.connection() as connection:
            return model_versions.read_all(connection) if connection is not None else []

    def version_content(self, number: int) -> bytes:
        """Return the file of a taught model.

        Raises
        ------
        StorageError
            When it is gone or damaged.
        """
        with self.connection() as connection:
            if connection is None:
                raise StorageError(f"{self.file.name} is not in {self.file.parent} any more.")
            return model_versions.read_content(connection, number)

    def first_looks(self) -> list[FirstLook]:
        """Return how well models did on new images, in the order of work."""
        with self.connection() as connection:
            return first_looks.read_all(connection) if connection is not None else []

    def first_look_map(self, name: str) -> LabelMap | None:
        """Return what a model first made of an image, in the classes of today; None for nothing."""
        with self.connection() as connection:
            return first_looks.read_map(connection, name) if connection is not None else None

    def read_step(self, number: int) -> Patch:
        """Return the patch of a step as it was stored."""
        with self.connection() as connection:
            if connection is None:
                raise StorageError(f"{self.file.name} is not in {self.file.parent} any more.")
            return step_rows.read(connection, number)[1]


def _read_confidence(
    connection: sqlite3.Connection, image: int, size: tuple[int, int]
) -> Confidence | None:
    row = connection.execute("SELECT content FROM confidence WHERE image = ?", (image,)).fetchone()
    if row is None:
        return None
    try:
        small = png.decode(row[0], "confidence")
    except SegstudioError:
        return None  # how sure the model was can be had again by a Segment
    if small.shape == size:
        return small
    wide = cv2.resize(small, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide, np.uint8)
