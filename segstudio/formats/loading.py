"""Python that loads datasets of two trees of folders, for the page beside an export."""

from segstudio.core.classes import ClassTable
from segstudio.core.palette import Colour

NUMBERS = """\
def read_labels(file):
    return np.array(Image.open(file))
"""
"""How masks are read whose numbers are those of the classes."""

_TREES = """
from pathlib import Path

import numpy as np
import torch
from PIL import Image

NUM_CLASSES, IGNORE = {count}, 255


{reading}

class Labelled(torch.utils.data.Dataset):
    def __init__(self, images="{images}", labels="{labels}"):
        self.root = Path(labels)
        self.files = sorted(self.root.rglob("{pattern}"))
        found = [path for path in Path(images).rglob("*") if path.is_file()]
        self.images = {{path.relative_to(images).with_suffix(""): path for path in found}}

    def __len__(self):
        return len(self.files)

    def __getitem__(self, number):
        name = self.files[number].relative_to(self.root).with_suffix("")
        image = np.array(Image.open(self.images[name]).convert("RGB"))
        labels = read_labels(self.files[number]).astype(np.int64)
        return torch.from_numpy(image).permute(2, 0, 1) / 255, torch.from_numpy(labels)


loss = torch.nn.CrossEntropyLoss(ignore_index=IGNORE)
"""


def of_trees(
    classes: ClassTable, images: str, labels: str, pattern: str = "*.png", reading: str = NUMBERS
) -> str:
    """Return a dataset of PyTorch.

    Parameters
    ----------
    images, labels : str
        The two folders, from that of the dataset.
    pattern : str
        What files of labels are called.
    reading : str
        A function `read_labels` that gets a file and returns its labels, and what it needs.
    """
    return _TREES.format(
        count=max(classes.indices, default=0) + 1,
        images=images,
        labels=labels,
        pattern=pattern,
        reading=reading,
    )


def by_colours(classes: ClassTable) -> str:
    """Return how masks of colours are read."""
    colours: dict[Colour, int] = {entry.colour: entry.index for entry in classes}
    rows = "".join(f"    {colour}: {index},\n" for colour, index in colours.items())
    return (
        f"COLOURS = {{\n{rows}}}\n\n\n"
        "def read_labels(file):\n"
        '    picture = np.array(Image.open(file).convert("RGB"))\n'
        "    labels = np.full(picture.shape[:2], IGNORE)\n"
        "    for colour, number in COLOURS.items():\n"
        "        labels[(picture == colour).all(axis=2)] = number\n"
        "    return labels\n"
    )
