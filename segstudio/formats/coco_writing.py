"""Writing COCO's annotation files."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX, LabelClass
from segstudio.core.errors import StorageError
from segstudio.core.image_record import Part
from segstudio.formats import outlines, rle, splits, texts
from segstudio.formats.coco_files import FOLDER
from segstudio.formats.format import Outgoing, Target

SHAPES = "shapes"
IMAGES = "images"


@dataclass(frozen=True)
class _Kept:
    """What goes into the file of one image."""

    size: tuple[int, int]
    text: str


class CocoWriter:
    """Writes COCO's files; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._has_polygons = target.options.get(SHAPES) == "polygons"
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place among those of its part."""
        return picture_place(self._target, name, part, suffix)

    def write(self, item: Outgoing) -> None:
        """Keep the annotations of the image as the text that the file will have."""
        rows = [self._row(item.labels == index, index) for index in used(item.labels)]
        kept = _Kept((item.labels.shape[0], item.labels.shape[1]), json.dumps(rows))
        with self._lock:
            self._kept[item.name] = kept

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as pycocotools reads that text."""
        from pycocotools import mask as coco_mask

        kept = self._kept[item.name]
        labels = np.full(kept.size, IGNORE_INDEX, np.uint8)
        for row in json.loads(kept.text):
            segmentation = row["segmentation"]
            if isinstance(segmentation, list):
                parts = coco_mask.frPyObjects(segmentation, *kept.size)
                segmentation = coco_mask.merge(parts)
            mask = coco_mask.decode(segmentation).astype(np.bool_)
            labels[mask] = row["category_id"] - 1
        return labels

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write one annotation file for each part."""
        for part, members in by_part(items).items():
            images: list[dict[str, Any]] = []
            annotations: list[dict[str, Any]] = []
            for number, item in enumerate(members, start=1):
                kept = self._kept[item.name]
                images.append(image_row(number, item, kept.size))
                for row in json.loads(kept.text):
                    own = {"id": len(annotations) + 1, "image_id": number}
                    annotations.append(own | row)
            write_file(
                self._target.folder / FOLDER / f"instances_{splits.NAME_OF_PART[part]}.json",
                images,
                annotations,
                [category_row(entry) for entry in self._target.classes],
            )

    def _row(self, mask: Mask, index: int) -> dict[str, Any]:
        return {
            "category_id": index + 1,
            "segmentation": self._segmentation(mask),
            "area": int(mask.sum()),
            "bbox": box(mask),
            "iscrowd": 0,
        }

    def _segmentation(self, mask: Mask) -> object:
        if not self._has_polygons:
            return rle.encoded(mask)
        return [polygon.ravel().tolist() for polygon in outlines.of_mask(mask)]


def picture_place(target: Target, name: str, part: Part, suffix: str) -> Path:
    """Return the place of a picture: images/train, images/val, ... or images alone."""
    folder = target.folder / IMAGES
    if target.has_parts:
        folder /= splits.NAME_OF_PART[part]
    return folder / f"{name}{suffix}"


def used(labels: LabelMap) -> list[int]:
    """Return the classes that labels have, by rising index."""
    counts = np.bincount(labels.ravel(), minlength=256)[:IGNORE_INDEX]
    return [int(index) for index in np.flatnonzero(counts)]


def box(mask: Mask) -> list[int]:
    """Return left, top, width and height of the pixels of a mask that has some."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return [left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1]


def by_part(items: Sequence[Outgoing]) -> dict[Part, list[Outgoing]]:
    """Return images by their part; with none at all, one empty list."""
    found: dict[Part, list[Outgoing]] = {}
    for item in items:
        found.setdefault(item.part, []).append(item)
    return found or {Part.NONE: []}


def image_row(number: int, item: Outgoing, size: tuple[int, int]) -> dict[str, Any]:
    """Return what a file says of an image."""
    name = item.image.name if item.image is not None else f"{item.name}.jpg"
    return {"id": number, "file_name": name, "height": size[0], "width": size[1]}


def category_row(entry: LabelClass, **more: int) -> dict[str, Any]:
    """Return what a file says of a class."""
    row = {"id": entry.index + 1, "name": entry.name, "supercategory": ""}
    return row | more | {"color": list(entry.colour)}


def write_file(
    path: Path,
    images: list[dict[str, Any]],
    annotations: list[dict[str, Any]],
    categories: list[dict[str, Any]],
) -> None:
    """Write an annotation file, one image, annotation or category a line, and read it again.

    Raises
    ------
    StorageError
        When it cannot be written, or does not read back as it was written.
    """
    sections = {"images": images, "annotations": annotations, "categories": categories}
    text = ",\n".join(f' "{name}": {_lines(rows)}' for name, rows in sections.items())
    atomic.write_text(path, '{\n "info": {},\n "licenses": [],\n' + text + "\n}\n")
    if texts.read_json(path) != {"info": {}, "licenses": []} | sections:
        raise StorageError(
            f"{path.name} did not read back as it was written. The disk may be failing: export to "
            "another one."
        )


def _lines(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "[]"
    return "[\n" + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows) + "\n ]"
