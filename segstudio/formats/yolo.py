"""YOLO segmentation (Ultralytics): data.yaml, pictures, and a text file of polygons for each."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.formats import (
    images,
    loading_files,
    numbering,
    outlines,
    splits,
    texts,
    yaml_text,
)
from segstudio.formats.dataset import Dataset, LabelledImage, told_apart
from segstudio.formats.foreign_classes import ForeignClasses
from segstudio.formats.format import Option, Target
from segstudio.formats.inside import inside
from segstudio.formats.json_values import Points
from segstudio.formats.numbering import Numbering
from segstudio.formats.picture_search import PictureSearch
from segstudio.formats.yolo_writing import LABELS, PARTS, TABLE, YoloWriter

_TABLES = (TABLE, "data.yml", "dataset.yaml", "dataset.yml")
_OTHER_TEXTS = re.compile(r"(classes|train|valid|val|test|readme.*)\.txt", re.IGNORECASE)
_LARGEST_BYTES = 200_000_000
_TOLERANCE = 0.02
"""How far beyond the edge a point may lie, as a share of the image; Ultralytics leaves out rows
with points beyond it, tools that write them do not always."""


class Yolo:
    """YOLO's polygons."""

    name = "yolo"
    title = "YOLO segmentation"
    line = "Polygons in text files and data.yaml; Ultralytics trains on it. No background."
    image_suffix = ""
    is_lossless = False
    options: tuple[Option, ...] = (
        Option(
            PARTS,
            "Parts of a class",
            "Apart, each joined part is an object of its own. Joined by thin lines, all of a class "
            "is one object, and the lines cross what lies between.",
            ("apart", "joined"),
        ),
    )

    def number(self, classes: ClassTable) -> Numbering:
        """Count the classes from 0, without the background, which has no polygons."""
        return numbering.objects_from_zero(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether there is a data.yaml, or it is one."""
        return _table_file(path) is not None

    def read(self, path: Path) -> Dataset:
        """Read the classes, and find label files and pictures; see `Format.read`."""
        table = _table_file(path)
        if table is None:
            raise ImageError(f"{path} has no {TABLE}.")
        content = yaml_text.read(table)
        if not isinstance(content, dict):
            raise ImageError(f"{table.name} has no names of classes.")
        names = ForeignClasses(table.name)
        by_number = _names(content.get("names"), table.name)
        for number, name in by_number.items():
            names.add(number, name)
        classes, remarks = names.table()
        indices = {n: _index(classes, name) for n, name in by_number.items()}
        search = PictureSearch(table.parent)
        found = [
            _image(file, part, table.parent, search, indices)
            for file, part in _label_files(table.parent, content)
        ]
        if not found:
            raise ImageError(f"{table.parent} has no label files (labels/*.txt).")
        without = sum(item.image is None for item in found)
        if without:
            remarks = (
                *remarks,
                f"{without} label files have no picture. Their labels cannot be read: polygons are "
                "given as shares of its size.",
            )
        overlap = "Where polygons overlap, the smaller one counts: the files give them no order."
        return Dataset(
            classes, told_apart(found), (*remarks, "What no polygon covers is unlabelled.", overlap)
        )

    def begin(self, target: Target) -> YoloWriter:
        """Begin to write."""
        return YoloWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for Python; see `Format.loading_code`."""
        return loading_files.of_format(self.name, loading_files.names_of(classes))


@dataclass(frozen=True, eq=False)
class _Labels:
    """One label file with its picture."""

    path: Path
    picture: Path | None
    indices: dict[int, int]

    def read(self) -> LabelMap:
        if self.picture is None:
            raise ImageError(
                f"{self.path.name} has no picture beside it, so that the size of its image is not "
                "known. Put the pictures into the folder of the dataset."
            )
        width, height = images.image_size(self.picture)
        size = height, width
        labels = np.full(size, IGNORE_INDEX, np.uint8)
        polygons = []
        for number, row in enumerate(texts.lines(self.path, _LARGEST_BYTES), start=1):
            source = f"{self.path.name}, line {number},"
            index, shares = _row(row, source)
            if index not in self.indices:
                raise ImageError(f"{source} has class {index}, which {TABLE} does not name.")
            points = np.clip(shares, 0, 1) * (width, height)
            outlines.check_reach(points, size, source)
            polygons.append((outlines.covered(points, size), self.indices[index], points))
        for _, index, points in sorted(polygons, key=lambda row: -row[0]):
            outlines.paint(labels, points, index)
        return labels


def _row(line: str, source: str) -> tuple[int, Points]:
    """Return class and points of a line, as shares of width and height."""
    try:
        first, *rest = line.split()
        number = int(float(first))
        shares = np.array([float(text) for text in rest], np.float64)
    except (ValueError, OverflowError) as error:
        raise ImageError(f"{source} is not a class number with coordinates.") from error
    if shares.size == 4:
        raise ImageError(f"{source} is a box and no polygon. This is a dataset for detection.")
    if shares.size < 6 or shares.size % 2:
        raise ImageError(f"{source} does not have three points or more, x and y each.")
    if not (np.abs(shares - 0.5) <= 0.5 + _TOLERANCE).all():
        raise ImageError(f"{source} has coordinates that are not between 0 and 1.")
    return number, shares.reshape(-1, 2)


def _image(
    file: Path, part: Part, root: Path, search: PictureSearch, indices: dict[int, int]
) -> LabelledImage:
    stem = file.relative_to(root).with_suffix("")
    parts = ["images" if piece == LABELS else piece for piece in stem.parts]
    picture = search.find_stem(PurePosixPath(*parts).as_posix())
    labels = _Labels(file, picture, indices)
    # The folders of labels and of parts say nothing of the image.
    folders = [name for name in stem.parts[:-1] if name != LABELS and not splits.part_of(name)]
    name = PurePosixPath(*folders, stem.name).as_posix()
    return LabelledImage(name, picture, partial(_Labels.read, labels), part)


def _table_file(path: Path) -> Path | None:
    if path.is_file():
        return path if path.suffix.casefold() in (".yaml", ".yml") else None
    return next((path / name for name in _TABLES if (path / name).is_file()), None)


def _names(content: object, source: str) -> dict[int, str]:
    """Return the names by number, from a list or a mapping."""
    rows: list[tuple[Any, Any]] = []
    if isinstance(content, dict):
        rows = list(content.items())
    elif isinstance(content, list):
        rows = list(enumerate(content))
    found = {}
    for number, name in rows:
        if not isinstance(name, str) or not str(number).isdecimal() or len(str(number)) > 9:
            raise ImageError(f"{source}: “names” is not a list of names, or names by number.")
        found[int(number)] = name
    if not found:
        raise ImageError(f"{source} has no names of classes.")
    return found


def _index(classes: ClassTable, name: str) -> int:
    entry = classes.find("background" if name.strip() == "_background_" else name)
    return IGNORE_INDEX if entry is None else entry.index


def _label_files(root: Path, content: dict[Any, Any]) -> list[tuple[Path, Part]]:
    """Return the label files with their parts.

    data.yaml names folders of pictures; labels lie where “labels” stands for “images”. Its “path”
    is of another machine more often than not, and what leads out of the folder is not followed.
    Where none of the folders is there, all label files below the root are taken.
    """
    found: dict[Path, Part] = {}
    for key in ("train", "val", "valid", "test"):
        named = content.get(key)
        for name in named if isinstance(named, list) else [named]:
            for file in _of_folder(root, name) if isinstance(name, str) else []:
                found.setdefault(file, splits.part_of(key))
    if not found:
        found = {file: _part_in(file.relative_to(root)) for file in _texts_below(root)}
    return sorted(found.items())


def _of_folder(root: Path, name: str) -> list[Path]:
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part != ".."]
    if "images" in parts:
        last = len(parts) - 1 - parts[::-1].index("images")
        parts[last] = LABELS
    try:
        folder = inside(root, "/".join(parts), TABLE)
    except ImageError:
        return []
    is_known = folder != root and folder.is_dir()
    return _texts_below(folder) if is_known else []


def _texts_below(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*.txt"))
        if path.is_file() and not _OTHER_TEXTS.match(path.name)
    ]


def _part_in(path: Path) -> Part:
    return next((part for name in path.parts[:-1] if (part := splits.part_of(name))), Part.NONE)
