"""Pascal VOC: JPEGImages, SegmentationClass, lists in ImageSets, labelmap.txt (VOC2012 devkit)."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable, LabelClass, Role
from segstudio.core.image_record import Part
from segstudio.formats import class_lists, colour_mask, numbering, pairing, texts
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering

IMAGES, MASKS, LISTS = "JPEGImages", "SegmentationClass", "ImageSets/Segmentation"
OLD_MASKS = "SegmentationClassPNG"
"""Where labelme2voc put its PNG files before version 5; SegmentationClass then has arrays."""
LABELMAP = class_lists.LABELMAP.file_name

LIST_OF_PART = {Part.TRAINING: "train", Part.VALIDATION: "val", Part.TEST: "test"}
ALL, TO_TRAIN_AND_CHOOSE = "default", "trainval"

CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair",
    "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa",
    "train", "tvmonitor",
)  # fmt: skip


def colour_map() -> NDArray[np.uint8]:
    """Return VOC's colours, (256, 3) uint8: the bits of an index, spread over three channels."""
    index = np.arange(256)
    colours = np.zeros((256, 3), np.uint8)
    for place in range(8):
        for channel in range(3):
            bit = index >> (3 * place + channel) & 1
            colours[:, channel] |= (bit << (7 - place)).astype(np.uint8)
    return colours


_LOADING = """
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = {names}  # the place in the list is the number in a mask; 255 counts for nothing
names = Path("ImageSets/Segmentation/train.txt").read_text(encoding="utf-8").split()
image = np.array(Image.open(f"JPEGImages/{{names[0]}}.jpg"))
labels = np.array(Image.open(f"SegmentationClass/{{names[0]}}.png"))

# torchvision.datasets.VOCSegmentation reads the folder where it is found as
# VOCdevkit/VOC2012 below its root.
"""


class Voc:
    """Pascal VOC's folders."""

    name = "voc"
    title = "Pascal VOC"
    line = "Indexed PNG masks, JPEG images, lists of names; torchvision reads it."
    image_suffix = ".jpg"
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Give 0 to the background and count the others from 1.

        Raises
        ------
        SegstudioError
            When there are too many, or labelmap.txt cannot hold a name.
        """
        found = numbering.after_background(classes)
        class_lists.check_labelmap(found.classes)
        return found

    def is_here(self, path: Path) -> bool:
        """Tell whether the folder has one of label maps."""
        return any((path / folder).is_dir() for folder in (MASKS, OLD_MASKS))

    def read(self, path: Path) -> Dataset:
        """Read lists and classes; see `Format.read`."""
        classes, remarks = _classes(path)
        pictures = pairing.pictures_by_stem(path / IMAGES)
        parts = _parts(path)
        colours = {entry.colour: entry.index for entry in classes}
        found = [
            LabelledImage(
                name=mask.stem,
                image=pairing.of_stem(pictures, mask.stem),
                read=partial(_read_mask, mask, colours, classes),
                part=parts.get(mask.stem, Part.NONE),
            )
            for mask in sorted(_mask_folder(path).glob("*.png"))
        ]
        return Dataset(classes, found, remarks)

    def begin(self, target: Target) -> "VocWriter":
        """Begin to write."""
        return VocWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for PyTorch; see `Format.loading_code`."""
        return _LOADING.format(names=[entry.name for entry in classes])


class VocWriter:
    """Writes VOC's folders; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._colours = target.classes.colour_table()
        # As in VOC's own files, so that 255 is seen.
        self._colours[IGNORE_INDEX] = colour_map()[IGNORE_INDEX]

    def image_file(self, name: str, part: Part, suffix: str) -> Path:  # noqa: ARG002
        """Return the picture's place among the others."""
        return self._target.folder / IMAGES / f"{name}{suffix}"

    def write(self, item: Outgoing) -> None:
        """Write the mask."""
        png.write(self._mask(item), item.labels, self._colours)

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as Pillow reads them."""
        with PillowImage.open(self._mask(item)) as picture:
            return np.array(picture)

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write lists and classes."""
        folder = self._target.folder
        for name, members in _lists(items).items():
            text = "".join(f"{item.name}\n" for item in members)
            atomic.write_text(folder / LISTS / f"{name}.txt", text)
        class_lists.write(folder / LABELMAP, self._target.classes)

    def _mask(self, item: Outgoing) -> Path:
        return self._target.folder / MASKS / f"{item.name}.png"


def _mask_folder(path: Path) -> Path:
    old = path / OLD_MASKS
    return old if old.is_dir() else path / MASKS


def _lists(items: Sequence[Outgoing]) -> dict[str, list[Outgoing]]:
    """Return the lists of a dataset; without parts, one that is for training."""
    lists = {"train": list(items)}
    if any(item.part is not Part.NONE for item in items):
        lists = {
            name: [item for item in items if item.part is part]
            for part, name in LIST_OF_PART.items()
        }
    known = [item for item in items if item.part is not Part.TEST]
    return {name: members for name, members in lists.items() if members} | (
        {TO_TRAIN_AND_CHOOSE: known} if known else {}
    )


def _parts(path: Path) -> dict[str, Part]:
    """Return what each image is for; of one that several lists name, what the last says."""
    found: dict[str, Part] = {}
    for part, name in LIST_OF_PART.items():
        file = path / LISTS / f"{name}.txt"
        if file.is_file():
            found |= {line.split()[0]: part for line in texts.lines(file)}
    return found


def _classes(path: Path) -> tuple[ClassTable, tuple[str, ...]]:
    if (path / LABELMAP).is_file():
        return class_lists.read(path / LABELMAP), ()
    if (path / "class_names.txt").is_file():
        return class_lists.read(path / "class_names.txt"), ()
    colours = colour_map()
    rows = [LabelClass(i, name, _triple(colours[i])) for i, name in enumerate(CLASSES)]
    table = ClassTable(tuple(rows)).changed(0, role=Role.BACKGROUND)
    return table, (f"There is no {LABELMAP}, so the 20 classes of Pascal VOC are taken.",)


def _read_mask(
    path: Path, colours: dict[tuple[int, int, int], int], classes: ClassTable
) -> LabelMap:
    picture = colour_mask.read_picture(path)
    if picture.ndim == 3:
        void = _triple(colour_map()[IGNORE_INDEX])
        return colour_mask.resolved(picture, {void: IGNORE_INDEX, **colours}, path.name)
    colour_mask.check(picture, classes, path.name)
    return picture


def _triple(colour: NDArray[np.uint8]) -> tuple[int, int, int]:
    return int(colour[0]), int(colour[1]), int(colour[2])
