"""What tells one image file from another: size, time of the last change, digest of the content."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

CHUNK_BYTES = 2**20


class FileStamp(NamedTuple):
    """What a listing of a folder tells of a file, without reading it.

    Attributes
    ----------
    size : int
        In bytes.
    modified_ns : int
        Nanoseconds since 1970 of the last change.
    """

    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it was when its image was labelled.

    Attributes
    ----------
    size : int
        In bytes.
    modified_ns : int
        Nanoseconds since 1970 of the last change.
    digest : str
        SHA-256 of the content, in hexadecimal; empty where it is not known, and equal to no other.
    """

    size: int
    modified_ns: int
    digest: str

    @property
    def stamp(self) -> FileStamp:
        """The part that a listing tells."""
        return FileStamp(self.size, self.modified_ns)


def facts_of(path: Path) -> FileFacts:
    """Read a file to its end and return its facts.

    Size and time are those from before the reading: a file that is written meanwhile differs from
    its facts at the next look, and is read again.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        content = hashlib.sha256()
        while chunk := file.read(CHUNK_BYTES):
            content.update(chunk)
    return FileFacts(before.st_size, before.st_mtime_ns, content.hexdigest())
