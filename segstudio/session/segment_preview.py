"""What is done of a large image, as it can be shown before it is the result."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.document import Document
from segstudio.core.labels import Ink
from segstudio.core.merge import ClassMatch, Reach


@dataclass(frozen=True, eq=False)
class SegmentPreview:
    """Labels that are on their way.

    Attributes
    ----------
    labels : (h, w) uint8
        Own class indices, of the whole image, thinned out; 255 where nothing would change.
    finished, total : int
        Tiles.
    """

    labels: LabelMap
    finished: int
    total: int


def preview_of(
    proposed: LabelMap,
    document: Document,
    match: ClassMatch,
    locked: NDArray[np.bool_],
    reach: Reach,
) -> LabelMap:
    """Return what of a model's labels would be written, at their own size.

    Parameters
    ----------
    proposed : (h, w) uint8
        The model's class indices of the whole image, thinned out; 255 for none.
    """
    table, _ = match.tables()
    labels = np.asarray(cv2.LUT(proposed, table), np.uint8)
    before, ink = _thinned(document.label_map, labels), _thinned(document.ink, labels)
    stays = (ink == Ink.PERSON) | locked[before]
    if reach.only_unlabelled:
        stays |= (before != IGNORE_INDEX) | (ink != Ink.NOBODY)
    if reach.region is not None:
        rows, columns = (
            np.arange(length) * (whole / length)
            for length, whole in zip(labels.shape, document.label_map.shape, strict=True)
        )
        region = reach.region
        inside = (rows >= region.top) & (rows < region.bottom)
        stays |= ~(inside[:, None] & (columns >= region.left) & (columns < region.right))
    labels[stays] = IGNORE_INDEX
    return labels


def _thinned(plane: NDArray[np.uint8], like: LabelMap) -> NDArray[np.uint8]:
    size = (like.shape[1], like.shape[0])
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_NEAREST), np.uint8)
