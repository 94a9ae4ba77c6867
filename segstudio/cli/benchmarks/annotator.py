"""A simulated annotator, as in the literature on interactive segmentation.

It always corrects the largest wrong region: 4-connected pixels of one true class that have
another label or none. Pixels without a true class count for nothing.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.region import Region
from segstudio.editing.selection import Selection

BRUSH_RADIUS_PX = 30
SCRIBBLE_LENGTH_PX = 60
SCRIBBLE_WIDTH_PX = 3
SUPERPIXEL_WIDTH_PX = 24
MOST_STROKES = 120
GOALS = (0.90, 0.95)

TRAVEL_PX_PER_S = 400.0
AIM_S = 0.7
"""A person's time: the cursor's way to and along each stroke, and aiming."""


@dataclass(frozen=True)
class WrongRegion:
    """A wrong region and what it should be.

    Attributes
    ----------
    label : int
        Its true class.
    deepest : (row, column)
        The pixel that is farthest from its border, counted from the corner of `selection`.
    """

    selection: Selection
    label: int
    deepest: tuple[int, int]


@dataclass(frozen=True)
class Gesture:
    """One stroke of the annotator: the pixels, their class, where it begins and how long it is."""

    selection: Selection
    label: int
    start: tuple[float, float]
    length_px: float
    is_scribble: bool = False


Hand = Callable[[WrongRegion], Gesture]
Correct = Callable[[LabelMap, Gesture], LabelMap]
"""From the labels and a gesture to the labels after it."""


@dataclass(frozen=True)
class Session:
    """What correcting one image took.

    Attributes
    ----------
    strokes : tuple of int
        By goal; one more than allowed where it was not reached.
    person_s : tuple of float
        The person's time by goal, an estimate.
    accuracy : tuple of float
        Before the first stroke and after each.
    """

    strokes: tuple[int, ...]
    person_s: tuple[float, ...]
    accuracy: tuple[float, ...]


def correct_image(
    labels: LabelMap, truth: LabelMap, hand: Hand, correct: Correct, *, most: int = MOST_STROKES
) -> Session:
    """Correct an image until the last goal is reached or too many strokes were made."""
    counted = truth != IGNORE_INDEX
    accuracy, times = [_accuracy(labels, truth, counted)], [0.0]
    cursor: tuple[float, float] | None = None
    while accuracy[-1] < GOALS[-1] and len(accuracy) <= most:
        wrong = largest_wrong_region(labels, truth)
        assert wrong is not None  # the accuracy is below 1
        gesture = hand(wrong)
        way = math.dist(cursor, gesture.start) if cursor is not None else 0.0
        cursor = gesture.start
        times.append(times[-1] + AIM_S + (way + gesture.length_px) / TRAVEL_PX_PER_S)
        labels = correct(labels, gesture)
        accuracy.append(_accuracy(labels, truth, counted))
    reached = [next((n for n, a in enumerate(accuracy) if a >= goal), most + 1) for goal in GOALS]
    seconds = [times[min(n, len(times) - 1)] for n in reached]
    return Session(tuple(reached), tuple(seconds), tuple(accuracy))


def largest_wrong_region(labels: LabelMap, truth: LabelMap) -> WrongRegion | None:
    """Return the largest wrong region; None when nothing is wrong."""
    wrong = (labels != truth) & (truth != IGNORE_INDEX)
    best: tuple[int, int, Selection] | None = None
    counts = np.bincount(truth[wrong], minlength=256)
    for label in np.argsort(-counts, kind="stable"):
        if counts[label] <= (best[0] if best is not None else 0):
            break
        area, selection = _largest_piece(wrong & (truth == label))
        if best is None or area > best[0]:
            best = area, int(label), selection
    if best is None:
        return None
    return WrongRegion(best[2], best[1], _deepest(best[2].mask))


def brush(wrong: WrongRegion) -> Gesture:
    """Paint the pixels of the region that lie around its deepest point."""
    region, mask = wrong.selection.region, wrong.selection.mask
    row, column = wrong.deepest
    rows, columns = np.ogrid[: mask.shape[0], : mask.shape[1]]
    near = (rows - row) ** 2 + (columns - column) ** 2 <= BRUSH_RADIUS_PX**2
    start = (region.top + row, region.left + column)
    return Gesture(Selection(region, mask & near), wrong.label, start, 0.0)


def scribble(wrong: WrongRegion) -> Gesture:
    """Draw a line through the deepest point along the region's long axis, inside the region."""
    region, mask = wrong.selection.region, wrong.selection.mask
    axis = _long_axis(mask)
    ways = [list(_way(mask, wrong.deepest, sign * axis)) for sign in (-1.0, 1.0)]
    half = SCRIBBLE_LENGTH_PX // 2
    # What one side has no room for is drawn on the other.
    first = min(len(ways[0]), max(half, SCRIBBLE_LENGTH_PX - len(ways[1])))
    second = min(len(ways[1]), SCRIBBLE_LENGTH_PX - first)
    start, end = (
        way[length - 1] if length else wrong.deepest
        for way, length in zip(ways, (first, second), strict=True)
    )
    line = np.zeros(mask.shape, np.uint8)
    cv2.line(line, start[::-1], end[::-1], 1)
    tip = np.ones((SCRIBBLE_WIDTH_PX, SCRIBBLE_WIDTH_PX), np.uint8)
    drawn = (cv2.dilate(line, tip) > 0) & mask
    drawn[wrong.deepest] = True
    return Gesture(
        Selection(region, drawn),
        wrong.label,
        (region.top + start[0], region.left + start[1]),
        math.dist(start, end),
        is_scribble=True,
    )


