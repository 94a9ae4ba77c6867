"""Writes the dataset folder beside this file: ``python tests/golden/native/make.py``.

Run it only when the format is meant to change, and look at the difference.
"""

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.formats import dataset_card, export, format_table
from segstudio.formats.export_values import ExportItem, ExportPlan

HERE = Path(__file__).parent
CLASSES = ClassTable.named(["sky", "Straße", "unused", "tree"]).without(2).moved(3, 0)


def label_map() -> np.ndarray:
    """Return 16 x 12 pixels of every class, with a corner that counts for nothing."""
    labels = np.zeros((12, 16), np.uint8)
    labels[6:] = 1
    labels[3:9, 4:10] = 3
    labels[10:, 13:] = 255
    return labels


def planes() -> Planes:
    """Return them as a person's."""
    return Planes(label_map(), np.full((12, 16), Ink.PERSON, np.uint8))


def items(folder: Path) -> list[ExportItem]:
    """Write two photos into a folder, one of them turned, and return what to export."""
    y, x = np.mgrid[:12, :16]
    photo = np.stack([y * 20, x * 15, (x + y) * 8], axis=-1).astype(np.uint8)
    PillowImage.fromarray(photo).save(folder / "plain.png")
    turned = PillowImage.Exif()
    turned[0x0112] = 6  # to be shown turned by a quarter to the right
    lying = PillowImage.fromarray(np.rot90(photo))
    lying.save(folder / "turned.png", exif=turned)
    return [
        ExportItem("plain", folder / "plain.png", planes),
        ExportItem("turned", folder / "turned.png", planes, seen_by_person=False),
    ]


def write(folder: Path, target: Path) -> None:
    """Write the dataset, with its photos made in a folder."""
    export.export(items(folder), CLASSES, target, ExportPlan(format_table.find("native")))


def main() -> None:
    """Write the folder anew."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), HERE / "dataset")
    (HERE / "dataset" / dataset_card.NAME).unlink()  # it has a date


if __name__ == "__main__":
    main()
