"""What there is at the paths that a person opens."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import ImageRecord
from segstudio.formats import images
from segstudio.project import old_folder
from segstudio.project.location import FILE_NAME, Location
from segstudio.project.old_folder import TakenOver
from segstudio.project.project import Project
from segstudio.project.store import Matches
from segstudio.session.image_list import ImageList

REMOVED = "removed"
"""Setting of a project: names of images that a person removed from it."""


@dataclass(frozen=True)
class Opened:
    """What was found at the paths that a person opened.

    Attributes
    ----------
    left_out : tuple of Path
        Folders that have a project of their own, whose images are therefore not among these.
    taken_over : TakenOver or None
        What came over from the way in which the first versions kept labels.
    """

    root: Path
    images: ImageList
    project: Project
    classes: ClassTable
    matches: Matches
    left_out: tuple[Path, ...] = ()
    taken_over: TakenOver | None = None


def look(paths: Sequence[Path], fallback: Path) -> Opened:
    """List the images of files, folders and projects, and what is stored of them.

    Nothing is written, but for labels of the first versions, which are taken over.

    Raises
    ------
    SegstudioError
        When a path is missing, holds no picture, or what is stored of it is damaged.
    """
    wanted = [_folder_of_project(Path(os.path.abspath(p))) for p in paths]  # noqa: PTH100 - links stay links
    found: list[Path] = []
    for path in wanted:
        if path.is_dir():
            found.extend(images.walk_images(path, skip=frozenset({old_folder.FOLDER_NAME})))
        elif path.exists():
            found.append(path)
        else:
            raise ImageError(f"{path} is not there. Check the path.")
    found = list(dict.fromkeys(found))
    common = _common_folder(wanted, found)
    if not found and not Location.of(common, fallback).is_used:
        place = ", ".join(str(p) for p in paths)
        raise ImageError(
            f"No images were found in {place}. JPEG, PNG, TIFF, WebP and BMP files can be opened."
        )
    root = _root_with_labels(common, found, fallback)
    root, found, left_out = _without_others(root, found, fallback)
    project = Project(root, fallback)
    taken_over = None
    if not project.exists and old_folder.is_there(root):
        taken_over = old_folder.take_over(root, project)
    whole = wanted == [root]
    return Opened(
        root,
        _listed(root, found, project, whole=whole),
        project,
        project.classes() or ClassTable(),
        project.matches(),
        left_out,
        taken_over,
    )


def _listed(root: Path, found: list[Path], project: Project, *, whole: bool) -> ImageList:
    """Return the images with what is stored of them; of a whole folder also those now missing."""
    stored = project.records()
    # What was removed comes back only when it is opened by itself.
    removed = frozenset(project.value(REMOVED, []))
    absent = removed if whole else frozenset()
    stored = {name: record for name, record in stored.items() if name not in absent}
    namer = ImageList(root)
    records = []
    for path in found:
        name = namer.name_of(path)
        if name in absent:
            continue
        record = stored.pop(name, None)
        if record is None:
            record = ImageRecord(name)
        elif record.is_missing:
            record = replace(record, is_missing=False)
        records.append(record)
    if whole:
        gone = (replace(record, is_missing=True) for record in stored.values())
        records.extend(sorted(gone, key=lambda record: record.name))
    listed = ImageList(root, records)
    listed.removed = removed
    return listed


def _folder_of_project(path: Path) -> Path:
    """Return the folder of a project file; any other path as it is."""
    if path.suffix == Path(FILE_NAME).suffix and path.name != FILE_NAME:
        raise ImageError(
            f"{path.name} is a copy of a project. Put it beside its images and call it "
            f"{FILE_NAME} to work in it."
        )
    return path.parent if path.name == FILE_NAME else path


def _root_with_labels(common: Path, found: list[Path], fallback: Path) -> Path:
    """Return the nearest folder, the common one or above it, that keeps labels of these images."""
    for folder in (common, *common.parents):
        if _holds(folder, found, fallback):
            return folder
    return common


def _holds(folder: Path, found: list[Path], fallback: Path) -> bool:
    if Location.of(folder, fallback).is_used:
        project = Project(folder, fallback)
        try:
            namer = ImageList(folder)
            if len(found) == 1:
                return project.record(namer.name_of(found[0])) is not None
            stored = project.names()
            return any(namer.name_of(path) in stored for path in found)
        finally:
            project.end()
    return old_folder.is_there(folder) and any(old_folder.holds(folder, path) for path in found)


def _without_others(
    root: Path, found: list[Path], fallback: Path
) -> tuple[Path, list[Path], tuple[Path, ...]]:
    """Leave out the images of folders below that have a project of their own.

    Class tables are never mixed. Where nothing else is left, the one such folder is the root.
    """
    keepers = {root: root}
    own: list[Path] = []
    others: dict[Path, list[Path]] = {}
    for path in found:
        keeper = _keeper(path.parent, keepers)
        if keeper == root or _holds(root, [path], fallback):
            own.append(path)
        else:
            others.setdefault(keeper, []).append(path)
    if own or not others:
        return root, own, tuple(others)
    if len(others) > 1:
        names = ", ".join(str(folder) for folder in others)
        raise ImageError(f"{names} have labels of their own. Open them one by one.")
    ((folder, inside),) = others.items()
    return folder, inside, ()


def _keeper(folder: Path, known: dict[Path, Path]) -> Path:
    """Return the nearest folder with labels of its own, at or above a folder below the root."""
    if folder not in known:
        is_own = (folder / FILE_NAME).is_file() or old_folder.is_there(folder)
        known[folder] = folder if is_own else _keeper(folder.parent, known)
    return known[folder]


def _common_folder(paths: Sequence[Path], found: list[Path]) -> Path:
    if len(paths) == 1 and paths[0].is_dir():
        return paths[0]
    return Path(os.path.commonpath([path.parent for path in found]))
