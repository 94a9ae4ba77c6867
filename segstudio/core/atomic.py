"""Files that are either whole or not there."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from segstudio.core.errors import StorageError


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` and move it into place when the block succeeds.

    A failure inside the block leaves the old file as it was and no temporary file behind.

    Raises
    ------
    StorageError
        When the folder cannot be written, the disk is full, or the move is refused.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A short name of its own: the target's name may already be as long as the system allows.
        fresh = path.with_name(f".segstudio-{secrets.token_hex(8)}.tmp")
        # Opened like any new file, so that it gets the permissions that the umask gives.
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        temporary = fresh
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StorageError(
            f"{path.name} could not be written in {path.parent}: {error.strerror or error}. "
            "Free some space or choose another folder; the old file, if any, is unchanged."
        ) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader sees either the old file or the whole new one."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 to `path`, whole or not at all."""
    # File names that are not UTF-8 carry lone surrogates; the escape is what JSON writes for them.
    write_bytes(path, text.encode("utf-8", "backslashreplace"))
