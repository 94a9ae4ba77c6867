"""Hugging Face imagefolder: a folder for each split with metadata.jsonl, images and masks.

A key ``X_file_name`` becomes the image column X, so that `load_dataset` gives image and label.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import MAX_CLASSES, ClassTable
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import (
    class_csv,
    class_files,
    class_lists,
    colour_mask,
    folders,
    numbering,
    texts,
)
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.inside import inside
from segstudio.formats.numbering import Numbering

SPLITS = {
    Part.NONE: "train",
    Part.TRAINING: "train",
    Part.VALIDATION: "validation",
    Part.TEST: "test",
}
METADATA, NAMES, CARD = "metadata.jsonl", "id2label.json", "README.md"
IMAGES, MASKS = "images", "masks"
_KEY = "_file_name"
_LOADING = """
import json
from pathlib import Path

from datasets import load_dataset

dataset = load_dataset("imagefolder", data_dir=".")
names = json.loads(Path("id2label.json").read_text(encoding="utf-8"))
id2label = {int(number): name for number, name in names.items()}
# 255 in a mask counts for nothing.
"""
COLUMN = Option(
    "column",
    "Column of the labels",
    "What the column of masks is called: label as in transformers' examples, or annotation as in "
    "scene_parse_150.",
    ("label", "annotation"),
)


class HuggingFace:
    """Folders that `load_dataset("imagefolder")` loads."""

    name = "huggingface"
    title = "Hugging Face"
    line = "An imagefolder with metadata.jsonl, id2label.json and a dataset card."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = (COLUMN,)

    def number(self, classes: ClassTable) -> Numbering:
        """Count from 0, as id2label does."""
        return numbering.from_zero(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether there is a list of images for a split."""
        return any(True for _ in _lists(path))

    def read(self, path: Path) -> Dataset:
        """Read classes and lists; see `Format.read`."""
        classes = class_files.ours(path) or _classes(path / NAMES)
        found = [image for file in _lists(path) for image in _images(path, file, classes)]
        return Dataset(classes, found)

    def begin(self, target: Target) -> "HuggingFaceWriter":
        """Begin to write."""
        return HuggingFaceWriter(target)

    def loading_code(self, classes: ClassTable) -> str:  # noqa: ARG002 - they are in id2label.json
        """Return code for the library; see `Format.loading_code`."""
        return _LOADING


class HuggingFaceWriter:
    """Writes splits, lists and the card; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._column = str(target.options.get(COLUMN.name, COLUMN.values[0]))

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return the picture's place in the folder of its split."""
        return self._target.folder / SPLITS[part] / IMAGES / f"{name}{suffix}"

    def write(self, item: Outgoing) -> None:
        """Write the mask, grey: with a palette, loaders that convert it would see colours."""
        png.write(self._mask(item), item.labels)

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels as Pillow reads them; the library uses it too."""
        with PillowImage.open(self._mask(item)) as picture:
            return np.array(picture)

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write the lists, the names of the classes and the card."""
        folder, classes = self._target.folder, self._target.classes
        lists: dict[str, list[str]] = {}
        for item in items:
            lists.setdefault(SPLITS[item.part], []).append(self._line(item))
        for split, lines in lists.items():
            atomic.write_text(folder / split / METADATA, "".join(lines))
        names = {str(entry.index): entry.name for entry in classes}
        atomic.write_text(folder / NAMES, texts.json_text(names))
        counts = {split: len(lines) for split, lines in lists.items()}
        atomic.write_text(folder / CARD, _card(classes, self._column, counts))
        class_files.write(folder, classes)

    def _line(self, item: Outgoing) -> str:
        split = self._target.folder / SPLITS[item.part]
        row = {f"{self._column}{_KEY}": self._mask(item).relative_to(split).as_posix()}
        if item.image is not None:
            row = {f"image{_KEY}": item.image.relative_to(split).as_posix(), **row}
        return json.dumps(row, ensure_ascii=False) + "\n"

    def _mask(self, item: Outgoing) -> Path:
        return self._target.folder / SPLITS[item.part] / MASKS / f"{item.name}.png"


