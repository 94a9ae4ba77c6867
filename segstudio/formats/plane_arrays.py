"""Arrays (H, W, K) or (K, H, W) in .npy and .npz files, read as label maps a little at a time.

A file of a few kilobytes can hold gigabytes of zeros. So an array is never in memory as a whole,
and what its head says is checked first.
"""

import math
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.errors import ImageError
from segstudio.core.png import MAX_PIXELS
from segstudio.formats import archives

Order = Literal["hwk", "khw"]
ORDERS: tuple[Order, Order] = ("hwk", "khw")

LARGEST_BYTES = 16_000_000_000
_BLOCK_BYTES = 2**25

_BROKEN = (*archives.BROKEN, EOFError, SyntaxError, TypeError, ArithmeticError)


class _Head:
    """What the head of an array says."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files that Python 2 wrote
            version = np.lib.format.read_magic(stream)
            readers: dict[tuple[int, int], Callable[..., Any]] = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }
            if version not in readers:
                raise ImageError(f"{name} is an array of a kind that is not read ({version}).")
            self.shape, self.is_fortran, self.kind = readers[version](stream)
        self._check(name)

    def _check(self, name: str) -> None:
        if self.kind.kind not in "biuf" or self.kind.itemsize > 8:
            raise ImageError(f"{name} has values of the kind {self.kind}; numbers are read.")
        if len(self.shape) != 3 or min(self.shape) < 1:
            raise ImageError(
                f"{name} has the shape {self.shape}; arrays with a plane for each class have three "
                "axes."
            )
        if math.prod(self.shape) * self.kind.itemsize > LARGEST_BYTES:
            raise ImageError(
                f"{name} has {math.prod(self.shape):,} values; at most {LARGEST_BYTES:,} bytes are "
                "read. Cut it into parts."
            )


def read(path: Path, indices: NDArray[np.uint8], order: Order | None = None) -> LabelMap:
    """Read an array with a plane for each class as a label map.

    A pixel gets the class whose plane has the largest value, and 255 where all are 0 or one is not
    a number.

    Parameters
    ----------
    path : Path
        A .npy file, or a .npz with one array of three axes.
    indices : (K,) uint8
        The class of each plane.
    order : "hwk", "khw" or None
        None to tell it by the number of classes.

    Raises
    ------
    ImageError
        When it cannot be read, has another number of planes, or could be of either order; and when
        a pixel of a one-hot array is of several classes.
    """
    try:
        if path.suffix.casefold() != ".npz":
            with path.open("rb") as stream:
                return _read(stream, path.name, indices, order)
        with zipfile.ZipFile(path) as packed, packed.open(_member(packed, path.name)) as member:
            return _read(member, path.name, indices, order)
    except _BROKEN as error:
        raise ImageError(f"{path.name} could not be read as an array: {error}.") from error


def _member(packed: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Return the only array of three axes."""
    found = []
    for info in packed.infolist():
        with packed.open(info) as stream:
            try:
                _Head(stream, name)
            except (ImageError, *_BROKEN):
                continue
        found.append(info)
    if len(found) != 1:
        raise ImageError(
            f"{name} has {len(found)} arrays with a plane for each class; there should be one."
        )
    return found[0]


def _read(
    stream: IO[bytes], name: str, indices: NDArray[np.uint8], order: Order | None
) -> LabelMap:
    head = _Head(stream, name)
    chosen = order or _told_by(head.shape, indices.size, name)
    axis = chosen.index("k")
    if head.shape[axis] != indices.size:
        raise ImageError(
            f"{name} has {head.shape[axis]} planes, and the list has {indices.size} classes."
        )
    if math.prod(head.shape) // indices.size > MAX_PIXELS:
        raise ImageError(f"{name} has over {MAX_PIXELS:,} pixels.")
    # In Fortran's order the axes lie in the file from the last to the first.
    stored = head.shape[::-1] if head.is_fortran else head.shape
    is_first = (axis == 0) != head.is_fortran
    rows, columns = stored[1:] if is_first else stored[:2]

    def take(count: int) -> NDArray[Any]:
        return _taken(stream, count, head.kind)

    with np.errstate(all="ignore"):
        if is_first:
            places = _by_planes(take, rows, columns, indices, head.kind.itemsize, name)
        else:
            places = _by_rows(take, rows, columns, indices, head.kind.itemsize, name)
    return np.ascontiguousarray(places.T) if head.is_fortran else places


