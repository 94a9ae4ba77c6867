"""CVAT's “Segmentation mask 1.1”: a zip with masks of colours, labelmap.txt and a list of names.

Written as annotations.zip beside a folder of the images, from which a task is made in CVAT.
"""

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core import atomic
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, MAX_CLASSES, ClassTable, LabelClass, Role
from segstudio.core.errors import ImageError, SegstudioError, StorageError
from segstudio.core.image_record import Part
from segstudio.core.palette import Colour
from segstudio.formats import (
    archives,
    class_lists,
    colour_mask,
    colour_table,
    loading,
    numbering,
    pairing,
)
from segstudio.formats.archives import Archive
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.folders import SHORT
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering, is_background

ARCHIVE, IMAGES = "annotations.zip", "images"
MASKS, LISTS = "SegmentationClass", "ImageSets/Segmentation"
LABELMAP = class_lists.LABELMAP.file_name
_LOADING = """
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from PIL import Image

# In CVAT: make a task of the folder images, then upload annotations.zip as “Segmentation mask 1.1”.
IGNORE = 255
"""
_LOADING_ONE = """

with ZipFile("annotations.zip") as masks:
    for path in sorted(Path("images").iterdir()):
        image = np.array(Image.open(path).convert("RGB"))
        with masks.open(f"SegmentationClass/{path.stem}.png") as file:
            labels = read_labels(file)
"""
_WORK = ".masks"
_BLACK, _VOID = (0, 0, 0), (224, 224, 192)
_NOTHING = "ignore"
_LIST_BYTES = 100_000_000


class CvatMasks:
    """Masks in a zip, as CVAT takes and gives them."""

    name = "cvat"
    title = "CVAT masks"
    line = "A zip “Segmentation mask 1.1” to upload to a task, and the images for it."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Give 0 and black to the background and count the others from 1.

        Raises
        ------
        SegstudioError
            When no number is left for what counts for nothing, or a name has a colon.
        """
        found = numbering.after_background(classes)
        if len(found.classes) >= MAX_CLASSES:
            raise SegstudioError(
                "CVAT's masks need one more label for what counts for nothing, so that at most 254 "
                "classes fit, the background among them. Leave one class out, or merge two."
            )
        class_lists.check_labelmap(found.classes)
        return _in_own_colours(found)

    def is_here(self, path: Path) -> bool:
        """Tell whether it is such a zip, or a folder with one of the name that is written here."""
        file = _archive(path)
        if not archives.is_zip(file):
            return False
        names = archives.names_in(file)
        return LABELMAP in names and any(name.startswith(f"{MASKS}/") for name in names)

    def read(self, path: Path) -> Dataset:
        """Read labels and names; see `Format.read`."""
        archive = Archive(_archive(path))
        classes, colours = _labels(archive)
        pictures = pairing.pictures_by_stem(path / IMAGES) if path.is_dir() else {}
        parts = _parts(archive)
        found = [
            LabelledImage(
                name=stem,
                image=pairing.of_stem(pictures, stem),
                read=partial(_read, archive, name, classes, colours),
                part=parts.get(stem, Part.NONE),
            )
            for stem, name in _masks(archive)
        ]
        inner = any(name.startswith("JPEGImages/") for name in archive.names)
        remark = f"{archive.path.name} has pictures too; unpack it to take them over."
        return Dataset(classes, found, (remark,) if inner else ())

    def begin(self, target: Target) -> "CvatMasksWriter":
        """Begin to write."""
        return CvatMasksWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code that opens the zip; see `Format.loading_code`."""
        return f"{_LOADING}\n{loading.by_colours(classes)}{_LOADING_ONE}"


