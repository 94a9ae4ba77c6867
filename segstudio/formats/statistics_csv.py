"""Class totals, and areas by image and class, as CSV for spreadsheets and scripts."""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from segstudio.core import atomic
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import IGNORE_COUNT

TOTAL_COLUMNS = ("class", "index", "pixels", "share", "images")
AREA_COLUMNS = ("image", "class", "index", "pixels", "share", "area", "unit")


@dataclass(frozen=True)
class PixelSize:
    """How long the side of a pixel is in the world, such as 0.5 µm."""

    size: float
    unit: str

    def __str__(self) -> str:
        return f"{self.size:.10g} {self.unit}"


def parse_pixel_size(text: str) -> PixelSize | None:
    """Read a size such as ``0.5 µm``; None for an empty text.

    Raises
    ------
    SegstudioError
        When it is not a positive number followed by a unit.
    """
    if not text.strip():
        return None
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)\s*([^\W\d_]+)\s*", text)
    size = float(found[1].replace(",", ".")) if found else 0.0
    if found is None or not 0 < size < math.inf:
        raise SegstudioError("Write a number and a unit, such as 0.5 µm.")
    return PixelSize(size, found[2])


def write_totals(
    path: Path, classes: ClassTable, pixels: Mapping[int, int], images: Mapping[int, int]
) -> None:
    """Write one line a class: its pixels, their share of all pixels, and the images it is in.

    Parameters
    ----------
    path : Path
    classes : ClassTable
        Classes that do not occur are written with zeros.
    pixels, images : mapping of int to int
        By class index; 255 is unlabelled, 256 Ignore.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    whole = max(1, sum(pixels.values()))
    rows: list[tuple[object, ...]] = []
    for index, name, written in _named(classes, pixels):
        count = pixels.get(index, 0)
        rows.append((name, written, count, _share(count, whole), images.get(index, 0)))
    _write(path, TOTAL_COLUMNS, rows)


def write_areas(
    path: Path,
    records: Iterable[ImageRecord],
    classes: ClassTable,
    *,
    pixel_size: PixelSize | None = None,
) -> None:
    """Write one line for each class that occurs in each image.

    Parameters
    ----------
    path : Path
    records : iterable of ImageRecord
        Images without labels are left out.
    classes : ClassTable
    pixel_size : PixelSize or None
        Gives the area in its unit squared; without one the last two columns stay empty.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    _write(path, AREA_COLUMNS, _areas(records, classes, pixel_size))


def _areas(
    records: Iterable[ImageRecord], classes: ClassTable, pixel_size: PixelSize | None
) -> Iterator[tuple[object, ...]]:
    unit = f"{pixel_size.unit}²" if pixel_size else ""
    for record in records:
        if not record.has_labels:
            continue
        pixels = dict(record.classes)
        whole = max(1, sum(pixels.values()))
        for index, name, written in _named(classes, pixels):
            count = pixels.get(index, 0)
            if count:
                area = f"{count * pixel_size.size**2:.10g}" if pixel_size else ""
                yield record.name, name, written, count, _share(count, whole), area, unit


def _named(
    classes: ClassTable, occurring: Mapping[int, int]
) -> Iterator[tuple[int, str, int | str]]:
    """Yield where a class is counted, its name, and its index as label maps hold it."""
    known = set(classes.indices)
    for entry in classes:
        yield entry.index, entry.name, entry.index
    for index in sorted(i for i in occurring if i < IGNORE_INDEX and i not in known):
        yield index, classes.name_of(index), index
    yield IGNORE_COUNT, "Ignore", IGNORE_INDEX
    yield IGNORE_INDEX, "Unlabelled", IGNORE_INDEX


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.8g}"


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    atomic.write_text(path, text.getvalue())
