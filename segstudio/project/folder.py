"""Labels kept as PNG files beside the images.

One folder ``segstudio-labels`` holds, for each image, ``<name>.labels.png`` and ``<name>.ink.png``,
and for all of them ``classes.json`` and ``images.json``. Where the images lie in a read-only
place, the folder is made in the user's data folder instead.
"""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core import atomic, png
from segstudio.core.classes import IGNORE_INDEX, ClassTable, from_rows, to_rows
from segstudio.core.errors import SegstudioError, StorageError
from segstudio.core.file_names import shortened
from segstudio.core.image_record import ImageState
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.project.store import Matches, StoredLabels

FOLDER_NAME = "segstudio-labels"
LABELS = ".labels.png"
MAX_NAME_BYTES = 200
"""Longer names are cut and get a hash: file systems allow 255 bytes, suffixes included."""

INK_COLOURS: NDArray[np.uint8] = np.zeros((256, 3), np.uint8)
INK_COLOURS[Ink.MODEL] = (128, 128, 128)
INK_COLOURS[Ink.REFINEMENT] = (80, 120, 255)
INK_COLOURS[Ink.PERSON] = (255, 220, 0)


class FolderStore:
    """Keeps labels in a folder beside the images, or in a fallback where that is refused."""

    def __init__(self, images: Path, fallback: Path) -> None:
        """Choose the place without writing anything.

        Parameters
        ----------
        images : Path
            The folder that the images lie below.
        fallback : Path
            The user's data folder, for images in a read-only place.
        """
        self._images = images
        self._beside = images / FOLDER_NAME
        key = hashlib.sha256(os.fsencode(images.resolve())).hexdigest()[:16]
        self._elsewhere = fallback / "labels" / f"{images.name or 'root'}-{key}"
        moved = self._elsewhere.is_dir() and not self._can_write_beside()
        self._place = self._elsewhere if moved else self._beside
        self._records: dict[Path, dict[str, dict[str, Any]]] = {}
        self._unusable: set[Path] = set()

    @property
    def location(self) -> Path:
        """Where it keeps them."""
        return self._place

    @property
    def moved_from(self) -> Path | None:
        """The folder beside the images that cannot be written, when another place is used."""
        return self._images if self._place == self._elsewhere else None

    def classes(self) -> ClassTable | None:
        """Return the kept class table; None before the first change."""
        place = self._newest(Path("classes.json"))
        if place is None:
            return None
        path = place / "classes.json"
        content = _read_json(path)
        try:
            table = from_rows(content.get("classes"), path.name)
            for row in content["classes"]:
                hidden, locked = bool(row.get("hidden")), bool(row.get("locked"))
                table = table.changed(row["index"], hidden=hidden, locked=locked)
            return ClassTable(table.classes, next_index=int(content.get("next_index", 0)))
        except (SegstudioError, TypeError, ValueError) as error:
            raise StorageError(
                f"{path} does not hold a class list. Rename it to start afresh; "
                "the labels beside it stay."
            ) from error

    def keep_classes(self, table: ClassTable) -> None:
        """Keep the class table."""
        rows = [
            row | {"hidden": entry.hidden, "locked": entry.locked}
            for row, entry in zip(to_rows(table), table, strict=True)
        ]
        content = {"next_index": table.next_index, "classes": rows}
        self._or_elsewhere(lambda: self._write_json("classes.json", content))

    def matches(self) -> Matches:
        """Return what was chosen by hand for the classes of models; empty before."""
        place = self._newest(Path("matches.json"))
        content = _read_json(place / "matches.json") if place is not None else {}
        try:
            return {
                model: {name: int(target) for name, target in chosen.items()}
                for model, chosen in content.items()
            }
        except (AttributeError, TypeError, ValueError) as error:
            raise StorageError(
                f"{place}/matches.json does not match classes. Rename it to start afresh."
            ) from error

    def keep_matches(self, matches: Matches) -> None:
        """Keep what was chosen by hand for the classes of models."""
        self._or_elsewhere(lambda: self._write_json("matches.json", matches))

    def holds(self, image: Path) -> bool:
        """Tell whether there are labels of an image."""
        return self._newest(self._names(image)[0]) is not None

    @property
    def is_used(self) -> bool:
        """Whether anything was kept here before."""
        return any(place.is_dir() for place in self._places)

    def states(self) -> dict[Path, ImageState]:
        """Return the state of every image that has labels."""
        found: dict[Path, ImageState] = {}
        for place in self._places:
            for name, record in self._read_records(place).items():
                image = self._images / name
                twice = image in found
                found[image] = self._kept_state(image) if twice else _state(record.get("state"))
        # A crash between the writes of labels and of records leaves labels without a record.
        recorded = {self._names(image)[0] for image in found}
        for place in self._places:
            for path in place.rglob(f"*{LABELS}"):
                labels = path.relative_to(place)
                if labels not in recorded:
                    found.setdefault(self._image_of(labels), ImageState.IN_WORK)
        return found

    def load(self, image: Path, size: tuple[int, int]) -> StoredLabels | None:
        """Return the labels of an image of this height and width; None when there are none.

        Raises
        ------
        StorageError
            When the files are damaged or belong to an image of another size. They stay, and the
            next `keep` puts them aside before it writes.
        """
        place = self._newest(self._names(image)[0])
        if place is None:
            return None
        labels_path, ink_path = (place / name for name in self._names(image))
        try:
            labels = png.read(labels_path)
            # Labels without ink come from elsewhere: a person is asked before a model writes.
            ink = png.read(ink_path) if ink_path.is_file() else np.full_like(labels, Ink.PERSON)
        except SegstudioError as error:
            self._unusable.add(image)
            raise StorageError(
                f"The labels of {image.name} could not be read: {error} "
                "The image opens without them; they stay in the folder."
            ) from error
        if labels.shape != size or ink.shape != size:
            self._unusable.add(image)
            raise StorageError(
                f"The labels of {image.name} are {labels.shape[1]} x {labels.shape[0]}, the image "
                f"is {size[1]} x {size[0]}. It opens without them; they stay in the folder."
            )
        # A crash between the two writes leaves new labels with old ink.
        orphaned = (labels != IGNORE_INDEX) & (ink == Ink.NOBODY)
        ink[orphaned | (ink > Ink.PERSON)] = Ink.PERSON
        self._unusable.discard(image)
        return StoredLabels(Planes(labels, ink), self._kept_state(image))

    def keep(self, image: Path, planes: Planes, state: ImageState, table: ClassTable) -> None:
        """Keep the labels of an image, coloured by the class table."""
        self._or_elsewhere(lambda: self._keep(image, planes, state, table))

    def _or_elsewhere(self, write: Callable[[], None]) -> None:
        """Write beside the images, or from now on elsewhere when that folder is read-only."""
        try:
            write()
        except StorageError:
            if self._place != self._beside or self._can_write_beside():
                raise
            self._place = self._elsewhere
            write()

    def _keep(self, image: Path, planes: Planes, state: ImageState, table: ClassTable) -> None:
        labels_path, ink_path = (self._place / name for name in self._names(image))
        if image in self._unusable:
            _put_aside(labels_path, ink_path)
            self._unusable.discard(image)
        png.write(labels_path, planes.labels, table.colour_table())
        png.write(ink_path, planes.ink, INK_COLOURS)
        records = self._read_records(self._place)
        records[self._key(image)] = {"state": state.value}
        self._write_json("images.json", records)

    def _key(self, image: Path) -> str:
        return image.relative_to(self._images).as_posix()

    def _names(self, image: Path) -> tuple[Path, Path]:
        """Return where in a place labels and ink of an image lie."""
        relative = image.relative_to(self._images)
        name = shortened(relative.name, MAX_NAME_BYTES)
        return relative.with_name(f"{name}{LABELS}"), relative.with_name(f"{name}.ink.png")

    def _image_of(self, name: Path) -> Path:
        """Return the image whose labels have this name; the cut of a long one is looked up."""
        image = self._images / name.with_name(name.name.removesuffix(LABELS))
        if "~" in image.name and not image.exists() and image.parent.is_dir():
            for path in image.parent.iterdir():
                if self._names(path)[0] == name:
                    return path
        return image

    @property
    def _places(self) -> tuple[Path, ...]:
        """Where kept labels may be: a folder may turn read-only, or writable again, in between."""
        return self._beside, self._elsewhere

    def _newest(self, name: Path) -> Path | None:
        """Return the place that holds the newest file of this name; None when none does."""
        holders = [place for place in self._places if (place / name).is_file()]
        return max(holders, key=lambda place: (place / name).stat().st_mtime_ns, default=None)

    def _kept_state(self, image: Path) -> ImageState:
        key = self._key(image)
        newest = self._newest(self._names(image)[0])
        for place in (newest, *self._places):
            if place is not None and key in self._read_records(place):
                return _state(self._read_records(place)[key].get("state"))
        return ImageState.IN_WORK

    def _read_records(self, place: Path) -> dict[str, dict[str, Any]]:
        if place not in self._records:
            path = place / "images.json"
            content = _read_json(path) if path.is_file() else {}
            self._records[place] = {
                name: record for name, record in content.items() if isinstance(record, dict)
            }
        return self._records[place]

    def _can_write_beside(self) -> bool:
        return os.access(self._nearest(self._beside), os.W_OK)

    def _write_json(self, name: str, content: object) -> None:
        text = json.dumps(content, ensure_ascii=False, indent=1)
        atomic.write_text(self._place / name, text + "\n")

    @staticmethod
    def _nearest(path: Path) -> Path:
        while not path.exists():
            path = path.parent
        return path


def _put_aside(labels_path: Path, ink_path: Path) -> None:
    """Rename kept labels that could not be used, so that nothing is lost."""
    number = 1
    while any(_aside(path, number).exists() for path in (labels_path, ink_path)):
        number += 1
    for path in (labels_path, ink_path):
        try:
            path.rename(_aside(path, number))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StorageError(f"{path} could not be renamed: {error.strerror}.") from error


def _aside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.old-{number}")


def _state(value: object) -> ImageState:
    try:
        return ImageState(str(value))
    except ValueError:
        return ImageState.IN_WORK


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(
            f"{path} could not be read: {error}. Rename it to start afresh; "
            "the labels beside it stay."
        ) from error
    if not isinstance(content, dict):
        raise StorageError(f"{path} is not what this program writes. Rename it to start afresh.")
    return content
