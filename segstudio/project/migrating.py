"""Bringing a project file of an earlier version of the program to the present form."""

from contextlib import closing
from pathlib import Path

from segstudio.core.errors import DamagedError, StorageError
from segstudio.project import backups, holder, schema
from segstudio.project.connection import connect_to_read, told
from segstudio.project.location import Location, open_to_write


def to_present_form(location: Location) -> Path:
    """Migrate the project file of a folder, after a backup and in one transaction.

    Returns
    -------
    Path
        The file to use: the same one, or the one in the user's folder where the folder of the
        images cannot be written. A file of the present version is only looked at.

    Raises
    ------
    StorageError
        When the file is of something else or of a newer version, is damaged, or cannot be written.
    """
    file = location.present()
    with told(file), closing(connect_to_read(file)) as connection:
        version = schema.version_of(connection)
        if version in (0, schema.VERSION):
            return file
        there = holder.read(connection)
    if there is not None and there.is_alive():
        raise StorageError(there.sentence())
    try:
        if backups.make(file, location.backups) is None:
            raise StorageError("There is no room for a backup.")
        connection, file = open_to_write(location)
    except DamagedError:
        raise
    except StorageError as error:
        raise StorageError(
            f"{file.name} in {file.parent} was written by an earlier version of this program and "
            f"has to be brought to the present form, which was not possible: {error} Nothing was "
            "changed."
        ) from error
    with told(file), closing(connection):
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    return file
