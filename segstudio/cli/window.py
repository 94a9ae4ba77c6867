"""Opening the window from the command line."""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from segstudio.core.errors import SegstudioError


def has_display() -> bool:
    """Tell whether there is a screen to show a window on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_paths(paths: Sequence[Path]) -> int:
    """Open the window on images and folders and return its exit code.

    Raises
    ------
    SegstudioError
        When there is no screen, a path does not exist, or Qt cannot be loaded.
    """
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise SegstudioError(f"{missing[0]} is not there. Check the path.")
    if not has_display() and "QT_QPA_PLATFORM" not in os.environ:
        raise SegstudioError(
            "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set). "
            "Use segstudio segment, or segstudio demo --headless."
        )
    # Nothing that is made until the window is painted can be garbage: looking for it takes a tenth
    # of that time. `application.run` turns the collector on again.
    gc.disable()
    try:
        from segstudio import application

        return application.run(paths)
    except ImportError as error:
        raise SegstudioError(
            f"The window cannot be opened: {error}. Run segstudio doctor for the cure."
        ) from error
