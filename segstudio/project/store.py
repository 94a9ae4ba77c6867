"""What is stored of one image, as it is handed out."""

from dataclasses import dataclass

from segstudio.core.arrays import Confidence
from segstudio.core.history import History
from segstudio.core.image_record import ImageRecord
from segstudio.core.patch import Planes

Matches = dict[str, dict[str, int]]
"""By model and name of its class: an own class index, 255, or `merge.LEAVE_UNLABELLED`."""


@dataclass(frozen=True)
class StoredLabels:
    """The stored labels of one image, with the steps that led to them.

    Attributes
    ----------
    confidence : (H, W) uint8 or None
        Of the last Segment, stored at reduced size.
    """

    planes: Planes
    record: ImageRecord
    history: History
    confidence: Confidence | None = None
