"""Backups of a project in the user's folder: the last few, in number and in size.

Taught models are in them as long as a full row of such backups finds room; what people painted
comes first.
"""

import logging
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.errors import StorageError
from segstudio.project import model_versions, schema
from segstudio.project.connection import connect_to_read
from segstudio.project.copying import copy, is_sound, snapshot

log = logging.getLogger(__name__)

MOST = 5
MOST_BYTES = 2 * 2**30
SHARE_OF_DISK = 0.1
"""What all backups of a project may take of the space that would be free without them."""

DUE_S = 3600.0

_NAME = re.compile(r"(\d{6})_(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)\.segstudio")
_MOMENT = "%Y-%m-%d_%H-%M-%S"


@dataclass(frozen=True)
class Backup:
    """One backup.

    Attributes
    ----------
    number : int
        They are numbered through, so that their order is known whatever the clock does.
    moment : float
        Seconds since 1970, as its name says.
    """

    path: Path
    number: int
    moment: float

    @property
    def title(self) -> str:
        """When it was made, for people."""
        return time.strftime("%d %B %Y, %H:%M", time.localtime(self.moment))


def found_in(folder: Path) -> list[Backup]:
    """Return the backups in a folder, the newest first."""
    try:
        paths = list(folder.iterdir())
    except OSError:
        return []
    backups = []
    for path in paths:
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        with suppress(ValueError, OverflowError):
            moment = time.mktime(time.strptime(match[2], _MOMENT))
            backups.append(Backup(path, int(match[1]), moment))
    return sorted(backups, key=lambda backup: backup.number, reverse=True)


def is_due(folder: Path) -> bool:
    """Tell whether the last backup is older than an hour, or of a time that is not yet."""
    newest = next(iter(found_in(folder)), None)
    return newest is None or abs(time.time() - newest.moment) > DUE_S


def make(file: Path, folder: Path, *, going_on: Callable[[], None] | None = None) -> Backup | None:
    """Back a project file up as it is now; see `make_from`."""
    with snapshot(file) as source:
        return make_from(source, folder, going_on=going_on)


def make_from(
    source: sqlite3.Connection, folder: Path, *, going_on: Callable[[], None] | None = None
) -> Backup | None:
    """Back up what a connection sees; when that is whole, the oldest ones may go.

    Parameters
    ----------
    going_on : callable, optional
        Called from time to time; what it raises stops the work, and nothing has changed.

    Returns
    -------
    Backup or None
        None when it would take more of the disk than backups may.

    Raises
    ------
    StorageError
        When the project is damaged or the folder cannot be written; the older ones stay.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        room = _room(folder)
    except OSError as error:
        raise StorageError(f"No backup could be made in {folder}: {error.strerror}.") from error
    (pages,) = source.execute("PRAGMA page_count").fetchone()
    (page_bytes,) = source.execute("PRAGMA page_size").fetchone()
    size = pages * page_bytes
    models = model_versions.size(source)
    with_models = not models or size * MOST <= room
    if size - (0 if with_models else models) > room:
        log.warning("no backup: %d bytes are too many for %s", size, folder)
        return None
    if not with_models:
        log.warning("the backup is without %d bytes of taught models", models)
    last = next(iter(found_in(folder)), None)
    number = last.number + 1 if last is not None else 1
    now = time.time()
    name = f"{number:06d}_{time.strftime(_MOMENT, time.localtime(now))}.segstudio"
    copy(source, folder / name, going_on=going_on, with_models=with_models)
    _rotate(folder, room)
    return Backup(folder / name, number, now)


def is_usable(backup: Backup) -> bool:
    """Tell whether a backup is whole and of a version that this program reads."""
    try:
        with closing(connect_to_read(backup.path)) as connection:
            return schema.version_of(connection) > 0 and is_sound(connection)
    except (sqlite3.Error, StorageError):
        return False


def _room(folder: Path) -> int:
    held = sum(backup.path.stat().st_size for backup in found_in(folder))
    return min(MOST_BYTES, int((shutil.disk_usage(folder).free + held) * SHARE_OF_DISK))


def _rotate(folder: Path, room: int) -> None:
    """Remove the oldest while there are too many or they are too large; the newest stays."""
    held = 0
    for at, backup in enumerate(found_in(folder)):
        with suppress(OSError):
            held += backup.path.stat().st_size
            if at and (at >= MOST or held > room):
                backup.path.unlink()
