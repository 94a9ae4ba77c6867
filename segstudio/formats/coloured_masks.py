"""Masks that have a colour a pixel, with a table beside them that says which class each stands for.

Written as images, colour_masks, label_colors.txt and classes.json; read from any folder that has
such a table.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import Part
from segstudio.core.palette import Colour
from segstudio.formats import colour_mask, colour_table, folders, loading, numbering
from segstudio.formats.colour_table import ColourTable
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.folders import Found, Trees
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering

OURS = "colour_masks"
_MASK_FOLDERS = (OURS, "color_masks", "masks", "labels", "annotations", "SegmentationClass")
"""Where masks may lie; where none of them is, they are in the folder itself."""
_MASKS = (".png", ".bmp", ".gif", ".tif", ".tiff")


class ColouredMasks:
    """Masks of colours and a table."""

    name = "colour"
    title = "Colour masks"
    line = "PNG masks in the colours of the classes, and a table of the colours."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Let every class keep its number; where two have one colour, one gets another."""
        return colour_table.told_apart(numbering.kept(classes))

    def is_here(self, path: Path) -> bool:
        """Tell whether there is the folder of masks that this program writes."""
        return (path / OURS).is_dir()

    def read(self, path: Path) -> Dataset:
        """Read the table and names; see `Format.read`.

        Raises
        ------
        SegstudioError
            Also when there is no table: `colours_in` tells what one would have to name, and
            `read_by` takes one.
        """
        table = colour_table.found(path)
        if table is None:
            raise SegstudioError(
                f"There is no table of colours in {path}. Put one there: classes.json, "
                "label_colors.txt with lines “red green blue name”, or classes.csv."
            )
        return read_by(path, table)

    def begin(self, target: Target) -> "ColouredMasksWriter":
        """Begin to write."""
        return ColouredMasksWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for PyTorch; see `Format.loading_code`."""
        reading = loading.by_colours(classes)
        return loading.of_trees(classes, "images", OURS, reading=reading)


class ColouredMasksWriter:
    """Writes masks of colours; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._trees = _trees(OURS)
        self._coding = colour_table.Coding(target.classes)

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place."""
        return self._trees.image(self._target.folder, name, part, suffix)

    def write(self, item: Outgoing) -> None:
        """Write the mask."""
        atomic.write_bytes(self._mask(item), self._coding.png(item.labels))

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels by the colours that Pillow reads."""
        with PillowImage.open(self._mask(item)) as picture:
            return self._coding.labels(np.array(picture), item.name)

    def end(self, items: Sequence[Outgoing]) -> None:  # noqa: ARG002
        """Write the table."""
        colour_table.write(self._target.folder, self._target.classes)

    def _mask(self, item: Outgoing) -> Path:
        return self._trees.label(self._target.folder, item.name, item.part, ".png")


def read_by(path: Path, table: ColourTable) -> Dataset:
    """Read a folder of masks by a table, such as one that a person has filled in."""
    found = [
        LabelledImage(item.name, item.image, partial(_read, item.labels, table), item.part)
        for item in _found(path)
    ]
    return Dataset(table.classes, found)


def colours_in(path: Path) -> dict[Colour, int]:
    """Return the colours of all masks of a folder with their pixels, the most frequent first.

    Palettes are looked through; masks of numbers have greys.

    Raises
    ------
    ImageError
        When a mask cannot be read.
    """
    total: dict[Colour, int] = {}
    for item in _found(path):
        picture = colour_mask.read_colours(item.labels)
        for colour, pixels in colour_mask.colours_in(picture).items():
            total[colour] = total.get(colour, 0) + pixels
    return dict(sorted(total.items(), key=lambda pair: -pair[1]))


def _found(path: Path) -> Iterator[Found]:
    folder = next((name for name in _MASK_FOLDERS if (path / name).is_dir()), None)
    if folder is not None:
        yield from _trees(folder).found(path, _MASKS)
        return
    for mask in folders.files(path, _MASKS):
        yield Found(mask.relative_to(path).with_suffix("").as_posix(), mask, None, Part.NONE)


def _trees(masks: str) -> Trees:
    return Trees("images", masks, folders.WITHOUT_NONE)


def _read(path: Path, table: ColourTable) -> LabelMap:
    return table.read(path)
