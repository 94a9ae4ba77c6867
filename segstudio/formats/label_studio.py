"""Label Studio: a JSON export of tasks, with what brushes painted, and with polygons."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.errors import ImageError
from segstudio.formats import json_folder, json_values, outlines, packed_runs, texts
from segstudio.formats.dataset import Dataset, LabelledImage, told_apart
from segstudio.formats.foreign_classes import ForeignClasses
from segstudio.formats.json_values import field
from segstudio.formats.picture_search import PictureSearch

_NAME_KEYS = ("brushlabels", "polygonlabels", "labels")
_UPLOADED = re.compile(r"[0-9a-f]{8}-(?=.)")
"""What Label Studio puts before the name of a file that was uploaded."""


class LabelStudio:
    """Label Studio's JSON exports, which can be read."""

    name = "label-studio"
    title = "Label Studio"
    line = "A JSON export with what brushes painted, and with polygons."

    def is_here(self, path: Path) -> bool:
        """Tell whether the first JSON files are of labels with their original size."""
        return json_folder.begins_with(path, '"original_width"')

    def read(self, path: Path) -> Dataset:
        """Read all tasks; see `Source.read`."""
        root = path.parent if path.is_file() else path
        everything = [task for file in json_folder.files(path) for task in _tasks(file)]
        tasks = [task for task in everything if task.regions]
        if not tasks:
            raise ImageError(f"{path} has no tasks of Label Studio with brush strokes or polygons.")
        used = {region.label for task in tasks for region in task.regions}
        names = ForeignClasses(path.name)
        for label in sorted(used):
            names.add(0, label)
        classes, remarks = names.table({label.casefold() for label in used})
        indices = {entry.name.casefold(): entry.index for entry in classes}
        search = PictureSearch(root)
        images = [_image(task, indices, search) for task in tasks]
        return Dataset(classes, told_apart(images), (*remarks, *_remarks(everything)))


@dataclass(frozen=True, eq=False)
class _Region:
    """What one stroke or polygon covers, still packed."""

    label: str
    size: tuple[int, int]
    value: dict[str, Any]

    def mask(self, source: str) -> Mask:
        if "rle" in self.value:
            values = json_values.numbers(field(self.value, "rle", list, source), source)
            if not ((values >= 0) & (values <= 255) & (values == np.rint(values))).all():
                raise ImageError(f"{source} has a mask whose runs are no bytes.")
            height, width = self.size
            packed = values.astype(np.uint8).tobytes()
            pixels = packed_runs.unpacked(packed, length=height * width * 4, source=source)
            return pixels.reshape(height, width, 4)[..., 3] > 0
        shares = json_values.points(field(self.value, "points", list, source), source)
        return outlines.filled([shares / 100 * self.size[::-1]], self.size, source)


@dataclass(frozen=True, eq=False)
class _Task:
    """One image with its regions."""

    source: str
    picture: str
    regions: list[_Region]
    left_out: int
    annotations: int

    def labels(self, indices: dict[str, int]) -> LabelMap:
        size = self.regions[0].size
        if any(region.size != size for region in self.regions):
            raise ImageError(f"{self.source} has regions for images of different sizes.")
        labels = np.full(size, IGNORE_INDEX, np.uint8)
        for region in self.regions:
            labels[region.mask(self.source)] = indices[region.label.casefold()]
        return labels


def _tasks(file: Path) -> Iterator[_Task]:
    content = texts.read_json(file)
    for number, row in enumerate(content if isinstance(content, list) else [content], start=1):
        if isinstance(row, dict):
            yield _task(row, f"{file.name}, task {number},")


def _task(row: dict[str, Any], source: str) -> _Task:
    """Return a task of a full export, or of one of the kind JSON_MIN."""
    listed = row.get("annotations", row.get("completions"))
    if isinstance(listed, list):
        finished = [a for a in listed if isinstance(a, dict) and not a.get("was_cancelled")]
        results = finished[-1].get("result") if finished else []
        data = row.get("data")
        values = list(data.values()) if isinstance(data, dict) else []
        found = list(_full(results, source)) if isinstance(results, list) else []
    else:
        values, finished = list(row.values()), []
        lists = [value for value in values if isinstance(value, list)]
        found = [_region(part, part, source) for rows in lists for part in rows]
    regions = [region for region in found if region is not None]
    left_out = len(found) - len(regions)
    return _Task(source, _picture_name(values), regions, left_out, len(finished))


def _full(results: list[Any], source: str) -> Iterator[_Region | None]:
    """Yield the regions of a full export, None for each that is of another kind.

    Where brush and labels are tags of their own, two results with one id make a region.
    """
    named = {
        result.get("id"): result["value"]
        for result in results
        if isinstance(result, dict)
        and isinstance(result.get("id"), str)
        and isinstance(result.get("value"), dict)
        and _label(result["value"]) is not None
    }
    done: set[str] = set()
    for result in results:
        value = result.get("value") if isinstance(result, dict) else None
        if not isinstance(value, dict):
            continue
        number = result.get("id")
        if isinstance(number, str):
            if number in done or "original_width" not in result:
                continue
            done.add(number)
            value = {**value, **named.get(number, {})}
        yield _region(value, result, source)


def _region(value: Any, sized: Any, source: str) -> _Region | None:
    is_known = isinstance(value, dict) and ("rle" in value or "points" in value)
    label = _label(value) if is_known else None
    if label is None:
        return None
    if sized.get("image_rotation"):
        raise ImageError(
            f"{source} has an image that was turned in Label Studio, which cannot be read. Turn it "
            "back there and export again."
        )
    return _Region(
        label, json_values.size(sized, "original_height", "original_width", source), value
    )


def _label(value: dict[str, Any]) -> str | None:
    for key in _NAME_KEYS:
        names = value.get(key)
        if isinstance(names, list) and names and isinstance(names[0], str) and names[0].strip():
            return names[0].strip()
    return None


def _picture_name(values: list[Any]) -> str:
    """Return the file name in the first value that is an address or a path of a picture."""
    for value in values:
        if isinstance(value, str):
            try:
                parts = urlsplit(value)
            except ValueError:
                continue
            inner = parse_qs(parts.query).get("d")
            name = PurePosixPath(inner[0] if inner else unquote(parts.path)).name
            if PurePosixPath(name).suffix:
                return name
    return ""


def _image(task: _Task, indices: dict[str, int], search: PictureSearch) -> LabelledImage:
    plain = _UPLOADED.sub("", task.picture, count=1)
    picture = search.find(task.picture) or search.find(plain)
    stem = PurePosixPath(picture.name if picture else plain).stem or "task"
    return LabelledImage(stem, picture, partial(task.labels, indices))


def _remarks(tasks: list[_Task]) -> Iterator[str]:
    yield "What no region covers is unlabelled. Where regions overlap, the later one counts."
    empty = sum(not task.regions for task in tasks)
    if empty:
        yield f"{empty} tasks have neither brush strokes nor polygons; they are left out."
    left_out = sum(task.left_out for task in tasks)
    if left_out:
        yield f"{left_out} regions are neither brush strokes nor polygons; they are left out."
    several = sum(task.annotations > 1 for task in tasks)
    if several:
        yield f"{several} images were annotated more than once; the last annotation counts."