def _card(classes: ClassTable, column: str, counts: dict[str, int]) -> str:
    """Return a dataset card: its head as YAML, and what the numbers mean."""
    import yaml

    features = [{"name": "image", "dtype": "image"}, {"name": column, "dtype": "image"}]
    head = {
        "task_categories": ["image-segmentation"],
        "task_ids": ["semantic-segmentation"],
        "dataset_info": {
            "features": features,
            "splits": [{"name": name, "num_examples": count} for name, count in counts.items()],
        },
    }
    rows = "".join(
        f"| {entry.index} | {' '.join(entry.name.split()).replace('|', chr(92) + '|')} |\n"
        for entry in classes
    )
    return (
        f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---\n\n# Labels\n\n"
        f"`{column}` is a mask with a number a pixel; 255 counts for nothing.\n\n"
        f"| number | class |\n|---|---|\n{rows}\n"
        f"```python{_LOADING}```\n"
    )


def _lists(path: Path) -> Iterator[Path]:
    """Yield the lists of images: one for each split, or one at the root."""
    try:
        inner = sorted(entry for entry in path.iterdir() if entry.is_dir()) if path.is_dir() else []
    except OSError:
        inner = []
    for folder in (path, *inner):
        if (folder / METADATA).is_file():
            yield folder / METADATA


def _images(path: Path, file: Path, classes: ClassTable) -> Iterator[LabelledImage]:
    split = "" if file.parent == path else f"{file.parent.name}/"
    for line in texts.lines(file):
        row = texts.parse_json(line, file.name)
        picture, mask = _names(row, file.name)
        place = inside(file.parent, mask, file.name)
        image = None if picture is None else inside(file.parent, picture, file.name)
        shown = Path(mask if picture is None else picture).with_suffix("").as_posix()
        yield LabelledImage(
            name=f"{split}{shown.removeprefix(f'{IMAGES}/').removeprefix(f'{MASKS}/')}",
            image=image if image is not None and image.is_file() else None,
            read=partial(_read, place, classes),
            part=folders.part_of(file.parent.name) if split else Part.NONE,
        )


def _names(row: object, source: str) -> tuple[str | None, str]:
    """Return the names of picture and mask in a row of a list."""
    if not isinstance(row, dict):
        raise ImageError(f"A line of {source} is not an object with names of files.")
    files = {
        key.removesuffix("file_name").removesuffix("_") or "image": value
        for key, value in row.items()
        if key.endswith("file_name") and isinstance(value, str)
    }
    picture = files.pop("image", None)
    if len(files) != 1:
        raise ImageError(
            f"A line of {source} names {len(files)} files beside the image. For label maps there "
            "has to be one, such as label_file_name."
        )
    return picture, next(iter(files.values()))


def _classes(file: Path) -> ClassTable:
    if not file.is_file():
        raise SegstudioError(
            f"There is no {NAMES} beside the splits, so the numbers in the masks have no names. "
            'Put one there: {"0": "road", "1": "sky"}.'
        )
    content = texts.read_json(file, class_lists.MAX_BYTES)
    try:
        names = {int(number): str(name).strip() for number, name in content.items()}
    except (AttributeError, ValueError, TypeError) as error:
        raise ImageError(f"{file.name} does not give a name for each number.") from error
    beyond = [f"{number} ({name})" for number, name in names.items() if number >= MAX_CLASSES]
    if beyond:
        raise ImageError(
            f"{file.name} has numbers that do not fit, 0 to 254 do: {', '.join(beyond[:5])}. Leave "
            "them out."
        )
    return class_csv.coloured([(number, name, None) for number, name in sorted(names.items())])


def _read(path: Path, classes: ClassTable) -> LabelMap:
    picture = colour_mask.read_picture(path)
    if picture.ndim == 3:
        raise ImageError(f"{path.name} is a picture of colours; masks here hold numbers.")
    colour_mask.check(picture, classes, path.name)
    return picture
