"""What every format of datasets can do: be told apart, be read, be written, be read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import ClassTable
from segstudio.core.image_record import Part
from segstudio.formats.dataset import Dataset
from segstudio.formats.numbering import Numbering


@dataclass(frozen=True, eq=False)
class Outgoing:
    """One image on its way into a dataset.

    Attributes
    ----------
    name : str
        Stem of its files: no folder, and no other image has it, whatever the case.
    labels : (H, W) uint8
        Class indices of the target's classes, 255 for none.
    part : Part
        `Part.NONE` only where the target has no parts.
    image : Path or None
        Where the picture lies that goes with it, in the folder of the target; None if none does.
    """

    name: str
    labels: LabelMap
    part: Part = Part.NONE
    image: Path | None = None


@dataclass(frozen=True)
class Target:
    """Where a dataset is written.

    Attributes
    ----------
    folder : Path
        Empty at the beginning.
    classes : ClassTable
        Numbered as the format wants it.
    has_parts : bool
        Whether every image is for training, validation or test.
    options : mapping
        Of the format; see its `options`.
    """

    folder: Path
    classes: ClassTable
    has_parts: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


class Writer(Protocol):
    """Writes one dataset.

    `write` and `read_back` are called by several threads, each for images of its own.
    """

    def image_file(self, name: str, part: Part, suffix: str) -> Path:
        """Return where the picture of an image has to lie."""
        ...

    def write(self, item: Outgoing) -> None:
        """Write what belongs to one image alone."""
        ...

    def read_back(self, item: Outgoing) -> LabelMap:
        """Return the labels of an image as another program reads them, by code of others."""
        ...

    def end(self, items: Sequence[Outgoing]) -> None:
        """Write what belongs to all: lists, tables. The items have lost their labels by then."""
        ...


@dataclass(frozen=True)
class Option:
    """A choice that a format offers.

    Attributes
    ----------
    values : tuple of str
        The first is the usual one.
    """

    name: str
    title: str
    line: str
    values: tuple[str, ...]


class Source(Protocol):
    """One way in which others keep labelled images.

    Attributes
    ----------
    name : str
        For the command line.
    title, line : str
        What it is called, and one line on what it is for.
    """

    name: str
    title: str
    line: str

    def is_here(self, path: Path) -> bool:
        """Tell whether a folder or file is of this format.

        Names say it; where several formats use the same ones, the beginning of one file does.
        """
        ...

    def read(self, path: Path) -> Dataset:
        """Read what the dataset says of itself; label maps are read later.

        Raises
        ------
        SegstudioError
            When it cannot be used.
        """
        ...


class Format(Source, Protocol):
    """One way to keep labelled images, which can be written too.

    Attributes
    ----------
    image_suffix : str
        Of the pictures it wants, such as ``".jpg"``; empty where it takes any.
    is_lossless : bool
        Whether every label map comes back as it was, with the usual options.
    """

    image_suffix: str
    is_lossless: bool
    options: tuple[Option, ...]

    def number(self, classes: ClassTable) -> Numbering:
        """Return the numbers that the classes get.

        Raises
        ------
        SegstudioError
            When the format cannot hold them; the sentence says what to leave out.
        """
        ...

    def begin(self, target: Target) -> Writer:
        """Begin to write a dataset."""
        ...

    def loading_code(self, classes: ClassTable) -> str:
        """Return Python that loads such a dataset for training, run from its folder."""
        ...
