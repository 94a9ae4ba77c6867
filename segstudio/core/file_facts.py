"""What tells a file from another one, and from itself as it was before."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file at a moment.

    Attributes
    ----------
    size : int
        Bytes.
    modified_ns : int
        Nanoseconds since 1970.
    digest : str
        SHA-256 of the content, in hex.
    """

    size: int
    modified_ns: int
    digest: str


def facts_of(path: Path) -> FileFacts:
    """Read a file and return what it is.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    found = path.stat()
    return FileFacts(found.st_size, found.st_mtime_ns, digest.hexdigest())
