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


def next_colour(used: list[Colour]) -> Colour:
    """Return a colour that is told apart from those in use.

    The default colours come first; after them the candidate that is farthest in CIELAB from
    every used colour.
    """
    for colour in DEFAULT_COLOURS:
        if colour not in used:
            return colour
    candidates, candidates_lab = _candidates()
    used_lab = _to_lab(np.array(used, np.uint8))
    distance = np.linalg.norm(candidates_lab[:, None] - used_lab[None], axis=2)  # (C, U)
    best = candidates[int(distance.min(axis=1).argmax())]
    return int(best[0]), int(best[1]), int(best[2])


@lru_cache(maxsize=1)
def _candidates() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    levels = np.arange(0, 256, 15, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)  # (C, 3)
    lab = _to_lab(colours)
    bright_enough = lab[:, 0] > 25
    return colours[bright_enough], lab[bright_enough]


def _to_lab(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    scaled = (colours.astype(np.float32) / 255.0)[None]
    lab: NDArray[np.float32] = cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)[0]
    return lab
