"""CVAT for images: one XML file with masks, polygons and boxes of every image. Read only."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassTable, Role
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.core.palette import Colour
from segstudio.core.png import MAX_PIXELS
from segstudio.formats import class_csv, folders, outlines, texts
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.json_values import Points, checked_size
from segstudio.formats.numbering import is_background
from segstudio.formats.picture_search import PictureSearch

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FILE = "annotations.xml"
_CORNERS = 64
"""Of the polygon that an ellipse becomes."""

_Labels = dict[str, tuple[str, Colour | None]]
"""Names and colours, by the name in lower case."""


@dataclass(frozen=True)
class _Shape:
    """A shape as it stands in the file."""

    kind: str
    label: str
    level: int
    values: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class _Picture:
    """An image as it stands in the file."""

    name: str
    size: tuple[int, int]
    part: Part
    shapes: tuple[_Shape, ...]


class CvatShapes:
    """CVAT's own XML, of tasks made of images."""

    name = "cvat-xml"
    title = "CVAT for images"
    line = "CVAT's XML with masks, polygons and boxes."

    def is_here(self, path: Path) -> bool:
        """Tell whether it is such a file, or a folder with one."""
        return _file(path).is_file() and (path.is_dir() or path.suffix.casefold() == ".xml")

    def read(self, path: Path) -> Dataset:
        """Read labels and shapes; see `Source.read`."""
        file = _file(path)
        names, pictures = _parsed(file)
        rows = _classes(names, pictures)
        indices = {entry.name.casefold(): entry.index for entry in rows}
        search = PictureSearch(file.parent)
        found = [
            LabelledImage(
                name=picture.name,
                image=search.find(picture.name, "images"),
                read=partial(_drawn, picture, indices, file.name),
                part=picture.part,
            )
            for picture in pictures
        ]
        return Dataset(rows, found, tuple(_remarks(pictures)))


def _file(path: Path) -> Path:
    return path / FILE if path.is_dir() else path


def _parsed(file: Path) -> tuple[_Labels, list[_Picture]]:
    """Return the labels with their colours, and the images."""
    from defusedxml import ElementTree

    if file.stat().st_size > texts.LARGEST_TEXT_BYTES:
        raise ImageError(f"{file.name} has over {texts.LARGEST_TEXT_BYTES:,} bytes.")
    labels: _Labels = {}
    pictures: list[_Picture] = []
    try:
        for _, element in ElementTree.iterparse(file, events=("end",)):
            if element.tag == "label" and element.find("name") is not None:
                _take_label(element, labels)
            elif element.tag == "track":
                raise ImageError(
                    f"{file.name} is of a video. Export it from CVAT as “CVAT for images”."
                )
            elif element.tag == "image":
                pictures.append(_picture(element, file.name))
                element.clear()
    except SegstudioError:
        raise
    except (OSError, SyntaxError, ValueError, LookupError, RecursionError) as error:
        raise ImageError(f"{file.name} could not be read as XML: {error}.") from error
    if not labels and not pictures:
        raise ImageError(f"{file.name} has neither labels nor images of CVAT.")
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
        _Shape(child.tag, child.get("label", "").strip(), _level(child), dict(child.attrib))
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


def _remarks(pictures: list[_Picture]) -> Iterator[str]:
    left_out: dict[str, int] = {}
    for picture in pictures:
        for shape in picture.shapes:
            if shape.kind not in _DRAWN:
                left_out[shape.kind] = left_out.get(shape.kind, 0) + 1
    if left_out:
        shown = ", ".join(f"{count} × {kind}" for kind, count in sorted(left_out.items()))
        yield f"Without an area, and left out: {shown}."
    yield "Pixels that no shape covers are left unlabelled."


