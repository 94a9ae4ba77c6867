"""Colours of classes: the default order, and more of them when those run out."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""

DEFAULT_COLOURS: tuple[Colour, ...] = tuple(
    (int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16))
    for code in (
        *("E6194B", "3CB44B", "FFE119", "4363D8", "F58231", "911EB4", "42D4F4", "F032E6"),
        *("BFEF45", "FABED4", "469990", "DCBEFF", "9A6324", "800000", "AAFFC3", "808000"),
        *("FFD8B1", "000075", "A9A9A9", "FFFAC8"),
    )
)

SAFE_COLOURS: tuple[Colour, ...] = (
    (0xE6, 0x9F, 0x00),
    (0x56, 0xB4, 0xE9),
    (0x00, 0x9E, 0x73),
    (0xF0, 0xE4, 0x42),
    (0x00, 0x72, 0xB2),
    (0xD5, 0x5E, 0x00),
    (0xCC, 0x79, 0xA7),
    (0x00, 0x00, 0x00),
)
"""Told apart with every kind of colour blindness (Okabe and Ito, Color Universal Design, 2008)."""

ENOUGH_DISTANCE = 16.0
"""CIELAB distance from which two colours are told apart in an overlay; the default ones are."""


def next_colour(used: list[Colour]) -> Colour:
    """Return a colour that is told apart from those in use.

    The first of `colour_sequence` that is far enough from every used one, else the farthest.
    """
    if not used:
        return DEFAULT_COLOURS[0]
    sequence = colour_sequence()
    used_lab = _to_lab(np.array(used, np.uint8))
    distance = np.linalg.norm(_to_lab(np.array(sequence, np.uint8))[:, None] - used_lab, axis=2)
    nearest = distance.min(axis=1)
    apart = np.flatnonzero(nearest >= ENOUGH_DISTANCE)
    return sequence[int(apart[0] if apart.size else nearest.argmax())]


def is_told_apart(colour: Colour, used: list[Colour]) -> bool:
    """Tell whether a colour is far enough from all of those in use."""
    if not used:
        return True
    lab = _to_lab(np.array([colour, *used], np.uint8))
    return bool(np.linalg.norm(lab[1:] - lab[0], axis=1).min() >= ENOUGH_DISTANCE)


@lru_cache(maxsize=1)
def colour_sequence() -> tuple[Colour, ...]:
    """Return 255 colours: the default ones, then each as far as can be from all before it."""
    levels = np.arange(0, 256, 15, dtype=np.uint8)
    candidates = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)  # (C, 3)
    lab = _to_lab(candidates)
    candidates, lab = candidates[lab[:, 0] > 25], lab[lab[:, 0] > 25]
    chosen = list(DEFAULT_COLOURS)
    first = _to_lab(np.array(chosen, np.uint8))
    distance = np.linalg.norm(lab[:, None] - first, axis=2).min(axis=1)
    while len(chosen) < 255:
        best = int(distance.argmax())
        red, green, blue = (int(value) for value in candidates[best])
        chosen.append((red, green, blue))
        distance = np.minimum(distance, np.linalg.norm(lab - lab[best], axis=1))
    return tuple(chosen)


def _to_lab(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    scaled = (colours.astype(np.float32) / 255.0)[None]
    lab: NDArray[np.float32] = cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)[0]
    return lab
