"""Folders that appear as a whole, and take the place of an earlier export of the same kind."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from segstudio.core.errors import SegstudioError, StorageError

REPORT_NAME = "export_report.json"
"""Lists the files of an export: what else lies in its folder is somebody's."""

_ALWAYS_OWN = frozenset({REPORT_NAME, "classes.json"})
_LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@contextlib.contextmanager
def prepared(folder: Path) -> Iterator[Path]:
    """Give a working folder beside the target and swap it in when the block succeeds.

    Parameters
    ----------
    folder : Path
        New, empty, or an earlier export, which is then replaced.

    Raises
    ------
    SegstudioError
        When the folder holds something else.
    StorageError
        When it cannot be written. An earlier export is then unchanged.
    """
    _check(folder)
    folder = folder.resolve()  # where a link leads, so that the link stays
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".segstudio-export-", dir=folder.parent))
    except OSError as error:
        raise StorageError(
            f"Nothing can be written in {folder.parent}: {error.strerror or error}. "
            "Choose another folder."
        ) from error
    try:
        work.chmod(0o755)
        yield work
        _swap_in(work, folder)
    except OSError as error:
        raise StorageError(
            f"The export could not be put in place at {folder}: {error.strerror or error}."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def files_below(folder: Path) -> list[str]:
    """Return the files below a folder as they stand in a report."""
    return sorted(
        printable(path.relative_to(folder).as_posix())
        for path in folder.rglob("*")
        if not path.is_dir()
    )


def printable(name: str) -> str:
    """Return a name as it stands in a report, where bytes that are no UTF-8 are escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _check(folder: Path) -> None:
    """Refuse a folder in which a replacement would remove what no export wrote."""
    try:
        if not any(folder.iterdir()):
            return
        listed = _listed(folder)
        added = next((n for n in _names_below(folder) if n not in listed), None)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be used: {error.strerror or error}. Choose another."
        ) from error
    if added is not None:
        raise SegstudioError(
            f"The folder {folder} holds other files, such as {added}. Choose a new or empty "
            "folder, or one that holds an earlier export and nothing else."
        )


def _names_below(folder: Path) -> list[str]:
    names = files_below(folder)
    return [name for name in names if name.rsplit("/", 1)[-1] not in _LEFT_BY_SYSTEMS]


def _listed(folder: Path) -> set[str]:
    try:
        content = json.loads((folder / REPORT_NAME).read_text("utf-8"))
        return {*map(str, content["files"]), *_ALWAYS_OWN}
    except (OSError, ValueError, TypeError, KeyError):
        return set()


def _swap_in(work: Path, folder: Path) -> None:
    """Put the new export in the place of the old one, which comes back if that is refused."""
    if not folder.exists():
        work.rename(folder)
        return
    old = work.with_name(work.name + "-old")
    folder.rename(old)
    try:
        work.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
