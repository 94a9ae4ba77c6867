"""Records and steps of small images, for tests of projects."""

import numpy as np

from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import Ink, class_counts
from segstudio.core.patch import Origin, Patch, Planes, assemble, difference
from segstudio.core.region import whole

SIZE = (12, 16)


def record(name: str = "a.png", planes: Planes | None = None, **fields) -> ImageRecord:
    """Return the record of an image of the size of these tests."""
    if planes is not None:
        counts = class_counts(planes.labels, planes.ink)
        fields["classes"] = tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts))
        fields.setdefault("height", planes.labels.shape[0])
        fields.setdefault("width", planes.labels.shape[1])
    return ImageRecord(name, **({"height": SIZE[0], "width": SIZE[1]} | fields))


def blank() -> Planes:
    """Return the planes of an image that nobody has touched."""
    return Planes(np.full(SIZE, 255, np.uint8), np.zeros(SIZE, np.uint8))


def painted(planes: Planes, index: int, rows: slice = slice(None)) -> Patch:
    """Return a step of a person that paints rows of an image, and do it."""
    after = planes.cut(whole(planes.labels))
    after.labels[rows], after.ink[rows] = index, Ink.PERSON
    found = difference(whole(planes.labels), planes, after)
    assert found is not None
    patch = assemble([found], Origin("brush", Ink.PERSON, class_index=index))
    assert patch is not None
    patch.apply(planes)
    return patch


def labelled(labels: np.ndarray, ink: Ink) -> Patch:
    """Return a step that labels an image that nobody has touched."""
    blank = Planes(np.full(labels.shape, 255, np.uint8), np.zeros(labels.shape, np.uint8))
    written = np.where(labels == 255, 0, int(ink)).astype(np.uint8)
    found = difference(whole(labels), blank, Planes(labels, written))
    assert found is not None
    patch = assemble([found], Origin("brush", ink))
    assert patch is not None
    return patch
