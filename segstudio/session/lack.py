"""What is missing before a model can be taught, in a sentence."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, Part
from segstudio.core.labels import IGNORE_COUNT
from segstudio.session.teachable import (
    DONE,
    ENOUGH_PIXELS,
    WORKED_ON,
    UsableImage,
    countable,
    may_teach,
)


def lack(table: ClassTable, images: Sequence[UsableImage], records: Iterable[ImageRecord]) -> str:
    """Return what is missing; empty when there is enough to learn from.

    Parameters
    ----------
    images : sequence of UsableImage
        Those that could be used.
    records : iterable of ImageRecord
        All images.
    """
    if not countable(table):
        return _tr("There are no classes yet. Add two classes and paint some pixels of each.")
    if not images:
        return _no_image(records)
    used = [image for image in images if image.is_used]
    if not used:
        return _tr("No image is ticked. Tick those that are to be learned from.")
    shown = _classes_of(used)
    if len(shown) < 2:
        text = _tr("Paint some pixels of a second class: there is nothing to tell “%s” from.")
        return text % _name(table, shown)
    learned = [image for image in used if image.part is not Part.VALIDATION]
    if not learned:
        return _tr(
            "Every image that is used is in the validation part, which is only measured on. Give "
            "one the part Training, or label another image."
        )
    if len(_classes_of(learned)) < 2:
        text = _tr(
            "Outside the validation part, which is only measured on, there is nothing but “%s”. "
            "Label a second class in an image of the training part."
        )
        return text % _name(table, _classes_of(learned))
    return ""


def _no_image(records: Iterable[ImageRecord]) -> str:
    worked_on = [record for record in records if record.state in WORKED_ON]
    there = [record for record in worked_on if may_teach(record)]
    if any(record.is_missing for record in worked_on) and not there:
        return _tr("The files of all labelled images are missing. Find them again first.")
    if worked_on and not there:
        return _tr(
            "All labelled images are in the test part, which is never learned from. Label another "
            "image."
        )
    if any(dict(record.classes).get(IGNORE_COUNT) and record.state in DONE for record in there):
        return _tr(
            "What is labelled so far is set to Ignore, which counts for nothing. Paint some pixels "
            "of two classes."
        )
    if there:
        text = _tr(
            "Paint a little more: an image is learned from once {count} pixels of it are painted "
            "by hand, or when it is marked done (T)."
        )
        return text.format(count=ENOUGH_PIXELS)
    return _tr(
        "There is nothing to learn from yet. Paint some pixels of two classes in an image, or mark "
        "an image done (T)."
    )


def _classes_of(images: Iterable[UsableImage]) -> set[int]:
    return {index for image in images for index in image.pixels}


def _name(table: ClassTable, indices: Iterable[int]) -> str:
    found = table.get(next(iter(indices)))
    assert found is not None
    return found.name


def _tr(text: str) -> str:
    return QCoreApplication.translate("Lack", text)