def _drawn(picture: _Picture, indices: dict[str, int], source: str) -> LabelMap:
    labels = np.full(picture.size, IGNORE_INDEX, np.uint8)
    where = f"{source}, “{picture.name}”"
    for shape in picture.shapes:
        if shape.kind in _DRAWN:
            if shape.label.casefold() not in indices:
                raise ImageError(f"{where} has a {shape.kind} without a label.")
            _DRAWN[shape.kind](labels, shape, indices[shape.label.casefold()], where)
    return labels


def _draw_mask(labels: LabelMap, shape: _Shape, index: int, source: str) -> None:
    """Draw runs of rows within a rectangle; the first is of what lies outside the shape."""
    left, top, width, height = (
        int(_number(shape, key, source)) for key in ("left", "top", "width", "height")
    )
    runs = _runs(shape, source)
    is_inside = left >= 0 and top >= 0 and width > 0 and height > 0
    is_inside &= top + height <= labels.shape[0] and left + width <= labels.shape[1]
    if not is_inside or runs.sum() != width * height:
        raise ImageError(f"{source} has a mask that does not fit into its rectangle.")
    kinds = np.arange(runs.size) % 2 == 1
    inside = np.repeat(kinds, runs).reshape(height, width)
    labels[top : top + height, left : left + width][inside] = index


def _runs(shape: _Shape, source: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    try:
        runs = [int(run) for run in shape.values.get("rle", "").split(",")]
    except ValueError as error:
        raise ImageError(f"{source} has a mask whose runs are no numbers.") from error
    if min(runs) < 0 or max(runs) > MAX_PIXELS:
        raise ImageError(f"{source} has a mask whose runs are no lengths.")
    return np.array(runs, np.int64)


def _draw_polygon(labels: LabelMap, shape: _Shape, index: int, source: str) -> None:
    pairs = [pair.split(",") for pair in shape.values.get("points", "").split(";")]
    try:
        points = np.array([[float(x), float(y)] for x, y in pairs])
    except ValueError as error:
        raise ImageError(f"{source} has a polygon whose points are no numbers.") from error
    _fill(labels, points, index, source)


def _draw_box(labels: LabelMap, shape: _Shape, index: int, source: str) -> None:
    left, top, right, bottom = (_number(shape, key, source) for key in ("xtl", "ytl", "xbr", "ybr"))
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    _fill(labels, _turned(corners, shape, source), index, source)


def _draw_ellipse(labels: LabelMap, shape: _Shape, index: int, source: str) -> None:
    x, y, across, down = (_number(shape, key, source) for key in ("cx", "cy", "rx", "ry"))
    angle = np.linspace(0, 2 * math.pi, _CORNERS, endpoint=False)
    around = np.stack([x + across * np.cos(angle), y + down * np.sin(angle)], axis=1)
    _fill(labels, _turned(around, shape, source), index, source)


def _turned(points: Points, shape: _Shape, source: str) -> Points:
    """Turn a shape around its middle, clockwise as seen, by the degrees that it says."""
    angle = math.radians(_number(shape, "rotation", source, "0"))
    if not angle:
        return points
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned: Points = (points - middle) @ turn + middle
    return turned


def _fill(labels: LabelMap, points: Points, index: int, source: str) -> None:
    if not np.isfinite(points).all():
        raise ImageError(f"{source} has a shape whose points are no numbers.")
    labels[outlines.filled([points], (labels.shape[0], labels.shape[1]), source)] = index


def _number(shape: _Shape, key: str, source: str, usual: str = "") -> float:
    try:
        value = float(shape.values.get(key, usual))
    except ValueError as error:
        raise ImageError(f"{source} has a {shape.kind} without a number for “{key}”.") from error
    if not math.isfinite(value):
        raise ImageError(f"{source} has a {shape.kind} without a number for “{key}”.")
    return value


_DRAWN = {
    "mask": _draw_mask,
    "polygon": _draw_polygon,
    "box": _draw_box,
    "ellipse": _draw_ellipse,
}
"""By the name of an element, how it is drawn; what is not here has no area."""
