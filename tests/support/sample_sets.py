"""Small datasets, one in each format: what they hold, and how they are written."""

from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable, LabelClass, Role
from segstudio.core.image_record import Part
from segstudio.formats.format import Format, Outgoing, Target

GOLDEN = Path(__file__).parents[1] / "golden" / "formats"

NAMES = (
    *("cityscapes", "ade20k", "mmsegmentation", "huggingface", "cvat", "colour", "tiff", "onehot"),
    *("camvid", "voc"),
)

READ = (*NAMES, "cvat-xml")
"""Those and what can only be read."""

CLASSES = ClassTable(
    (
        LabelClass(4, "road", (128, 64, 128)),
        LabelClass(0, "background", (0, 0, 0), role=Role.BACKGROUND),
        LabelClass(2, "Straße", (250, 170, 30)),
        LabelClass(9, "traffic light", (250, 170, 30)),
        LabelClass(7, "do not count", (9, 9, 9), role=Role.IGNORE),
    )
)
"""With gaps, another order, one colour twice, and a class that is not written."""

IMAGES = (("first", Part.TRAINING), ("second", Part.VALIDATION))


def label_map(name: str) -> LabelMap:
    """Return 12 x 16 pixels of every class, with a corner that counts for nothing."""
    labels = np.full((12, 16), 4, np.uint8)
    labels[:5] = 2
    labels[3:9, 4:10] = 9
    labels[6:8, 5:8] = 0
    labels[10:, 13:] = 7
    labels[0, 0] = 255
    return labels if name == "first" else np.ascontiguousarray(labels[::-1, ::-1])


def write(row: Format, folder: Path) -> list[Outgoing]:
    """Write the images as a format."""
    numbered = row.number(CLASSES)
    writer = row.begin(Target(folder, numbered.classes, has_parts=True))
    items = []
    for name, part in IMAGES:
        image = writer.image_file(name, part, row.image_suffix or ".png")
        image.parent.mkdir(parents=True, exist_ok=True)
        PillowImage.new("RGB", (16, 12), (90, 120, 150)).save(image)
        item = Outgoing(name, numbered.applied(label_map(name)), part, image)
        writer.write(item)
        items.append(item)
    writer.end(items)
    return items
