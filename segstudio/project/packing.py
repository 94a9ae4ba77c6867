"""A project with its images and models in one zip file, to be sent to somebody."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from segstudio.core import atomic
from segstudio.core.errors import StorageError
from segstudio.project.location import FILE_NAME
from segstudio.project.project import Project
from segstudio.project.saving_copies import save_copy

MODELS = "models"
CHUNK_BYTES = 2**20

Report = Callable[[int, int], None]
"""Hears bytes done and bytes in all; what it raises stops the work."""


@dataclass(frozen=True)
class Packed:
    """What is in a zip file.

    Attributes
    ----------
    missing : tuple of str
        Images that are not where they were, and are therefore not in it.
    """

    file: Path
    images: int
    missing: tuple[str, ...]


def pack_to_send(
    project: Project, target: Path, names: Sequence[str], *, models: Sequence[Path], report: Report
) -> Packed:
    """Write project, images and models to one zip file, whole or not at all.

    Unpacked, it is a folder that opens like the one it came from.

    Parameters
    ----------
    names : sequence of str
        Of the images, below the root of the project.
    models : sequence of Path
        Files, such as networks that were taught here.

    Raises
    ------
    StorageError
        When the target cannot be written, or a file cannot be read.
    """
    found = [name for name in names if (project.root / name).is_file()]
    with atomic.replacing(target) as temporary:
        inside = temporary.with_suffix(".project")
        try:
            save_copy(project, inside, going_on=lambda: report(0, 1))
            rows = [(inside, FILE_NAME)]
            rows += [(project.root / name, name) for name in found]
            rows += [(path, f"{MODELS}/{path.name}") for path in models]
            _write(temporary, rows, top=project.root.name or "project", report=report)
        finally:
            inside.unlink(missing_ok=True)
    return Packed(target, len(found), tuple(name for name in names if name not in set(found)))


def _write(target: Path, rows: Sequence[tuple[Path, str]], *, top: str, report: Report) -> None:
    total = sum(path.stat().st_size for path, _ in rows)
    done = 0
    with zipfile.ZipFile(target, "w") as archive:
        for path, name in rows:
            entry = zipfile.ZipInfo.from_file(path, f"{top}/{name}", strict_timestamps=False)
            # Pictures and networks are as small as they get.
            is_project = name == FILE_NAME
            entry.compress_type = zipfile.ZIP_DEFLATED if is_project else zipfile.ZIP_STORED
            try:
                with path.open("rb") as source, archive.open(entry, "w") as sink:
                    while chunk := source.read(CHUNK_BYTES):
                        sink.write(chunk)
                        done += len(chunk)
                        report(done, total)
            except OSError as error:
                raise StorageError(
                    f"{name} could not be packed into {target.parent}: {error.strerror or error}. "
                    "Nothing was written."
                ) from error
