"""Who has a project open: the first window writes, every other one only looks."""

import getpass
import os
import secrets
import socket
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.errors import StorageError

SILENT_S = 180.0
"""A holder on another computer whose beat was seen to stay the same for so long is gone."""

BEAT_S = 60.0

_last_seen: dict[str, tuple[float, float]] = {}
"""Beat of each holder on another computer, and when this process saw it first by its own clock.

The clocks of two computers differ, so that only whether a beat changes tells anything. Kept for
the whole process: who opens the project again need not wait again.
"""

CHANGED = (
    "Another window changed this project meanwhile. Open it again to go on; "
    "what you see here stays until then and can be saved as a copy."
)


class HeldError(StorageError):
    """Another window has the project, or had it and changed it."""


@dataclass(frozen=True)
class Holder:
    """One window that has a project open."""

    token: str
    person: str
    host: str
    pid: int
    pid_started: float
    since: float
    beat: float

    def is_alive(self) -> bool:
        """Whether that window is still there, as far as can be told."""
        if self.is_elsewhere:
            return self.silent_s() < SILENT_S
        return is_running(self.pid) and process_start(self.pid) == self.pid_started

    @property
    def is_elsewhere(self) -> bool:
        """Whether the window is on another computer."""
        return self.host != socket.gethostname()

    def silent_s(self) -> float:
        """Return for how long this process has seen the same beat; 0 at the first sight."""
        beat, when = _last_seen.get(self.token, (self.beat, time.monotonic()))
        if beat != self.beat:
            when = time.monotonic()
        _last_seen[self.token] = (self.beat, when)
        return time.monotonic() - when

    def sentence(self) -> str:
        """Say who has the project open."""
        since = time.strftime("%H:%M", time.localtime(self.since))
        here = f" on {self.host}" if self.is_elsewhere else ""
        until = f" until {self.host} has been silent for {SILENT_S / 60:.0f} minutes"
        return (
            f"{self.person}{here} has had this project open in another window since {since}. "
            f"Here you can only look at it{until if self.is_elsewhere else ''}."
        )


def this_window() -> Holder:
    """Return a holder for this process, with a token of its own."""
    pid, now = os.getpid(), time.time()
    return Holder(
        secrets.token_hex(8), _person(), socket.gethostname(), pid, process_start(pid), now, now
    )


def read(connection: sqlite3.Connection) -> Holder | None:
    """Return who has the project open, alive or not."""
    row = connection.execute(
        "SELECT token, person, host, pid, pid_started, since, beat FROM holder"
    ).fetchone()
    return Holder(*row) if row is not None else None


def take(
    connection: sqlite3.Connection, me: Holder, *, last: Holder | None, is_change: bool
) -> bool:
    """Hold the project; to be called inside of a transaction, before each change.

    Parameters
    ----------
    last : Holder or None
        Who had it when its content was read.
    is_change : bool
        Something is stored, which the beat tells those who watch.

    Returns
    -------
    bool
        Whether it was held already; otherwise others may have written it meanwhile.

    Raises
    ------
    HeldError
        When another window has it, or had it and stored something since its content was read.
    """
    there = read(connection)
    if there is not None and there.token == me.token:
        if is_change or abs(time.time() - there.beat) > BEAT_S:
            connection.execute("UPDATE holder SET beat = ?", (time.time(),))
        return True
    if there is not None and there.is_alive():
        raise HeldError(there.sentence())
    is_my_process = last is not None and (last.pid, last.host) == (me.pid, me.host)
    if there != last and not (there is None and is_my_process):
        raise HeldError(CHANGED)
    connection.execute(
        "INSERT OR REPLACE INTO holder VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        (me.token, me.person, me.host, me.pid, me.pid_started, me.since, time.time()),
    )
    return False


def release(connection: sqlite3.Connection, me: Holder) -> None:
    """Let the project go."""
    connection.execute("DELETE FROM holder WHERE token = ?", (me.token,))


def is_running(pid: int) -> bool:
    """Tell whether there is a process of this number."""
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def process_start(pid: int) -> float:
    """Return when a process began, in the system's own count; 0 where it does not tell.

    Numbers of processes are used again; together with this they are not.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return float(fields[19])
    except (OSError, ValueError, IndexError):
        return 0.0


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "Someone"
