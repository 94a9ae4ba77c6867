"""Agreement of label maps, from one confusion matrix over a whole set of images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX


def confusion_matrix(truth: LabelMap, predicted: LabelMap, *, classes: int) -> NDArray[np.int64]:
    """Count pixels by true and predicted class.

    Parameters
    ----------
    truth, predicted : (H, W) uint8
        Pixels whose truth is 255 are left out. A prediction outside 0 to `classes` - 1 (such as
        unlabelled) is a miss of the true class and a hit of none.
    classes : int
        Number of classes K.

    Returns
    -------
    (K, K + 1) int64
        Rows are truth; the last column counts pixels predicted as no class.
    """
    counted = (truth != IGNORE_INDEX) & (truth < classes)
    rows = truth[counted].astype(np.int64)
    columns = np.minimum(predicted[counted], classes).astype(np.int64)
    flat = np.bincount(rows * (classes + 1) + columns, minlength=classes * (classes + 1))
    return flat.reshape(classes, classes + 1)


@dataclass(frozen=True)
class Scores:
    """What a confusion matrix says.

    Attributes
    ----------
    iou : (K,) float64
        Intersection over union; NaN for a class in neither truth nor prediction.
    miou : float
        Mean over the classes that are not NaN; NaN if there is none.
    pixel_accuracy : float
        Share of counted pixels that are right; NaN if none is counted.
    classes_averaged : int
        How many classes `miou` is over.
    """

    iou: NDArray[np.float64]
    miou: float
    pixel_accuracy: float
    classes_averaged: int


def scores(confusion: NDArray[np.int64]) -> Scores:
    """Return IoU per class, their mean and the pixel accuracy of a confusion matrix."""
    classes = confusion.shape[0]
    hits = np.diagonal(confusion[:, :classes]).astype(np.float64)
    union = confusion.sum(axis=1) + confusion[:, :classes].sum(axis=0) - hits
    iou = np.full(classes, np.nan)
    np.divide(hits, union, out=iou, where=union > 0)
    present = ~np.isnan(iou)
    total = int(confusion.sum())
    return Scores(
        iou=iou,
        miou=float(iou[present].mean()) if present.any() else float("nan"),
        pixel_accuracy=float(hits.sum() / total) if total else float("nan"),
        classes_averaged=int(present.sum()),
    )
