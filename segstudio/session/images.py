"""What there is at the paths that a person opens."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import ImageRecord
from segstudio.formats.image_scan import scan_images
from segstudio.project import old_folder
from segstudio.project.images_root import is_project_file, root_of
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
    wanted : tuple of Path
        What the person asked for.
    has_images : bool
        Whether any file is there; the labels of a project that was opened by name are kept.
    is_whole : bool
        Whether everything below the root was opened.
    left_out : tuple of Path
        Folders that have a project of their own, whose images are therefore not among these.
    taken_over : TakenOver or None
        What came over from the way in which the first versions kept labels.
    """

    wanted: tuple[Path, ...]
    root: Path
    images: ImageList
    project: Project
    classes: ClassTable
    matches: Matches
    left_out: tuple[Path, ...] = ()
    taken_over: TakenOver | None = None
    is_whole: bool = False
    has_images: bool = True


def look(paths: Sequence[Path], fallback: Path) -> Opened:
    """List the images of files, folders and projects, and what is stored of them.

    Nothing is written, but for labels of the first versions, which are taken over.

    Raises
    ------
    SegstudioError
        When a path is missing, holds no picture, or what is stored of it is damaged.
    """
    wanted = [Path(os.path.abspath(p)) for p in paths]  # noqa: PTH100 - links stay links
    if len(wanted) == 1 and is_project_file(wanted[0]):
        return _look_by_file(tuple(paths), wanted[0], fallback)
    wanted = [_folder_of_project(path) for path in wanted]
    found: dict[str, None] = {}
    for path in wanted:
        if path.is_dir():
            found |= dict.fromkeys(_images_below(path))
        elif path.exists():
            found[str(path)] = None
        else:
            raise ImageError(f"{path} is not there. Check the path.")
    common = _common_folder(wanted, list(found))
    if not found and not Location.of(common, fallback).is_used:
        place = ", ".join(str(p) for p in paths)
        raise ImageError(
            f"No images were found in {place}. JPEG, PNG, TIFF, WebP and BMP files can be opened."
        )
    root = _root_with_labels(common, list(found), fallback)
    root, inside, left_out = _without_others(root, list(found), fallback)
    project = Project(root, fallback)
    taken_over = None
    if not project.exists and old_folder.is_there(root):
        taken_over = old_folder.take_over(root, project)
    whole = wanted == [root]
    return Opened(
        tuple(paths),
        root,
        _listed(root, inside, project, whole=whole),
        project,
        project.classes() or ClassTable(),
        project.matches(),
        left_out,
        taken_over,
        whole,
    )


def _look_by_file(paths: tuple[Path, ...], file: Path, fallback: Path) -> Opened:
    """List the images of a project file of any name, wherever it and they are."""
    root = root_of(file)
    if file == root / FILE_NAME:
        return replace(look([root], fallback), wanted=paths)
    project = Project(root, fallback, file)
    stored = project.names()
    keepers = {str(root): root}
    found, others = [], dict[Path, None]()
    for path, name in _with_names(root, list(_images_below(root))):
        keeper = _keeper(path.rpartition(os.sep)[0], keepers)
        if keeper == root or name in stored:
            found.append(path)
        else:
            others[keeper] = None
    return Opened(
        paths,
        root,
        _listed(root, found, project, whole=True),
        project,
        project.classes() or ClassTable(),
        project.matches(),
        tuple(others),
        is_whole=True,
        has_images=bool(found),
    )


def _images_below(folder: Path) -> Iterator[str]:
    """Yield the paths of the images below a folder; as text, because Paths take long."""
    prefix = os.path.join(folder, "")  # noqa: PTH118
    scan = scan_images(folder, skip=frozenset({old_folder.FOLDER_NAME}), with_stamps=False)
    return (prefix + name for name in scan.files)


def _listed(root: Path, found: list[str], project: Project, *, whole: bool) -> ImageList:
    """Return the images with what is stored of them; of a whole folder also those now missing."""
    stored = project.records()
    # What was removed comes back only when it is opened by itself.
    removed = frozenset(project.value(REMOVED, []))
    absent = removed if whole else frozenset()
    for name in absent:
        stored.pop(name, None)
    records = []
    for name in _names_below(root, found):
        record = stored.pop(name, None)
        if record is None and name in absent:
            continue
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


def _names_below(root: Path, found: list[str]) -> Iterator[str]:
    """Yield the names of images below the root, with forward slashes."""
    start = len(os.path.join(root, ""))  # noqa: PTH118
    names = (path[start:] for path in found)
    return names if os.sep == "/" else (name.replace(os.sep, "/") for name in names)


def _with_names(root: Path, found: list[str]) -> Iterator[tuple[str, str]]:
    """Yield paths of images with their names below the root."""
    return zip(found, _names_below(root, found), strict=True)


def _folder_of_project(path: Path) -> Path:
    """Return the folder of a project file among several paths; any other path as it is."""
    if path.name != FILE_NAME and is_project_file(path):
        raise ImageError(f"{path.name} is a project. Open it by itself.")
    return path.parent if path.name == FILE_NAME else path


def _root_with_labels(common: Path, found: list[str], fallback: Path) -> Path:
    """Return the nearest folder, the common one or above it, that keeps labels of these images."""
    for folder in (common, *common.parents):
        if _held(folder, found, fallback):
            return folder
    return common


def _held(folder: Path, found: list[str], fallback: Path) -> frozenset[str]:
    """Return those of some images of which a folder keeps labels."""
    if Location.of(folder, fallback).is_used:
        project = Project(folder, fallback)
        try:
            stored = project.names()
        finally:
            project.end()
        return frozenset(path for path, name in _with_names(folder, found) if name in stored)
    if old_folder.is_there(folder):
        return frozenset(path for path in found if old_folder.holds(folder, Path(path)))
    return frozenset()


def _without_others(
    root: Path, found: list[str], fallback: Path
) -> tuple[Path, list[str], tuple[Path, ...]]:
    """Leave out the images of folders below that have a project of their own.

    Class tables are never mixed. Where nothing else is left, the one such folder is the root.
    """
    keepers = {str(root): root}
    own: list[str] = []
    others: dict[Path, list[str]] = {}
    foreign = [path for path in found if _keeper(path.rpartition(os.sep)[0], keepers) != root]
    if not foreign:
        return root, found, ()
    held = _held(root, foreign, fallback)
    for path in found:
        keeper = _keeper(path.rpartition(os.sep)[0], keepers)
        if keeper == root or path in held:
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


def _keeper(folder: str, known: dict[str, Path]) -> Path:
    """Return the nearest folder with labels of its own, at or above a folder below the root."""
    found = known.get(folder)
    if found is None:
        path = Path(folder)
        is_own = (path / FILE_NAME).is_file() or old_folder.is_there(path)
        found = known[folder] = path if is_own else _keeper(str(path.parent), known)
    return found


def _common_folder(paths: Sequence[Path], found: list[str]) -> Path:
    if len(paths) == 1 and paths[0].is_dir():
        return paths[0]
    return Path(os.path.commonpath([path.rpartition(os.sep)[0] or os.sep for path in found]))
