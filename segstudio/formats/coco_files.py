"""Annotation files of COCO: where they lie, and what they say of classes and images."""

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.formats import json_values, splits, texts
from segstudio.formats.foreign_classes import ForeignClasses
from segstudio.formats.json_values import field

PATTERNS = ("instances*.json", "stuff_*.json", "*_annotations.coco.json", "coco*.json")
PANOPTIC_PATTERNS = ("panoptic*.json",)
FOLDER = "annotations"


@dataclass(frozen=True, eq=False)
class CocoFile:
    """What one annotation file says.

    Attributes
    ----------
    source : str
        What to call it in a sentence.
    split : str
        What its name says of the part, such as ``train2017``; perhaps empty.
    names : dict of int to str
        Classes by category id.
    images : dict of int to (str, (int, int))
        File name, and height and width, by image id.
    rows : list of dict
        The annotations, as they are.
    """

    path: Path
    source: str
    split: str
    part: Part
    names: dict[int, str]
    colours: dict[int, tuple[int, int, int] | None]
    images: dict[int, tuple[str, tuple[int, int]]]
    rows: list[dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "CocoFile":
        """Read an annotation file.

        Raises
        ------
        ImageError
            When it cannot be read, or lacks categories, images or annotations.
        """
        content = texts.read_json(path)
        source = path.name
        names, colours = {}, {}
        for row in field(content, "categories", list, source):
            number = field(row, "id", int, source)
            names[number] = field(row, "name", str, source).strip()
            colours[number] = json_values.colour(row.get("color"))
        images = {}
        for row in field(content, "images", list, source):
            size = json_values.size(row, "height", "width", source)
            images[field(row, "id", int, source)] = (field(row, "file_name", str, source), size)
        rows = field(content, "annotations", list, source)
        for row in rows:
            number = field(row, "image_id", int, source)
            if number not in images:
                raise ImageError(f"{source} has an annotation of image {number}, which it lacks.")
        split = split_of(path)
        part = splits.part_of(split)
        return cls(path, source, split, part, names, colours, images, rows)

    def note_classes(self, found: ForeignClasses) -> None:
        """Add the classes to those found so far."""
        for number, name in self.names.items():
            found.add(number, name, self.colours[number])


def annotation_files(path: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Return the annotation files of a folder, or the path itself if it is one.

    They lie in the folder, in one called “annotations”, or in the folder of each part.
    """
    if path.is_file():
        return [path] if _is_one(path, patterns) else []
    if not path.is_dir():
        return []
    try:
        here = [path, path / FOLDER] if (path / FOLDER).is_dir() else [path]
        parts = [child for child in path.iterdir() if splits.part_of(child.name)]
        return sorted(
            file
            for folder in [*here, *(child for child in parts if child.is_dir())]
            for file in folder.iterdir()
            if _is_one(file, patterns) and file.is_file()
        )
    except OSError:
        return []  # what cannot be listed has no annotations for us


def root_of(path: Path) -> Path:
    """Return the folder of the dataset that a folder or an annotation file stands for."""
    folder = path.parent if path.is_file() else path
    return folder.parent if folder.name == FOLDER else folder


def split_of(path: Path) -> str:
    """Return what the name of an annotation file, or of its folder, says of the part."""
    for word in reversed(path.name.split(".")[0].split("_")):
        if splits.part_of(word) or word == splits.NAME_OF_PART[Part.NONE]:
            return word
    return path.parent.name if splits.part_of(path.parent.name) else ""


def _is_one(path: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path.name.casefold(), pattern) for pattern in patterns)
