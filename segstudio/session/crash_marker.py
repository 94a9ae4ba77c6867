"""A sign in the user's folder that the program runs, which only a clean end takes away."""

import contextlib
import json
import logging
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLockFile

from segstudio.core import atomic
from segstudio.core.errors import StorageError

log = logging.getLogger(__name__)


class CrashMarker:
    """One lock file for each running program, with what it has open beside it.

    The lock carries the number of its process, so that a window that still runs is told from one
    that ended without saying so.
    """

    def __init__(self, folder: Path) -> None:
        """Set up in a folder without writing anything."""
        self._folder = folder
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._notes = folder / f"{name}.json"
        self._lock = QLockFile(str(folder / f"{name}.lock"))
        self._lock.setStaleLockTime(0)
        self._reopens = False

    def take_left(self) -> list[Path]:
        """Return what a program that did not end well had open, and forget that it did not.

        Empty when all ended well, and when that program had itself gone on after another such
        end: what ends the program on being opened is not to do so at every start.
        """
        left: list[tuple[float, list[str], bool]] = []
        for file in sorted(self._folder.glob("*.lock")):
            notes = file.with_suffix(".json")
            if file != self._own_file and _has_ended(file):
                left.append(_read(notes))
                notes.unlink(missing_ok=True)
        _, opened, had_reopened = max(left, default=(0.0, [], False))
        paths = [path for path in map(Path, opened) if path.exists()]
        if not paths or had_reopened:
            return []
        self._reopens = True
        return paths

    def begin(self) -> None:
        """Put up the sign."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.warning("running: %s", error)
            return
        if not self._lock.tryLock(0):
            log.warning("running: no lock in %s", self._folder)

    def note(self, opened: Sequence[Path]) -> None:
        """Note what is open now."""
        content = {"opened": [str(path) for path in opened], "reopened": self._reopens}
        self._reopens = False
        try:
            atomic.write_text(self._notes, json.dumps(content) + "\n")
        except StorageError as error:
            log.warning("running: %s", error)

    def end(self) -> None:
        """Take the sign away: the program ends as it should."""
        with contextlib.suppress(OSError):
            self._notes.unlink(missing_ok=True)
        self._lock.unlock()

    @property
    def _own_file(self) -> Path:
        return self._notes.with_suffix(".lock")


def _has_ended(file: Path) -> bool:
    """Tell whether the process of a lock has ended, and take away the lock if so."""
    lock = QLockFile(str(file))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        # A restarted container gives out the same numbers again: a lock with the number of this
        # process, which has put up none yet, is one of those.
        is_our_number = file.stem.partition("-")[0] == str(os.getpid())
        return is_our_number and lock.removeStaleLockFile()
    lock.unlock()
    return True


def _read(notes: Path) -> tuple[float, list[str], bool]:
    """Return when the notes were written, what was open, and whether that was a going on."""
    try:
        content = json.loads(notes.read_text(encoding="utf-8"))
        opened = [name for name in content["opened"] if isinstance(name, str)]
        return notes.stat().st_mtime, opened, bool(content["reopened"])
    except FileNotFoundError:
        return 0.0, [], False  # nothing was open
    except (OSError, ValueError, LookupError, TypeError) as error:
        log.warning("running: %s", error)
        return 0.0, [], False
