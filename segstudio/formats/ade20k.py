"""ADE20K's scene parsing: images and annotations, numbers one higher than the classes, 0 for other.

The layout is that of the benchmark of 150 classes (CSAILVision/sceneparsing).
"""

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio import assets
from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable, read_classes
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import class_files, class_lists, colour_mask, loading, numbering, texts
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.folders import Trees
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering

NAMES = {
    Part.NONE: "training",
    Part.TRAINING: "training",
    Part.VALIDATION: "validation",
    Part.TEST: "testing",
}
TREES = Trees("images", "annotations", NAMES)
LIST, LIST_OF_150 = "objectInfo.txt", "objectInfo150.txt"
_HEADER = "Idx\tRatio\tTrain\tVal\tName"
_MOST = 254
_MASKS = (".png",)
_READING = """\
def read_labels(file):
    numbers = np.array(Image.open(file))
    return np.where(numbers == 0, IGNORE, numbers.astype(int) - 1)
"""


class Ade20k:
    """The folders of ADE20K's scene parsing benchmark."""

    name = "ade20k"
    title = "ADE20K"
    line = "Masks whose numbers are one higher, 0 for other; reduce_zero_label reads them."
    image_suffix = ".jpg"
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Count from 0; what stands in the masks is one higher.

        Raises
        ------
        SegstudioError
            When there are 255 classes: the last would be 255, which readers ignore.
        """
        found = numbering.from_zero(classes)
        if len(found.classes) > _MOST:
            raise SegstudioError(
                "ADE20K keeps 0 and 255 for what counts for nothing, so that at most 254 classes "
                "fit. Leave one class out, or merge two."
            )
        return found

    def is_here(self, path: Path) -> bool:
        """Tell whether there are annotations for training or validation."""
        parts = {*NAMES.values()}
        return any((path / TREES.labels / part).is_dir() for part in parts)

    def read(self, path: Path) -> Dataset:
        """Read classes and names; see `Format.read`."""
        classes, remarks = _classes(path)
        found = [
            LabelledImage(item.name, item.image, partial(_read, item.labels, classes), item.part)
            for item in TREES.found(path, _MASKS)
        ]
        return Dataset(classes, found, remarks)

    def begin(self, target: Target) -> "Ade20kWriter":
        """Begin to write."""
        return Ade20kWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for PyTorch; see `Format.loading_code`."""
        return loading.of_trees(classes, TREES.images, TREES.labels, reading=_READING)


class Ade20kWriter:
    """Writes the folders, and counts for the list of classes; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        colours = target.classes.colour_table()
        self._colours = np.roll(colours, 1, axis=0)
        self._pixels = np.zeros(256, np.int64)
        self._images = {part: np.zeros(256, np.int64) for part in ("training", "validation")}
        self._counting = threading.Lock()

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place in the folder of its part."""
        return TREES.image(self._target.folder, name, part, suffix)

    def write(self, item: Outgoing) -> None:
        """Write the mask."""
        # As bytes: 255 wraps around to 0.
        shifted: LabelMap = item.labels + np.uint8(1)
        png.write(self._mask(item), shifted, self._colours)
        counts = np.bincount(item.labels.ravel(), minlength=256)
        with self._counting:
            self._pixels += counts
            if NAMES[item.part] in self._images:
                self._images[NAMES[item.part]] += counts > 0

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as Pillow reads them, 0 and the rest moved as readers do it."""
        with PillowImage.open(self._mask(item)) as picture:
            wide = np.array(picture, np.int16)
        return np.where(wide == 0, 255, wide - 1).astype(np.uint8)

    def end(self, items: Sequence[Outgoing]) -> None:  # noqa: ARG002
        """Write the list of classes with their share of the pixels and how many images have it."""
        folder, total = self._target.folder, max(1, int(self._pixels.sum()))
        lines = [_HEADER]
        for entry in self._target.classes:
            at = entry.index
            name = " ".join(entry.name.split())
            train, val = (int(self._images[part][at]) for part in ("training", "validation"))
            lines.append(f"{at + 1}\t{self._pixels[at] / total:.4f}\t{train}\t{val}\t{name}")
        atomic.write_text(folder / LIST, "\n".join(lines) + "\n")
        class_files.write(folder, self._target.classes)

    def _mask(self, item: Outgoing) -> Path:
        return TREES.label(self._target.folder, item.name, item.part, ".png")


def _classes(path: Path) -> tuple[ClassTable, tuple[str, ...]]:
    ours = class_files.ours(path)
    if ours is not None:
        return ours, ()
    for name in (LIST, LIST_OF_150):
        if (path / name).is_file():
            return _parse(texts.read_text(path / name, class_lists.MAX_BYTES), name), ()
    return read_classes(assets.path("classes/ade20k.json")), (
        f"There is no {LIST_OF_150}, so the 150 classes of ADE20K are taken.",
    )


def _parse(text: str, source: str) -> ClassTable:
    """Return the classes of a list; of several words for one, the first is the name."""
    names: dict[int, str] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
        if len(cells) < 2 or not cells[0].isdecimal():
            continue
        name = cells[-1].split(",")[0].strip()
        taken = {known.casefold() for known in names.values()}
        names[int(cells[0])] = cells[-1] if name.casefold() in taken else name
    if not names or sorted(names) != list(range(1, len(names) + 1)) or len(names) > _MOST:
        raise ImageError(
            f"{source} is no list of at most {_MOST} classes, numbered from 1, with tabs between."
        )
    return class_lists.table_of(names[number] for number in sorted(names))


def _read(path: Path, classes: ClassTable) -> LabelMap:
    picture = colour_mask.read_picture(path)
    if picture.ndim == 3:
        raise ImageError(
            f"{path.name} is a picture of colours, as in the full ADE20K. The benchmark's masks of "
            "numbers can be read."
        )
    labels: LabelMap = picture - np.uint8(1)
    colour_mask.check(labels, classes, path.name)
    return labels
