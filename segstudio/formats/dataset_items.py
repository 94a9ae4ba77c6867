"""Images of a dataset as what an export takes."""

from functools import partial

import numpy as np

from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.file_names import safe
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.formats import orienting
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.export_values import ExportItem

_LONGEST_NAME = 200


def items_of(dataset: Dataset) -> list[ExportItem]:
    """Return every image of a dataset; what has a class counts as a person's."""
    return [
        ExportItem(
            name=safe(image.name.replace("/", "-"), _LONGEST_NAME),
            image=image.image,
            read=partial(planes_of, image),
            part=image.part,
        )
        for image in dataset.images
    ]


def planes_of(image: LabelledImage, ink: Ink = Ink.PERSON) -> Planes:
    """Return the labels of an image, upright, written by somebody where they have a class.

    Raises
    ------
    ImageError
        When they cannot be read, or are not of the size of the picture.
    """
    labels = image.read()
    if image.image is not None:
        labels = orienting.upright(labels, image.image)
    authors = np.where(labels == IGNORE_INDEX, np.uint8(Ink.NOBODY), np.uint8(ink))
    return Planes(labels, authors)
