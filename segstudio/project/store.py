"""What a place that keeps labels can do; the window knows no more of it than this."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageState
from segstudio.core.patch import Planes

Matches = dict[str, dict[str, int]]
"""By model and name of its class: an own class index, 255, or `merge.LEAVE_UNLABELLED`."""


@dataclass(frozen=True)
class StoredLabels:
    """The kept labels of one image."""

    planes: Planes
    state: ImageState


class LabelStore(Protocol):
    """A place that keeps the labels of the images of one folder.

    Reading never writes. Every method raises `StorageError` with a sentence when the disk refuses.
    """

    @property
    def location(self) -> Path:
        """Where it keeps them."""

    @property
    def moved_from(self) -> Path | None:
        """The folder beside the images that cannot be written, when another place is used."""

    def classes(self) -> ClassTable | None:
        """Return the kept class table; None before the first change."""

    def keep_classes(self, table: ClassTable) -> None:
        """Keep the class table."""

    def matches(self) -> Matches:
        """Return what was chosen by hand for the classes of models; empty before."""

    def keep_matches(self, matches: Matches) -> None:
        """Keep what was chosen by hand for the classes of models."""

    def states(self) -> dict[Path, ImageState]:
        """Return the state of every image that has labels."""

    def load(self, image: Path, size: tuple[int, int]) -> StoredLabels | None:
        """Return the labels of an image of this height and width; None when there are none."""

    def keep(self, image: Path, planes: Planes, state: ImageState, table: ClassTable) -> None:
        """Keep the labels of an image, coloured by the class table."""
