"""Labels as the first versions kept them, as PNG files beside the images, for taking them over.

One folder ``segstudio-labels`` holds, for each image, ``<name>.labels.png`` and ``<name>.ink.png``,
and for all of them ``classes.json``, ``images.json`` and ``matches.json``. It is only read.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.core import png
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.errors import ImageError, SegstudioError, StorageError
from segstudio.core.file_names import shortened
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink, class_counts
from segstudio.core.patch import Planes
from segstudio.project import values
from segstudio.project.project import Project

log = logging.getLogger(__name__)

FOLDER_NAME = "segstudio-labels"
LABELS = ".labels.png"
MAX_NAME_BYTES = 200
"""Longer names were cut and got a hash."""

PATIENCE_S = 600.0


@dataclass(frozen=True)
class TakenOver:
    """What came over.

    Attributes
    ----------
    images : int
    problems : tuple of str
        A sentence for each image whose labels could not be read.
    """

    images: int
    problems: tuple[str, ...]


def is_there(root: Path) -> bool:
    """Tell whether labels were kept in the old way beside the images of a folder."""
    return (root / FOLDER_NAME).is_dir()


def holds(root: Path, image: Path) -> bool:
    """Tell whether there are labels of an image in the folder of `root`."""
    relative = image.relative_to(root)
    return (root / FOLDER_NAME / _names(relative)[0]).is_file()


def take_over(root: Path, project: Project) -> TakenOver:
    """Put labels, classes and states of an old folder into a project; the folder stays as it is.

    Raises
    ------
    StorageError
        When the class list cannot be read, or the project cannot be written.
    """
    place = root / FOLDER_NAME
    classes = place / "classes.json"
    if classes.is_file():
        project.keep_classes(values.class_table(_read_json(classes)))
    matches = place / "matches.json"
    if matches.is_file():
        project.keep_matches(values.matches(_read_json(matches)))
    states = _states(place)
    count, problems = 0, []
    for image in _images(root):
        name = image.as_posix()
        try:
            planes = _planes(place, image)
        except SegstudioError as error:
            problems.append(f"The labels of {name} were left where they are: {error}")
            continue
        project.keep_planes(_record(name, planes, states.get(name)), planes)
        count += 1
    problem = project.flush(PATIENCE_S)
    if problem:
        raise StorageError(f"The labels in {place} could not be taken over. {problem}")
    return TakenOver(count, tuple(problems))


def _record(name: str, planes: Planes, state: ImageState | None) -> ImageRecord:
    counts = class_counts(planes.labels, planes.ink)
    height, width = planes.labels.shape
    return ImageRecord(
        name,
        state or ImageState.IN_WORK,
        classes=tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts)),
        width=width,
        height=height,
    )


def _planes(place: Path, image: Path) -> Planes:
    labels_path, ink_path = (place / name for name in _names(image))
    labels = png.read(labels_path)
    # Labels without ink come from elsewhere: a person is asked before a model writes.
    ink = png.read(ink_path) if ink_path.is_file() else np.full_like(labels, Ink.PERSON)
    if labels.shape != ink.shape:
        raise ImageError(f"{ink_path.name} has another size than {labels_path.name}.")
    # A crash between the two writes left new labels with old ink.
    orphaned = (labels != IGNORE_INDEX) & (ink == Ink.NOBODY)
    ink[orphaned | (ink > Ink.PERSON)] = Ink.PERSON
    return Planes(labels, ink)


def _images(root: Path) -> Iterator[Path]:
    """Yield the images that have labels, by their path below the root."""
    place = root / FOLDER_NAME
    for path in sorted(place.rglob(f"*{LABELS}")):
        labels = path.relative_to(place)
        yield _image_of(root, labels)


def _image_of(root: Path, labels: Path) -> Path:
    """Return the image whose labels have this name; the cut of a long one is looked up."""
    image = labels.with_name(labels.name.removesuffix(LABELS))
    folder = (root / image).parent
    if "~" in image.name and not (root / image).exists() and folder.is_dir():
        for path in folder.iterdir():
            if _names(path.relative_to(root))[0] == labels:
                return path.relative_to(root)
    return image


def _names(image: Path) -> tuple[Path, Path]:
    """Return where in the folder labels and ink of an image lie."""
    name = shortened(image.name, MAX_NAME_BYTES)
    return image.with_name(f"{name}{LABELS}"), image.with_name(f"{name}.ink.png")


def _states(place: Path) -> dict[str, ImageState]:
    path = place / "images.json"
    if not path.is_file():
        return {}
    try:
        rows = _read_json(path)
    except StorageError as error:
        log.warning("states of images: %s", error)
        return {}
    known = {state.value: state for state in ImageState}
    return {
        name: known[row["state"]]
        for name, row in rows.items()
        if isinstance(row, dict) and row.get("state") in known
    }


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(
            f"{path} could not be read: {error}. Rename it to leave it out; "
            "the labels beside it stay."
        ) from error
    if not isinstance(content, dict):
        raise StorageError(f"{path} is not what this program wrote. Rename it to leave it out.")
    return content
