"""What was believed of an image before a scribble."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.inference.traits import Cells

LABELS_SHARE = 0.65
"""How far the labels as they are are believed, beside the model."""

FINENESS = 4
"""Labels are looked at this many times finer than the cells."""


@dataclass(frozen=True, eq=False)
class Prior:
    """What was believed before any stroke.

    Attributes
    ----------
    beliefs : (N, C) float32
        By cell, each from 0 to 1.
    labels : (C,) int
        The class of each column.
    """

    beliefs: NDArray[np.float32]
    labels: NDArray[np.int64]


def prior_of(cells: Cells, labels: LabelMap, targets: NDArray[np.int64]) -> Prior:
    """Return what was believed before a stroke: by the model, and by what the labels say now.

    The labels have a say because a person has looked at them and found worse elsewhere.

    Parameters
    ----------
    labels : (h, w) uint8
        Class indices; 255 where nothing is said.
    targets : (K,) int
        By the model's channel: an own class index, or below 0 for none; of no importance where
        the cells were seen without a model.
    """
    there = np.flatnonzero(np.bincount(labels.ravel(), minlength=256)[:255])
    known = targets[targets >= 0] if cells.probabilities is not None else there[:0]
    columns = np.union1d(there, known)
    beliefs = np.zeros((len(cells.traits), len(columns)), np.float32)
    size = cells.shape[::-1]
    # Thinned before the averaging: a megapixel averaged for each class would take half the time.
    fine = (FINENESS * size[0], FINENESS * size[1])
    thin = cv2.resize(labels, fine, interpolation=cv2.INTER_NEAREST)
    for label in there:
        plane = (thin == label).view(np.uint8) * np.float32(LABELS_SHARE)
        share = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        beliefs[:, np.searchsorted(columns, label)] = share.ravel()
    if cells.probabilities is not None:
        for channel, target in enumerate(targets):
            if target >= 0:
                mine = beliefs[:, np.searchsorted(columns, target)]
                mine += (1.0 - LABELS_SHARE) * cells.probabilities[:, channel]
    return Prior(beliefs, columns)
