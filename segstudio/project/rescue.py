"""Putting what is left of a damaged project into a new file, image by image."""

import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from segstudio.core.errors import StorageError
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import class_counts, ink_counts
from segstudio.core.patch import Planes
from segstudio.project import (
    class_steps,
    image_table,
    journal,
    rescue_models,
    step_rows,
    values,
)
from segstudio.project.backups import Backup
from segstudio.project.checking import counts_agree, step_is_whole
from segstudio.project.connection import connect_to_read
from segstudio.project.outcome import Outcome, Reach
from segstudio.project.replay import Entry, Moment, replay
from segstudio.project.salvage import Remains, Row, columns_of

log = logging.getLogger(__name__)

_UNREADABLE = (StorageError, sqlite3.Error, ValueError, TypeError, KeyError, IndexError)
"""What reading damaged rows ends in."""


class Rescue:
    """Fills a new project file."""

    def __init__(
        self, connection: sqlite3.Connection, remains: Remains, backup: Backup | None
    ) -> None:
        self.remarks: list[str] = []
        self._new = connection
        self._remains = remains
        self._backup = backup
        self._old = connect_to_read(backup.path) if backup is not None else None
        self._steps: dict[int, list[int]] = defaultdict(list)
        self._lines: dict[int, dict[int, Entry | None]] = defaultdict(dict)
        self._broken: dict[int, list[int]] = defaultdict(list)
        self._doubtful = bool({"step", "journal", "checkpoint"} & remains.unreadable)

    def close(self) -> None:
        """Let the backup go."""
        if self._old is not None:
            self._old.close()

    def run(self, report: Callable[[int, int], None]) -> Iterator[Outcome]:
        """Fill the file and yield what became of each image."""
        for table in self._remains.tables:
            if table != "model_version":
                for row in self._remains.tables[table]:
                    self._insert(table, row)
        self._keep_values()
        self._keep_class_steps()
        self._note_steps()
        images = self._images()
        for done, (image, name) in enumerate(sorted(images.items(), key=lambda i: i[1])):
            report(done, len(images))
            yield self._image(image, name)
        self._drop_what_belongs_to_nothing()
        self.remarks += rescue_models.keep_all(self._new, self._remains, self._old, self._when)

    # Whole tables ----------------------------------------------------------------------------

    def _insert(self, table: str, row: Row) -> bool:
        marks = ", ".join("?" * len(row))
        try:
            self._new.execute(
                f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})",
                tuple(row.values()),
            )
        except sqlite3.Error:
            return False
        return True

    def _keep_values(self) -> None:
        for key, content in self._new.execute("SELECT key, content FROM value").fetchall():
            try:
                found = json.loads(content)
                if key in _READERS:
                    _READERS[key](found)
            except _UNREADABLE:
                self._new.execute("DELETE FROM value WHERE key = ?", (key,))
                self._remains.unreadable.add("value")
        if "value" not in self._remains.unreadable:
            return
        had = {key for (key,) in self._new.execute("SELECT key FROM value")}
        for row in self._rows_of_backup("value"):
            self._insert("value", row)
        has = {key for (key,) in self._new.execute("SELECT key FROM value")}
        if "classes" not in has:
            self.remarks.append("The class list is lost; name the classes anew.")
        elif "classes" not in had:
            self.remarks.append(f"The class list is from the backup of {self._when}.")
        elif has - had:
            self.remarks.append(f"Settings of the project are from the backup of {self._when}.")

    def _keep_class_steps(self) -> None:
        for number, text in self._new.execute("SELECT id, mapping FROM class_step").fetchall():
            try:
                class_steps.from_text(text)
            except _UNREADABLE:
                self._new.execute("DELETE FROM class_step WHERE id = ?", (number,))
                self._remains.unreadable.add("class_step")
        if "class_step" in self._remains.unreadable:
            for row in self._rows_of_backup("class_step"):
                self._insert("class_step", row)
            self.remarks.append("Some merged or deleted classes may have to be merged again.")

    def _rows_of_backup(self, table: str, where: str = "", *wanted: int) -> list[Row]:
        if self._old is None:
            return []
        names = columns_of(table)
        try:
            query = f"SELECT {', '.join(names)} FROM {table} {where}"
            rows = self._old.execute(query, wanted).fetchall()
        except sqlite3.Error:  # of an earlier version
            return []
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _note_steps(self) -> None:
        """Learn which steps and lines of the journal each image had, and which are broken."""
        known = self._remains.known
        for number, image in self._new.execute("SELECT id, image FROM step").fetchall():
            if step_is_whole(self._new, number):
                self._steps[image].append(number)
            else:
                self._broken[image].append(number)
                self._new.execute("DELETE FROM step WHERE id = ?", (number,))
        there = {number for numbers in self._steps.values() for number in numbers}
        for number, image in known["step"].items():
            if number not in there and number not in self._broken[image]:
                self._broken[image].append(number)
        for number, image in known["journal"].items():
            self._lines[image][number] = None
        query = "SELECT id, image, step, forward, epoch FROM journal"
        for number, image, step, forward, epoch in self._new.execute(query).fetchall():
            whole = step in there
            self._lines[image][number] = (
                Entry(number, step, bool(forward), epoch) if whole else None
            )

    def _drop_what_belongs_to_nothing(self) -> None:
        for table in ("journal", "checkpoint", "confidence", "step", "first_look"):
            self._new.execute(f"DELETE FROM {table} WHERE image NOT IN (SELECT id FROM image)")
        self._new.execute("DELETE FROM journal WHERE step NOT IN (SELECT id FROM step)")

    # Images ----------------------------------------------------------------------------------

    def _images(self) -> dict[int, str]:
        """See to it that each image has a row, and return their names by number."""
        names: dict[int, str] = {}
        for number, name in self._new.execute("SELECT id, name FROM image").fetchall():
            if self._is_readable(name):
                names[number] = name
                continue
            # What can be had again by counting is left out, before the row is.
            self._new.execute(
                "UPDATE image SET classes = '[]', ink = '[]', unsure = 0 WHERE id = ?", (number,)
            )
            if self._is_readable(name):
                names[number] = name
            else:
                self._new.execute("DELETE FROM image WHERE id = ?", (number,))
        if len(names) == len(self._remains.known["image"]) and not self._is_lossy("image"):
            return names
        old = {row["id"]: row for row in self._rows_of_backup("image")}
        wanted = {**{number: row["name"] for number, row in old.items()}}
        wanted |= self._remains.known["image"]
        mentioned = {*self._steps, *self._lines, *self._broken}
        for number in sorted({*wanted, *mentioned} - set(names)):
            name = wanted.get(number, f"unknown{image_table.ASIDE}{number}")
            if name in names.values():
                continue
            row = old.get(number)
            if row is None or not self._insert("image", row | {"name": name}):
                self._insert("image", _row_of(number, name))
            names[number] = name
        return names

    def _is_readable(self, name: str) -> bool:
        try:
            return image_table.read(self._new, name) is not None
        except _UNREADABLE:
            return False

    def _is_lossy(self, table: str) -> bool:
        return table in self._remains.unreadable or not self._remains.count

    def _image(self, image: int, name: str) -> Outcome:
        found = image_table.read(self._new, name)
        assert found is not None
        record = found[1]
        if self._is_complete(image):
            outcome = self._as_it_is(image, record)
            if outcome is not None:
                return outcome
        reaches = [reach for reach in self._reaches(image, record) if reach is not None]
        self._new.execute("DELETE FROM confidence WHERE image = ?", (image,))
        lines = self._lines[image]
        if not reaches:
            journal.clear(self._new, image)
            if not lines and _is_untouched(record):
                return Outcome(name, True, "whole")
            image_table.write(self._new, replace(record, classes=(), ink=()))
            return Outcome(name, False, "lost: neither file nor backup has labels of it")
        best = max(reaches, key=lambda reach: (reach.number, not reach.from_backup))
        self._write(image, best)
        return Outcome(name, False, self._words(best))

    def _is_complete(self, image: int) -> bool:
        if any(entry is None for entry in self._lines[image].values()):
            return False
        rows = self._new.execute("SELECT labels, ink FROM checkpoint WHERE image = ?", (image,))
        return all(_planes_of(*row) is not None for row in rows.fetchall())

    def _as_it_is(self, image: int, record: ImageRecord) -> Outcome | None:
        """Keep the rows of an image; None when they do not lead to its labels."""
        try:
            planes = journal.read_planes(self._new, image, (record.height, record.width))
        except _UNREADABLE:
            return None
        if planes is None:
            is_new = _is_untouched(record) and self._from_backup(image, record.name) is None
            sure = is_new or not self._doubtful
            return Outcome(record.name, True, "whole") if sure and self._remains.count else None
        found = class_steps.counts_text(class_counts(planes.labels, planes.ink))
        noted = json.dumps(record.classes)
        text = "whole"
        if noted == "[]" and self._doubtful:
            return None  # nothing tells whether these are the last labels
        if not counts_agree(noted, found):
            if self._doubtful or self._broken[image]:
                return None
            text = "whole; its pixels were counted anew"
            self._new.execute("UPDATE image SET classes = ? WHERE id = ?", (found, image))
        gone = self._forget_before(image)
        if gone:
            text += f"; {gone} of its steps cannot be undone any more"
        return Outcome(record.name, True, text)

    def _forget_before(self, image: int) -> int:
        """Forget the steps that a broken one parts from the present."""
        if not self._broken[image]:
            return 0
        last = max(self._broken[image])
        needed = "SELECT step FROM journal WHERE image = ?"
        done = self._new.execute(
            f"DELETE FROM step WHERE image = ? AND id < ? AND id NOT IN ({needed})",
            (image, last, image),
        )
        return len(self._broken[image]) + done.rowcount

    # States that can be had ------------------------------------------------------------------

    def _reaches(self, image: int, record: ImageRecord) -> Iterator[Reach | None]:
        rows = self._new.execute(
            "SELECT journal, epoch, labels, ink FROM checkpoint WHERE image = ?", (image,)
        ).fetchall()
        for number, epoch, labels, ink in rows:
            planes = _planes_of(labels, ink)
            if planes is not None:
                yield self._from(image, Moment(number, epoch, planes), from_backup=False)
        if not rows and not self._is_lossy("checkpoint") and record.height:
            start = Moment(-1, 0, Planes.blank((record.height, record.width)))
            yield self._from(image, start, from_backup=False)
        yield self._from_backup(image, record.name)

    def _from_backup(self, image: int, name: str) -> Reach | None:
        if self._old is None:
            return None
        try:
            found = image_table.read(self._old, name)
            if found is None:
                return None
            number, record = found
            moment = journal.last_moment(self._old, number, (record.height, record.width))
        except _UNREADABLE:
            return None
        if moment is None:
            return None
        if number != image:  # of an earlier life of the project: its numbers mean nothing here
            lost = len(self._lines[image])
            return Reach(moment.planes, -1, lost, from_backup=True, rows_of=number)
        reach = self._from(image, moment, from_backup=True)
        if reach is not None and reach.number == moment.number:
            reach = replace(reach, rows_of=number)
        return reach

    def _from(self, image: int, start: Moment, *, from_backup: bool) -> Reach | None:
        """Go on from a state until something is missing."""
        entries: list[Entry] = []
        after = sorted(number for number in self._lines[image] if number > start.number)
        for number in after:
            entry = self._lines[image][number]
            if entry is None:
                break
            entries.append(entry)
        active = class_steps.read_active(self._new)

        def read(step: int) -> tuple[int, Any]:
            return step_rows.read(self._new, step)

        try:
            *_, last = replay(start, entries, read, active)
        except _UNREADABLE as error:
            log.warning("image %d: %s", image, error)
            return None
        return Reach(last.planes, last.number, len(after) - len(entries), from_backup)

    def _write(self, image: int, best: Reach) -> None:
        journal.start_anew(self._new, image, best.planes)
        if best.rows_of == image and not best.lost:
            self._take_rows(image)
        height, width = best.planes.labels.shape
        counts = class_counts(best.planes.labels, best.planes.ink)
        self._new.execute(
            "UPDATE image SET classes = ?, ink = ?, height = ?, width = ? WHERE id = ?",
            (
                class_steps.counts_text(counts),
                json.dumps(ink_counts(best.planes.ink)),
                height,
                width,
                image,
            ),
        )

    def _take_rows(self, image: int) -> None:
        """Take an image with all its steps from the backup, which has the same numbers."""
        journal.clear(self._new, image)
        for table in ("step", "journal", "checkpoint"):
            for row in self._rows_of_backup(table, "WHERE image = ?", image):
                self._insert(table, row)

    def _words(self, best: Reach) -> str:
        lost = f"{best.lost} steps lost" if best.lost else ""
        if not lost and (self._doubtful or best.from_backup):
            lost = "an unknown number of later steps lost"
        if best.from_backup:
            return f"from the backup of {self._when}; {lost}"
        return f"{lost or 'whole'}; the steps before cannot be undone any more"

    @property
    def _when(self) -> str:
        return self._backup.title if self._backup is not None else ""


_READERS: dict[str, Callable[[Any], object]] = {
    "classes": values.class_table,
    "matches": values.matches,
}


def _planes_of(labels: object, ink: object) -> Planes | None:
    try:
        assert isinstance(labels, bytes)
        assert isinstance(ink, bytes)
        return journal.decoded(labels, ink)
    except (StorageError, AssertionError):
        return None


def _is_untouched(record: ImageRecord) -> bool:
    return not record.has_labels and record.state is ImageState.NEW


def _row_of(number: int, name: str) -> Row:
    """Return a row for an image of which nothing but the name is known."""
    empty: Sequence[tuple[str, Any]] = (
        *((key, "") for key in ("state", "note", "author", "part", "model")),
        *((key, 0) for key in ("flagged", "unsure", "width", "height", "changed_at", "done_at")),
        *((key, "[]") for key in ("classes", "ink")),
    )
    return {"id": number, "name": name, **dict(empty)}
