"""What there is at the paths that a person opens."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import ImageState
from segstudio.formats import images
from segstudio.project.folder import FOLDER_NAME, FolderStore
from segstudio.project.store import LabelStore, Matches


@dataclass(frozen=True)
class Opened:
    """What was found at the paths that a person opened."""

    root: Path
    paths: list[Path]
    store: LabelStore
    states: dict[Path, ImageState]
    classes: ClassTable | None
    matches: Matches
    left_out: tuple[Path, ...] = ()
    """Folders that have labels of their own, whose images are therefore not among the paths."""


def look(paths: Sequence[Path], fallback: Path) -> Opened:
    """List the images of files and folders, and what is kept of them, without writing anything.

    Raises
    ------
    SegstudioError
        When a path is missing, holds no picture, or what is kept of it is damaged.
    """
    found: list[Path] = []
    for path in (Path(os.path.abspath(p)) for p in paths):  # noqa: PTH100 - links stay links
        if path.is_dir():
            found.extend(images.walk_images(path, skip=frozenset({FOLDER_NAME})))
        elif path.exists():
            found.append(path)
        else:
            raise ImageError(f"{path} is not there. Check the path.")
    if not found:
        place = ", ".join(str(p) for p in paths)
        raise ImageError(
            f"No images were found in {place}. JPEG, PNG, TIFF, WebP and BMP files can be opened."
        )
    found = list(dict.fromkeys(found))
    root = _root_with_labels(_common_folder(paths, found), found, fallback)
    root, found, left_out = _without_others(root, found, fallback)
    store = FolderStore(root, fallback)
    kept = store.states()
    states = {path: kept[path] for path in found if path in kept}
    return Opened(root, found, store, states, store.classes(), store.matches(), left_out)


def _root_with_labels(common: Path, found: list[Path], fallback: Path) -> Path:
    """Return the nearest folder, the common one or above it, that keeps labels of these images."""
    for folder in (common, *common.parents):
        store = FolderStore(folder, fallback)
        if store.is_used and any(store.holds(path) for path in found):
            return folder
    return common


def _without_others(
    root: Path, found: list[Path], fallback: Path
) -> tuple[Path, list[Path], tuple[Path, ...]]:
    """Leave out the images of folders below that keep labels of their own.

    Class tables are never mixed. Where nothing else is left, the one such folder is the root.
    """
    store = FolderStore(root, fallback)
    keepers = {root: root}
    own: list[Path] = []
    others: dict[Path, list[Path]] = {}
    for path in found:
        keeper = _keeper(path.parent, keepers)
        if keeper == root or store.holds(path):
            own.append(path)
        else:
            others.setdefault(keeper, []).append(path)
    if own:
        return root, own, tuple(others)
    if len(others) > 1:
        names = ", ".join(str(folder) for folder in others)
        raise ImageError(f"{names} have labels of their own. Open them one by one.")
    ((folder, inside),) = others.items()
    return folder, inside, ()


def _keeper(folder: Path, known: dict[Path, Path]) -> Path:
    """Return the nearest folder with labels of its own, at or above a folder below the root."""
    if folder not in known:
        is_own = (folder / FOLDER_NAME).is_dir()
        known[folder] = folder if is_own else _keeper(folder.parent, known)
    return known[folder]


def _common_folder(paths: Sequence[Path], found: list[Path]) -> Path:
    if len(paths) == 1 and paths[0].is_dir():
        return Path(os.path.abspath(paths[0]))  # noqa: PTH100 - links stay links
    return Path(os.path.commonpath([path.parent for path in found]))
