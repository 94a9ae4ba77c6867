"""What an export is given, and what it says of its outcome."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segstudio.core.image_record import Part
from segstudio.core.patch import Planes
from segstudio.formats.class_plan import ClassPlan
from segstudio.formats.format import Format
from segstudio.formats.model_file import ModelFile
from segstudio.formats.picture_copies import Way
from segstudio.formats.tiles import Tiling


@dataclass(frozen=True, eq=False)
class ExportItem:
    """One image to export.

    Attributes
    ----------
    name : str
        Stem of the files to write; made unique by the export where it is not.
    image : Path or None
        None where only labels are there.
    read : callable
        Returns the planes of the upright image.
    seen_by_person : bool
        Whether a person has looked at the labels.
    """

    name: str
    image: Path | None
    read: Callable[[], Planes]
    part: Part = Part.NONE
    seen_by_person: bool = True

    @property
    def shown(self) -> str:
        """What to call it in a sentence."""
        return self.image.name if self.image is not None else self.name


@dataclass(frozen=True)
class ExportPlan:
    """How images are exported.

    Attributes
    ----------
    options : mapping
        Of the format.
    tiling : Tiling or None
        Cut images into tiles.
    model : ModelFile or None
        A taught model that goes along.
    """

    format: Format
    classes: ClassPlan = field(default_factory=ClassPlan)
    pictures: Way = "copy"
    tiling: Tiling | None = None
    options: dict[str, Any] = field(default_factory=dict)
    model: ModelFile | None = None


@dataclass
class ExportReport:
    """What an export wrote, and how far it is what was meant.

    Attributes
    ----------
    folder : Path
    written : int
        Label maps; of an image that was cut there are several.
    identical : int
        Label maps that were read back equal in every pixel.
    changed_pixels : int
        Pixels that were read back as something else, in a format that cannot hold them.
    failed : dict of name to sentence
        Images that could not be exported; the others were.
    pixels : dict of class name to int
    ink : tuple of int
        Pixels by author, see `segstudio.core.labels.Ink`.
    parts : dict of part to int
        Images.
    model : str
        The title of the model that went along, which was read back equal too.
    model_place : str
        Its file below the folder.
    """

    folder: Path
    written: int = 0
    identical: int = 0
    changed_pixels: int = 0
    never_seen: int = 0
    ignored_pixels: int = 0
    pixels: dict[str, int] = field(default_factory=dict)
    ink: tuple[int, ...] = ()
    parts: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    model: str = ""
    model_place: str = ""

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        line = f"{self.identical} of {self.written} masks read back and identical"
        if self.model:
            line += f", and the model {self.model}"
        if self.changed_pixels:
            line += f"; {self.changed_pixels:,} pixels are others, which this format cannot hold"
        if self.failed:
            line += f"; {len(self.failed)} could not be exported"
        return line + "."
