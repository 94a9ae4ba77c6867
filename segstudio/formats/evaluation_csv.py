"""What came of measuring a model, as CSV for spreadsheets and scripts."""

import csv
import io
import math
from collections.abc import Iterable
from pathlib import Path

from segstudio.core import atomic
from segstudio.core.evaluation import Evaluation

CLASS_COLUMNS = ("class", "iou", "precision", "recall", "boundary_f", "pixels")
IMAGE_COLUMNS = ("image", "miou", "pixel_accuracy", "pixels")
NO_CLASS = "no class"


def write(folder: Path, found: Evaluation) -> None:
    """Write classes.csv, images.csv (the worst first) and confusion.csv into a folder.

    The rows of the confusion matrix are the truth, its numbers are pixels. A value that is not
    defined is left empty.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    """
    tables: dict[str, list[tuple[object, ...]]] = {
        "classes": [CLASS_COLUMNS, *_classes(found)],
        "images": [IMAGE_COLUMNS, *_images(found)],
        "confusion": [("truth", *found.classes, NO_CLASS), *_confusion(found)],
    }
    for name, rows in tables.items():
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        atomic.write_text(folder / f"{name}.csv", text.getvalue())


def _classes(found: Evaluation) -> Iterable[tuple[object, ...]]:
    columns = (found.scores.iou, found.scores.precision, found.scores.recall, found.boundary_f)
    pixels = found.confusion.sum(axis=1)
    for row, name in enumerate(found.classes):
        yield name, *(_shown(float(column[row])) for column in columns), int(pixels[row])


def _images(found: Evaluation) -> Iterable[tuple[object, ...]]:
    for image in found.images:
        pixels = int(image.confusion.sum())
        yield image.name, _shown(image.miou), _shown(image.pixel_accuracy), pixels


def _confusion(found: Evaluation) -> Iterable[tuple[object, ...]]:
    for name, row in zip(found.classes, found.confusion.tolist(), strict=True):
        yield name, *row


def _shown(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"
