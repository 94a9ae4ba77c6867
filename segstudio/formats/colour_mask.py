"""Label maps as pictures: a byte a pixel, or a colour a pixel that a table says the class of."""

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.palette import Colour
from segstudio.core.png import MAX_PIXELS

BROKEN = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError),
    *(RuntimeError, MemoryError, struct.error, zlib.error, PillowImage.DecompressionBombError),
)
"""What Pillow raises for files that are missing, damaged or far too large."""

_SHOWN = 5
_PIXELS_AT_ONCE = 2**22


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a mask as it is stored: (H, W) of numbers, or (H, W, 3) of colours where it has any.

    The palette of an indexed picture is left alone, and so is EXIF. What is transparent is left
    out of account.

    Raises
    ------
    ImageError
        When it cannot be read or has more than 8 bits.
    """
    return _read(path, path.name)


def read_colours(path: Path) -> NDArray[np.uint8]:
    """Read a mask as it is seen, (H, W, 3): through its palette, and grey as grey.

    Raises
    ------
    ImageError
        When it cannot be read or has more than 8 bits.
    """
    with opened(path, path.name) as picture:
        _check_kind(picture, path.name)
        return np.array(picture.convert("RGB"))


def decode_picture(data: bytes, name: str) -> NDArray[np.uint8]:
    """Read a mask from the content of a file; see `read_picture`."""
    return _read(io.BytesIO(data), name)


@contextlib.contextmanager
def opened(source: Path | IO[bytes], name: str) -> Iterator[PillowImage.Image]:
    """Open a picture that is no larger than can be opened; its pixels are not decoded yet.

    Raises
    ------
    ImageError
        When it cannot be read, now or within the block.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata; the pixels tell for themselves
            with PillowImage.open(source) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ImageError(f"{name} has over {MAX_PIXELS:,} pixels.")
                yield picture
    except BROKEN as error:
        raise ImageError(f"{name} could not be read as a mask: {error}.") from error


def _read(source: Path | IO[bytes], name: str) -> NDArray[np.uint8]:
    with opened(source, name) as picture:
        return _values(picture, name)


def _values(picture: PillowImage.Image, name: str) -> NDArray[np.uint8]:
    _check_kind(picture, name)
    if picture.mode in ("P", "L"):
        return np.array(picture)
    if picture.mode == "1":
        return np.array(picture.convert("L")) // 255
    return np.array(picture.convert("RGB"))


def _check_kind(picture: PillowImage.Image, name: str) -> None:
    if picture.mode not in ("P", "L", "1", "RGB", "RGBA"):
        raise ImageError(
            f"{name} is a picture of the kind {picture.mode}; a mask has 8 bits a pixel, or "
            "colours."
        )


def colours_in(picture: NDArray[np.uint8]) -> dict[Colour, int]:
    """Return the colours of a picture (H, W, 3) with their pixels, the most frequent first."""
    total: dict[int, int] = {}
    for band in _bands(picture):
        found, counts = np.unique(_codes(picture[band]), return_counts=True)
        for code, count in zip(found.tolist(), counts.tolist(), strict=True):
            total[code] = total.get(code, 0) + count
    return {_colour(code): total[code] for code in sorted(total, key=lambda code: -total[code])}


def resolved(picture: NDArray[np.uint8], table: Mapping[Colour, int], name: str) -> LabelMap:
    """Return the labels (H, W) of a picture of colours (H, W, 3).

    Parameters
    ----------
    table : mapping of colour to int
        Class index, or 255 for a colour that counts for nothing.
    name : str
        What to call the picture in an error.

    Raises
    ------
    ImageError
        When it has a colour that is not in the table; no colour is guessed.
    """
    # One place for each colour there is: a search for every pixel takes five times as long.
    places = np.zeros(2**24, np.uint16)
    for (red, green, blue), index in table.items():
        places[red | green << 8 | blue << 16] = index + 1
    labels = np.empty(picture.shape[:2], np.uint8)
    strange: set[int] = set()
    for band in _bands(picture):
        codes = _codes(picture[band])
        found = places[codes]
        if not found.all():
            strange |= set(np.unique(codes[found == 0]).tolist())
        np.subtract(found, 1, out=labels[band], casting="unsafe")
    if strange:
        raise ImageError(_unknown(sorted(map(_colour, strange)), name))
    return labels


def _bands(picture: NDArray[np.uint8]) -> Iterator[slice]:
    """Yield rows of a picture that are looked at together, so that little memory is needed."""
    rows = max(1, _PIXELS_AT_ONCE // picture.shape[1])
    for top in range(0, picture.shape[0], rows):
        yield slice(top, top + rows)


def _codes(colours: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return one number a colour (H, W) from (H, W, 3): red, green and blue, from low to high."""
    wide = cv2.cvtColor(np.ascontiguousarray(colours), cv2.COLOR_RGB2RGBA)
    wide[..., 3] = 0
    return np.asarray(wide.view("<u4")[..., 0], np.uint32)


def check(labels: LabelMap, classes: ClassTable, name: str) -> None:
    """Make sure that a label map has no number but those of classes and 255.

    Raises
    ------
    ImageError
        When it has one.
    """
    known = {*classes.indices, IGNORE_INDEX}
    used = np.flatnonzero(np.bincount(labels.ravel(), minlength=256)).tolist()
    strange = [number for number in used if number not in known]
    if strange:
        raise ImageError(
            f"{name} has the number {strange[0]}, which is no class of the list. Add the class, or "
            "correct the mask."
        )


def painted(labels: LabelMap, colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture (H, W, 3) of labels, from (256, 3) uint8 colours by index."""
    return np.take(colours, labels, axis=0)


def told_apart(colours: Iterable[Colour]) -> bool:
    """Tell whether no colour comes twice, so that a picture of them can be read again."""
    listed = list(colours)
    return len(set(listed)) == len(listed)


def _unknown(found: Sequence[Colour], name: str) -> str:
    shown = ", ".join(map(str, found[:_SHOWN]))
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return (
        f"{name} has colours that no class has: {shown}{more}. Say which class each of them is, or "
        "correct the mask."
    )


def _colour(code: int) -> Colour:
    return code & 255, code >> 8 & 255, code >> 16
