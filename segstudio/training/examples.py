"""Where labelled images come from: two folders, a dataset folder, or a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from segstudio.core import places
from segstudio.core.classes import IGNORE_INDEX, ClassTable, Role, read_classes
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import ImageRecord, ImageState, Part
from segstudio.core.labels import Ink
from segstudio.formats import format_table, orienting
from segstudio.formats import images as pictures
from segstudio.formats.dataset import LabelledImage
from segstudio.project.images_root import root_of
from segstudio.project.location import FILE_NAME, Location
from segstudio.project.reader import Reader
from segstudio.training import dataset
from segstudio.training.dataset import Pair
from segstudio.training.labelled import Labelled

CLASSES_FILE = "classes.json"


class Example(Protocol):
    """An image with its labels."""

    @property
    def name(self) -> str:
        """What tells it from the others."""
        ...

    @property
    def part(self) -> Part:
        """What it is for; what belongs to no part is divided by the seed."""
        ...

    def read(self, classes: ClassTable) -> Labelled:
        """Return the image with its labels as channel numbers."""
        ...


@dataclass(frozen=True)
class Examples:
    """Labelled images and what their labels mean.

    Attributes
    ----------
    images, labels : Path
        Where both come from.
    """

    images: Path
    labels: Path
    classes: ClassTable
    items: Sequence[Example]


@dataclass(frozen=True)
class ProjectExample:
    """An image of a project; unless it is done, only what a person painted counts."""

    reader: Reader
    root: Path
    record: ImageRecord
    ignored: tuple[int, ...]
    """Classes that count for nothing."""

    @property
    def name(self) -> str:
        """Its path below the root of the project."""
        return self.record.name

    @property
    def part(self) -> Part:
        """As it was set in the project, for good."""
        return self.record.part

    def read(self, classes: ClassTable) -> Labelled:
        """Return the image and its labels as they are stored now."""
        image = pictures.read_image(self.root / self.name)
        stored = self.reader.load(self.name, image.shape[:2])
        if stored is None:
            return Labelled(image, np.full(image.shape[:2], IGNORE_INDEX, np.uint8))
        labels = stored.planes.labels.copy()
        if self.record.state not in _ACCEPTED:
            labels[stored.planes.ink != Ink.PERSON] = IGNORE_INDEX
        labels[np.isin(labels, self.ignored)] = IGNORE_INDEX
        return Labelled(image, dataset.to_channels(labels, classes, self.name))


_ACCEPTED = (ImageState.DONE, ImageState.CHECKED)


def of_folders(images: Path, masks: Path, classes: Path) -> Examples:
    """Return the pairs of a folder of images and one of masks.

    Raises
    ------
    SegstudioError
        When a folder or the class list cannot be used.
    """
    pairs: list[Pair] = dataset.find_pairs(images, masks)
    return Examples(images, masks, read_classes(classes), pairs)


@dataclass(frozen=True)
class DatasetExample:
    """An image of a dataset of any format."""

    item: LabelledImage
    picture: Path
    ignored: tuple[int, ...] = ()
    """Classes that count for nothing."""

    @property
    def name(self) -> str:
        """As the dataset tells it from the others."""
        return self.item.name

    @property
    def part(self) -> Part:
        """As the dataset says."""
        return self.item.part

    def read(self, classes: ClassTable) -> Labelled:
        """Return the image, upright, and its labels."""
        image = pictures.read_image(self.picture)
        labels = orienting.upright(self.item.read(), self.picture).copy()
        labels[np.isin(labels, self.ignored)] = IGNORE_INDEX
        return Labelled(image, dataset.to_channels(labels, classes, self.name))


def found_in(path: Path) -> Examples:
    """Return the labelled images of a project, or of a dataset of any format that can be read.

    Raises
    ------
    SegstudioError
        When it is neither, or holds no labelled image.
    """
    if (path / CLASSES_FILE).is_file() and (path / "masks").is_dir():
        return of_folders(path / "images", path / "masks", path / CLASSES_FILE)
    file = Location.of(path, places.user_folder()).present() if path.is_dir() else path
    if file.is_file() and file.suffix == Path(FILE_NAME).suffix:
        return _of_project(file, path if path.is_dir() else root_of(file))
    return _of_dataset(path)


def _of_dataset(path: Path) -> Examples:
    if not path.exists():
        raise ImageError(f"{path} is not there. Check the path.")
    try:
        found = format_table.detected(path).read(path)
    except SegstudioError as error:
        raise ImageError(
            f"{error} It is no project either. --images, --masks and --classes take folders of "
            "any name."
        ) from error
    table = found.classes
    ignored = tuple(entry.index for entry in table if entry.role is Role.IGNORE)
    for index in ignored:
        table = table.without(index)
    items = [
        DatasetExample(item, item.image, ignored) for item in found.images if item.image is not None
    ]
    if not items:
        raise ImageError(f"{path} has no labelled image whose picture is there as well.")
    return Examples(path, path, table, items)


def _of_project(file: Path, root: Path) -> Examples:
    reader = Reader(file)
    table = reader.classes()
    records = sorted(reader.records().values(), key=lambda record: record.name)
    chosen = [record for record in records if _teaches(record)]
    if table is None or not chosen:
        raise ImageError(
            f"{file.name} has no image to learn from. Paint some pixels of two classes, or mark "
            "images done (T)."
        )
    ignored = tuple(c.index for c in table if c.role is Role.IGNORE)
    for index in ignored:
        table = table.without(index)
    items = [ProjectExample(reader, root, record, ignored) for record in chosen]
    return Examples(root, file, table, items)


def _teaches(record: ImageRecord) -> bool:
    if record.is_missing or not record.has_labels or record.part is Part.TEST:
        return False
    if record.state in _ACCEPTED:
        return True
    painted = record.ink[Ink.PERSON] > 0 if record.ink else True
    return record.state is not ImageState.SKIPPED and painted
