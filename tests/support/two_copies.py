"""Two people who each work on a copy of one project, without a window."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord, ImageState
from segstudio.core.labels import Ink, class_counts
from segstudio.core.patch import Origin, Planes, assemble, difference
from segstudio.core.region import Region
from segstudio.project.location import FILE_NAME
from segstudio.project.merging import compare, open_copy
from segstudio.project.project import Project
from segstudio.project.taking import apply

SIZE = (6, 8)
CLASSES = ClassTable.named(["cat", "dog", "cow"])


class Annotator:
    """A person with a project of their own."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.folder = folder
        self.project = Project(folder, folder.parent / "home")
        self.clock = 1000.0

    def planes(self, name: str) -> Planes:
        stored = self.project.load(name, SIZE)
        return stored.planes if stored else Planes.blank(SIZE)

    def record(self, name: str) -> ImageRecord:
        assert self.project.flush(10) == ""
        return self.project.record(name) or ImageRecord(name, height=SIZE[0], width=SIZE[1])

    def steps(self, name: str) -> tuple[str, ...]:
        assert self.project.flush(10) == ""
        return self.project.step_ids(name)

    def paint(self, name: str, part: tuple[int, int, int, int], label: int, ink=Ink.PERSON) -> bool:
        """Paint rows and columns of an image; False when that changes nothing."""
        planes = self.planes(name)
        region = Region(*part).clipped(*SIZE)
        shape = (region.height, region.width)
        after = Planes(np.full(shape, label, np.uint8), np.full(shape, ink, np.uint8))
        found = difference(region, planes.cut(region), after)
        if found is None:
            return False
        origin = Origin("brush", Ink(ink), class_index=label, annotator=self.name)
        patch = assemble([found], origin)
        patch.apply(planes)
        self.project.keep_step(self._after(name, planes), patch)
        return True

    def import_labels(self, name: str, planes: Planes) -> None:
        """Give an image labels without steps."""
        self.project.keep_planes(self._after(name, planes), planes)

    def undo(self, name: str) -> bool:
        stored = self.project.load(name, SIZE)
        patch = stored.history.undo() if stored else None
        if patch is not None:
            patch.revert(stored.planes)
            self.project.keep_travel(self._after(name, stored.planes), redo=False)
        return patch is not None

    def say(self, name: str, **fields) -> None:
        self.project.keep_record(replace(self.record(name), **fields))

    def merge(self, other: "Annotator", choices=()):
        """Merge the other's copy; returns the plan and what was done."""
        assert self.project.flush(10) == ""
        assert other.project.flush(10) == ""
        copy = open_copy(other.folder, self.project, self.folder.parent / "home")
        try:
            plan = compare(self.project, copy)
            done = apply(plan, dict(choices), self.project, copy)
        finally:
            copy.close()
        return plan, done

    def _after(self, name: str, planes: Planes) -> ImageRecord:
        self.clock += 1
        counts = class_counts(planes.labels, planes.ink)
        pairs = tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts))
        record = self.record(name)
        state = record.state if record.state.is_finished else ImageState.IN_WORK
        return replace(record, classes=pairs, state=state, author=self.name, changed_at=self.clock)


class TwoCopies:
    """Ann began; Ben has a copy of what she had by then."""

    def __init__(self, place: Path, names=("a.png", "b.png", "c.png")) -> None:
        self.place = place
        self.ann = Annotator(place / "ann", "Ann")
        self.ann.project.keep_classes(CLASSES)
        for name in names:
            (self.ann.folder / name).write_bytes(name.encode())
            self.ann.paint(name, (0, 0, 2, 3), 0)
        self.ben = self.copied("ben", "Ben")

    def copied(self, folder: str, name: str) -> Annotator:
        """Return somebody with a copy of what Ann has now."""
        assert self.ann.project.flush(10) == ""
        self.ann.project.end()
        shutil.copytree(self.ann.folder, self.place / folder)
        self.ann = Annotator(self.ann.folder, "Ann")
        return Annotator(self.place / folder, name)

    def end(self) -> None:
        self.ann.project.end()
        self.ben.project.end()


def copied(project, folder, name):
    """Give somebody a copy of a project that is open, with one of its photos."""
    folder.mkdir()
    with project.connection() as source, closing(sqlite3.connect(folder / FILE_NAME)) as target:
        source.backup(target)
        target.execute("DELETE FROM holder")
        target.commit()
    shutil.copy(project.root / "a.png", folder)
    return Annotator(folder, name)
