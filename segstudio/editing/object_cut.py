"""Cutting the object in a box out of its surroundings.

GrabCut (Rother, Kolmogorov and Blake, "GrabCut: interactive foreground extraction using iterated
graph cuts", 2004), as OpenCV has it, on a reduced cutting of the image.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Image, Mask
from segstudio.core.region import Region, trimmed
from segstudio.editing.reduction import reduced
from segstudio.editing.selection import Selection
from segstudio.editing.sight import Point

MOST_SAMPLES = 150_000
"""Samples that are cut at once: beyond, the answer takes longer than a person waits for."""
QUICK_SAMPLES = 40_000
"""So few are cut in a tenth of a second, where nobody can wait."""
AROUND = 0.5
"""How much of the surroundings on each side tells what the object is not, as a share of the box."""
LEAST_AROUND_PX = 8
CORE = 0.3
"""The middle of the box, as a share of its width and height, is taken for the object.

Without it GrabCut finds nothing at all where the object resembles its surroundings. The more a
person says, the less of it: a third once a stroke says what is not the object, and nothing once
one says what is.
"""
ROUNDS = 1
"""Further rounds take as long again and found nothing better on 38 objects of photos."""
SEED = 1
FEWEST_SAMPLES = 32
"""With fewer of either kind there is nothing to learn: the first guess is the answer."""
SHIFT = 4
"""Binary digits after the point of OpenCV's coordinates."""
LONGEST = 20_000.0


@dataclass(frozen=True)
class Hint:
    """A stroke that says what belongs to the object.

    Attributes
    ----------
    points : tuple of Point
    width_px : float
    is_object : bool
        Whether the object is there, or its background.
    """

    points: tuple[Point, ...]
    width_px: float
    is_object: bool


def cut_object(
    image: Image, box: Region, hints: tuple[Hint, ...], most_samples: int = MOST_SAMPLES
) -> Selection:
    """Return the pixels of the object in a box.

    The same box and hints give the same pixels. Hints hold: what they cover belongs to the object
    or does not, also outside the box.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
        All of it.
    box : Region
        Inside the image, at least one pixel.
    most_samples : int
        To how many samples the box and its surroundings are reduced.

    Returns
    -------
    Selection
        In the smallest region that holds it; empty where nothing was found.
    """
    height, width = image.shape[:2]
    for hint in hints:
        if hint.is_object:
            box = box.union(_bounds(hint).clipped(height, width))
    frame = _with_surroundings(box).clipped(height, width)
    factor = min(1.0, math.sqrt(most_samples / frame.area))
    size = max(1, round(frame.width * factor)), max(1, round(frame.height * factor))
    small = reduced(image[frame.slices], *size)
    found = _grab_cut(small, _first_guess(box, hints, frame, size))
    # Smoothly, so that the border runs between the samples instead of along them.
    soft = cv2.resize(found, (frame.width, frame.height), interpolation=cv2.INTER_LINEAR)
    mask: Mask = np.zeros((frame.height, frame.width), np.bool_)
    inner = box.within(frame).slices
    mask[inner] = soft[inner] > 127
    for hint in hints:
        mask[_covered(hint, frame, (frame.width, frame.height))] = hint.is_object
    inside = trimmed(mask, frame)
    return Selection(inside, mask[inside.within(frame).slices])


def _with_surroundings(box: Region) -> Region:
    down = math.ceil(box.height * AROUND) + LEAST_AROUND_PX
    across = math.ceil(box.width * AROUND) + LEAST_AROUND_PX
    return Region(box.top - down, box.left - across, box.bottom + down, box.right + across)


def _first_guess(
    box: Region, hints: tuple[Hint, ...], frame: Region, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return what each sample of the frame is taken for before the cut, as GrabCut codes it."""
    across, down = size[0] / frame.width, size[1] / frame.height
    inner = box.within(frame)
    left, right = round(inner.left * across), max(1, round(inner.right * across))
    top, bottom = round(inner.top * down), max(1, round(inner.bottom * down))
    guess = np.full(size[::-1], cv2.GC_BGD, np.uint8)
    guess[top:bottom, left:right] = cv2.GC_PR_FGD
    if guess.all():
        # The box is the image: its rim has to tell what the object is not.
        guess[[0, -1]] = cv2.GC_PR_BGD
        guess[:, [0, -1]] = cv2.GC_PR_BGD
    centre = (left + right - 1) // 2, (top + bottom - 1) // 2
    if not any(hint.is_object for hint in hints):
        core = CORE / 3 if hints else CORE
        axes = int((right - left) * core / 2), int((bottom - top) * core / 2)
        cv2.ellipse(guess, centre, axes, 0, 0, 360, cv2.GC_FGD, cv2.FILLED)
    for hint in hints:
        code = cv2.GC_FGD if hint.is_object else cv2.GC_BGD
        guess[_covered(hint, frame, size)] = code
    return guess


def _grab_cut(image: Image, guess: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 255 where the object is and 0 elsewhere."""
    taken = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if FEWEST_SAMPLES <= np.count_nonzero(taken) <= taken.size - FEWEST_SAMPLES:
        ground, object_ = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.setRNGSeed(SEED)
        nowhere = (0, 0, 0, 0)  # the guess says it all
        cv2.grabCut(image, guess, nowhere, ground, object_, ROUNDS, cv2.GC_INIT_WITH_MASK)
        taken = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD))
    return taken.view(np.uint8) * np.uint8(255)


def _bounds(hint: Hint) -> Region:
    reach = hint.width_px / 2
    columns, rows = zip(*hint.points, strict=True)
    return Region(
        math.floor(min(rows) - reach),
        math.floor(min(columns) - reach),
        math.ceil(max(rows) + reach),
        math.ceil(max(columns) + reach),
    )


def _covered(hint: Hint, frame: Region, size: tuple[int, int]) -> Mask:
    """Return the samples of a frame, cut into `size` of them, that a hint's stroke covers."""
    across, down = size[0] / frame.width, size[1] / frame.height
    # OpenCV draws nothing of a line with a single point.
    points = (np.array((*hint.points, hint.points[-1])) - (frame.left, frame.top)) * (
        across,
        down,
    ) - 0.5
    # Far outside, a float may be more than OpenCV's integers hold.
    near = np.clip(points, -LONGEST, LONGEST)
    canvas = np.zeros(size[::-1], np.uint8)
    line = np.round(near * 2**SHIFT).astype(np.int32).reshape(-1, 1, 2)
    thick = max(1, round(hint.width_px * across))
    cv2.polylines(canvas, [line], False, 1, thick, cv2.LINE_8, SHIFT)
    return canvas.view(np.bool_)
