"""What can be changed of a project: each change is a ticket for the thread that writes it."""

import json
import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from segstudio.core import png
from segstudio.core.arrays import Confidence, LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.file_facts import FileFacts
from segstudio.core.first_look import FirstLook
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import class_counts
from segstudio.core.model_version import ModelVersion
from segstudio.core.patch import PackedPatch, Patch, Planes, pack
from segstudio.project import (
    class_steps,
    first_looks,
    image_table,
    journal,
    model_versions,
    values,
)
from segstudio.project.class_steps import Mapping
from segstudio.project.reader import Reader
from segstudio.project.store import Matches
from segstudio.project.writer import ALL_IMAGES, MODELS, Ticket, Writer

CONFIDENCE_PIXELS = 500_000


class Changes(Reader):
    """Hands changes to the writer, in the order in which they are made.

    Every change returns a `Ticket` at once and is on the disk when that says so.
    """

    def __init__(self, file: Path, writer: Writer) -> None:
        """Read a file that is written by a writer."""
        super().__init__(file)
        self._writer = writer
        self._to_fold: dict[str, int] = {}
        """By image, what was done to it since its last checkpoint."""

    def keep_step(self, record: ImageRecord, patch: Patch, *, identity: str = "") -> Ticket:
        """Store one more step of an image, and what is known of the image after it."""
        packed: list[PackedPatch] = []
        known_as = identity or secrets.token_hex(8)

        def work(connection: sqlite3.Connection) -> None:
            if not packed:  # once, however often the disk refuses
                packed.append(pack(patch))
            image = image_table.write(connection, record)
            journal.add_step(connection, image, known_as, packed[0])

        self._note_to_fold(record)
        return self._writer.put(record.name, work)

    def keep_travel(self, record: ImageRecord, *, redo: bool, patch: Patch | None = None) -> Ticket:
        """Store that the last step of an image was undone, or the next one done again.

        With the patch of that step its labels are right even if the file has forgotten the step.
        """

        def work(connection: sqlite3.Connection) -> None:
            image = image_table.write(connection, record)
            journal.travel(connection, image, forward=redo, patch=patch)

        self._note_to_fold(record)
        return self._writer.put(record.name, work)

    def keep_record(self, record: ImageRecord, fields: Iterable[str] | None = None) -> Ticket:
        """Store what is known of an image; of one that is stored already only some fields.

        What is counted from labels is stored with their steps.
        """
        chosen = None if fields is None else tuple(fields)
        return self._writer.put(record.name, lambda c: void(image_table.write(c, record, chosen)))

    def keep_planes(self, record: ImageRecord, planes: Planes) -> Ticket:
        """Store labels from elsewhere as a new start of an image, without steps before them."""

        def work(connection: sqlite3.Connection) -> None:
            journal.start_anew(connection, image_table.write(connection, record), planes)

        return self._writer.put(record.name, work)

    def put_aside(self, name: str) -> Ticket:
        """Keep labels that cannot be used under another name, so that the image can begin anew."""

        def work(connection: sqlite3.Connection) -> None:
            _put_aside(connection, name)

        return self._writer.put(name, work)

    def keep_confidence(self, name: str, confidence: Confidence) -> Ticket:
        """Store how sure the model was, reduced to half a million pixels."""

        def work(connection: sqlite3.Connection) -> None:
            found = image_table.read(connection, name)
            if found is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO confidence VALUES (?, ?)",
                    (found[0], png.encode(_reduced(confidence))),
                )

        return self._writer.put(name, work)

    def keep_classes(self, table: ClassTable) -> Ticket:
        """Store the class table."""
        return self.keep_value("classes", values.class_content(table))

    def keep_matches(self, matches: Matches) -> Ticket:
        """Store what was chosen by hand for the classes of models."""
        return self.keep_value("matches", matches)

    def keep_value(self, key: str, content: Any) -> Ticket:
        """Store a setting of the project."""
        text = json.dumps(content, ensure_ascii=False)
        return self._writer.put("", lambda connection: values.write(connection, key, text))

    def keep_file(self, name: str, facts: FileFacts) -> Ticket:
        """Store what the file of an image is, to find it again and to see when it changes."""
        row = (facts.size, facts.modified_ns, facts.digest, name)
        return self._writer.put(
            name,
            lambda connection: void(
                connection.execute(
                    "UPDATE image SET file_size = ?, file_modified_ns = ?, file_digest = ? "
                    "WHERE name = ?",
                    row,
                )
            ),
        )

    def rename(self, names: dict[str, str]) -> Ticket:
        """Store that images have other places below the root now; names may be exchanged.

        What was kept under a new name goes, or is put aside where it has labels.
        """

        def work(connection: sqlite3.Connection) -> None:
            for name in names.values():
                if name not in names:
                    _clear_away(connection, name)
            for way in (lambda n: (f"\0{n}", n), lambda n: (names[n], f"\0{n}")):
                for name in names:
                    connection.execute("UPDATE image SET name = ? WHERE name = ?", way(name))

        moved = [name for name in list(self._to_fold) if name in names]
        known = [(names[name], self._to_fold.pop(name)) for name in moved]
        self._to_fold.update(known)
        return self._writer.put(ALL_IMAGES, work, touches={*names, *names.values()})

    # Taught models ---------------------------------------------------------------------------

    def keep_version(self, version: ModelVersion, content: bytes) -> Ticket:
        """Store a model that was taught here; its number is the next one, whatever it says.

        A model of that name is never written over: the same one changes nothing, another one is
        refused.
        """
        digest: list[str] = []

        def work(connection: sqlite3.Connection) -> None:
            if not digest:  # once, and not while somebody waits for the ticket
                digest.append(model_versions.digest_of(content))
            model_versions.add(connection, version, content, digest[0])

        return self._writer.put(MODELS, work)

    def remove_version(self, number: int) -> Ticket:
        """Forget a model that was taught here; its number is not given again."""
        return self._writer.put(MODELS, lambda c: model_versions.remove(c, number))

    def keep_first_look(self, look: FirstLook, labels: LabelMap) -> Ticket:
        """Store what a model made of an image that no person has touched.

        It takes the place of an earlier map, unless that one was scored already.

        Parameters
        ----------
        labels : (H, W) uint8
            In the classes of today.
        """
        plane = labels.copy()  # the caller may go on with it
        packed: list[bytes] = []

        def work(connection: sqlite3.Connection) -> None:
            if not packed:
                packed.append(png.encode(plane))
            height, width = plane.shape
            found = image_table.read(connection, look.name)
            record = ImageRecord(look.name, height=height, width=width)
            image = found[0] if found is not None else image_table.write(connection, record)
            epoch = journal.present_epoch(connection)
            first_looks.add(connection, image, look, packed[0], epoch)

        return self._writer.put(look.name, work)

    def score_first_look(self, look: FirstLook) -> Ticket:
        """Store how right that map was."""
        return self._writer.put(look.name, lambda c: first_looks.score(c, look))

    # Class steps -----------------------------------------------------------------------------

    def add_class_step(
        self, kind: str, title: str, mapping: Mapping, *, before: ClassTable, after: ClassTable
    ) -> Ticket:
        """Merge or delete classes in all images at once; see `segstudio.project.class_steps`."""
        old, new = (json.dumps(values.class_content(table)) for table in (before, after))

        def work(connection: sqlite3.Connection) -> None:
            class_steps.add(connection, kind, title, mapping, old)
            values.write(connection, "classes", new)

        return self._writer.put(ALL_IMAGES, work)

    def take_back_class_step(self, classes: ClassTable) -> Ticket:
        """Take the last class step back; `classes` is the class table after that.

        What was done to images since stays as it is, and what was merged comes apart again.
        """
        new = json.dumps(values.class_content(classes))

        def work(connection: sqlite3.Connection) -> None:
            taken = class_steps.take_back(connection)
            if taken is None:
                return
            number, _, images = taken
            for image in images:
                _rebase(connection, image, since=number)
            values.write(connection, "classes", new)

        return self._writer.put(ALL_IMAGES, work)

    def _note_to_fold(self, record: ImageRecord) -> None:
        self._to_fold[record.name] = self._to_fold.get(record.name, 0) + 1


