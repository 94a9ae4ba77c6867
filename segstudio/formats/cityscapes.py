"""Cityscapes: leftImg8bit and gtFine, with label, training and colour masks (cityscapesScripts)."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError, SegstudioError, StorageError
from segstudio.core.image_record import Part
from segstudio.formats import (
    cityscapes_classes,
    class_files,
    colour_mask,
    colour_table,
    folders,
    images,
    pairing,
    texts,
)
from segstudio.formats.cityscapes_classes import UNLABELLED
from segstudio.formats.colour_table import ColourTable
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.folders import SHORT
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering

PICTURES, MASKS, COARSE = "leftImg8bit", "gtFine", "gtCoarse"
_LOADING = """
from torchvision.datasets import Cityscapes

CLASSES = {names}  # and 0 counts for nothing
dataset = Cityscapes(".", split="train", mode="fine", target_type="semantic")
image, labels = dataset[0]

# For training, labelTrainIds beside them has the numbers from 0 on, and 255 for nothing.
"""
STRICT_NAMES = "strict_names.json"
CITY = "own"
NAMES_OPTION = Option(
    "names",
    "File names",
    "As they are, or city_sequence_frame for tools that take names apart; a list tells which is "
    "which.",
    ("kept", "strict"),
)


class Cityscapes:
    """Cityscapes' folders."""

    name = "cityscapes"
    title = "Cityscapes"
    line = "leftImg8bit and gtFine with labelIds, labelTrainIds and colours; torchvision reads it."
    image_suffix = ".png"
    is_lossless = True
    options: tuple[Option, ...] = (NAMES_OPTION,)

    def number(self, classes: ClassTable) -> Numbering:
        """Give classes that Cityscapes knows its numbers, and the others free ones."""
        return cityscapes_classes.numbered(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether there are its folders of masks."""
        return any((path / folder).is_dir() for folder in (MASKS, COARSE))

    def read(self, path: Path) -> Dataset:
        """Read classes and names; see `Format.read`."""
        masks = MASKS if (path / MASKS).is_dir() else COARSE
        table, classes, remarks = _classes(path)
        names = _own_names(path / STRICT_NAMES)
        found = list(_found(path, masks, table, classes, names))
        if not found:
            remarks += (f"There is no label map in {masks}.",)
        return Dataset(classes, found, remarks)

    def begin(self, target: Target) -> "CityscapesWriter":
        """Begin to write."""
        return CityscapesWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for torchvision; see `Format.loading_code`."""
        numbers = {entry.index: entry.name for entry in classes}
        return _LOADING.format(names=numbers)


class CityscapesWriter:
    """Writes Cityscapes' folders; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._is_strict = target.options.get(NAMES_OPTION.name) == "strict"
        self._in_training = cityscapes_classes.in_training(target.classes)
        self._colours = target.classes.colour_table()
        self._own_names: dict[str, str] = {}
        self._naming = threading.Lock()

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place in the folder of its part and city."""
        folder = self._target.folder / PICTURES / SHORT[part] / CITY
        return folder / f"{self._name(name)}_{PICTURES}{suffix}"

    def write(self, item: Outgoing) -> None:
        """Write the three masks."""
        numbers = np.where(item.labels == IGNORE_INDEX, np.uint8(UNLABELLED), item.labels)
        png.write(self._mask(item, "labelIds"), numbers)
        png.write(self._mask(item, "labelTrainIds"), self._in_training[item.labels])
        colours = images.encode_png(colour_mask.painted(item.labels, self._colours))
        atomic.write_bytes(self._mask(item, "color"), colours)

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as Pillow reads their numbers, once the other masks agree with them."""
        numbers, training, colours = (
            self._opened(item, kind) for kind in ("labelIds", "labelTrainIds", "color")
        )
        labels = np.where(numbers == UNLABELLED, np.uint8(IGNORE_INDEX), numbers)
        is_same = np.array_equal(training, self._in_training[labels])
        if not (is_same and np.array_equal(colours, colour_mask.painted(labels, self._colours))):
            raise StorageError(
                f"The three masks of {item.name} do not agree as they were read back. The disk may "
                "be failing: export to another one."
            )
        return labels

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write the classes, and which name was given up for which."""
        class_files.write(self._target.folder, self._target.classes)
        if self._is_strict:
            content = {self._name(item.name): item.name for item in items}
            atomic.write_text(self._target.folder / STRICT_NAMES, texts.json_text(content))

    def _opened(self, item: Outgoing, kind: str) -> NDArray[np.uint8]:
        with PillowImage.open(self._mask(item, kind)) as picture:
            return np.array(picture)

    def _mask(self, item: Outgoing, kind: str) -> Path:
        folder = self._target.folder / MASKS / SHORT[item.part] / CITY
        return folder / f"{self._name(item.name)}_{MASKS}_{kind}.png"

    def _name(self, name: str) -> str:
        if not self._is_strict:
            return name
        strict = _strict(name)
        with self._naming:
            if self._own_names.setdefault(strict, name) != name:
                raise SegstudioError(
                    f"“{name}” and “{self._own_names[strict]}” get the same name with strict "
                    "names. Rename one, or keep the names as they are."
                )
        return strict


def _strict(name: str) -> str:
    """Return city, sequence and frame for a name: the same for every export of it."""
    digits = int(hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest(), 16)
    sequence, frame = divmod(digits % 10**12, 10**6)
    return f"{CITY}_{sequence:06d}_{frame:06d}"


def _own_names(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    content = texts.read_json(file)
    if isinstance(content, dict) and all(isinstance(name, str) for name in content.values()):
        return content
    raise ImageError(f"{file.name} is no list of names. Delete it, or put the right one back.")


def _classes(path: Path) -> tuple[ColourTable | None, ClassTable, tuple[str, ...]]:
    """Return a table of colours where the masks have to be read by it, and the classes."""
    ours = class_files.ours(path)
    if ours is not None:
        return None, ours, ()
    coloured = colour_table.found(path)
    if coloured is not None:
        remark = (
            f"The classes are those of {coloured.source}, so that the masks of colours are read."
        )
        return coloured, coloured.classes, (remark,)
    return None, cityscapes_classes.table(), ()


def _found(
    path: Path, masks: str, table: ColourTable | None, classes: ClassTable, names: dict[str, str]
) -> Iterator[LabelledImage]:
    pictures = pairing.pictures_by_stem(_picture_folder(path))
    to_classes = _numbers_in_training(classes)
    listed = folders.files(path / masks, (".png",))
    stems = {file.as_posix() for file in listed}
    kinds = ("color",) if table is not None else ("labelIds", "labelTrainIds")
    for file in listed:
        kind = next((kind for kind in kinds if file.stem.endswith(f"_{masks}_{kind}")), None)
        if kind is None:
            continue
        stem = file.stem.removesuffix(f"_{masks}_{kind}")
        better = file.with_name(f"{stem}_{masks}_{kinds[0]}.png")
        if kind != kinds[0] and better.as_posix() in stems:
            continue
        place = file.relative_to(path / masks).parent
        yield LabelledImage(
            name=(place / names.get(stem, stem)).as_posix(),
            image=pairing.of_stem(pictures, (place / f"{stem}_{PICTURES}").as_posix())
            or pairing.of_stem(pictures, (place / stem).as_posix()),
            read={
                "color": partial(_read_colours, file, table),
                "labelIds": partial(_read_numbers, file, classes),
                "labelTrainIds": partial(_read_training, file, to_classes),
            }[kind],
            part=folders.part_of(place.parts[0]) if place.parts else Part.NONE,
        )


def _picture_folder(path: Path) -> Path:
    """Return where the pictures lie; CVAT and datumaro put one folder more around them."""
    inner = path / "imgsFine" / PICTURES
    return inner if inner.is_dir() else path / PICTURES


def _numbers_in_training(classes: ClassTable) -> NDArray[np.uint8]:
    """Return the class of each number in training, (256,) uint8; the table of `in_training`."""
    found = np.full(256, IGNORE_INDEX, np.uint8)
    training = cityscapes_classes.in_training(classes)
    for entry in classes:
        if training[entry.index] != IGNORE_INDEX:
            found[training[entry.index]] = entry.index
    return found


def _read_numbers(path: Path, classes: ClassTable) -> LabelMap:
    labels = _numbers(path)
    labels[labels == UNLABELLED] = IGNORE_INDEX
    colour_mask.check(labels, classes, path.name)
    return labels


def _read_training(path: Path, to_classes: NDArray[np.uint8]) -> LabelMap:
    numbers = _numbers(path)
    labels = to_classes[numbers]
    strange = numbers[(labels == IGNORE_INDEX) & (numbers != IGNORE_INDEX)]
    if strange.size:
        raise ImageError(
            f"{path.name} has the number {strange[0]}, which no class has in training."
        )
    return labels


def _read_colours(path: Path, table: ColourTable | None) -> LabelMap:
    assert table is not None
    return table.read(path)


def _numbers(path: Path) -> LabelMap:
    picture = colour_mask.read_picture(path)
    if picture.ndim == 3:
        raise ImageError(f"{path.name} is a picture of colours; it should hold numbers.")
    return picture
