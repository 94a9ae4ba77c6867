"""LabelMe: a JSON file of shapes beside each picture (labelme 5 to 7, and X-AnyLabeling)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable, LabelClass
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import (
    class_lists,
    coco_writing,
    images,
    json_folder,
    json_values,
    labelme_shapes,
    loading_files,
    numbering,
    splits,
    texts,
)
from segstudio.formats.class_lists import LABELME_BACKGROUND, LABELME_IGNORE
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.foreign_classes import ForeignClasses
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.json_values import field
from segstudio.formats.numbering import Numbering
from segstudio.formats.picture_search import PictureSearch

SHAPES = "shapes"
LIST = "labels.txt"
_VERSION = "5.5.0"
"""Of labelme, which reads this file: shapes of the type mask are known since 5.3."""


class LabelMe:
    """LabelMe's JSON files."""

    name = "labelme"
    title = "LabelMe JSON"
    line = "A JSON file of shapes beside each picture; labelme and X-AnyLabeling open it."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = (
        Option(
            SHAPES,
            "Shapes",
            "Masks keep every pixel; polygons can be changed point by point.",
            ("masks", "polygons"),
        ),
    )

    def number(self, classes: ClassTable) -> Numbering:
        """Count the classes from 0; the files have names only."""
        return numbering.from_zero(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether the first JSON files have shapes, or it is such a file."""
        return json_folder.begins_with(path, '"shapes"')

    def read(self, path: Path) -> Dataset:
        """Read the names of the shapes; see `Format.read`."""
        root = path.parent if path.is_file() else path
        files = [_File.read(file) for file in json_folder.files(path)]
        files = [file for file in files if file.is_ours]
        if not files:
            raise ImageError(f"{path} has no JSON files of LabelMe.")
        names = ForeignClasses(path.name)
        listed = _listed(root)
        for name in [*listed, *sorted({name for file in files for name in file.names})]:
            if name != LABELME_IGNORE:
                names.add(0, name)
        classes, remarks = names.table({n.casefold() for file in files for n in file.names})
        search = PictureSearch(root)
        found = [_image(file, root, classes, search) for file in files]
        return Dataset(classes, found, (*remarks, *_remarks(files)))

    def begin(self, target: Target) -> "LabelMeWriter":
        """Begin to write."""
        return LabelMeWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for Python; see `Format.loading_code`."""
        return loading_files.of_format(self.name, [_written_name(entry) for entry in classes])


@dataclass(frozen=True, eq=False)
class _File:
    """What one file has, as far as it is needed before its labels are read."""

    path: Path
    names: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    picture: str = ""
    is_ours: bool = True

    @classmethod
    def read(cls, path: Path) -> "_File":
        """Read a file; one that cannot be used says so when its labels are asked for."""
        try:
            content = texts.read_json(path)
            if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
                return cls(path, is_ours=False)
            shapes = [row for row in content["shapes"] if isinstance(row, dict)]
            names = {row["label"].strip() for row in shapes if isinstance(row.get("label"), str)}
            kinds = {str(row.get("shape_type")) for row in shapes}
            picture = content.get("imagePath")
            named = picture if isinstance(picture, str) else ""
            return cls(path, frozenset(names - {""}), frozenset(kinds), named)
        except SegstudioError:
            return cls(path)

    def labels(self, picture: Path | None, indices: dict[str, int]) -> LabelMap:
        content = texts.read_json(self.path)
        source = self.path.name
        size = _size(content, picture, source)
        labels = np.full(size, IGNORE_INDEX, np.uint8)
        for row in field(content, "shapes", list, source):
            name = field(row, "label", str, source).strip()
            if name.casefold() not in indices:
                raise ImageError(f"{source} has a shape without a name. Name it in LabelMe.")
            labelme_shapes.paint(labels, row, indices[name.casefold()], source)
        return labels


def _size(content: object, picture: Path | None, source: str) -> tuple[int, int]:
    is_said = isinstance(content, dict) and content.get("imageHeight") is not None
    if is_said or picture is None:
        return json_values.size(content, "imageHeight", "imageWidth", source)
    width, height = images.image_size(picture)
    return height, width


def _image(file: _File, root: Path, classes: ClassTable, search: PictureSearch) -> LabelledImage:
    place = file.path.relative_to(root)
    near = place.parent.as_posix() if len(place.parts) > 1 else ""
    picture = search.find(file.picture, near) or search.find_stem(place.stem, near)
    indices = {entry.name.casefold(): entry.index for entry in classes}
    indices[LABELME_IGNORE] = IGNORE_INDEX
    indices[LABELME_BACKGROUND] = indices.get("background", IGNORE_INDEX)
    part = next((p for name in place.parts[:-1] if (p := splits.part_of(name))), Part.NONE)
    read: Callable[[], LabelMap] = partial(file.labels, picture, indices)
    return LabelledImage(place.with_suffix("").as_posix(), picture, read, part)


def _listed(root: Path) -> list[str]:
    """Return the names of the list that labelme is started with, if it is there."""
    return texts.lines(root / LIST, class_lists.MAX_BYTES) if (root / LIST).is_file() else []


def _remarks(files: Sequence[_File]) -> Iterable[str]:
    yield "What no shape covers is unlabelled. Where shapes overlap, the later one counts."
    kinds = frozenset().union(*(file.kinds for file in files))
    if kinds & labelme_shapes.THIN:
        yield (
            f"Lines are drawn {labelme_shapes.LINE_WIDTH} pixels wide and points with a radius of "
            f"{labelme_shapes.POINT_RADIUS}, as labelme does."
        )


class LabelMeWriter:
    """Writes LabelMe's files; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._has_polygons = target.options.get(SHAPES) == "polygons"

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place beside its JSON file."""
        return self._folder(part) / f"{name}{suffix}"

    def write(self, item: Outgoing) -> None:
        """Write the shapes of the image."""
        shapes: list[dict[str, Any]] = []
        for index in coco_writing.used(item.labels):
            entry = self._target.classes.get(index)
            assert entry is not None
            mask = item.labels == index
            made = labelme_shapes.polygons if self._has_polygons else labelme_shapes.masks
            shapes += made(mask, _written_name(entry))
        content = {
            "version": _VERSION,
            "flags": {},
            "shapes": shapes,
            "imagePath": item.image.name if item.image is not None else f"{item.name}.jpg",
            "imageData": None,
            "imageHeight": item.labels.shape[0],
            "imageWidth": item.labels.shape[1],
        }
        atomic.write_text(self._file(item), labelme_shapes.json_text(content))

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as labelme makes them: masks by Pillow, and polygons drawn by it."""
        content = texts.read_json(self._file(item))
        size = (content["imageHeight"], content["imageWidth"])
        indices = {_written_name(entry): entry.index for entry in self._target.classes}
        labels = np.full(size, IGNORE_INDEX, np.uint8)
        for row in content["shapes"]:
            labelme_shapes.paint(labels, row, indices[row["label"]], item.name)
        return labels

    def end(self, items: Sequence[Outgoing]) -> None:  # noqa: ARG002
        """Write the list of names that labelme is started with."""
        names = [_written_name(entry) for entry in self._target.classes]
        first = [name for name in names if name == LABELME_BACKGROUND]
        others = [name for name in names if name != LABELME_BACKGROUND]
        if any(name.splitlines() != [name] or name == LABELME_IGNORE for name in names):
            raise SegstudioError(
                f"{LIST} cannot hold a class whose name is “{LABELME_IGNORE}” or has line breaks. "
                "Rename it."
            )
        lines = [LABELME_IGNORE, *first, *others]
        atomic.write_text(self._target.folder / LIST, "".join(f"{line}\n" for line in lines))

    def _folder(self, part: Part) -> Path:
        folder = self._target.folder
        return folder / splits.NAME_OF_PART[part] if self._target.has_parts else folder

    def _file(self, item: Outgoing) -> Path:
        return self._folder(item.part) / f"{item.name}.json"


def _written_name(entry: LabelClass) -> str:
    """Return the name in the file; labelme's scripts know the background by its own name."""
    return LABELME_BACKGROUND if entry.name.casefold() == "background" else entry.name
