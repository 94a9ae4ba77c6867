"""Labelled images of one's own to measure with."""

from collections.abc import Iterator

import cv2
import numpy as np

from segstudio.cli.benchmarks.figure import Plan
from segstudio.core import png
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.errors import SegstudioError
from segstudio.formats.images import read_image
from segstudio.training.dataset import Pair, find_pairs


def read(plan: Plan, benchmark: str) -> Iterator[tuple[Image, LabelMap]]:
    """Return the images of a plan, read one by one, each with its true labels.

    Raises
    ------
    SegstudioError
        When the plan names none.
    """
    pairs = _pairs(plan, benchmark)
    chosen = pairs[: plan.pick(len(pairs), 1)]
    return ((read_image(pair.image), png.read(pair.mask)) for pair in chosen)


def some(plan: Plan, benchmark: str, count: int) -> list[tuple[Image, LabelMap]]:
    """Return so many images of a plan, mixed by one seed, each with its true labels.

    Raises
    ------
    SegstudioError
        When the plan names none.
    """
    pairs = _pairs(plan, benchmark)
    order = np.random.default_rng(0).permutation(len(pairs))[:count]
    return [(read_image(pairs[i].image), png.read(pairs[i].mask)) for i in order]


def _pairs(plan: Plan, benchmark: str) -> list[Pair]:
    if plan.images is None or plan.masks is None:
        raise SegstudioError(
            f"The benchmark {benchmark} needs labelled images: --images and --masks."
        )
    return find_pairs(plan.images, plan.masks)


def fitted(truth: LabelMap, image: Image) -> LabelMap:
    """Return labels at the size of an image."""
    size = image.shape[1], image.shape[0]
    return np.asarray(cv2.resize(truth, size, interpolation=cv2.INTER_NEAREST), np.uint8)
