"""How well a model does on labelled images: each of them, and all together."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segstudio.core import boundary, metrics
from segstudio.core.arrays import LabelMap
from segstudio.core.metrics import Scores
from segstudio.core.temperature import Samples


@dataclass(frozen=True, eq=False)
class ImageScore:
    """How well a model does on one image.

    Attributes
    ----------
    confusion : (K, K + 1) int64
        As `metrics.confusion_matrix` counts it.
    borders : (K, 4) int64
        As `boundary.boundary_counts` counts them.
    samples : Samples or None
        Pixels to calibrate with.
    """

    name: str
    confusion: NDArray[np.int64]
    borders: NDArray[np.int64]
    samples: Samples | None = None

    @cached_property
    def miou(self) -> float:
        """Mean IoU over the classes that the labels of this image have; NaN without any.

        A class that only the model sees counts through those whose pixels it took: by itself, a
        few stray pixels would weigh as much as a whole class.
        """
        there = self.confusion.sum(axis=1) > 0
        iou = metrics.scores(self.confusion).iou[there]
        return float(iou.mean()) if iou.size else math.nan

    @cached_property
    def pixel_accuracy(self) -> float:
        """Share of labelled pixels that are right; NaN without any."""
        return metrics.scores(self.confusion).pixel_accuracy


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How well a model does on a set of images.

    Attributes
    ----------
    classes : tuple of str
        Names, in the order of the matrix.
    images : tuple of ImageScore
        From the worst to the best; those without any labelled pixel last.
    """

    classes: tuple[str, ...]
    images: tuple[ImageScore, ...]

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """The matrix (K, K + 1) over all images."""
        count = len(self.classes)
        return sum(
            (image.confusion for image in self.images), np.zeros((count, count + 1), np.int64)
        )

    @cached_property
    def scores(self) -> Scores:
        """What that matrix says."""
        return metrics.scores(self.confusion)

    @cached_property
    def boundary_f(self) -> NDArray[np.float64]:
        """Boundary F-score (K,) over the borders of all images; NaN for classes without any."""
        counts = np.zeros((len(self.classes), 4), np.int64)
        return boundary.boundary_f(sum((image.borders for image in self.images), counts))

    @property
    def boundary_f_mean(self) -> float:
        """Its mean over the classes that are not NaN; NaN if there is none."""
        known = self.boundary_f[~np.isnan(self.boundary_f)]
        return float(known.mean()) if known.size else math.nan


def score(
    name: str,
    truth: LabelMap,
    predicted: LabelMap,
    *,
    classes: int,
    samples: Samples | None = None,
) -> ImageScore:
    """Compare the labels of an image with those of a model.

    Parameters
    ----------
    truth, predicted : (H, W) uint8
        Places of classes, 0 to K - 1; 255 in `truth` counts for nothing.
    """
    confusion = metrics.confusion_matrix(truth, predicted, classes=classes)
    borders = boundary.boundary_counts(truth, predicted, classes=classes)
    return ImageScore(name, confusion, borders, samples)


def evaluation(classes: Sequence[str], images: Iterable[ImageScore]) -> Evaluation:
    """Put the scores of images together, the worst first."""
    return Evaluation(tuple(classes), tuple(sorted(images, key=_order)))


def _order(image: ImageScore) -> tuple[bool, float, float, str]:
    if math.isnan(image.miou):
        return True, 0.0, 0.0, image.name
    return False, image.miou, image.pixel_accuracy, image.name
