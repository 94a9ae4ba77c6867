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
from segstudio.core.document import ImageState
from segstudio.core.errors import SegstudioError, StorageError
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.project.store import StoredLabels

FOLDER_NAME = "segstudio-labels"
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
        key = hashlib.sha256(str(images.resolve()).encode()).hexdigest()[:16]
        self._elsewhere = fallback / "labels" / f"{images.name or 'root'}-{key}"
        use_beside = self._beside.is_dir() or not self._elsewhere.is_dir()
        self._place = self._beside if use_beside else self._elsewhere
        self._records: dict[str, dict[str, Any]] | None = None
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
        path = self._place / "classes.json"
        if not path.is_file():
            return None
        content = _read_json(path)
        table = from_rows(content.get("classes"), path.name)
        for row in content["classes"]:
            table = table.changed(
                int(row["index"]),
                hidden=bool(row.get("hidden", False)),
                locked=bool(row.get("locked", False)),
            )
        return ClassTable(table.classes, next_index=int(content.get("next_index", 0)))

    def keep_classes(self, table: ClassTable) -> None:
        """Keep the class table."""
        rows = [
            row | {"hidden": entry.hidden, "locked": entry.locked}
            for row, entry in zip(to_rows(table), table, strict=True)
        ]
        content = {"next_index": table.next_index, "classes": rows}
        self._or_elsewhere(lambda: self._write_json("classes.json", content))

    def states(self) -> dict[Path, ImageState]:
        """Return the state of every image that has labels."""
        return {
            self._images / name: _state(record.get("state"))
            for name, record in self._read_records().items()
        }

    def load(self, image: Path, size: tuple[int, int]) -> StoredLabels | None:
        """Return the labels of an image of this height and width; None when there are none.

        Raises
        ------
        StorageError
            When the files are damaged or belong to an image of another size. They stay, and the
            next `keep` puts them aside before it writes.
        """
        labels_path, ink_path = self._paths(image)
        if not labels_path.is_file():
            return None
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
        ink[orphaned] = Ink.PERSON
        record = self._read_records().get(self._key(image), {})
        return StoredLabels(Planes(labels, ink), _state(record.get("state")))

    def keep(self, image: Path, planes: Planes, state: ImageState, table: ClassTable) -> None:
        """Keep the labels of an image, coloured by the class table."""
        self._or_elsewhere(lambda: self._keep(image, planes, state, table))

    def _or_elsewhere(self, write: Callable[[], None]) -> None:
        """Write beside the images, or from now on elsewhere when that folder is read-only."""
        try:
            write()
        except StorageError:
            if self._place != self._beside or os.access(self._nearest(self._beside), os.W_OK):
                raise
            self._place = self._elsewhere
            self._records = None
            write()

    def _keep(self, image: Path, planes: Planes, state: ImageState, table: ClassTable) -> None:
        labels_path, ink_path = self._paths(image)
        if image in self._unusable:
            _put_aside(labels_path, ink_path)
            self._unusable.discard(image)
        png.write(labels_path, planes.labels, table.colour_table())
        png.write(ink_path, planes.ink, INK_COLOURS)
        records = self._read_records()
        records[self._key(image)] = {"state": state.value}
        self._write_json("images.json", records)

    def _key(self, image: Path) -> str:
        return image.relative_to(self._images).as_posix()

    def _paths(self, image: Path) -> tuple[Path, Path]:
        relative = image.relative_to(self._images)
        name = relative.name
        if len(name.encode()) > MAX_NAME_BYTES:
            cut = name.encode()[: MAX_NAME_BYTES - 20].decode(errors="ignore")
            name = f"{cut}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"
        folder = self._place / relative.parent
        return folder / f"{name}.labels.png", folder / f"{name}.ink.png"

    def _read_records(self) -> dict[str, dict[str, Any]]:
        if self._records is None:
            path = self._place / "images.json"
            self._records = _read_json(path) if path.is_file() else {}
        return self._records

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
    while (aside := labels_path.with_name(f"{labels_path.name}.old-{number}")).exists():
        number += 1
    for path, target in (
        (labels_path, aside),
        (ink_path, ink_path.with_name(f"{ink_path.name}.old-{number}")),
    ):
        try:
            path.rename(target)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StorageError(f"{path} could not be renamed: {error.strerror}.") from error


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
