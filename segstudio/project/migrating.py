"""Bringing a project file of an earlier version of the program to the present form."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from segstudio.core.errors import DamagedError, StorageError
from segstudio.project import backups, holder, schema
from segstudio.project.connection import connect_to_read, told
from segstudio.project.location import Location, open_to_write


def to_readable_form(location: Location) -> Path:
    """Migrate the project file of a folder if it is too old to be read as it is.

    Returns
    -------
    Path
        The file to use: the same one, or the one in the user's folder where the folder of the
        images cannot be written. A file that can be read is only looked at.

    Raises
    ------
    StorageError
        When the file is of something else or of a newer version, is damaged, or cannot be written.
    """
    file = location.present()
    with told(file), closing(connect_to_read(file)) as connection:
        version = schema.version_of(connection)
    if version == 0 or version >= schema.OLDEST_READ:
        return file
    back_up_older(location)
    with _told_why(file):
        connection, file = open_to_write(location)
    with told(file), closing(connection):
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    return file


def back_up_older(location: Location) -> None:
    """Make sure that a project file of an earlier version may be migrated, and back it up.

    Raises
    ------
    StorageError
        When another window has it open, or there can be no backup.
    """
    file = location.present()
    if not file.is_file():
        return
    with told(file), closing(connect_to_read(file)) as connection:
        if schema.version_of(connection) in (0, schema.VERSION):
            return
        there = holder.read(connection)
    if there is not None and there.is_alive():
        raise holder.HeldError(there.sentence())
    with _told_why(file):
        if backups.make(file, location.backups) is None:
            raise StorageError("There is no room for a backup.")


@contextmanager
def _told_why(file: Path) -> Iterator[None]:
    try:
        yield
    except DamagedError:
        raise
    except StorageError as error:
        raise StorageError(
            f"{file.name} in {file.parent} was written by an earlier version of this program and "
            f"has to be brought to the present form, which was not possible: {error} Nothing was "
            "changed."
        ) from error
