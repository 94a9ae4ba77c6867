"""Zip files that somebody else made: nothing leads outside, and nothing swells endlessly."""

import shutil
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from segstudio.core.errors import ImageError, StorageError
from segstudio.formats.inside import safe_parts

LARGEST_MEMBER_BYTES = 2_000_000_000
MOST_MEMBERS = 2_000_000

_HARMLESS_BYTES = 64_000_000
_MOST_SWELLING = 200
"""Times; text shrinks 50-fold at most in datasets in use, and pictures hardly at all."""

BROKEN = (
    *(OSError, EOFError, ValueError, LookupError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, struct.error, MemoryError, OverflowError),
)
"""What the library raises for files that are no zip, damaged, or locked with a password."""


class Archive:
    """A zip file, opened for reading; several threads may read from it.

    Raises
    ------
    ImageError
        When it is no zip file, or has a member that leads out of it or that is a link.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise ImageError(f"{path.name} could not be opened as a zip file: {error}.") from error
        infos = self._zip.infolist()
        if len(infos) > MOST_MEMBERS:
            raise ImageError(f"{path.name} has {len(infos):,} files; {MOST_MEMBERS:,} are read.")
        self._members = {
            "/".join(safe_parts(info.filename, path.name)): info
            for info in infos
            if not info.is_dir()
        }
        for name, info in self._members.items():
            if stat.S_ISLNK(info.external_attr >> 16):
                raise ImageError(f"“{name}” in {path.name} is a link; links are not followed.")

    @property
    def names(self) -> tuple[str, ...]:
        """The files in it, with forward slashes, in the order of their names."""
        return tuple(sorted(self._members))

    def read(self, name: str, limit: int = LARGEST_MEMBER_BYTES) -> bytes:
        """Return the content of one file.

        Raises
        ------
        ImageError
            When it is missing, damaged, larger than `limit` bytes, or packed so tight that it is a
            trap.
        """
        info = self._members.get(name)
        if info is None:
            raise ImageError(f"There is no “{name}” in {self.path.name}.")
        self._check(name, info, limit)
        try:
            return self._zip.read(info)
        except BROKEN as error:
            raise ImageError(
                f"“{name}” in {self.path.name} could not be unpacked: {error}."
            ) from error

    def unpack(self, folder: Path) -> None:
        """Write all files into a folder.

        Raises
        ------
        ImageError
            When one of them cannot be read.
        StorageError
            When there is no room for them, or they cannot be written.
        """
        try:
            free = shutil.disk_usage(folder).free
            needed = sum(info.file_size for info in self._members.values())
            if needed > free:
                raise StorageError(
                    f"{self.path.name} needs {needed:,} bytes once unpacked, and {free:,} are "
                    "free. Free some space, or unpack it on another disk."
                )
            for name in self.names:
                data = self.read(name)
                place = folder.joinpath(*name.split("/"))
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
        except OSError as error:
            raise StorageError(
                f"{self.path.name} could not be unpacked into {folder}: {error.strerror or error}."
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def _check(self, name: str, info: zipfile.ZipInfo, limit: int) -> None:
        if info.file_size > limit:
            raise ImageError(
                f"“{name}” in {self.path.name} has {info.file_size:,} bytes; at most {limit:,} are "
                "read."
            )
        is_swelling = info.file_size > max(1, info.compress_size) * _MOST_SWELLING
        if info.file_size > _HARMLESS_BYTES and is_swelling:
            raise ImageError(
                f"“{name}” in {self.path.name} would swell from {info.compress_size:,} to "
                f"{info.file_size:,} bytes. No dataset does that; it is not unpacked."
            )


def is_zip(path: Path) -> bool:
    """Tell whether a path is a file that is called a zip file."""
    return path.suffix.casefold() == ".zip" and path.is_file()


def names_in(path: Path) -> tuple[str, ...]:
    """Return the names of the files in a zip file; none where it cannot be read."""
    try:
        archive = Archive(path)
    except ImageError:
        return ()
    archive.close()
    return archive.names
