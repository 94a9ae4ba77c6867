"""Label maps as NumPy arrays with a plane for each class: one-hot, or probabilities.

Written as images, arrays, classes.json and arrays.json, which says the order of the axes.
"""

import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import class_files, folders, loading, numbering, plane_arrays, texts
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.folders import Trees
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering
from segstudio.formats.plane_arrays import ORDERS, Order

TREES = Trees("images", "arrays", folders.WITHOUT_NONE)
SUFFIXES = (".npz", ".npy")
ABOUT = "arrays.json"
NAME_IN_NPZ = "one_hot"
ORDER = Option(
    "order",
    "Order of the axes",
    "Height, width, classes; or classes first, as PyTorch has it.",
    ORDERS,
)
FILE = Option(
    "file",
    "Files",
    "Packed .npz, or .npy that can be mapped into memory.",
    ("npz", "npy"),
)
_READING = """\
import json

ORDER = json.loads(Path("arrays.json").read_text(encoding="utf-8"))["order"]


def read_labels(file):
    array = np.load(file)
    planes = array["one_hot"] if file.suffix == ".npz" else array
    axis = ORDER.index("k")
    return np.where(planes.any(axis), planes.argmax(axis), IGNORE)
"""
_ROWS_BYTES = 2**24


class LabelArrays:
    """Arrays of planes."""

    name = "onehot"
    title = "One-hot arrays"
    line = "NumPy arrays with a plane for each class; probabilities are read too."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = (ORDER, FILE)

    def number(self, classes: ClassTable) -> Numbering:
        """Count from 0: the number of a class is that of its plane."""
        return numbering.from_zero(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether there is the folder of arrays."""
        return (path / TREES.labels).is_dir()

    def read(self, path: Path) -> Dataset:
        """Read classes and names; see `Format.read`."""
        classes = class_files.any_list(path)
        if classes is None or not len(classes):
            raise SegstudioError(
                f"There is no list of classes in {path}. Put one there, such as classes.txt with a "
                "name a line, so that planes of classes can be told from rows and columns."
            )
        order = _order(path / ABOUT)
        indices = np.array(sorted(classes.indices), np.uint8)
        found = [
            LabelledImage(
                item.name, item.image, partial(_read, item.labels, indices, order), item.part
            )
            for item in TREES.found(path, SUFFIXES)
        ]
        return Dataset(classes, found)

    def begin(self, target: Target) -> "LabelArraysWriter":
        """Begin to write."""
        return LabelArraysWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for PyTorch; see `Format.loading_code`."""
        return loading.of_trees(classes, TREES.images, TREES.labels, "*.np[yz]", _READING)


class LabelArraysWriter:
    """Writes arrays plane by plane, or row by row; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._order: Order = target.options.get(ORDER.name, ORDER.values[0])
        self._suffix = f".{target.options.get(FILE.name, FILE.values[0])}"

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place."""
        return TREES.image(self._target.folder, name, part, suffix)

    def write(self, item: Outgoing) -> None:
        """Write the array; what counts for nothing has 0 in every plane."""
        with atomic.replacing(self._file(item)) as temporary:
            if self._suffix == ".npy":
                with temporary.open("wb") as stream:
                    self._write(stream, item.labels)
                return
            with (
                zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
                packed.open(f"{NAME_IN_NPZ}.npy", "w", force_zip64=True) as stream,
            ):
                self._write(stream, item.labels)

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels by NumPy's own loader."""
        loaded = np.load(self._file(item), allow_pickle=False)
        array = loaded if self._suffix == ".npy" else loaded[NAME_IN_NPZ]
        axis = self._order.index("k")
        labels = array.argmax(axis).astype(np.uint8)
        labels[~array.any(axis)] = IGNORE_INDEX
        return np.asarray(labels, np.uint8)

    def end(self, items: Sequence[Outgoing]) -> None:  # noqa: ARG002
        """Write the classes and what the arrays are."""
        folder = self._target.folder
        atomic.write_text(
            folder / ABOUT, texts.json_text({"order": self._order, "nothing": "0 in every plane"})
        )
        class_files.write(folder, self._target.classes)

    def _file(self, item: Outgoing) -> Path:
        return TREES.label(self._target.folder, item.name, item.part, self._suffix)

    def _write(self, stream: IO[bytes], labels: LabelMap) -> None:
        indices = np.array(sorted(self._target.classes.indices), np.uint8)
        size = dict(zip("hwk", (*labels.shape, indices.size), strict=True))
        shape = tuple(size[axis] for axis in self._order)
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        if self._order == "khw":
            for index in indices:
                stream.write((labels == index).tobytes())
            return
        rows = max(1, _ROWS_BYTES // (labels.shape[1] * indices.size))
        for top in range(0, labels.shape[0], rows):
            stream.write((labels[top : top + rows, :, None] == indices).tobytes())


def _order(file: Path) -> Order | None:
    if not file.is_file():
        return None
    content = texts.read_json(file, 1_000_000)
    order = content.get("order") if isinstance(content, dict) else None
    for known in ORDERS:
        if order == known:
            return known
    raise ImageError(f"{file.name} does not say the order of the axes: {' or '.join(ORDERS)}.")


def _read(path: Path, indices: NDArray[np.uint8], order: Order | None) -> LabelMap:
    return plane_arrays.read(path, indices, order)