def void(_result: object) -> None:
    """Drop a result, so that a call can stand where nothing is returned."""


def _put_aside(connection: sqlite3.Connection, name: str) -> None:
    aside = f"{name}{image_table.ASIDE}{secrets.token_hex(4)}"
    connection.execute("UPDATE image SET name = ? WHERE name = ?", (aside, name))


def _clear_away(connection: sqlite3.Connection, name: str) -> None:
    """Make a name free: an image without labels goes, one with labels is put aside."""
    found = image_table.read(connection, name)
    if found is None:
        return
    if journal.is_empty(connection, found[0]):
        journal.clear(connection, found[0])
        first_looks.remove(connection, found[0])
        connection.execute("DELETE FROM image WHERE id = ?", (found[0],))
    else:
        _put_aside(connection, name)


def _rebase(connection: sqlite3.Connection, image: int, *, since: int) -> None:
    row = connection.execute("SELECT height, width FROM image WHERE id = ?", (image,)).fetchone()
    journal.rebase(connection, image, (row[0], row[1]), since=since)
    planes = journal.read_planes(connection, image, (row[0], row[1]))
    if planes is not None:
        counts = class_counts(planes.labels, planes.ink)
        connection.execute(
            "UPDATE image SET classes = ? WHERE id = ?", (class_steps.counts_text(counts), image)
        )


def _reduced(confidence: Confidence) -> Confidence:
    height, width = confidence.shape
    factor = (CONFIDENCE_PIXELS / max(1, height * width)) ** 0.5
    if factor >= 1:
        return confidence
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(confidence, size, interpolation=cv2.INTER_AREA), np.uint8)
