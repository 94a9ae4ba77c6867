"""Writing and reading back all images of an export, on all cores."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.arrays import LabelMap
from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import Cancelled, SegstudioError, StorageError
from segstudio.core.file_names import shortened
from segstudio.core.image_record import Part
from segstudio.core.labels import Ink, ink_counts
from segstudio.formats import images, picture_copies
from segstudio.formats.export_values import ExportItem, ExportPlan, ExportReport
from segstudio.formats.format import Outgoing, Target, Writer
from segstudio.formats.numbering import Numbering
from segstudio.formats.picture_copies import DiskError
from segstudio.formats.tiles import Tile, Tiling, tiles

MAX_NAME_BYTES = 255
Report = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class _Written:
    """What is known of an image once it is written."""

    items: tuple[Outgoing, ...]
    counts: NDArray[np.int64]
    ink: tuple[int, ...]
    changed: tuple[int, ...]


class Run:
    """One export at work."""

    def __init__(
        self, plan: ExportPlan, classes: ClassTable, numbering: Numbering, target: Target
    ) -> None:
        self.plan = plan
        self.classes = classes
        self.numbering = numbering
        self.target = target
        self.writer: Writer = plan.format.begin(target)

    def all(
        self, todo: Sequence[ExportItem], outcome: ExportReport, report: Report
    ) -> list[Outgoing]:
        """Write all images on all cores and note what came of them, in their order."""
        kept: list[Outgoing] = []
        counts = np.zeros(256, np.int64)
        ink = np.zeros(len(Ink), np.int64)
        taken: set[str] = set()
        jobs = [(item, _unique(item, taken)) for item in todo]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for done, (item, future) in enumerate(_in_order(pool, self._one, jobs), start=1):
                try:
                    written = future.result()
                except (Cancelled, DiskError, NotProvenError):
                    raise
                except SegstudioError as error:
                    outcome.failed[str(item.image or item.name)] = str(error)
                else:
                    kept += written.items
                    counts += written.counts
                    ink += np.array(written.ink)
                    _note(outcome, item, written)
                report(done, len(todo))
        outcome.pixels = {c.name: int(counts[c.index]) for c in self.numbering.classes}
        outcome.ignored_pixels = int(counts[IGNORE_INDEX])
        outcome.ink = tuple(map(int, ink))
        return kept

    def _one(self, item: ExportItem, name: str) -> _Written:
        planes = item.read()
        self._check(item, planes.labels)
        labels = self.numbering.applied(self.plan.classes.applied(planes, self.classes))
        parts = list(self._parts_of(labels))
        written, changed = [], []
        for tile in parts:
            outgoing = Outgoing(
                f"{name}{tile.name}",
                np.ascontiguousarray(labels[tile.slices]),
                item.part,
                self._picture(item, f"{name}{tile.name}", tile, whole=len(parts) == 1),
            )
            self._write(outgoing)
            changed.append(self._proven(outgoing, item.shown))
            written.append(replace(outgoing, labels=np.zeros((0, 0), np.uint8)))
        counts = np.bincount(labels.ravel(), minlength=256)
        return _Written(tuple(written), counts, ink_counts(planes.ink), tuple(changed))

    def _parts_of(self, labels: LabelMap) -> Iterator[Tile]:
        height, width = labels.shape
        return tiles(height, width, self.plan.tiling or Tiling(max(height, width, 16)))

    def _picture(self, item: ExportItem, name: str, tile: Tile, *, whole: bool) -> Path | None:
        """Put the picture of an image, or a part of it, where the format wants it."""
        if item.image is None or self.plan.pictures == "none":
            return None
        wanted = self.plan.format.image_suffix
        suffix = picture_copies.suffix_of(item.image, wanted) if whole else (wanted or ".png")
        place = self.writer.image_file(name, item.part, suffix)
        if whole:
            picture_copies.place(item.image, place, self.plan.pictures)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            picture_copies.write(place, images.read_image(item.image)[tile.slices])
        return place

    def _check(self, item: ExportItem, labels: LabelMap) -> None:
        """Make sure that labels can be exported."""
        used = np.flatnonzero(np.bincount(labels.ravel(), minlength=256)).tolist()
        unknown = set(used) - set(self.classes.indices) - {IGNORE_INDEX}
        if unknown:
            raise SegstudioError(
                f"{item.shown} has pixels of class {min(unknown)}, which is not in the class "
                "list. Add the class or repaint them."
            )
        if item.image is None or self.plan.pictures == "none":
            return
        width, height = images.image_size(item.image)
        if (height, width) != labels.shape:
            raise SegstudioError(
                f"{item.image.name} is {width} x {height} now, its labels are "
                f"{labels.shape[1]} x {labels.shape[0]}. "
                "Was the file replaced? Put the old one back or label the new one."
            )

    def _write(self, item: Outgoing) -> None:
        try:
            self.writer.write(item)
        except (OSError, StorageError) as error:
            raise DiskError(str(error)) from error

    def _proven(self, item: Outgoing, shown: str) -> int:
        """Read labels back and return how many pixels are others."""
        try:
            found = self.writer.read_back(item)
        except (OSError, ValueError, SyntaxError, SegstudioError):
            found = np.zeros((0, 0), np.uint8)
        is_same_size = found.shape == item.labels.shape
        changed = int(np.count_nonzero(found != item.labels)) if is_same_size else item.labels.size
        if not is_same_size or (changed and self.plan.format.is_lossless):
            raise NotProvenError(
                f"The mask of {shown} did not read back as it was written. "
                "The disk may be failing: export to another one."
            )
        return changed


class NotProvenError(StorageError):
    """What was written cannot be trusted."""


def _note(outcome: ExportReport, item: ExportItem, written: _Written) -> None:
    outcome.written += len(written.items)
    outcome.identical += sum(not changed for changed in written.changed)
    outcome.changed_pixels += sum(written.changed)
    outcome.never_seen += not item.seen_by_person
    if item.part is not Part.NONE:
        outcome.parts[item.part] = outcome.parts.get(item.part, 0) + 1


def _in_order(
    pool: ThreadPoolExecutor,
    work: Callable[[ExportItem, str], _Written],
    jobs: Iterable[tuple[ExportItem, str]],
) -> Iterator[tuple[ExportItem, Future[_Written]]]:
    """Run jobs in a pool and yield them in their order; only a few are in memory at a time."""
    most = 2 * (os.cpu_count() or 1)
    waiting: deque[tuple[ExportItem, Future[_Written]]] = deque()
    try:
        for item, name in jobs:
            waiting.append((item, pool.submit(work, item, name)))
            if len(waiting) >= most:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        for _, future in waiting:
            future.cancel()


def _unique(item: ExportItem, taken: set[str]) -> str:
    # Room for what a format or a tile adds, and for the suffix, in the bytes of a file's name.
    suffix = item.image.suffix if item.image is not None else ""
    room = MAX_NAME_BYTES - 40 - max(len(".png"), len(os.fsencode(suffix)))
    name = chosen = shortened(item.name, max(room, 30))
    number = 2
    while chosen.casefold() in taken:
        chosen, number = f"{name}-{number}", number + 1
    taken.add(chosen.casefold())
    return chosen
