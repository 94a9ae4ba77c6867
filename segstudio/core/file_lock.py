"""A lock on a file that the system takes back when its process ends."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

_POLL_S = 0.1


@contextlib.contextmanager
def locked(path: Path, *, wait_s: float, should_stop: Callable[[], bool]) -> Iterator[bool]:
    """Hold a lock on a file, which is made for it, while the block runs.

    Gives whether it was got within `wait_s` seconds; another process, or another thread of this
    one, has it otherwise.

    Raises
    ------
    OSError
        When the file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait_s
    with path.open("a+b") as stream:
        got = _take(stream)
        while not got and not should_stop() and time.monotonic() < until:
            time.sleep(_POLL_S)
            got = _take(stream)
        try:
            yield got
        finally:
            if got:
                _give_back(stream)


if sys.platform == "win32":
    import msvcrt

    def _take(stream: IO[bytes]) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _give_back(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(stream: IO[bytes]) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _give_back(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
