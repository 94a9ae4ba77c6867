"""CamVid: a folder of pictures and one of masks for each part, lists, and label_colors.txt."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio import assets
from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable, read_classes
from segstudio.core.image_record import Part
from segstudio.formats import colour_table, folders, loading, numbering, pairing
from segstudio.formats.colour_table import ColourTable
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.folders import SHORT
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering

SUFFIX = "annot"
_SUFFIXES = (SUFFIX, "_labels")
_MASKS = (".png",)
_BLACK = (0, 0, 0)
_VOID_OF_THE_11 = 11
"""The number of what counts for nothing in the masks of SegNet's 11 classes."""


class CamVid:
    """CamVid's folders."""

    name = "camvid"
    title = "CamVid"
    line = "Folders such as train and trainannot, masks of colours and label_colors.txt."
    image_suffix = ".png"
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Let every class keep its number; where two have one colour, one gets another."""
        return colour_table.told_apart(numbering.kept(classes))

    def is_here(self, path: Path) -> bool:
        """Tell whether there is a folder of masks beside one of pictures."""
        return any(True for _ in _pairs(path))

    def read(self, path: Path) -> Dataset:
        """Read classes and names; see `Format.read`."""
        table, remarks = _table(path)
        found = [
            LabelledImage(
                name=name,
                image=image,
                read=partial(_read, mask, table),
                part=folders.part_of(name.split("/")[0]),
            )
            for name, mask, image in _items(path)
        ]
        return Dataset(table.classes, found, remarks)

    def begin(self, target: Target) -> "CamVidWriter":
        """Begin to write."""
        return CamVidWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for PyTorch; see `Format.loading_code`."""
        reading = loading.by_colours(classes)
        return loading.of_trees(classes, "train", f"train{SUFFIX}", reading=reading)


class CamVidWriter:
    """Writes CamVid's folders; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._coding = colour_table.Coding(target.classes)

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place in the folder of its part."""
        return self._target.folder / SHORT[part] / f"{name}{suffix}"

    def write(self, item: Outgoing) -> None:
        """Write the mask."""
        atomic.write_bytes(self._mask(item), self._coding.png(item.labels))

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels by the colours that Pillow reads."""
        with PillowImage.open(self._mask(item)) as picture:
            return self._coding.labels(np.array(picture), item.name)

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write lists and colours."""
        folder = self._target.folder
        lines: dict[str, list[str]] = {}
        for item in items:
            part = SHORT[item.part]
            picture = item.image or self.image_file(item.name, item.part, ".png")
            lines.setdefault(part, []).append(
                f"{picture.relative_to(folder).as_posix()} "
                f"{self._mask(item).relative_to(folder).as_posix()}\n"
            )
        for part, listed in lines.items():
            atomic.write_text(folder / f"{part}.txt", "".join(listed))
        colour_table.write(folder, self._target.classes)

    def _mask(self, item: Outgoing) -> Path:
        return self._target.folder / f"{SHORT[item.part]}{SUFFIX}" / f"{item.name}.png"


def _pairs(path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield folders of masks with their folders of pictures."""
    try:
        inner = sorted(entry for entry in path.iterdir() if entry.is_dir())
    except OSError:
        return
    for folder in inner:
        for suffix in _SUFFIXES:
            pictures = folder.with_name(folder.name.removesuffix(suffix) or folder.name)
            if folder.name.endswith(suffix) and (pictures.is_dir() or suffix == SUFFIX):
                yield folder, pictures


def _items(path: Path) -> Iterator[tuple[str, Path, Path | None]]:
    for masks, pictures in _pairs(path):
        found = pairing.pictures_by_stem(pictures)
        for mask in folders.files(masks, _MASKS):
            stem = mask.relative_to(masks).with_suffix("").as_posix()
            # As Cambridge named them: 0001TP_006690.png and 0001TP_006690_L.png.
            image = pairing.of_stem(found, stem) or pairing.of_stem(found, stem.removesuffix("_L"))
            name = stem if image is None else image.relative_to(pictures).with_suffix("").as_posix()
            yield f"{pictures.name}/{name}", mask, image


def _table(path: Path) -> tuple[ColourTable, tuple[str, ...]]:
    table = colour_table.found(path)
    if table is None:
        classes = read_classes(assets.path("classes/camvid.json"))
        table = colour_table.of_classes(classes, [_BLACK], "the 11 classes of CamVid")
        numbers = {**table.numbers, _VOID_OF_THE_11: IGNORE_INDEX}
        remark = f"There is no {colour_table.LABEL_COLOURS}, so the 11 classes of CamVid are taken."
        return ColourTable(classes, table.colours, numbers, table.source), (remark,)
    # Void is black where nothing else is, whether or not the list says so.
    colours = {_BLACK: IGNORE_INDEX, **table.colours}
    return ColourTable(table.classes, colours, table.numbers, table.source), ()


def _read(path: Path, table: ColourTable) -> LabelMap:
    return table.read(path)
