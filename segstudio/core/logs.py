"""The logs of the program: one file for each process, so that neither moves the other's away."""

import logging
import logging.handlers
from pathlib import Path

from segstudio.core import places

WINDOW, ENGINE = "window", "engine"
MOST_BYTES = 2**20


def path_of(name: str) -> Path:
    """Return the log file of the window's process or of the engine."""
    return places.user_folder() / f"{name}.log"


def log_to_file(name: str) -> None:
    """Send this process's log to its file as well; to stderr where none can be written.

    Not by `logging.basicConfig`, which does nothing once the command line has told stderr.
    """
    root = logging.getLogger()
    path = path_of(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8"
        )
    except OSError:
        if root.handlers:
            return
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def end_of(name: str, most_bytes: int) -> str:
    """Return the end of a log as text; empty when there is none."""
    try:
        return path_of(name).read_bytes()[-most_bytes:].decode("utf-8", "replace")
    except OSError:
        return ""
