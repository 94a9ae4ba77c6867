"""Files of models that were taught in projects, as this computer keeps them for the engine.

They are copies of what the project files hold, so that losing one loses nothing. A name belongs to
one model for good: what is there under a name is right for every project and every window.
"""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Collection
from pathlib import Path

from segstudio.core import atomic, places
from segstudio.core.errors import StorageError

SUFFIX = ".safetensors"

UNUSED_S = 90 * 24 * 3600.0
"""A copy that no window has asked for so long is removed; a project that needs it brings it."""

_LESSON = ".lesson-"
_FORGOTTEN_S = 24 * 3600.0
"""No lesson takes so long: a folder of that age was left behind by a process that was ended."""


def folder() -> Path:
    """Return the folder of the copies; it may not exist yet."""
    return places.user_folder() / "taught"


def path_of(name: str) -> Path:
    """Return where the file of a model is, or would be."""
    return folder() / f"{name}{SUFFIX}"


def find(name: str) -> Path | None:
    """Return the file of a model by its name; None where it is not here."""
    path = path_of(name)
    return path if path.name == f"{name}{SUFFIX}" and name and path.is_file() else None


def keep(name: str, content: bytes) -> Path:
    """Have the file of a model here, with just this content.

    Raises
    ------
    StorageError
        When the folder cannot be written or the disk is full.
    """
    path = path_of(name)
    try:
        if path.read_bytes() == content:
            os.utime(path)  # it is in use
            return path
    except OSError:
        pass  # it is not there, or cannot be read and is written anew
    atomic.write_bytes(path, content)
    return path


def prune(used: Collection[str]) -> None:
    """Remove copies that nobody has asked for in a long time, but none of these names."""
    now = time.time()
    with contextlib.suppress(OSError):
        for path in folder().glob(f"*{SUFFIX}"):
            if path.stem not in used and path.stat().st_mtime < now - UNUSED_S:
                path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        for path in folder().glob(f"{_LESSON}*"):
            if path.stat().st_mtime < now - _FORGOTTEN_S:
                shutil.rmtree(path, ignore_errors=True)


def new_lesson(name: str) -> Path:
    """Return where a model that is being taught is to be written: in a new folder of its own.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    """
    made = folder() / f"{_LESSON}{secrets.token_hex(8)}"
    try:
        made.mkdir(parents=True)
    except OSError as error:
        raise StorageError(
            f"The folder of taught models {folder()} cannot be written: {error.strerror or error}."
        ) from error
    return made / f"{name}{SUFFIX}"


def end_lesson(out: Path) -> None:
    """Remove what `new_lesson` made, with all that was written there."""
    shutil.rmtree(out.parent, ignore_errors=True)
