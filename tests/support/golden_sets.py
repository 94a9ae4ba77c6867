"""Small datasets that lie in tests/golden/formats, and how they were written."""

import base64
import io
import json
from pathlib import Path

import format_cases
import numpy as np
from PIL import Image as PillowImage

from segstudio.core.classes import ClassTable, LabelClass, Role
from segstudio.core.image_record import Part
from segstudio.formats import format_table

GOLDEN = Path(__file__).parents[1] / "golden" / "formats"

NAMES = ("coco", "coco-panoptic", "yolo", "labelme", "datumaro")

CLASSES = ClassTable(
    (
        LabelClass(3, "ground", (120, 90, 60)),
        LabelClass(0, "background", (10, 10, 10), role=Role.BACKGROUND),
        LabelClass(7, "tree, tall", (0, 128, 0)),
    )
)

PARTS = (Part.TRAINING, Part.VALIDATION)


def maps() -> list[np.ndarray]:
    """Return two label maps: one with a hole, a part apart and 255; one without any class."""
    first = np.full((9, 12), 3, np.uint8)
    first[1:7, 2:9] = 7
    first[3:5, 4:6] = 0  # a hole in the tree
    first[7, 10:12] = 7
    first[8, :5] = 255
    return [first, np.full((5, 4), 255, np.uint8)]


def picture(path: Path, shape: tuple[int, int]) -> None:
    """Write a grey picture."""
    PillowImage.new("RGB", shape[::-1], (90, 120, 150)).save(path)


def write(name: str, folder: Path):
    """Write the dataset as a format; return the items and the numbering."""
    row = format_table.find(name)
    return format_cases.write(row, folder, CLASSES, maps(), parts=PARTS, picture=picture)


def content(path: Path) -> object:
    """Return what a file says, whatever the version of the library that packed it."""
    if path.suffix == ".png":
        with PillowImage.open(path) as opened:
            return opened.mode, np.array(opened).tolist(), opened.getpalette()
    if path.suffix == ".json":
        return json.loads(path.read_text("utf-8"), object_hook=_unpacked)
    return path.read_bytes()


def _unpacked(row: dict) -> dict:
    if isinstance(row.get("mask"), str):
        with PillowImage.open(io.BytesIO(base64.b64decode(row["mask"]))) as opened:
            return row | {"mask": np.array(opened).tolist()}
    return row


if __name__ == "__main__":
    for chosen in NAMES:
        write(chosen, GOLDEN / chosen)
