"""Values out of JSON that somebody else wrote: each is checked before it is used."""

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from segstudio.core.errors import ImageError
from segstudio.core.png import MAX_PIXELS

T = TypeVar("T", dict[str, Any], list[Any], str, int)

_KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "text", int: "a whole number"}

Points = NDArray[np.float64]
"""(N, 2) float64, x and y in pixels; the middle of the first pixel is at 0.5, 0.5."""


def field(row: object, key: str, kind: type[T], source: str) -> T:
    """Return what a JSON object has under a key.

    Parameters
    ----------
    source : str
        Which file it is of, for the sentence.

    Raises
    ------
    ImageError
        When it is missing or of another kind.
    """
    value = row.get(key) if isinstance(row, dict) else None
    if kind is int and isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ImageError(f"{source} is damaged: “{key}” is missing, or is not {_KINDS[kind]}.")
    return value


def size(row: object, height: str, width: str, source: str) -> tuple[int, int]:
    """Return height and width of an image from two fields.

    Raises
    ------
    ImageError
        When they are missing, below 1, or make more pixels than can be opened.
    """
    return checked_size(field(row, height, int, source), field(row, width, int, source), source)


def checked_size(height: int, width: int, source: str) -> tuple[int, int]:
    """Return height and width if an image can have them.

    Raises
    ------
    ImageError
        When they are below 1, or make more pixels than can be opened.
    """
    if height < 1 or width < 1 or height * width > MAX_PIXELS:
        raise ImageError(
            f"{source} says that an image has {_short(width)} x {_short(height)} pixels; 1 to "
            f"{MAX_PIXELS:,} pixels can be read."
        )
    return height, width


def numbers(values: Sequence[object], source: str) -> NDArray[np.float64]:
    """Return a list of finite numbers as an array.

    Raises
    ------
    ImageError
        When one of them is no number.
    """
    for value in values:
        if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > _LARGEST:
            raise ImageError(f"{source} is damaged: a list of numbers has something else in it.")
    found = np.array(values, np.float64)
    if not np.isfinite(found).all():
        raise ImageError(f"{source} is damaged: a list of numbers has something else in it.")
    return found


def points(pairs: Sequence[object], source: str) -> Points:
    """Return a list of [x, y] as an array.

    Raises
    ------
    ImageError
        When it is none.
    """
    flat: list[object] = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ImageError(f"{source} is damaged: a point is not [x, y].")
        flat += pair
    return numbers(flat, source).reshape(-1, 2)


def colour(value: object) -> tuple[int, int, int] | None:
    """Return a colour given as [red, green, blue]; None where it is none."""
    is_colour = (
        isinstance(value, list)
        and len(value) == 3
        and all(type(level) is int and 0 <= level <= 255 for level in value)
    )
    return (value[0], value[1], value[2]) if is_colour and isinstance(value, list) else None


_LARGEST = 1e15


def _short(number: int) -> str:
    return f"{number:,}" if abs(number) < 10**12 else f"10^{math.floor(math.log10(abs(number)))}"
