"""Paths that a dataset names: they may not lead out of its folder."""

from pathlib import Path, PureWindowsPath

from segstudio.core.errors import ImageError


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
            f"{source} names “{name}”, which does not lie in the folder of the dataset. Correct "
            "the name: files elsewhere are not read."
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
    except (OSError, RuntimeError, ValueError) as error:
        raise ImageError(f"{source} names “{name}”, which cannot be followed: {error}.") from error
    if not is_below:
        raise ImageError(
            f"{source} names “{name}”, a link that leads out of the folder of the dataset."
        )
    return path
