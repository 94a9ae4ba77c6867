"""A copy of a project elsewhere, with what its own place does not take."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from segstudio.core.errors import StorageError
from segstudio.project import images_root, schema
from segstudio.project.copying import copy, take_snapshot
from segstudio.project.faults import is_of_disk
from segstudio.project.project import Project
from segstudio.project.writer import Ticket

log = logging.getLogger(__name__)


def save_copy(
    project: Project, target: Path, *, going_on: Callable[[], None] | None = None
) -> tuple[str, ...]:
    """Write a copy of a project, whole or not at all, and go on with the project itself.

    Changes that are not stored, because the disk refuses them or another window has the project,
    are in the copy.

    Parameters
    ----------
    going_on : callable, optional
        Called from time to time; what it raises stops the copying.

    Returns
    -------
    tuple of str
        Images of which a change could not be put on top of what another window stored.

    Raises
    ------
    StorageError
        When the target is the project itself or cannot be written.
    """
    if target.resolve() == project.file.resolve():
        raise StorageError("That is the project itself. Choose another folder or name.")
    left_out: list[str] = []

    def change(made: sqlite3.Connection) -> None:
        _apply(made, waiting, left_out)
        images_root.note(made, project.root)

    with project.paused() as (alone, owed):
        waiting = list(owed)
        if alone is not None:  # only this connection still knows what was in the file
            copy(alone, target, change=change)
            project.copied()
            return tuple(left_out)
        source = take_snapshot(project.file) if project.exists else sqlite3.connect(":memory:")
    with closing(source):
        copy(source, target, change=change, going_on=going_on)
    project.copied()
    return tuple(left_out)


def _apply(made: sqlite3.Connection, waiting: Sequence[Ticket], left_out: list[str]) -> None:
    """Do waiting changes in a copy, each wholly or not at all."""
    schema.prepare_inside(made)
    for ticket in waiting:
        made.execute("SAVEPOINT one")
        try:
            ticket.work(made)
        except Exception as error:
            if is_of_disk(error):
                raise
            log.warning("a change of %s is not in the copy: %s", ticket.name, error)
            left_out.append(ticket.name)
            made.execute("ROLLBACK TO one")
        made.execute("RELEASE one")
