"""Label maps as pictures: a byte a pixel, or a colour a pixel that a table says the class of."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError
from segstudio.core.palette import Colour
from segstudio.core.png import MAX_PIXELS

BROKEN = (OSError, ValueError, SyntaxError, PillowImage.DecompressionBombError)
"""What Pillow raises for files that are missing, damaged or far too large."""

_SHOWN = 5


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a mask as it is stored: (H, W) of numbers, or (H, W, 3) of colours where it has any.

    The palette of an indexed picture is left alone, and so is EXIF. What is transparent is left
    out of account.

    Raises
    ------
    ImageError
        When it cannot be read or has more than 8 bits.
    """
    try:
        with PillowImage.open(path) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ImageError(f"{path.name} has over {MAX_PIXELS:,} pixels.")
            if picture.mode in ("P", "L"):
                return np.array(picture)
            if picture.mode == "1":
                return np.array(picture.convert("L")) // 255
            if picture.mode in ("RGB", "RGBA"):
                return np.array(picture.convert("RGB"))
            raise ImageError(
                f"{path.name} is a picture of the kind {picture.mode}; a mask has 8 bits a pixel, "
                "or colours."
            )
    except BROKEN as error:
        raise ImageError(f"{path.name} could not be read as a mask: {error}.") from error


def codes(colours: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return one number a colour, from (..., 3) uint8."""
    wide = colours.astype(np.uint32)
    return np.asarray(wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2], np.uint32)


def colours_in(picture: NDArray[np.uint8]) -> dict[Colour, int]:
    """Return the colours of a picture (H, W, 3) with their pixels, the most frequent first."""
    found, counts = np.unique(codes(picture), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {_colour(int(found[place])): int(counts[place]) for place in order}


def resolved(picture: NDArray[np.uint8], table: dict[Colour, int], name: str) -> LabelMap:
    """Return the labels (H, W) of a picture of colours (H, W, 3).

    Parameters
    ----------
    table : dict of colour to int
        Class index, or 255 for a colour that counts for nothing.
    name : str
        What to call the picture in an error.

    Raises
    ------
    ImageError
        When it has a colour that is not in the table; no colour is guessed.
    """
    code = codes(picture)
    known = np.array(sorted(int(codes(np.array(colour, np.uint8))) for colour in table), np.uint32)
    values = np.array([table[_colour(int(number))] for number in known], np.uint8)
    if not known.size:
        known, values = np.array([2**24], np.uint32), np.array([IGNORE_INDEX], np.uint8)
    place = np.minimum(np.searchsorted(known, code), known.size - 1)
    strange = known[place] != code
    if strange.any():
        raise ImageError(_unknown(np.unique(code[strange]), name))
    return values[place]


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
    return colours[labels]


def told_apart(colours: Iterable[Colour]) -> bool:
    """Tell whether no colour comes twice, so that a picture of them can be read again."""
    listed = list(colours)
    return len(set(listed)) == len(listed)


def _unknown(found: NDArray[np.uint32], name: str) -> str:
    shown = ", ".join(str(_colour(int(code))) for code in found[:_SHOWN])
    more = f" and {found.size - _SHOWN} more" if found.size > _SHOWN else ""
    return (
        f"{name} has colours that no class has: {shown}{more}. Say which class each of them is, or "
        "correct the mask."
    )


def _colour(code: int) -> Colour:
    return code >> 16, code >> 8 & 255, code & 255
