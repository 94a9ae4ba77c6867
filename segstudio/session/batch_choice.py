"""Which images Segment all takes."""

from collections.abc import Iterable
from enum import StrEnum

from segstudio.core.image_record import ImageRecord, ImageState


class Which(StrEnum):
    """What a person can choose from."""

    NOT_SEGMENTED = "not segmented"
    SELECTION = "selection"
    FILTER = "filter"
    NOT_DONE = "not done"


def chosen(records: Iterable[ImageRecord], which: Which) -> tuple[str, ...]:
    """Return the names of the images to segment, in order.

    Parameters
    ----------
    records : iterable of ImageRecord
        All images; for `SELECTION` and `FILTER` just those selected or shown.

    Returns
    -------
    tuple of str
        Never an image that is done, checked, skipped, or not where it was.
    """
    return tuple(
        record.name
        for record in records
        if not record.state.is_finished
        and not record.is_missing
        and (which is not Which.NOT_SEGMENTED or _is_untouched(record))
    )


def _is_untouched(record: ImageRecord) -> bool:
    return record.state is ImageState.NEW and not record.has_labels
