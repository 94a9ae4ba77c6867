"""COCO panoptic: a PNG an image whose colours are segments, and a JSON file that names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.core.palette import Colour
from segstudio.formats import coco_writing, colour_mask, loading_files, numbering, splits
from segstudio.formats.coco_files import (
    FOLDER,
    PANOPTIC_PATTERNS,
    CocoFile,
    annotation_files,
    root_of,
)
from segstudio.formats.dataset import Dataset, LabelledImage, told_apart
from segstudio.formats.foreign_classes import ForeignClasses
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.inside import inside
from segstudio.formats.json_values import field
from segstudio.formats.numbering import Numbering
from segstudio.formats.picture_search import PictureSearch

_LARGEST_ID = 256**3 - 1


class Panoptic:
    """COCO's panoptic annotations."""

    name = "coco-panoptic"
    title = "COCO panoptic"
    line = "A PNG an image whose colours are named in a JSON file; panopticapi reads it."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Count the classes from 0; their category ids are one more."""
        return numbering.from_zero(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether there are annotation files, or it is one."""
        return bool(annotation_files(path, PANOPTIC_PATTERNS))

    def read(self, path: Path) -> Dataset:
        """Read all annotation files; see `Format.read`."""
        files = [CocoFile.read(file) for file in annotation_files(path, PANOPTIC_PATTERNS)]
        if not files:
            raise ImageError(f"{path} has no panoptic annotations of COCO (panoptic*.json).")
        names = ForeignClasses(path.name)
        for file in files:
            file.note_classes(names)
        segments = {file.path: _segments(file) for file in files}
        used = {
            file.names[number].casefold()
            for file in files
            for rows in segments[file.path].values()
            for _, number in rows
        }
        classes, remarks = names.table(used)
        masks = frozenset(file.path.stem for file in files)
        search = PictureSearch(root_of(path), skip=masks)
        listed = [item for f in files for item in _images(f, segments[f.path], classes, search)]
        there = [item for item in listed if item is not None]
        if len(there) < len(listed):
            left_out = len(listed) - len(there)
            remarks = (*remarks, f"{left_out} of {len(listed)} images have no PNG; left out.")
        return Dataset(classes, told_apart(there), remarks)

    def begin(self, target: Target) -> "PanopticWriter":
        """Begin to write."""
        return PanopticWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for Python; see `Format.loading_code`."""
        return loading_files.of_format(self.name, loading_files.names_of(classes))


@dataclass(frozen=True, eq=False)
class _Mask:
    """One PNG, and what its colours stand for."""

    path: Path
    table: dict[Colour, int]
    size: tuple[int, int]

    def labels(self) -> LabelMap:
        picture = colour_mask.read_picture(self.path)
        if picture.ndim != 3 or picture.shape[:2] != self.size:
            raise ImageError(
                f"{self.path.name} is not a colour picture of {self.size[1]} x {self.size[0]} "
                "pixels, as its annotation says."
            )
        return colour_mask.resolved(picture, self.table, self.path.name)


def _segments(file: CocoFile) -> dict[int, list[tuple[int, int]]]:
    """Return the segments of each annotation by its place in the file: id and category."""
    found = {}
    for place, row in enumerate(file.rows):
        rows = []
        for segment in field(row, "segments_info", list, file.source):
            number = field(segment, "id", int, file.source)
            category = field(segment, "category_id", int, file.source)
            if not 0 <= number <= _LARGEST_ID or category not in file.names:
                raise ImageError(
                    f"{file.source} has a segment whose id is no colour, or whose category is not "
                    "among the categories."
                )
            rows.append((number, category))
        found[place] = rows
    return found


def _images(
    file: CocoFile,
    segments: dict[int, list[tuple[int, int]]],
    classes: ClassTable,
    search: PictureSearch,
) -> list[LabelledImage | None]:
    """Return the images of a file, None for each without a PNG."""
    known = {entry.name.casefold(): entry.index for entry in classes}
    found: list[LabelledImage | None] = []
    for place, row in enumerate(file.rows):
        mask = inside(
            file.path.with_suffix(""), field(row, "file_name", str, file.source), file.source
        )
        if not mask.is_file():
            found.append(None)
            continue
        name, size = file.images[field(row, "image_id", int, file.source)]
        table = {_colour(n): known[file.names[c].casefold()] for n, c in segments[place]}
        picture = search.find(name, file.split)
        one = _Mask(mask, table | {(0, 0, 0): IGNORE_INDEX}, size)
        stem = PurePosixPath(mask.name).stem
        found.append(LabelledImage(stem, picture, partial(_Mask.labels, one), file.part))
    return found


class PanopticWriter:
    """Writes COCO's panoptic files; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._sizes: dict[str, tuple[int, int]] = {}
        self._boxes: dict[str, list[dict[str, Any]]] = {}
        colours = target.classes.colour_table()
        listed = [entry.colour for entry in target.classes]
        if (0, 0, 0) in listed or not colour_mask.told_apart(listed):
            # Colours that say nothing are better than colours that say two things.
            colours = np.zeros((256, 3), np.uint8)
            colours[:IGNORE_INDEX, 0] = np.arange(1, IGNORE_INDEX + 1)
        colours[IGNORE_INDEX] = 0
        self._colours = colours

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place among those of its part."""
        return coco_writing.picture_place(self._target, name, part, suffix)

    def write(self, item: Outgoing) -> None:
        """Write the PNG."""
        place = self._mask(item)
        with atomic.replacing(place) as temporary:
            painted = colour_mask.painted(item.labels, self._colours)
            PillowImage.fromarray(painted).save(temporary, "PNG", compress_level=1)
        self._boxes[item.name] = [
            self._segment(item.labels, index) for index in coco_writing.used(item.labels)
        ]
        self._sizes[item.name] = (item.labels.shape[0], item.labels.shape[1])

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels from Pillow's pixels, the way panopticapi makes ids of them."""
        with PillowImage.open(self._mask(item)) as opened:
            picture = np.array(opened).astype(np.int64)
        ids = picture[..., 0] + 256 * picture[..., 1] + 256**2 * picture[..., 2]
        labels = np.full(ids.shape, IGNORE_INDEX, np.uint8)
        for segment in self._boxes[item.name]:
            labels[ids == segment["id"]] = segment["category_id"] - 1
        return labels

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write one annotation file for each part."""
        categories = [coco_writing.category_row(c, isthing=0) for c in self._target.classes]
        for part, members in coco_writing.by_part(items).items():
            images, annotations = [], []
            for number, item in enumerate(members, start=1):
                images.append(coco_writing.image_row(number, item, self._sizes[item.name]))
                own = {"image_id": number, "file_name": self._mask(item).name}
                annotations.append(own | {"segments_info": self._boxes[item.name]})
            place = self._target.folder / FOLDER / f"{_stem(part)}.json"
            coco_writing.write_file(place, images, annotations, categories)

    def _segment(self, labels: LabelMap, index: int) -> dict[str, Any]:
        mask = labels == index
        red, green, blue = (int(level) for level in self._colours[index])
        return {
            "id": red + 256 * green + 256**2 * blue,
            "category_id": index + 1,
            "area": int(mask.sum()),
            "bbox": coco_writing.box(mask),
            "iscrowd": 0,
        }

    def _mask(self, item: Outgoing) -> Path:
        return self._target.folder / FOLDER / _stem(item.part) / f"{item.name}.png"


def _stem(part: Part) -> str:
    return f"panoptic_{splits.NAME_OF_PART[part]}"


def _colour(number: int) -> Colour:
    return number & 255, number >> 8 & 255, number >> 16
