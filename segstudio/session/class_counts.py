"""How much of a project each class has: images and pixels, from what is known of the images."""

from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.image_record import ImageRecord


@dataclass(frozen=True)
class ClassCount:
    """In how many images a class occurs, and with how many pixels in all."""

    images: int = 0
    pixels: int = 0


def count_classes(records: Iterable[ImageRecord]) -> dict[int, ClassCount]:
    """Return the counts by class index, for those that occur; 255 and 256 are no classes.

    As of the last stored step of each image, like `ImageRecord.classes`.
    """
    images: dict[int, int] = {}
    pixels: dict[int, int] = {}
    for record in records:
        for index, count in record.classes:
            images[index] = images.get(index, 0) + 1
            pixels[index] = pixels.get(index, 0) + count
    return {index: ClassCount(images[index], pixels[index]) for index in images}