def mixed(wrong: WrongRegion) -> Gesture:
    """Use the brush where one dab of it corrects the whole region, else scribble."""
    dab = brush(wrong)
    return dab if dab.selection.pixels == wrong.selection.pixels else scribble(wrong)


def superpixel_brush(wrong: WrongRegion, *, pieces: NDArray[np.int32]) -> Gesture:
    """Drag over the superpixels that belong to the region, as far as the brush reaches.

    Those of which more than half lies in the region, and in any case the one at its deepest point,
    are painted whole.
    """
    dab = brush(wrong)
    region = dab.selection.region
    touched = np.unique(pieces[region.slices][dab.selection.mask])
    inside = np.bincount(pieces[region.slices][wrong.selection.mask], minlength=touched[-1] + 1)
    whole_area = np.bincount(pieces.ravel())
    chosen = touched[inside[touched] * 2 > whole_area[touched]]
    deepest = pieces[region.top + wrong.deepest[0], region.left + wrong.deepest[1]]
    mask = np.isin(pieces, [*chosen, deepest])
    image = Region(0, 0, *pieces.shape)
    return Gesture(Selection(image, mask), wrong.label, dab.start, 2.0 * BRUSH_RADIUS_PX)


def painted(labels: LabelMap, gesture: Gesture) -> LabelMap:
    """Return labels with the gesture's own pixels painted and nothing else changed."""
    after = labels.copy()
    after[gesture.selection.region.slices][gesture.selection.mask] = gesture.label
    return after


def _accuracy(labels: LabelMap, truth: LabelMap, counted: Mask) -> float:
    total = int(np.count_nonzero(counted))
    return int(np.count_nonzero((labels == truth) & counted)) / max(1, total)


def _largest_piece(mask: Mask) -> tuple[int, Selection]:
    _, pieces, boxes, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=4)
    number = 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_AREA]))
    left, top, width, height, area = (int(value) for value in boxes[number])
    region = Region(top, left, top + height, left + width)
    return area, Selection(region, pieces[region.slices] == number)


def _deepest(mask: Mask) -> tuple[int, int]:
    framed = np.pad(mask.view(np.uint8), 1)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(depth)), mask.shape)
    return int(row), int(column)


def _long_axis(mask: Mask) -> NDArray[np.float64]:
    """Return the unit vector (row, column) along which the pixels spread most."""
    places = np.argwhere(mask).astype(np.float64)
    places -= places.mean(axis=0)
    return np.asarray(np.linalg.eigh(places.T @ places)[1][:, 1])


def _way(
    mask: Mask, start: tuple[int, int], step: NDArray[np.float64]
) -> Iterator[tuple[int, int]]:
    """Yield the pixels of a straight way from a pixel until it leaves the mask."""
    for number in range(1, SCRIBBLE_LENGTH_PX + 1):
        row, column = (round(value) for value in np.asarray(start) + number * step)
        inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]
        if not inside or not mask[row, column]:
            return
        yield row, column
