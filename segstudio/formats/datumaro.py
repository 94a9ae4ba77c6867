"""Datumaro's common semantic segmentation: images, masks, and dataset_meta.json for names."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.core.palette import Colour
from segstudio.formats import (
    coco_writing,
    colour_mask,
    json_values,
    loading_files,
    numbering,
    pairing,
    splits,
    texts,
)
from segstudio.formats.dataset import Dataset, LabelledImage, told_apart
from segstudio.formats.foreign_classes import ForeignClasses
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.json_values import field
from segstudio.formats.numbering import Numbering

META, MASKS, IMAGES = "dataset_meta.json", "masks", "images"


class Datumaro:
    """Datumaro's folders of masks."""

    name = "datumaro"
    title = "Datumaro segmentation"
    line = "Masks of class numbers, with names and colours in dataset_meta.json; datumaro reads it."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Give 0 to the background and count the others from 1."""
        return numbering.after_background(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether the folder, or the one of a part, has a dataset_meta.json and masks."""
        return bool(_folders(path))

    def read(self, path: Path) -> Dataset:
        """Read the classes, and find masks and pictures; see `Format.read`."""
        names = ForeignClasses(META)
        folders = _folders(path)
        if not folders:
            raise ImageError(f"{path} has no {META} beside a folder “{MASKS}”.")
        listed = {folder: _classes(folder) for folder, _ in folders}
        for rows in listed.values():
            for number, (name, colour) in rows.items():
                names.add(number, name, colour)
        classes, remarks = names.table()
        images = [
            item
            for folder, part in folders
            for item in _images(folder, part, listed[folder], classes)
        ]
        return Dataset(classes, told_apart(images), remarks)

    def begin(self, target: Target) -> "DatumaroWriter":
        """Begin to write."""
        return DatumaroWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for Python; see `Format.loading_code`."""
        return loading_files.of_format(self.name, loading_files.names_of(classes))


def _folders(path: Path) -> list[tuple[Path, Part]]:
    """Return the folders that have masks, with their parts: the path, or folders in it."""
    if not path.is_dir():
        return []
    if (path / META).is_file() and (path / MASKS).is_dir():
        return [(path, Part.NONE)]
    try:
        inner = sorted(child for child in path.iterdir() if (child / META).is_file())
    except OSError:
        return []  # what cannot be listed has no masks for us
    return [(c, splits.part_of(c.name)) for c in inner if (c / MASKS).is_dir()]


def _classes(folder: Path) -> dict[int, tuple[str, Colour | None]]:
    """Return name and colour by number."""
    content = texts.read_json(folder / META)
    rows = field(content, "label_map", dict, META)
    colours = content.get("segmentation_colors")
    found = {}
    for key, name in rows.items():
        if not key.isdecimal() or len(key) > 9 or not isinstance(name, str):
            raise ImageError(f"{META} is damaged: “label_map” is not names by number.")
        number = int(key)
        is_coloured = isinstance(colours, list) and number < len(colours)
        found[number] = (name, json_values.colour(colours[number]) if is_coloured else None)
    if not found:
        raise ImageError(f"{META} names no classes.")
    return found


def _images(
    folder: Path,
    part: Part,
    rows: dict[int, tuple[str, Colour | None]],
    classes: ClassTable,
) -> list[LabelledImage]:
    pictures = pairing.pictures_by_stem(folder / IMAGES)
    own = {number: classes.find(name) for number, (name, _) in rows.items()}
    table = np.full(256, IGNORE_INDEX, np.uint8)
    colours: dict[Colour, int] = {}
    for number, entry in own.items():
        if entry is not None and number < IGNORE_INDEX:
            table[number] = entry.index
            colours[rows[number][1] or entry.colour] = entry.index
    known = {number for number in own if number < IGNORE_INDEX} | {IGNORE_INDEX}
    return [
        LabelledImage(
            name=mask.stem,
            image=pairing.of_stem(pictures, mask.stem),
            read=partial(_read_mask, mask, table, known, colours),
            part=part,
        )
        for mask in sorted((folder / MASKS).glob("*.png"))
    ]


def _read_mask(
    path: Path, table: LabelMap, known: set[int], colours: dict[Colour, int]
) -> LabelMap:
    picture = colour_mask.read_picture(path)
    if picture.ndim == 3:
        return colour_mask.resolved(picture, colours, path.name)
    strange = set(np.flatnonzero(np.bincount(picture.ravel(), minlength=256)).tolist()) - known
    if strange:
        raise ImageError(
            f"{path.name} has the number {min(strange)}, which {META} does not name. Add it there, "
            "or correct the mask."
        )
    return table[picture]


class DatumaroWriter:
    """Writes Datumaro's folders; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place among those of its part."""
        return self._folder(part) / IMAGES / f"{name}{suffix}"

    def write(self, item: Outgoing) -> None:
        """Write the mask."""
        png.write(self._mask(item), item.labels)

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as Pillow reads them."""
        with PillowImage.open(self._mask(item)) as picture:
            return np.array(picture)

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write names and colours, into the folder of each part."""
        classes = self._target.classes
        last = max(classes.indices, default=-1)
        colours = classes.colour_table()[: last + 1].tolist()
        content = {
            "label_map": {str(entry.index): entry.name for entry in classes},
            "segmentation_colors": colours,
        }
        ground = next((c for c in classes if numbering.is_background(c)), None)
        if ground is not None:
            content["background_label"] = str(ground.index)
        for part in coco_writing.by_part(items):
            atomic.write_text(self._folder(part) / META, texts.json_text(content))

    def _folder(self, part: Part) -> Path:
        folder = self._target.folder
        return folder / splits.NAME_OF_PART[part] if self._target.has_parts else folder

    def _mask(self, item: Outgoing) -> Path:
        return self._folder(item.part) / MASKS / f"{item.name}.png"
