"""Pairs of image and mask in two folders, checked."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core import png
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError, ModelError
from segstudio.core.image_record import Part
from segstudio.formats import images as pictures
from segstudio.training.labelled import Labelled


@dataclass(frozen=True)
class Pair:
    """An image file and the label map that belongs to it."""

    image: Path
    mask: Path

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return self.image.name

    @property
    def part(self) -> Part:
        """Files say nothing of that."""
        return Part.NONE

    def read(self, classes: ClassTable) -> Labelled:
        """Read both; see `read_pair`."""
        return Labelled(*read_pair(self, classes))


def find_pairs(images: Path, masks: Path) -> list[Pair]:
    """Pair the images of one folder with the PNG masks of another by their stems.

    Images without a mask are left out: nobody has labelled them.

    Raises
    ------
    ImageError
        When a folder cannot be read, two images share a stem, a mask has no image, or no pair
        is found.
    """
    found: dict[str, Path] = {}
    for path in pictures.walk_images(images):
        if path.stem in found:
            raise ImageError(
                f"{found[path.stem].name} and {path.name} have the same stem, so that their masks "
                "cannot be told apart. Rename one of them."
            )
        found[path.stem] = path
    mask_files = {p.stem: p for p in pictures.walk_images(masks) if p.suffix.lower() == ".png"}
    orphans = sorted(mask_files.keys() - found.keys())
    if orphans:
        raise ImageError(
            f"The mask {orphans[0]}.png has no image in {images} "
            f"({len(orphans)} such masks). Add the image or take the mask away."
        )
    if not mask_files:
        raise ImageError(f"No mask (a PNG with the stem of an image) was found in {masks}.")
    return [Pair(found[stem], mask_files[stem]) for stem in sorted(mask_files)]


def read_pair(pair: Pair, classes: ClassTable) -> tuple[Image, LabelMap]:
    """Read an image and its mask as channel numbers.

    Returns
    -------
    (H, W, 3) uint8 RGB, (H, W) uint8
        In the mask, k stands for the k-th class of the table, 255 for nothing.

    Raises
    ------
    ImageError
        When a file cannot be read, the sizes differ, or the mask holds an unknown class.
    """
    image = pictures.read_image(pair.image)
    mask = png.read(pair.mask)
    if mask.shape != image.shape[:2]:
        raise ImageError(
            f"{pair.mask.name} is {mask.shape[1]} x {mask.shape[0]} pixels, its image "
            f"{pair.image.name} {image.shape[1]} x {image.shape[0]}. Export the mask again at the "
            "image's size."
        )
    return image, to_channels(mask, classes, pair.mask.name)


def to_channels(mask: LabelMap, classes: ClassTable, source: str) -> LabelMap:
    """Replace class indices by their places in the table.

    Raises
    ------
    ImageError
        When `mask` holds a value that is neither in the table nor 255.
    """
    known = np.zeros(256, np.bool_)
    known[[*classes.indices, IGNORE_INDEX]] = True
    present = np.bincount(mask.ravel(), minlength=256) > 0
    unknown = np.flatnonzero(present & ~known)
    if unknown.size:
        raise ImageError(
            f"{source} holds the value {unknown[0]}, which is no class of the class list "
            f"({', '.join(map(str, classes.indices))}; 255 counts for nothing). "
            "Add the class or correct the mask."
        )
    table = np.full(256, IGNORE_INDEX, np.uint8)
    for channel, index in enumerate(classes.indices):
        table[index] = channel
    return table[mask]


def class_weights(pixels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return weights that lift rare classes, from pixel counts (K,).

    The inverse square root of each class's share, at most 4 times its mean, with mean 1 over the
    classes that occur. A class that never occurs gets 1.
    """
    weights = np.ones(len(pixels), np.float64)
    there = pixels > 0
    if there.any():
        inverse = 1.0 / np.sqrt(pixels[there] / pixels.sum())
        inverse = np.minimum(inverse / inverse.mean(), 4.0)
        weights[there] = inverse / inverse.mean()
    return weights.astype(np.float32)


def check_variety(pixels: NDArray[np.int64], classes: ClassTable) -> None:
    """Refuse images from which nothing can be learned, from their pixel counts (K,).

    Raises
    ------
    ModelError
        When no pixel is labelled, or all are of one class.
    """
    there = np.flatnonzero(pixels)
    if not there.size:
        raise ModelError(
            "No pixel of the images to learn from is labelled. Label some pixels of two classes."
        )
    if there.size == 1:
        name = list(classes)[int(there[0])].name
        raise ModelError(
            f"All labelled pixels of the images to learn from are “{name}”. Label some of a second "
            "class: there is nothing to tell it from."
        )
