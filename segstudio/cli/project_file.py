"""Finding and opening the project that a command names."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli import options
from segstudio.core import places
from segstudio.core.errors import StorageError

if TYPE_CHECKING:
    from segstudio.project.project import Project


def add_path(parser: argparse.ArgumentParser) -> None:
    """Add the project file and ``--json``."""
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="a project file, or the folder that it is in"
    )
    options.add_json(parser, "one JSON object")


def file_of(path: Path) -> Path:
    """Return the project file that a person means.

    Raises
    ------
    StorageError
        When there is none.
    """
    from segstudio.project.location import Location

    file = Location.of(path, places.user_folder()).present() if path.is_dir() else path
    if not file.is_file():
        raise StorageError(f"{path} is no project and has none. Check the path.")
    return file


@contextmanager
def opened(path: Path) -> Iterator["Project"]:
    """Open the project of a folder and let it go at the end."""
    from segstudio.project.images_root import root_of
    from segstudio.project.project import Project

    file = file_of(path)
    if path.is_dir():
        project = Project(path, places.user_folder())
    else:
        project = Project(root_of(file), places.user_folder(), file)
    try:
        yield project
    finally:
        project.end()