class CvatMasksWriter:
    """Writes masks one by one, and packs them at the end; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._work = target.folder / _WORK
        self._nothing = _nothing(target.classes)
        self._coding = colour_table.Coding(target.classes, self._nothing.colour)
        self._has_nothing = False

    def image_file(self, name: str, part: Part, suffix: str) -> Path:  # noqa: ARG002
        """Return the picture's place; CVAT finds it by its name."""
        return self._target.folder / IMAGES / f"{name}{suffix}"

    def write(self, item: Outgoing) -> None:
        """Write the mask."""
        # Never set back, so that it does not matter which thread is first.
        self._has_nothing = self._has_nothing or bool((item.labels == IGNORE_INDEX).any())
        atomic.write_bytes(self._work / f"{item.name}.png", self._coding.png(item.labels))

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels by the colours that Pillow reads, from the zip once it is there."""
        file = self._work / f"{item.name}.png"
        if file.is_file():
            with PillowImage.open(file) as picture:
                return self._coding.labels(np.array(picture), item.name)
        with (
            zipfile.ZipFile(self._target.folder / ARCHIVE) as packed,
            packed.open(f"{MASKS}/{item.name}.png") as member,
            PillowImage.open(member) as picture,
        ):
            return self._coding.labels(np.array(picture), item.name)

    def end(self, items: Sequence[Outgoing]) -> None:
        """Pack the masks with labels and lists, and make sure that they arrived."""
        classes = self._target.classes
        if self._has_nothing:
            classes = ClassTable((*classes, self._nothing))
        file = self._target.folder / ARCHIVE
        list_file = self._work / LABELMAP
        class_lists.write(list_file, classes)
        with atomic.replacing(file) as temporary, zipfile.ZipFile(temporary, "w") as packed:
            packed.write(list_file, LABELMAP, zipfile.ZIP_DEFLATED)
            for name, text in _lists(items).items():
                packed.writestr(f"{LISTS}/{name}.txt", text, zipfile.ZIP_DEFLATED)
            for item in items:
                packed.write(self._work / f"{item.name}.png", f"{MASKS}/{item.name}.png")
        with zipfile.ZipFile(file) as packed:
            damaged = packed.testzip()
        if damaged is not None:
            raise StorageError(
                f"{damaged} did not read back from {ARCHIVE} as it was written. The disk may be "
                "failing: export to another one."
            )
        shutil.rmtree(self._work)


def _archive(path: Path) -> Path:
    return path / ARCHIVE if path.is_dir() else path


def _in_own_colours(found: Numbering) -> Numbering:
    """Keep black for number 0, which CVAT takes for the background, and tell the others apart."""
    ground = replace(found.classes.classes[0], colour=_BLACK)
    others = Numbering(ClassTable(found.classes.classes[1:]), found.table)
    apart = colour_table.told_apart(others, (_BLACK, _VOID))
    return Numbering(ClassTable((ground, *apart.classes)), found.table)


def _nothing(classes: ClassTable) -> LabelClass:
    """Return the label that stands for what counts for nothing."""
    name = _NOTHING
    while classes.find(name) is not None:
        name += "_"
    return LabelClass(max(classes.indices) + 1, name, _VOID, role=Role.IGNORE)


def _lists(items: Sequence[Outgoing]) -> dict[str, str]:
    lists: dict[str, str] = {}
    for item in items:
        name = "default" if item.part is Part.NONE else SHORT[item.part]
        lists[name] = lists.get(name, "") + f"{item.name}\n"
    return lists


def _masks(archive: Archive) -> Iterator[tuple[str, str]]:
    for name in archive.names:
        if name.startswith(f"{MASKS}/") and name.casefold().endswith(".png"):
            yield name.removeprefix(f"{MASKS}/")[: -len(".png")], name


def _parts(archive: Archive) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for part, list_name in SHORT.items():
        name = f"{LISTS}/{list_name}.txt"
        if part is not Part.NONE and name in archive.names:
            lines = _text(archive, name, _LIST_BYTES).splitlines()
            found |= {line.strip(): part for line in lines if line.strip()}
    return found


def _labels(archive: Archive) -> tuple[ClassTable, dict[Colour, int]]:
    """Return the classes and what the colours mean."""
    if LABELMAP not in archive.names:
        raise ImageError(f"There is no {LABELMAP} in {archive.path.name}, so it names no classes.")
    try:
        listed = class_lists.LABELMAP.parse(_text(archive, LABELMAP, class_lists.MAX_BYTES))
    except SegstudioError as error:
        raise ImageError(
            f"{LABELMAP} in {archive.path.name} could not be read as a class list: {error}"
        ) from error
    nothing = [c for c in listed if c.colour == _VOID and c.name.startswith(_NOTHING)]
    rows = tuple(
        replace(c, role=Role.BACKGROUND) if is_background(c) else c
        for c in listed
        if c not in nothing
    )
    classes = ClassTable(rows)
    table = colour_table.of_classes(classes, [_VOID], LABELMAP)
    return classes, dict(table.colours)


def _text(archive: Archive, name: str, limit: int) -> str:
    try:
        return archive.read(name, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImageError(f"{name} in {archive.path.name} is no text: {error}.") from error


def _read(archive: Archive, name: str, classes: ClassTable, colours: dict[Colour, int]) -> LabelMap:
    picture = colour_mask.decode_picture(archive.read(name), name)
    if picture.ndim == 3:
        return colour_mask.resolved(picture, colours, name)
    colour_mask.check(picture, classes, name)
    return picture
