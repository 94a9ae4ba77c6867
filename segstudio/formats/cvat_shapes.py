"""CVAT for images: one XML file with masks, polygons and boxes of every image. Read only."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassTable, Role
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.core.palette import Colour
from segstudio.formats import archives, class_csv, folders, texts
from segstudio.formats.archives import Archive
from segstudio.formats.cvat_drawing import WITH_AREA, Shape, draw
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.json_values import checked_size
from segstudio.formats.numbering import is_background
from segstudio.formats.picture_search import PictureSearch

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FILE = "annotations.xml"

_Labels = dict[str, tuple[str, Colour | None]]
"""Names and colours, by the name in lower case."""


@dataclass(frozen=True, eq=False)
class _Picture:
    """An image as it stands in the file."""

    name: str
    size: tuple[int, int]
    part: Part
    shapes: tuple[Shape, ...]


class CvatShapes:
    """CVAT's own XML, of tasks made of images."""

    name = "cvat-xml"
    title = "CVAT for images"
    line = "CVAT's XML with masks, polygons and boxes."

    def is_here(self, path: Path) -> bool:
        """Tell whether it is such a file, or a folder or zip with one."""
        if archives.is_zip(path):
            return FILE in archives.names_in(path)
        return _file(path).is_file() and (path.is_dir() or path.suffix.casefold() == ".xml")

    def read(self, path: Path) -> Dataset:
        """Read labels and shapes; see `Source.read`."""
        is_packed = archives.is_zip(path)
        file = _file(path)
        with _opened(file) as stream:
            names, pictures = _parsed(stream, file.name)
        rows = _classes(names, pictures)
        indices = {entry.name.casefold(): entry.index for entry in rows}
        search = None if is_packed else PictureSearch(file.parent)
        found = [
            LabelledImage(
                name=picture.name,
                image=None if search is None else search.find(picture.name, "images"),
                read=partial(_drawn, picture, indices, file.name),
                part=picture.part,
            )
            for picture in pictures
        ]
        return Dataset(rows, found, tuple(_remarks(pictures, file.name if is_packed else None)))


def _file(path: Path) -> Path:
    return path / FILE if path.is_dir() else path


def _opened(file: Path) -> IO[bytes]:
    try:
        if archives.is_zip(file):
            archive = Archive(file)
            data = archive.read(FILE, texts.LARGEST_TEXT_BYTES)
            archive.close()
            return io.BytesIO(data)
        if file.stat().st_size > texts.LARGEST_TEXT_BYTES:
            raise ImageError(f"{file.name} has over {texts.LARGEST_TEXT_BYTES:,} bytes.")
        return file.open("rb")
    except OSError as error:
        raise ImageError(f"{file.name} could not be read: {error}.") from error


def _parsed(stream: IO[bytes], name: str) -> tuple[_Labels, list[_Picture]]:
    """Return the labels with their colours, and the images."""
    from defusedxml import ElementTree

    labels: _Labels = {}
    pictures: list[_Picture] = []
    try:
        for _, element in ElementTree.iterparse(stream, events=("end",)):
            if element.tag == "label" and element.find("name") is not None:
                _take_label(element, labels)
            elif element.tag == "track":
                raise ImageError(f"{name} is of a video. Export it from CVAT as “CVAT for images”.")
            elif element.tag == "image":
                pictures.append(_picture(element, name))
                element.clear()
    except SegstudioError:
        raise
    except (OSError, SyntaxError, ValueError, LookupError, RecursionError) as error:
        raise ImageError(f"{name} could not be read as XML: {error}.") from error
    if not labels and not pictures:
        raise ImageError(f"{name} has neither labels nor images of CVAT.")
    return labels, pictures


def _take_label(element: "Element", labels: _Labels) -> None:
    name = (element.findtext("name") or "").strip()
    colour = (element.findtext("color") or "").strip()
    if name:
        known = class_csv.parse_colour(colour) if colour else None
        labels.setdefault(name.casefold(), (name, known))


def _picture(element: "Element", source: str) -> _Picture:
    name = element.get("name", "")
    try:
        height, width = int(element.get("height", "")), int(element.get("width", ""))
    except ValueError as error:
        raise ImageError(f"{source} gives no size of “{name}”.") from error
    shapes = [
        Shape(child.tag, child.get("label", "").strip(), _level(child), dict(child.attrib))
        for child in element
    ]
    # Python sorts without changing the order of equals: CVAT draws those in the order of the file.
    shapes.sort(key=lambda shape: shape.level)
    part = folders.part_of(element.get("subset", ""))
    return _Picture(name, checked_size(height, width, source), part, tuple(shapes))


def _level(element: "Element") -> int:
    try:
        return int(element.get("z_order", "0"))
    except ValueError:
        return 0


def _classes(labels: _Labels, pictures: list[_Picture]) -> ClassTable:
    used = {shape.label: None for picture in pictures for shape in picture.shapes if shape.label}
    found = {name.casefold(): (name, None) for name in used} | labels
    if len(found) > MAX_CLASSES:
        with_shapes = {name.casefold() for name in used}
        found = {key: row for key, row in found.items() if key in with_shapes}
    if len(found) > MAX_CLASSES:
        beyond = [name for name, _ in found.values()][MAX_CLASSES:]
        raise ImageError(
            f"The file has {len(found)} labels with shapes; at most {MAX_CLASSES} fit. Too many "
            f"are {', '.join(beyond[:5])}{', …' if len(beyond) > 5 else ''}."
        )
    # In the order of the list of labels, and then those that it lacks.
    rows = [*(found[key] for key in labels if key in found)]
    rows += [row for key, row in found.items() if key not in labels]
    table = class_csv.coloured((number, *row) for number, row in enumerate(rows))
    for entry in table:
        if is_background(entry):
            table = table.changed(entry.index, role=Role.BACKGROUND)
    return table


def _remarks(pictures: list[_Picture], archive: str | None) -> Iterator[str]:
    if archive is not None:
        yield f"If {archive} has pictures too: unpack it to take them over."
    left_out: dict[str, int] = {}
    for picture in pictures:
        for shape in picture.shapes:
            if shape.kind not in WITH_AREA:
                left_out[shape.kind] = left_out.get(shape.kind, 0) + 1
    if left_out:
        shown = ", ".join(f"{count} × {kind}" for kind, count in sorted(left_out.items()))
        yield f"Without an area, and left out: {shown}."
    yield "Pixels that no shape covers are left unlabelled."


def _drawn(picture: _Picture, indices: dict[str, int], source: str) -> LabelMap:
    labels = np.full(picture.size, IGNORE_INDEX, np.uint8)
    where = f"{source}, “{picture.name}”"
    for shape in picture.shapes:
        if shape.kind in WITH_AREA:
            if shape.label.casefold() not in indices:
                raise ImageError(f"{where} has a {shape.kind} without a label.")
            draw(labels, shape, indices[shape.label.casefold()], where)
    return labels
