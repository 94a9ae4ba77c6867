"""Paths that a dataset names: they may not lead out of its folder."""

import contextlib
from pathlib import Path, PureWindowsPath

from segstudio.core.errors import ImageError

_SHOWN = 80
"""Characters of a name in a sentence."""


def safe_parts(name: str, source: str) -> tuple[str, ...]:
    """Return the folders and the file of a relative name that leads nowhere else.

    Backslashes count as slashes: many datasets were written on Windows.

    Parameters
    ----------
    source : str
        Which file names it, for the sentence.

    Raises
    ------
    ImageError
        When the name is absolute or has ``..`` in it.
    """
    path = PureWindowsPath(name)
    if not path.parts or path.drive or path.root or ".." in path.parts or "\0" in name:
        raise ImageError(
            f"{source} names “{_shown(name)}”, which does not lie in the folder of the dataset. "
            "Correct the name: files elsewhere are not read."
        )
    return path.parts


def inside(folder: Path, name: str, source: str) -> Path:
    """Return the path of a file that a dataset names, which lies below its folder.

    Parameters
    ----------
    source : str
        Which file names it, for the sentence.

    Raises
    ------
    ImageError
        When the name is absolute, has ``..`` in it, or a link leads elsewhere.
    """
    path = folder.joinpath(*safe_parts(name, source))
    try:
        is_below = path.resolve().is_relative_to(folder.resolve())
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.lstat()  # which tells of a name that no file can have; resolve does not
    except (OSError, RuntimeError, ValueError) as error:
        raise ImageError(
            f"{source} names “{_shown(name)}”, which cannot be followed: {_reason(error)}."
        ) from error
    if not is_below:
        raise ImageError(
            f"{source} names “{_shown(name)}”, a link that leads out of the folder of the dataset."
        )
    return path


def _shown(name: str) -> str:
    # JSON can hold halves of characters, which no terminal takes.
    return name[:_SHOWN].encode("utf-8", "backslashreplace").decode()


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
