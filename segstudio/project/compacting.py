"""Making a project file as small as it can be without losing a label or an image's steps."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segstudio.project import first_looks, journal, step_rows
from segstudio.project.class_steps import between, map_patch, read_active
from segstudio.project.connection import told
from segstudio.project.location import files_of
from segstudio.project.project import Project
from segstudio.project.replay import Moment


@dataclass(frozen=True)
class Compacted:
    """Bytes before and after, and how many class steps cannot be taken back any more."""

    before: int
    after: int
    class_steps: int


def compact(project: Project, *, report: Callable[[int, int], None]) -> Compacted:
    """Write every image as its last label map and the steps that can be undone or redone.

    Class steps become permanent. What is changed meanwhile waits in memory.

    Parameters
    ----------
    report : callable
        Hears how many images are done, of how many; what it raises stops the work, and nothing
        has changed.

    Raises
    ------
    StorageError
        When another window has the project, the disk is full, or labels are damaged.
    """
    with project.writing() as connection, told(project.file):
        before = _size(project.file)
        steps = len(read_active(connection))
        connection.execute("BEGIN IMMEDIATE")
        try:
            _fold_all(connection, report)
            connection.execute("UPDATE class_step SET is_active = 0, counts_before = '{}'")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return Compacted(before, _size(project.file), steps)


def _fold_all(connection: sqlite3.Connection, report: Callable[[int, int], None]) -> None:
    images = connection.execute("SELECT id, height, width FROM image").fetchall()
    for done, (image, height, width) in enumerate(images):
        report(done, len(images))
        _fold(connection, image, (height, width))
    first_looks.settle(connection, journal.present_epoch(connection))


def _fold(connection: sqlite3.Connection, image: int, size: tuple[int, int]) -> None:
    moment = journal.last_moment(connection, image, size)
    if moment is None:
        return
    now = journal.present_epoch(connection)
    steps = read_active(connection)
    connection.execute("DELETE FROM checkpoint WHERE image = ?", (image,))
    connection.execute("DELETE FROM journal WHERE image = ?", (image,))
    connection.execute("DELETE FROM step WHERE image = ? AND status = ?", (image, journal.DROPPED))
    journal.write_checkpoint(connection, image, Moment(moment.number, now, moment.planes))
    rows = connection.execute("SELECT id, epoch FROM step WHERE image = ?", (image,)).fetchall()
    for number, epoch in rows:
        mappings = between(steps, epoch, now)
        if mappings:
            patch = map_patch(step_rows.read(connection, number)[1], mappings)
            step_rows.rewrite(connection, number, patch)
        connection.execute("UPDATE step SET epoch = ? WHERE id = ?", (now, number))


def _size(file: Path) -> int:
    return sum(path.stat().st_size for path in files_of(file) if path.exists())
