"""MMSegmentation: img_dir, ann_dir, and METAINFO as a piece of Python that is only read."""

import ast
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import MAX_CLASSES, ClassTable
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.core.palette import Colour
from segstudio.formats import class_csv, class_files, colour_mask, numbering, texts
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.folders import SHORT, Trees
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering

TREES = Trees("img_dir", "ann_dir", SHORT)
METAINFO = "metainfo.py"
_MAX_BYTES = 1_000_000
_MASKS = (".png",)
_LOADING = """
from metainfo import METAINFO
from mmseg.datasets import BaseSegDataset
from mmseg.registry import DATASETS


@DATASETS.register_module()
class Labelled(BaseSegDataset):
    METAINFO = METAINFO


train = Labelled(
    data_root=".",
    data_prefix={"img_path": "img_dir/train", "seg_map_path": "ann_dir/train"},
    img_suffix=".jpg",  # as your images are called
    seg_map_suffix=".png",
    reduce_zero_label=False,
)
"""


class MmSegmentation:
    """The folders that MMSegmentation's own datasets are laid out in."""

    name = "mmsegmentation"
    title = "MMSegmentation"
    line = "img_dir and ann_dir with indexed PNG masks, and METAINFO to paste."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Count from 0: the network's outputs are numbered so."""
        return numbering.from_zero(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether the folder of label maps is there."""
        return (path / TREES.labels).is_dir()

    def read(self, path: Path) -> Dataset:
        """Read classes and names; see `Format.read`."""
        classes = class_files.any_list(path) or _classes(path / METAINFO)
        found = [
            LabelledImage(item.name, item.image, partial(_read, item.labels, classes), item.part)
            for item in TREES.found(path, _MASKS)
        ]
        return Dataset(classes, found)

    def begin(self, target: Target) -> "MmSegmentationWriter":
        """Begin to write."""
        return MmSegmentationWriter(target)

    def loading_code(self, classes: ClassTable) -> str:  # noqa: ARG002 - they are in METAINFO
        """Return a dataset for MMSegmentation's registry; see `Format.loading_code`."""
        return _LOADING


class MmSegmentationWriter:
    """Writes the folders; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._colours = target.classes.colour_table()

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place in the folder of its part."""
        return TREES.image(self._target.folder, name, part, suffix)

    def write(self, item: Outgoing) -> None:
        """Write the mask."""
        png.write(self._mask(item), item.labels, self._colours)

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as Pillow reads them; MMSegmentation uses it too."""
        with PillowImage.open(self._mask(item)) as picture:
            return np.array(picture)

    def end(self, items: Sequence[Outgoing]) -> None:  # noqa: ARG002
        """Write classes and colours."""
        atomic.write_text(self._target.folder / METAINFO, metainfo(self._target.classes))
        class_files.write(self._target.folder, self._target.classes)

    def _mask(self, item: Outgoing) -> Path:
        return TREES.label(self._target.folder, item.name, item.part, ".png")


def metainfo(classes: ClassTable) -> str:
    """Return the classes as MMSegmentation wants them in a dataset's code."""
    # JSON's texts are Python's too.
    names = "".join(f"        {json.dumps(c.name, ensure_ascii=False)},\n" for c in classes)
    colours = "".join(f"        {list(c.colour)},\n" for c in classes)
    return (
        "# Paste it into a class derived from BaseSegDataset. 255 in a mask counts for nothing,\n"
        "# and reduce_zero_label stays False.\n"
        f'METAINFO = {{\n    "classes": (\n{names}    ),\n    "palette": [\n{colours}    ],\n}}\n'
    )


def parse_metainfo(text: str) -> ClassTable:
    """Return the classes of a METAINFO, wherever it stands in a piece of Python.

    Nothing is run: only literal values are understood.

    Raises
    ------
    ImageError
        When there is none, or its values are not literal.
    """
    try:
        tree = ast.parse(text)
        values = next(_values(tree), None)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise ImageError(f"METAINFO could not be read: {error}.") from error
    if values is None:
        raise ImageError("There is no METAINFO = dict(classes=…, palette=…) in it.")
    names = _list(values.get("classes"), "classes")
    colours = _list(values.get("palette") or (), "palette")
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise ImageError("A class of METAINFO has no name.")
    if len(names) > MAX_CLASSES:
        raise ImageError(f"METAINFO has {len(names)} classes; at most {MAX_CLASSES} fit.")
    rows = [
        (number, name, _colour(colours[number]) if number < len(colours) else None)
        for number, name in enumerate(names)
    ]
    return class_csv.coloured(rows)


def _classes(file: Path) -> ClassTable:
    if not file.is_file():
        raise SegstudioError(
            f"There is no {METAINFO} and no list of classes beside ann_dir. Put the METAINFO of "
            f"the dataset into {METAINFO}, or the names of the classes into classes.txt."
        )
    try:
        return parse_metainfo(texts.read_text(file, _MAX_BYTES))
    except ImageError as error:
        raise ImageError(f"{file.name}: {error}") from error


def _values(tree: ast.AST) -> Iterator[dict[str, Any]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        if not any(isinstance(t, ast.Name) and t.id == "METAINFO" for t in node.targets):
            continue
        if isinstance(node.value, ast.Call):
            yield {
                word.arg: ast.literal_eval(word.value) for word in node.value.keywords if word.arg
            }
        elif isinstance(node.value, ast.Dict):
            yield dict(ast.literal_eval(node.value))


def _list(value: object, key: str) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise ImageError(f"The {key} of METAINFO are not a list.")
    return value


def _colour(value: object) -> Colour:
    if isinstance(value, (list, tuple)) and len(value) == 3:
        red, green, blue = value
        if all(type(level) is int and 0 <= level <= 255 for level in value):
            return red, green, blue
    raise ImageError(f"“{str(value)[:40]}” in the palette of METAINFO is not a colour.")


def _read(path: Path, classes: ClassTable) -> LabelMap:
    picture = colour_mask.read_picture(path)
    if picture.ndim == 3:
        raise ImageError(f"{path.name} is a picture of colours; MMSegmentation wants numbers.")
    colour_mask.check(picture, classes, path.name)
    return picture
