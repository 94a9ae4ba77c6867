"""ISAT: a JSON file of polygons in layers beside each picture, and isat.yaml with the classes."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.core.palette import Colour
from segstudio.formats import (
    class_csv,
    json_folder,
    json_values,
    outlines,
    splits,
    texts,
    yaml_text,
)
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.foreign_classes import ForeignClasses
from segstudio.formats.json_values import field
from segstudio.formats.picture_search import PictureSearch

LIST = "isat.yaml"
_BACKGROUND = "__background__"
_USUAL_LAYER = 2.0
"""What ISAT takes where a file does not say it."""


class Isat:
    """ISAT's JSON files, which can be read."""

    name = "isat"
    title = "ISAT"
    line = "A JSON file of polygons in layers beside each picture."

    def is_here(self, path: Path) -> bool:
        """Tell whether the first JSON files say that they are ISAT's, or it is such a file."""
        return json_folder.begins_with(path, '"ISAT"', '"info"')

    def read(self, path: Path) -> Dataset:
        """Read the names of the objects; see `Source.read`."""
        root = path.parent if path.is_file() else path
        files = [file for name in json_folder.files(path) if (file := _File.read(name)).is_ours]
        if not files:
            raise ImageError(f"{path} has no JSON files of ISAT.")
        names = ForeignClasses(path.name)
        used = {name for file in files for name in file.names}
        listed = _listed(root)
        for name in [*listed, *sorted(used - set(listed))]:
            names.add(0, _shown(name), listed.get(name))
        classes, remarks = names.table({_shown(name).casefold() for name in used})
        search = PictureSearch(root)
        images = [_image(file, root, classes, search) for file in files]
        layers = (
            "What no object covers is unlabelled. Where objects overlap, the upper layer counts."
        )
        return Dataset(classes, images, (*remarks, layers))


@dataclass(frozen=True, eq=False)
class _File:
    """What one file has, as far as it is needed before its labels are read."""

    path: Path
    names: frozenset[str] = frozenset()
    picture: str = ""
    is_ours: bool = True

    @classmethod
    def read(cls, path: Path) -> "_File":
        """Read a file; one that cannot be used says so when its labels are asked for."""
        try:
            content = texts.read_json(path)
        except SegstudioError:
            return cls(path)
        info = content.get("info") if isinstance(content, dict) else None
        if not isinstance(info, dict) or info.get("description") != "ISAT":
            return cls(path, is_ours=False)
        objects = content.get("objects")
        rows = (
            [row for row in objects if isinstance(row, dict)] if isinstance(objects, list) else []
        )
        names = {row["category"].strip() for row in rows if isinstance(row.get("category"), str)}
        picture = info.get("name")
        return cls(path, frozenset(names - {""}), picture if isinstance(picture, str) else "")

    def labels(self, indices: dict[str, int]) -> LabelMap:
        content = texts.read_json(self.path)
        source = self.path.name
        size = json_values.size(field(content, "info", dict, source), "height", "width", source)
        labels = np.full(size, IGNORE_INDEX, np.uint8)
        rows = field(content, "objects", list, source)
        for row in sorted(rows, key=lambda row: _layer(row, source)):
            name = _shown(field(row, "category", str, source)).casefold()
            if name not in indices:
                raise ImageError(f"{source} has an object without a category.")
            points = json_values.points(field(row, "segmentation", list, source), source)
            if len(points) >= 3:
                outlines.check_reach(points, size, source)
                outlines.paint(labels, points, indices[name])
        return labels


def _layer(row: Any, source: str) -> float:
    value = row.get("layer") if isinstance(row, dict) else None
    if value is None:
        return _USUAL_LAYER
    return float(json_values.numbers([value], source)[0])


def _image(file: _File, root: Path, classes: ClassTable, search: PictureSearch) -> LabelledImage:
    place = file.path.relative_to(root)
    near = place.parent.as_posix() if len(place.parts) > 1 else ""
    picture = search.find(file.picture, near) or search.find_stem(place.stem, near)
    indices = {entry.name.casefold(): entry.index for entry in classes}
    part = next((p for name in place.parts[:-1] if (p := splits.part_of(name))), Part.NONE)
    name = place.with_suffix("").as_posix()
    return LabelledImage(name, picture, partial(file.labels, indices), part)


def _listed(root: Path) -> dict[str, Colour | None]:
    """Return the classes of isat.yaml with their colours, if it is there."""
    if not (root / LIST).is_file():
        return {}
    rows = field(yaml_text.read(root / LIST), "label", list, LIST)
    return {field(row, "name", str, LIST).strip(): _colour(row.get("color")) for row in rows}


def _colour(value: object) -> Colour | None:
    try:
        return class_csv.parse_colour(value) if isinstance(value, str) else None
    except SegstudioError:
        return None


def _shown(name: str) -> str:
    return "background" if name.strip() == _BACKGROUND else name.strip()
