"""Writing YOLO's polygons."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.image_record import Part
from segstudio.formats import coco_writing, outlines, splits, yaml_text
from segstudio.formats.format import Outgoing, Target

TABLE = "data.yaml"
LABELS = "labels"
PARTS = "parts"


class YoloWriter:
    """Writes YOLO's folders; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._is_joined = target.options.get(PARTS) == "joined"

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place among those of its part."""
        return self._folder(coco_writing.IMAGES, part) / f"{name}{suffix}"

    def write(self, item: Outgoing) -> None:
        """Write the polygons; an image without any has an empty file."""
        height, width = item.labels.shape
        # A hundredth of a pixel: polygons keep a quarter from what would change them.
        decimals = len(str(max(height, width))) + 2
        rows = []
        for index in coco_writing.used(item.labels):
            polygons = outlines.of_mask(item.labels == index)
            for polygon in [outlines.joined(polygons)] if self._is_joined else polygons:
                shares = (polygon / (width, height)).ravel()
                rows.append(" ".join([str(index), *(f"{share:.{decimals}f}" for share in shares)]))
        atomic.write_text(self._file(item), "".join(f"{row}\n" for row in rows))

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as Ultralytics makes masks: whole coordinates and cv2.fillPoly."""
        height, width = item.labels.shape
        labels = np.full((height, width), IGNORE_INDEX, np.uint8)
        for row in self._file(item).read_text(encoding="utf-8").splitlines():
            index, *shares = row.split()
            points = np.array(shares, np.float64).reshape(-1, 2) * (width, height)
            mask = np.zeros((height, width), np.uint8)
            cv2.fillPoly(mask, [points.astype(np.int32)], 1)
            labels[mask > 0] = int(index)
        return labels

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write the table of classes and folders."""
        parts = [part for part in Part if any(item.part is part for item in items)]
        folders = {splits.NAME_OF_PART[part]: self._named(part) for part in parts}
        if not self._target.has_parts:
            folders = {"train": coco_writing.IMAGES}
        # Ultralytics does not begin without a folder for each of the two.
        some = next(iter(folders.values()), coco_writing.IMAGES)
        content = {
            # Without “path” the folders are those beside the file; “.” would be where one works.
            "train": folders.get("train", some),
            "val": folders.get("val", some),
            **({"test": folders["test"]} if "test" in folders else {}),
            "names": {entry.index: entry.name for entry in self._target.classes},
        }
        atomic.write_text(self._target.folder / TABLE, yaml_text.text_of(content))

    def _folder(self, kind: str, part: Part) -> Path:
        folder = self._target.folder / kind
        return folder / splits.NAME_OF_PART[part] if self._target.has_parts else folder

    def _named(self, part: Part) -> str:
        return f"{coco_writing.IMAGES}/{splits.NAME_OF_PART[part]}"

    def _file(self, item: Outgoing) -> Path:
        return self._folder(LABELS, item.part) / f"{item.name}.txt"
