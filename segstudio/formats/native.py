"""The program's own dataset folder: images/, masks/, classes.json, and perhaps parts.json."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from segstudio.core import atomic, png
from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable, read_classes, write_classes
from segstudio.core.errors import ImageError
from segstudio.core.image_record import Part
from segstudio.formats import colour_mask, numbering, pairing, texts
from segstudio.formats.dataset import Dataset, LabelledImage
from segstudio.formats.format import Option, Outgoing, Target
from segstudio.formats.numbering import Numbering

IMAGES, MASKS, CLASSES = "images", "masks", "classes.json"
PARTS = "parts.json"
"""By part the names of its images, in a dataset that has parts."""


_LOADING = """
from pathlib import Path

import numpy as np
import torch
from PIL import Image

NUM_CLASSES, IGNORE = {classes}, 255


class Labelled(torch.utils.data.Dataset):
    def __init__(self, root="."):
        self.masks = sorted(Path(root, "masks").glob("*.png"))
        self.images = {{path.stem: path for path in Path(root, "images").iterdir()}}

    def __len__(self):
        return len(self.masks)

    def __getitem__(self, number):
        mask = self.masks[number]
        image = np.array(Image.open(self.images[mask.stem]).convert("RGB"))
        labels = np.array(Image.open(mask))
        return torch.from_numpy(image).permute(2, 0, 1) / 255, torch.from_numpy(labels).long()


loss = torch.nn.CrossEntropyLoss(ignore_index=IGNORE)
"""


class Native:
    """Indexed PNG masks beside the images."""

    name = "native"
    title = "Native folder"
    line = "Indexed PNG masks, the images and classes.json."
    image_suffix = ""
    is_lossless = True
    options: tuple[Option, ...] = ()

    def number(self, classes: ClassTable) -> Numbering:
        """Let every class keep its number."""
        return numbering.kept(classes)

    def is_here(self, path: Path) -> bool:
        """Tell whether there are masks and a list of classes."""
        return (path / MASKS).is_dir() and (path / CLASSES).is_file()

    def read(self, path: Path) -> Dataset:
        """Read classes and parts; see `Format.read`."""
        classes = read_classes(path / CLASSES)
        pictures = pairing.pictures_by_stem(path / IMAGES)
        parts = _parts(path / PARTS)
        found = []
        for mask in sorted((path / MASKS).rglob("*.png")):
            name = mask.relative_to(path / MASKS).with_suffix("").as_posix()
            found.append(
                LabelledImage(
                    name=name,
                    image=pairing.of_stem(pictures, name),
                    read=partial(_read_mask, mask, classes),
                    part=parts.get(name, Part.NONE),
                )
            )
        return Dataset(classes, found)

    def begin(self, target: Target) -> "NativeWriter":
        """Begin to write."""
        return NativeWriter(target)

    def loading_code(self, classes: ClassTable) -> str:
        """Return code for PyTorch; see `Format.loading_code`."""
        return _LOADING.format(classes=max(classes.indices, default=0) + 1)


class NativeWriter:
    """Writes the folder; see `Writer`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._colours = target.classes.colour_table()

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
        """Write the classes, and which images belong to which part."""
        write_classes(self._target.folder / CLASSES, self._target.classes)
        if not self._target.has_parts:
            return
        members = {
            part.value: [item.name for item in items if item.part is part]
            for part in Part
            if part is not Part.NONE
        }
        atomic.write_text(self._target.folder / PARTS, texts.json_text(members))

    def _mask(self, item: Outgoing) -> Path:
        return self._target.folder / MASKS / f"{item.name}.png"


def _parts(path: Path) -> dict[str, Part]:
    """Return what each image is for."""
    if not path.is_file():
        return {}
    content = texts.read_json(path)
    try:
        return {str(name): Part(part) for part, names in content.items() for name in names}
    except (AttributeError, TypeError, ValueError) as error:
        raise ImageError(f"{path.name} is not a list of names by part.") from error


def _read_mask(path: Path, classes: ClassTable) -> LabelMap:
    labels = png.read(path)
    colour_mask.check(labels, classes, path.name)
    return labels
