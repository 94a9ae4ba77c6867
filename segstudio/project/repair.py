"""Making a whole project file of a damaged one and its backups, and saying what was lost."""

import json
import logging
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from segstudio.core import atomic
from segstudio.core.errors import StorageError
from segstudio.project import backups, holder, image_table, schema
from segstudio.project.backups import Backup
from segstudio.project.connection import connect_to_read, told
from segstudio.project.copying import copy, is_sound
from segstudio.project.location import files_of
from segstudio.project.outcome import Outcome
from segstudio.project.rescue import Rescue
from segstudio.project.salvage import Remains, remains_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Repaired:
    """What a repair came to.

    Attributes
    ----------
    file : Path
        The project, whole again.
    kept_as : Path
        The damaged file, as it was.
    backup : Backup or None
        The newest usable one, whether or not anything had to be taken from it.
    outcomes : tuple of Outcome
        One for each image.
    remarks : tuple of str
        Sentences about what is of no image.
    """

    file: Path
    kept_as: Path
    backup: Backup | None
    outcomes: tuple[Outcome, ...]
    remarks: tuple[str, ...]

    def report(self) -> str:
        """Say for each image what became of it."""
        lines = [
            f"{self.file.name} in {self.file.parent} was recovered.",
            f"The damaged file is kept as {self.kept_as.name}.",
            *self.remarks,
            "",
        ]
        bad = [outcome for outcome in self.outcomes if not outcome.is_whole]
        lines.append(f"{len(self.outcomes) - len(bad)} of {len(self.outcomes)} images are whole.")
        for outcome in (*bad, *(o for o in self.outcomes if o.is_whole)):
            lines.append(f"  {outcome.name}: {outcome.text}")
        return "\n".join(lines) + "\n"


def repair(
    file: Path, folder: Path, *, report: Callable[[int, int], None] | None = None
) -> Repaired:
    """Recover a project: what is still readable of it, and the rest from the newest backup.

    The damaged file is kept beside; nothing is overwritten before the new one is whole.

    Parameters
    ----------
    file : Path
    folder : Path
        Of the backups.
    report : callable, optional
        Hears how many images are done, of how many; what it raises stops the repair.

    Raises
    ------
    StorageError
        When another window has the project open, when it is of a newer version, when there is no
        room, or when neither file nor backup holds anything.
    """
    if not file.is_file():
        raise StorageError(f"{file} is not there. Check the path.")
    _refuse_others(file)
    backup = next(filter(backups.is_usable, backups.found_in(folder)), None)
    with told(file), tempfile.TemporaryDirectory(prefix="segstudio-") as work:
        like = backup.path if backup is not None else None
        remains = remains_of(file, Path(work), like)
        if not remains.count and backup is None:
            raise StorageError(
                f"Nothing in {file.name} can be read, and there is no backup of it. The file was "
                "left as it is."
            )
        fresh = file.with_name(f"{file.stem}.recovered{file.suffix}")
        if remains.count:
            with atomic.replacing(fresh) as made:
                outcomes, remarks = _build(made, remains, backup, report)
        else:
            assert backup is not None
            outcomes, remarks = _from_backup(fresh, backup)
        kept_as = _put_in_place(file, fresh)
    return Repaired(file, kept_as, backup, outcomes, remarks)


def _refuse_others(file: Path) -> None:
    """Refuse files of newer versions, and those that another window has open."""
    with suppress(sqlite3.Error), closing(connect_to_read(file)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application == schema.APPLICATION_ID:
            schema.version_of(connection)
        there = holder.read(connection)
        if there is not None and there.pid != os.getpid() and there.is_alive():
            raise StorageError(there.sentence())


def _from_backup(fresh: Path, backup: Backup) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    with closing(connect_to_read(backup.path)) as source:
        copy(source, fresh)
        names = sorted(record.name for record in image_table.read_all(source))
    text = f"from the backup of {backup.title}; what was done since is lost"
    return tuple(Outcome(name, False, text) for name in names), ("Nothing in it could be read.",)


def _build(
    made: Path,
    remains: Remains,
    backup: Backup | None,
    report: Callable[[int, int], None] | None,
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    with closing(sqlite3.connect(made, isolation_level=None)) as connection:
        schema.prepare(connection)
        connection.execute("BEGIN IMMEDIATE")
        rescue = Rescue(connection, remains, backup)
        try:
            outcomes = tuple(rescue.run(report or _silent))
        finally:
            rescue.close()
        connection.execute(
            "INSERT OR REPLACE INTO value VALUES ('last_writer', ?)",
            (json.dumps(secrets.token_hex(8)),),
        )
        connection.execute("COMMIT")
        if not is_sound(connection):
            raise StorageError(
                "The recovered file is not whole. The damaged one was left as it is."
            )
    return outcomes, tuple(rescue.remarks)


def _put_in_place(file: Path, fresh: Path) -> Path:
    """Keep the damaged file under another name and give the new one its own."""
    kept_as = _free_name(file)
    try:
        kept_as.hardlink_to(file)
    except OSError:  # not every file system has links
        shutil.copyfile(file, kept_as)
    # A log that stayed would be read into the new file.
    for path in list(files_of(file))[1:]:
        if path.exists():
            path.rename(path.with_name(path.name.replace(file.name, kept_as.name, 1)))
    fresh.replace(file)
    return kept_as


def _free_name(file: Path) -> Path:
    number = 1
    while (path := file.with_name(f"{file.stem}.damaged-{number}{file.suffix}")).exists():
        number += 1
    return path


def _silent(_done: int, _total: int) -> None:
    return
