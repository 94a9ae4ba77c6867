"""COCO: one JSON file a part with the outlines of all its images; pycocotools' instances_*.json."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.formats import json_values, loading_files, numbering, outlines, rle
from segstudio.formats.coco_files import PATTERNS, CocoFile, annotation_files, root_of
from segstudio.formats.coco_writing import SHAPES, CocoWriter
from segstudio.formats.dataset import Dataset, LabelledImage, told_apart
from segstudio.formats.foreign_classes import ForeignClasses
from segstudio.formats.format import Option, Target
from segstudio.formats.json_values import field
from segstudio.formats.numbering import Numbering
from segstudio.formats.picture_search import PictureSearch

OVERLAPS = "Where annotations of an image overlap, the later one in the file counts."


class Coco:
    """COCO's annotations."""

    name = "coco"
    title = "COCO"
    line = "One JSON file a part, with a mask for each class of each image; pycocotools reads it."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = (
        Option(
            SHAPES,
            "Shapes",
            "Masks (RLE) keep every pixel; polygons are read by more programs.",
            ("masks", "polygons"),
        ),
    )

    def number(self, classes: ClassTable) -> Numbering:
        """Count the classes from 0; their category ids are one more."""
        return numbering.from_zero(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether there are annotation files, or it is one."""
        return bool(annotation_files(path, PATTERNS))

    def read(self, path: Path) -> Dataset:
        """Read all annotation files; see `Format.read`."""
        found = [CocoFile.read(file) for file in annotation_files(path, PATTERNS)]
        if not found:
            raise ImageError(f"{path} has no annotations of COCO (instances_*.json).")
        names = ForeignClasses(path.name)
        for file in found:
            file.note_classes(names)
        used = {
            file.names[number].casefold()
            for file in found
            for number in {_category(file, row) for row in file.rows}
        }
        classes, remarks = names.table(used)
        search = PictureSearch(root_of(path))
        images = [item for file in found for item in _images(file, classes, search)]
        return Dataset(classes, told_apart(images), (*remarks, *_remarks(found)))

    def begin(self, target: Target) -> CocoWriter:
        """Begin to write."""
        return CocoWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for Python; see `Format.loading_code`."""
        return loading_files.of_format(self.name, loading_files.names_of(classes))


@dataclass(frozen=True, eq=False)
class _Picture:
    """One image of an annotation file, with its annotations."""

    size: tuple[int, int]
    rows: list[dict[str, Any]]
    indices: dict[int, int]
    source: str

    def labels(self) -> LabelMap:
        labels = np.full(self.size, IGNORE_INDEX, np.uint8)
        for row in self.rows:
            mask = mask_of(row.get("segmentation"), self.size, self.source)
            labels[mask] = self.indices.get(field(row, "category_id", int, self.source), 255)
        return labels


def mask_of(segmentation: object, size: tuple[int, int], source: str) -> Mask:
    """Return the mask (H, W) bool of an annotation: polygons, or RLE of either kind.

    Raises
    ------
    ImageError
        When it cannot be used.
    """
    if isinstance(segmentation, dict):
        return rle.decoded(segmentation, size, source)
    polygons = []
    for flat in segmentation if isinstance(segmentation, list) else []:
        if not isinstance(flat, list) or len(flat) % 2:
            raise ImageError(f"{source} is damaged: a polygon is not a list of x and y in turn.")
        polygons.append(json_values.numbers(flat, source).reshape(-1, 2))
    return outlines.filled(polygons, size, source)


def _images(file: CocoFile, classes: ClassTable, search: PictureSearch) -> list[LabelledImage]:
    known = {entry.name.casefold(): entry.index for entry in classes}
    indices = {
        number: known[name.casefold()]
        for number, name in file.names.items()
        if name.casefold() in known
    }
    by_image: dict[int, list[dict[str, Any]]] = {}
    for row in file.rows:
        by_image.setdefault(field(row, "image_id", int, file.source), []).append(row)
    found = []
    for number, (name, size) in file.images.items():
        source = f"{file.source}, {name}"
        picture = search.find(name, file.split)
        one = _Picture(size, by_image.get(number, []), indices, source)
        stem = PurePosixPath(name.replace("\\", "/")).with_suffix("").as_posix().lstrip("/")
        found.append(LabelledImage(stem, picture, partial(_Picture.labels, one), file.part))
    return found


def _category(file: CocoFile, row: dict[str, Any]) -> int:
    number = field(row, "category_id", int, file.source)
    if number not in file.names:
        raise ImageError(
            f"{file.source} has an annotation of category {number}, which is not among its "
            "categories. Add the category, or take the annotation out."
        )
    return number


def _remarks(found: Sequence[CocoFile]) -> tuple[str, ...]:
    remarks = ["What no annotation covers is unlabelled."]
    rows = [row for file in found for row in file.rows]
    several = Counter((file.source, row.get("image_id")) for file in found for row in file.rows)
    if any(count > 1 for count in several.values()):
        remarks.append(OVERLAPS)
    boxes = sum(not row.get("segmentation") for row in rows)
    if boxes:
        remarks.append(f"{boxes} annotations have a box and no outline; they are left out.")
    if any(file.part is Part.NONE for file in found) and len(found) > 1:
        remarks.append("Some annotation files do not say in their names which part they are.")
    return tuple(remarks)
