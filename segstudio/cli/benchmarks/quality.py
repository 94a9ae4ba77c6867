"""How well superpixels, Box cut and Snap keep to the borders of what is in labelled images."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.cli.benchmarks import labelled_images
from segstudio.cli.benchmarks.figure import Figure, Plan, rounded
from segstudio.core.arrays import Image, LabelMap, Mask
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.region import Region
from segstudio.editing import snapping
from segstudio.editing.object_cut import cut_object
from segstudio.editing.superpixels import Pieces, superpixels
from segstudio.inference.snap import snapped

WIDTHS_PX = (16, 24, 40)
LEAST_SHARE, MOST_SHARE = 0.01, 0.5
"""Of the image, that an object takes."""
TIP_PX = 50
SWAY_PX = 5.0
SWAY_LENGTH_PX = 20.0
WORSE_BY = 1.05
LABELS = 256


@dataclass
class Cuts:
    """What superpixels of one width reached, by image."""

    accuracy: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)

    def add(self, pieces: Pieces, truth: LabelMap) -> None:
        """Note one image."""
        self.accuracy.append(_achievable_accuracy(pieces, truth))
        self.recall.append(_boundary_recall(pieces, truth))


def run(plan: Plan) -> Iterator[Figure]:
    """Measure all three on every image, beside what a person has without them."""
    ours, squares = ({width: Cuts() for width in WIDTHS_PX} for _ in range(2))
    overlaps: list[tuple[float, float]] = []
    errors: list[tuple[float, float]] = []
    for number, (image, labels) in enumerate(labelled_images.read(plan, "quality")):
        truth = labelled_images.fitted(labels, image)
        for width in WIDTHS_PX:
            ours[width].add(superpixels(image, width), truth)
            squares[width].add(_squares(truth.shape, width), truth)
        hand = np.random.default_rng(number)
        for mask in _objects(truth):
            overlaps.append(_box_cut(image, mask, truth))
            errors.append(_snap(image, mask, truth, hand))
    for width in WIDTHS_PX:
        yield _superpixel_figure(width, ours[width], squares[width])
    if overlaps:
        yield _box_cut_figure(overlaps)
        yield _snap_figure(errors)


def _superpixel_figure(width: int, ours: Cuts, squares: Cuts) -> Figure:
    plain = 100 * statistics.mean(squares.accuracy)
    return Figure(
        f"superpixels-{width}",
        100 * statistics.mean(ours.accuracy),
        "%",
        rounded(plain),
        reference=plain,
        detail={
            "what": "pixels that are right when each superpixel gets the best class for it",
            "images": len(ours.accuracy),
            "boundary_recall_1_px": rounded(statistics.mean(ours.recall)),
            "boundary_recall_of_squares": rounded(statistics.mean(squares.recall)),
            "reference": "squares of the same width",
        },
        more_is_better=True,
    )


def _box_cut_figure(overlaps: Sequence[tuple[float, float]]) -> Figure:
    found, boxes = zip(*overlaps, strict=True)
    plain = 100 * statistics.mean(boxes)
    return Figure(
        "box-cut",
        100 * statistics.mean(found),
        "% IoU",
        rounded(plain),
        reference=plain,
        detail={
            "objects": len(found),
            "median": rounded(100 * statistics.median(found)),
            "better_than_the_box": rounded(_share(f > b for f, b in overlaps)),
            "reference": "the box itself",
        },
        more_is_better=True,
    )


def _snap_figure(errors: Sequence[tuple[float, float]]) -> Figure:
    before, after = zip(*errors, strict=True)
    return Figure(
        "snap-error",
        statistics.mean(after),
        "px",
        rounded(statistics.mean(before)),
        reference=statistics.mean(before),
        detail={
            "what": "wrong area beside the border, by its length",
            "objects": len(after),
            "better": rounded(_share(a < b for b, a in errors)),
            f"worse_by_over_{WORSE_BY - 1:.0%}": rounded(
                _share(a > WORSE_BY * b for b, a in errors)
            ),
            "reference": f"the stroke of {TIP_PX} px as painted, swaying by {SWAY_PX:g} px",
        },
    )


def _share(flags: Iterator[bool]) -> float:
    return statistics.mean(map(float, flags))


# Superpixels -------------------------------------------------------------------------------------


def _squares(shape: tuple[int, ...], width: int) -> Pieces:
    rows, columns = np.arange(shape[0]) // width, np.arange(shape[1]) // width
    pieces: Pieces = (rows[:, None] * (columns[-1] + 1) + columns + 1).astype(np.int32)
    return pieces


def _achievable_accuracy(pieces: Pieces, truth: LabelMap) -> float:
    """Return which share of the pixels is right when each piece gets its most frequent class."""
    counted = truth != IGNORE_INDEX
    both = pieces[counted].astype(np.int64) * LABELS + truth[counted]
    counts = np.bincount(both, minlength=LABELS * (int(pieces.max()) + 1)).reshape(-1, LABELS)
    return float(counts.max(axis=1).sum() / max(1, counts.sum()))


def _boundary_recall(pieces: Pieces, truth: LabelMap) -> float:
    """Return which share of the classes' borders has a border of pieces at most 1 px away."""
    near = cv2.dilate(_borders(pieces).view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ignored = (truth == IGNORE_INDEX).view(np.uint8)
    counted = cv2.dilate(ignored, np.ones((3, 3), np.uint8)) == 0
    borders = _borders(truth) & counted
    return _pixels(borders & near) / max(1, _pixels(borders))


def _borders(plane: NDArray[np.generic]) -> Mask:
    """Return the pixels that differ from the one to the right or the one below."""
    borders: Mask = np.zeros(plane.shape, np.bool_)
    borders[:, :-1] |= plane[:, 1:] != plane[:, :-1]
    borders[:-1] |= plane[1:] != plane[:-1]
    return borders


# Box cut and Snap --------------------------------------------------------------------------------


def _objects(truth: LabelMap) -> Iterator[Mask]:
    """Yield the largest piece of each class that lies wholly in the image."""
    height, width = truth.shape
    for label in np.unique(truth[truth != IGNORE_INDEX]):
        same = (truth == label).view(np.uint8)
        _, pieces, stats, _ = cv2.connectedComponentsWithStats(same, connectivity=4)
        largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
        left, top, across, down, area = stats[largest]
        whole = left > 0 and top > 0 and left + across < width and top + down < height
        if whole and LEAST_SHARE <= area / truth.size <= MOST_SHARE:
            yield pieces == largest


def _box_cut(image: Image, mask: Mask, truth: LabelMap) -> tuple[float, float]:
    """Return the IoU of what is found in the object's box, and of the box."""
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    region = Region(top, left, top + height, left + width)
    selection = cut_object(image, region, ())
    found, box = np.zeros(mask.shape, np.bool_), np.zeros(mask.shape, np.bool_)
    found[selection.region.slices] = selection.mask
    box[region.slices] = True
    counted = truth != IGNORE_INDEX
    return _overlap(found & counted, mask), _overlap(box & counted, mask)


def _overlap(one: Mask, other: Mask) -> float:
    return _pixels(one & other) / max(1, _pixels(one | other))


def _pixels(mask: Mask) -> int:
    return int(np.count_nonzero(mask))


def _snap(
    image: Image, mask: Mask, truth: LabelMap, hand: np.random.Generator
) -> tuple[float, float]:
    """Return the error of a stroke along an object's border, before and after it snaps.

    The object is painted already but for a stroke's width along its border.
    """
    depth = _depth(mask)
    stroke = (depth + _sway(mask.shape, hand) > 0) & (depth < TIP_PX)
    inside = stroke | (depth >= TIP_PX)
    marks = (
        snapping.STROKE * stroke + snapping.INSIDE * inside + snapping.FREE * (depth < TIP_PX)
    ).astype(np.uint8)
    after = snapped(image, marks, snapping.reach_of(TIP_PX))
    beside = (np.abs(depth) < TIP_PX / 2) & (truth != IGNORE_INDEX)
    length = max(1, _pixels(_borders(mask)))
    before_px, after_px = (_pixels((now != mask) & beside) for now in (inside, after))
    return before_px / length, after_px / length


def _depth(mask: Mask) -> NDArray[np.float32]:
    """Return how deep each pixel lies in a mask; negative beside it."""
    here, there = (
        cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        for side in (mask, ~mask)
    )
    return np.asarray(here - there, np.float32)


def _sway(shape: tuple[int, ...], hand: np.random.Generator) -> NDArray[np.float32]:
    """Return by how much a hand strays at each place, in pixels: a smooth noise."""
    noise = cv2.GaussianBlur(hand.standard_normal(shape, np.float32), (0, 0), SWAY_LENGTH_PX)
    sway: NDArray[np.float32] = noise * np.float32(SWAY_PX / float(noise.std()))
    return sway