def _by_planes(
    take: Callable[[int], NDArray[Any]],
    rows: int,
    columns: int,
    indices: NDArray[np.uint8],
    item_bytes: int,
    name: str,
) -> LabelMap:
    at_once = max(1, _BLOCK_BYTES // (columns * item_bytes))
    best = _Best(rows, columns, name)
    for plane in range(indices.size):
        for top in range(0, rows, at_once):
            height = min(at_once, rows - top)
            best.add(plane, top, take(height * columns).reshape(height, columns))
    return best.labels(indices)


def _by_rows(
    take: Callable[[int], NDArray[Any]],
    rows: int,
    columns: int,
    indices: NDArray[np.uint8],
    item_bytes: int,
    name: str,
) -> LabelMap:
    at_once = max(1, _BLOCK_BYTES // (columns * indices.size * item_bytes))
    found = np.empty((rows, columns), np.uint8)
    for top in range(0, rows, at_once):
        height = min(at_once, rows - top)
        block = take(height * columns * indices.size).reshape(height, columns, -1)
        best = _Best(height, columns, name)
        for plane in range(indices.size):
            best.add(plane, 0, block[..., plane])
        found[top : top + height] = best.labels(indices)
    return found


class _Best:
    """The plane with the largest value at each pixel, as planes come in."""

    def __init__(self, rows: int, columns: int, name: str) -> None:
        self._name = name
        self._value = np.full((rows, columns), -np.inf, np.float32)
        self._plane = np.zeros((rows, columns), np.uint8)
        self._filled = np.zeros((rows, columns), np.uint8)
        self._unknown = np.zeros((rows, columns), np.bool_)
        self._is_one_hot = True

    def add(self, plane: int, top: int, values: NDArray[Any]) -> None:
        """Take the values (h, columns) of a plane from one row on."""
        level = values.astype(np.float32)
        at = slice(top, top + len(level))
        self._unknown[at] |= np.isnan(level)
        is_more = level > self._value[at]
        self._value[at][is_more] = level[is_more]
        self._plane[at][is_more] = plane
        filled = level != 0
        self._filled[at] += filled & (self._filled[at] < 2)
        self._is_one_hot &= values.dtype.kind in "biu" and bool((level[filled] == 1).all())

    def labels(self, indices: NDArray[np.uint8]) -> LabelMap:
        """Return the class of each pixel."""
        if self._is_one_hot and (self._filled > 1).any():
            raise ImageError(
                f"{self._name} has pixels of several classes at once; a label map has one class a "
                "pixel."
            )
        found = indices[self._plane]
        found[self._unknown | (self._filled == 0)] = IGNORE_INDEX
        return found


def _told_by(shape: tuple[int, ...], classes: int, name: str) -> Order:
    """Return which axis has as many planes as there are classes."""
    is_last, is_first = shape[2] == classes, shape[0] == classes
    if is_last and is_first and shape != (1, 1, 1):
        raise ImageError(
            f"{name} has the shape {shape} and there are {classes} classes, so that the planes may "
            "be the first axis or the last. Say which in arrays.json: "
            '{"order": "hwk"} or {"order": "khw"}.'
        )
    if not (is_last or is_first):
        raise ImageError(
            f"{name} has the shape {shape}, and the list has {classes} classes: no axis has a "
            "plane for each of them."
        )
    return "hwk" if is_last else "khw"


def _taken(stream: IO[bytes], count: int, kind: np.dtype[Any]) -> NDArray[Any]:
    wanted = count * kind.itemsize
    data = stream.read(wanted)
    if len(data) != wanted:
        raise EOFError("the file ends too early")
    return np.frombuffer(data, kind)
