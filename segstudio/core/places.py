"""The folders of the person at the screen."""

import os
import sys
from pathlib import Path


def user_folder() -> Path:
    """Return the folder for settings, logs and labels of read-only places; it may not exist yet.

    The variable ``SEGSTUDIO_HOME`` overrides the platform's own place.
    """
    chosen = os.environ.get("SEGSTUDIO_HOME")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming")) / "segstudio"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "segstudio"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "segstudio"
