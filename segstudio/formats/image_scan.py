"""Which image files lie below a folder, with size and time, however many there are."""

import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from segstudio.core.errors import ImageError
from segstudio.core.file_facts import FileStamp

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".gif"}
)

_SUFFIXES = tuple(SUFFIXES)
NOT_LOOKED_AT = FileStamp(-1, -1)

_ALL_DIGITS_ALIKE = str.maketrans("123456789", "0" * 9)
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Scan:
    """What lies below a folder.

    Attributes
    ----------
    files : mapping of str to FileStamp
        By name below the folder, with forward slashes, in the order in which images are shown:
        those of a folder before those of its subfolders, ``img2`` before ``img10``.
    folders : tuple of str
        Every folder that was listed, by name; the first is the folder itself, an empty name.
    unreadable : tuple of str
        Folders that could not be listed and files that could not be looked at.
    """

    files: Mapping[str, FileStamp] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def scan_images(
    folder: Path,
    *,
    skip: frozenset[str] = frozenset(),
    check: Callable[[], None] | None = None,
    with_stamps: bool = True,
) -> Scan:
    """List the image files below a folder with size and time.

    Hidden folders and those named in `skip` are left out. Links to folders are followed, but no
    folder is listed twice, so that a circle of links comes to an end. No file is opened.

    Parameters
    ----------
    check : callable, optional
        Called once a folder; it may raise to end the scan.
    with_stamps : bool
        Without, sizes and times are `NOT_LOOKED_AT`, which takes half as long.

    Raises
    ------
    ImageError
        When the folder itself cannot be listed.
    """
    files: dict[str, FileStamp] = {}
    folders: list[str] = []
    unreadable: list[str] = []
    top = os.fspath(folder)
    seen = {_identity(top)}
    waiting = [""]
    while waiting:
        if check is not None:
            check()
        prefix = waiting.pop()
        try:
            with os.scandir(os.path.join(top, prefix)) as entries:  # noqa: PTH118 - Paths take long
                listed = list(entries)
        except OSError as error:
            if not prefix:
                raise ImageError(
                    f"The folder {folder} cannot be opened: {error.strerror or error}."
                ) from error
            unreadable.append(prefix.rstrip("/"))
            continue
        folders.append(prefix.rstrip("/"))
        inner = _take_files(listed, prefix, files, unreadable, with_stamps=with_stamps)
        # The last is taken first.
        for entry in sorted(inner, key=lambda entry: natural(entry.name), reverse=True):
            if _is_wanted(entry, skip, seen):
                waiting.append(f"{prefix}{entry.name}/")
    return Scan(files, tuple(folders), tuple(unreadable))


def _take_files(
    listed: list["os.DirEntry[str]"],
    prefix: str,
    files: dict[str, FileStamp],
    unreadable: list[str],
    *,
    with_stamps: bool,
) -> list["os.DirEntry[str]"]:
    """Add the images of a folder to `files` in order, and return the folders in it."""
    folders, images = [], []
    for entry in listed:
        if _is_folder(entry):
            folders.append(entry)
        elif entry.name.lower().endswith(_SUFFIXES) and not entry.name.startswith("."):
            images.append(entry)
    for entry in _sorted(images):
        try:
            if not with_stamps and not entry.is_symlink():
                if entry.is_file():  # the listing tells, without a look at the file
                    files[prefix + entry.name] = NOT_LOOKED_AT
                continue
            found = entry.stat()
        except FileNotFoundError:
            continue  # gone since the listing, or a link to nothing
        except OSError:
            unreadable.append(prefix + entry.name)
            continue
        if stat.S_ISREG(found.st_mode):
            files[prefix + entry.name] = FileStamp(found.st_size, found.st_mtime_ns)
    return folders


def _sorted(entries: list["os.DirEntry[str]"]) -> list["os.DirEntry[str]"]:
    """Return entries in natural order."""
    # Names that differ in digits only, as a camera gives them, are in that order as they are.
    if len({entry.name.translate(_ALL_DIGITS_ALIKE) for entry in entries}) <= 1:
        return sorted(entries, key=lambda entry: entry.name)
    return sorted(entries, key=lambda entry: natural(entry.name))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_wanted(entry: "os.DirEntry[str]", skip: frozenset[str], seen: set[tuple[int, int]]) -> bool:
    if entry.name.startswith(".") or entry.name in skip:
        return False
    identity = _identity(entry.path)
    if identity in seen:
        return False
    seen.add(identity)
    return True


def _identity(folder: str) -> tuple[int, int]:
    """Return what a folder has only once, whatever link leads to it."""
    try:
        found = os.stat(folder)  # noqa: PTH116 - a Path for each folder takes long
    except OSError:
        return (-1, hash(folder))
    return (found.st_dev, found.st_ino)


def natural(name: str) -> tuple[list[str | int], str]:
    """Return a sort key that puts ``img2`` before ``img10``; equal only for equal names."""
    parts: list[str | int] = list(_NUMBER.split(name.casefold()))
    parts[1::2] = [int(number) for number in parts[1::2]]
    return parts, name


def order(name: str) -> tuple[tuple[int, list[str | int], str], ...]:
    """Return a sort key of a name below the root that agrees with the order of a scan."""
    *folders, file = name.split("/")
    return (*((1, *natural(folder)) for folder in folders), (0, *natural(file)))
