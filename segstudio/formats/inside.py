"""Paths that a dataset names: they may not lead out of its folder."""

from pathlib import Path, PureWindowsPath

from segstudio.core.errors import ImageError


def inside(folder: Path, name: str, source: str) -> Path:
    """Return the path of a file that a dataset names, which lies below its folder.

    Backslashes count as slashes: many datasets were written on Windows.

    Parameters
    ----------
    source : str
        Which file names it, for the sentence.

    Raises
    ------
    ImageError
        When the name is absolute, has ``..`` in it, or a link leads elsewhere.
    """
    parts = PureWindowsPath(name).parts
    is_relative = not PureWindowsPath(name).drive and not PureWindowsPath(name).root
    if not parts or not is_relative or ".." in parts or "\0" in name:
        raise ImageError(
            f"{source} names “{name}”, which does not lie in the folder of the dataset. Correct "
            "the name: files elsewhere are not read."
        )
    path = folder.joinpath(*parts)
    try:
        is_below = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:
        raise ImageError(f"{source} names “{name}”, which cannot be followed: {error}.") from error
    if not is_below:
        raise ImageError(
            f"{source} names “{name}”, a link that leads out of the folder of the dataset."
        )
    return path
