"""Pairs of image and mask in two folders, checked, and their division into train and held out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core import png
from segstudio.core.arrays import Image, LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError
from segstudio.formats import images as pictures


@dataclass(frozen=True)
class Pair:
    """An image file and the label map that belongs to it."""

    image: Path
    mask: Path


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


def held_out_split(count: int, share: float, seed: int) -> tuple[list[int], list[int]]:
    """Divide whole images into those to train on and those to measure on.

    Returns
    -------
    train, held_out : lists of int
        Sorted numbers below `count`. With a share above 0 and at least 2 images, both have one.
    """
    held = round(count * share)
    if share > 0 and count >= 2:
        held = min(max(held, 1), count - 1)
    order = np.random.default_rng(seed).permutation(count)
    return sorted(map(int, order[held:])), sorted(map(int, order[:held]))


def folds(count: int, number: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Divide images for cross-validation: every image is held out exactly once.

    Raises
    ------
    ImageError
        When there are fewer images than folds.
    """
    if count < number:
        raise ImageError(f"{number} folds need at least {number} labelled images; {count} exist.")
    order = np.random.default_rng(seed).permutation(count)
    result = []
    for fold in range(number):
        held = {int(i) for i in order[fold::number]}
        result.append((sorted(set(range(count)) - held), sorted(held)))
    return result


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
