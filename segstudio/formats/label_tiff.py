"""Label maps as TIFF of 8 or 16 bits, with the place on earth of the picture they belong to.

Written as images, labels and classes.json. Where there is no list of classes, each value in the
files becomes a class.
"""

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import TiffImagePlugin

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.formats import class_csv, class_files, colour_mask, folders, loading, numbering
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.folders import Trees
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering

TREES = Trees("images", "labels", folders.WITHOUT_NONE)
SUFFIXES = (".tif", ".tiff")
DEPTH = Option(
    "depth",
    "Bits",
    "8 are enough for every class; some tools for maps want 16.",
    ("8", "16"),
)

_NO_DATA = 42113
"""GDAL's tag for the value that counts for nothing."""
_ON_EARTH = (33550, 33922, 34264, 34735, 34736, 34737)
"""GeoTIFF's tags: scale, tie points, transformation, keys and their numbers and texts."""
_SHOWN = 5
_UNKNOWN = 256

_Tag = tuple[int | str, int | str, int | None, Any, bool]
"""Number, kind, count, value, and whether it is written once."""


class LabelTiff:
    """TIFF files of labels."""

    name = "tiff"
    title = "Label TIFF"
    line = "TIFF label maps of 8 or 16 bits that keep where on earth an image is."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = (DEPTH,)

    def number(self, classes: ClassTable) -> Numbering:
        """Let every class keep its number."""
        return numbering.kept(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether there are TIFF files in the folder of labels."""
        inside = (path / TREES.labels).rglob("*.tif*")
        return any(file.suffix.casefold() in SUFFIXES for file in inside)

    def read(self, path: Path) -> Dataset:
        """Read classes and names; see `Format.read`.

        Raises
        ------
        SegstudioError
            Also when there is no list of classes and the files have over 255 values: the sentence
            says which do not fit, and `read_chosen` takes some of them.
        """
        classes = class_files.any_list(path)
        if classes is not None:
            table = {index: index for index in classes.indices}
            return _dataset(path, classes, table, (), is_all=True)
        counts = values_in(path)
        if len(counts) > MAX_CLASSES:
            raise ImageError(_too_many(counts))
        return read_chosen(path, counts)

    def begin(self, target: Target) -> "LabelTiffWriter":
        """Begin to write."""
        return LabelTiffWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for PyTorch; see `Format.loading_code`."""
        return loading.of_trees(classes, TREES.images, TREES.labels, "*.tif")


class LabelTiffWriter:
    """Writes TIFF files; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        is_wide = target.options.get(DEPTH.name) == "16"
        self._kind = np.dtype(np.uint16 if is_wide else np.uint8)

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place."""
        return TREES.image(self._target.folder, name, part, suffix)

    def write(self, item: Outgoing) -> None:
        """Write the labels, with the place on earth if the picture beside them has one."""
        import tifffile

        tags: list[_Tag] = [(_NO_DATA, "s", 0, str(IGNORE_INDEX), True), *_place_of(item)]
        with atomic.replacing(self._file(item)) as temporary:
            tifffile.imwrite(
                temporary,
                item.labels.astype(self._kind),
                photometric="minisblack",
                compression="zlib",
                metadata=None,
                extratags=tags,
            )

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as Pillow reads them."""
        with PillowImage.open(self._file(item)) as picture:
            return np.array(picture).astype(np.uint8)

    def end(self, items: Sequence[Outgoing]) -> None:  # noqa: ARG002
        """Write the classes."""
        class_files.write(self._target.folder, self._target.classes)

    def _file(self, item: Outgoing) -> Path:
        return TREES.label(self._target.folder, item.name, item.part, ".tif")


def values_in(path: Path) -> dict[int, int]:
    """Return the values in all label files of a folder with their pixels.

    Those that the files themselves declare to count for nothing are left out, and so are files that
    cannot be read.
    """
    total: dict[int, int] = {}
    for item in TREES.found(path, SUFFIXES):
        try:
            values, nothing = _read_values(item.labels)
        except ImageError:
            continue  # it says so itself once it is asked for
        found, counts = np.unique(values, return_counts=True)
        for value, count in zip(found.tolist(), counts.tolist(), strict=True):
            if value != nothing:
                total[value] = total.get(value, 0) + count
    return total


def read_chosen(path: Path, values: Collection[int]) -> Dataset:
    """Read a folder without a list of classes; each of some values becomes a class, others nothing.

    Raises
    ------
    ImageError
        When there are more than 255 values.
    """
    chosen = sorted(values)
    if len(chosen) > MAX_CLASSES:
        raise ImageError(f"{len(chosen)} values are chosen; at most {MAX_CLASSES} fit.")
    is_small = all(0 <= value < MAX_CLASSES for value in chosen)
    table = {value: value if is_small else place for place, value in enumerate(chosen)}
    classes = class_csv.coloured(
        [(index, f"class {value}", None) for value, index in table.items()]
    )
    remark = "There is no list of classes, so they are called after the values in the files."
    return _dataset(path, classes, table, (remark,), is_all=False)


def _dataset(
    path: Path,
    classes: ClassTable,
    table: dict[int, int],
    remarks: tuple[str, ...],
    *,
    is_all: bool,
) -> Dataset:
    found = [
        LabelledImage(
            item.name, item.image, partial(_read, item.labels, table, is_all=is_all), item.part
        )
        for item in TREES.found(path, SUFFIXES)
    ]
    return Dataset(classes, found, remarks)


def _read(path: Path, table: dict[int, int], *, is_all: bool) -> LabelMap:
    """Return the class indices of a file; `is_all` says that every value has to be in the table."""
    values, nothing = _read_values(path)
    meaning = {IGNORE_INDEX: IGNORE_INDEX, **table}
    if nothing is not None:
        meaning.setdefault(nothing, IGNORE_INDEX)
    if values.dtype in (np.uint8, np.uint16):
        indices = [meaning.get(value, _UNKNOWN) for value in range(2 ** (8 * values.itemsize))]
        found = np.array(indices, np.uint16)[values]
    else:
        there, place = np.unique(values, return_inverse=True)
        indices = [meaning.get(value, _UNKNOWN) for value in there.tolist()]
        found = np.array(indices, np.uint16)[place].reshape(values.shape)
    strange = values[found == _UNKNOWN]
    if is_all and strange.size:
        raise ImageError(
            f"{path.name} has the value {strange.min()}, which is no class of the list. Add the "
            "class, or correct the file."
        )
    found[found == _UNKNOWN] = IGNORE_INDEX
    return np.asarray(found, np.uint8)


def _read_values(path: Path) -> tuple[NDArray[Any], int | None]:
    """Return the values (H, W) of a file, and the one that counts for nothing, if any does."""
    with colour_mask.opened(path, path.name) as picture:
        if not isinstance(picture, TiffImagePlugin.TiffImageFile):
            raise ImageError(f"{path.name} is no TIFF file, whatever its name says.")
        nothing = _nothing(picture)
        values = np.array(picture)
    if values.ndim != 2:
        raise ImageError(
            f"{path.name} has {values.shape[-1]} bands. Labels have one; masks of colours are read "
            "as Colour masks."
        )
    if values.dtype.kind == "f":
        none = IGNORE_INDEX if nothing is None else nothing
        whole = np.nan_to_num(values, nan=none, posinf=none, neginf=none)
        if (whole != np.rint(whole)).any():
            raise ImageError(f"{path.name} has fractions; labels are whole numbers.")
        values = whole.astype(np.int64)
    return values, nothing


def _nothing(picture: TiffImagePlugin.TiffImageFile) -> int | None:
    """Return the value that a file declares; without that, 255 in files of 8 bits alone."""
    text = str(picture.tag_v2.get(_NO_DATA, "")).strip("\0 ")
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return IGNORE_INDEX if picture.mode in ("L", "P") else None


def _place_of(item: Outgoing) -> list[_Tag]:
    """Return the tags of the picture of an item that say where on earth it is."""
    import tifffile

    if item.image is None or item.image.suffix.casefold() not in SUFFIXES:
        return []
    try:
        with tifffile.TiffFile(item.image) as picture:
            tags = picture.pages.first.tags
            kept = [tags[code] for code in _ON_EARTH if code in tags]
            return [(tag.code, int(tag.dtype), tag.count, tag.value, True) for tag in kept]
    except (tifffile.TiffFileError, *colour_mask.BROKEN):
        return []  # a picture without such tags, as far as can be known


def _too_many(counts: dict[int, int]) -> str:
    by_size = sorted(counts, key=lambda value: -counts[value])
    rare = sorted(by_size[MAX_CLASSES:])
    share = sum(counts[value] for value in rare) / sum(counts.values())
    shown = ", ".join(map(str, rare[:_SHOWN])) + (", …" if len(rare) > _SHOWN else "")
    return (
        f"The files have {len(counts)} values, and at most {MAX_CLASSES} fit. The rarest do not: "
        f"{shown} ({len(rare)} values, {share:.2%} of the pixels). Choose the values to take."
    )
