"""One image with its label map, ink and history."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import Confidence, Image, InkMap, LabelMap
from segstudio.core.classes import IGNORE_INDEX
from segstudio.core.history import History
from segstudio.core.image_record import ImageState
from segstudio.core.labels import Ink, class_counts
from segstudio.core.merge import EVERYWHERE, Reach
from segstudio.core.patch import Patch, Planes
from segstudio.core.pyramid import build_pyramid
from segstudio.core.region import Region, grid_shape

_WORKED_ON = (ImageState.IN_WORK, ImageState.DONE, ImageState.CHECKED)


@dataclass(frozen=True)
class SegmentInfo:
    """What the last Segment of an image was: model, ms, mean confidence, ink kept, which part."""

    model: str
    ms: float
    sure: float
    kept_pixels: int
    refined_by: str
    reach: Reach = EVERYWHERE


class Journal(Protocol):
    """Hears of every step of a document, right after it."""

    def stepped(self, document: "Document", patch: Patch) -> None:
        """Note a new step."""

    def travelled(self, document: "Document", patch: Patch, *, redo: bool) -> None:
        """Note that the last step, a patch, was undone, or the next one done again."""


class Document:
    """An open image.

    Every change goes through `do`, `undo` and `redo`, which keep label map, ink, class counts,
    versions of the blocks and history in step.

    Attributes
    ----------
    path : Path
    image : (H, W, 3) uint8, RGB
    pyramid : tuple of arrays
        Smaller copies to show, see `pyramid.build_pyramid`.
    planes : Planes
        The label map and the ink, written in place; both (H, W) uint8.
    confidence : (H, W) uint8 or None
        What the last Segment was sure of, 0 to 255.
    counts : (257,) int64
        Pixels by class, see `labels.class_counts`.
    versions : (rows, columns) int64
        Grows by one for a block with every edit that touches it.
    began_in_work : bool
        Whether a person had worked on it before it was opened.
    serial : int
        Grows by one with every edit, undo and redo.
    journal : Journal or None
        Hears of every step.
    annotator : str
        The name of the person at the screen, noted with every step.
    starts_anew : bool
        Labels are stored that cannot be used; the first step puts them aside.
    """

    def __init__(
        self,
        path: Path,
        image: Image,
        *,
        labels: LabelMap | None = None,
        ink: InkMap | None = None,
        state: ImageState = ImageState.NEW,
        history: History | None = None,
        confidence: Confidence | None = None,
    ) -> None:
        size = image.shape[:2]
        # full() and full_like() touch every page now, off the GUI thread: a first stroke on
        # untouched pages costs 170 ms at 24 Mpx.
        label_map = np.full(size, IGNORE_INDEX, np.uint8) if labels is None else labels
        author = np.full(size, 0, np.uint8) if ink is None else ink
        assert label_map.shape == size
        assert author.shape == size
        self.path = path
        self.image = image
        self.pyramid = build_pyramid(image)
        self.planes = Planes(label_map, author)
        self.confidence: Confidence | None = confidence
        self.journal: Journal | None = None
        self.annotator = ""
        self.starts_anew = False
        self.segment_info: SegmentInfo | None = None
        self.state = state
        self.began_in_work = state in _WORKED_ON or (
            state is ImageState.SKIPPED and bool((author == Ink.PERSON).any())
        )
        self.history = history or History()
        self.counts = class_counts(label_map, author)
        self.versions: NDArray[np.int64] = np.zeros(grid_shape(*size), np.int64)
        self.serial = 0

    @property
    def height(self) -> int:
        """Rows of the image."""
        return int(self.image.shape[0])

    @property
    def width(self) -> int:
        """Columns of the image."""
        return int(self.image.shape[1])

    @property
    def label_map(self) -> LabelMap:
        """The (H, W) uint8 label map."""
        return self.planes.labels

    @property
    def ink(self) -> InkMap:
        """The (H, W) uint8 ink map."""
        return self.planes.ink

    def state_by_steps(self) -> ImageState:
        """Return how far the work has come, not counting whether it was said to be done."""
        steps = self.history.steps[: self.history.position]
        if self.began_in_work or any(step.origin.author == Ink.PERSON for step in steps):
            return ImageState.IN_WORK
        if self.counts[IGNORE_INDEX] < self.height * self.width:
            return ImageState.SEGMENTED
        erased = any(step.origin.tool == "eraser" for step in steps)
        return ImageState.IN_WORK if erased else ImageState.NEW

    def do(self, patch: Patch) -> tuple[Region, ...]:
        """Apply a patch, keep it as a step, and return the regions that changed."""
        patch.apply(self.planes)
        return self.keep(patch)

    def keep(self, patch: Patch) -> tuple[Region, ...]:
        """Keep a patch whose pixels are already in the planes, such as a stroke's."""
        if self.annotator:
            patch = replace(patch, origin=replace(patch.origin, annotator=self.annotator))
        self.history.push(patch)
        self._touch(patch, +1)
        if self.journal is not None:
            self.journal.stepped(self, patch)
        return patch.regions

    def undo(self) -> Patch | None:
        """Take back the last step and return its patch; None when there is none."""
        patch = self.history.undo()
        if patch is not None:
            patch.revert(self.planes)
            self._touch(patch, -1)
            if self.journal is not None:
                self.journal.travelled(self, patch, redo=False)
        return patch

    def redo(self) -> Patch | None:
        """Do the next step again and return its patch; None when there is none."""
        patch = self.history.redo()
        if patch is not None:
            patch.apply(self.planes)
            self._touch(patch, +1)
            if self.journal is not None:
                self.journal.travelled(self, patch, redo=True)
        return patch

    def touch_blocks(self, region: Region) -> None:
        """Note that the pixels of a region are changing, so that a late result merges anew."""
        self.versions[region.block_slices(self.height, self.width)] += 1

    def _touch(self, patch: Patch, sign: int) -> None:
        self.counts += sign * patch.counts
        self.serial += 1
        for region in patch.regions:
            self.touch_blocks(region)
