"""What the export dialog shows, and what is wished for in it."""

from dataclasses import dataclass
from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.model_version import ModelVersion


@dataclass(frozen=True)
class ExportOffer:
    """What there is to export.

    Attributes
    ----------
    done, labelled : int
        Images marked done; images with any labels.
    done_unseen, labelled_unseen : int
        How many of each hold labels that no person has looked at.
    folder : Path
        The folder to propose.
    model : ModelVersion or None
        The model that was taught here and is in use.
    format : str
        The one to propose, by name.
    """

    done: int
    labelled: int
    done_unseen: int
    labelled_unseen: int
    classes: ClassTable
    folder: Path
    image_bytes: int = 0
    model: ModelVersion | None = None
    format: str = "native"


@dataclass(frozen=True)
class ExportWish:
    """What to export: `which` is ``done`` or ``labelled``."""

    format: str
    which: str
    copy_images: bool
    folder: Path
    model: ModelVersion | None = None
