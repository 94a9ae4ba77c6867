"""Strokes, undo, class steps, saving and opening again, in any order, against an oracle."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.document import Document
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import Ink
from segstudio.core.patch import Origin, Planes, assemble, difference
from segstudio.core.region import Region
from segstudio.project.class_steps import UNLABELLED, Mapping
from segstudio.project.project import Project

SIZE = (6, 7)
NAMES = ("a.png", "sub/b.png")
TABLE = ClassTable.named(["cat", "dog", "cow", "sky"])


@dataclass
class Painted:
    """A step of the oracle: it wrote one value into some pixels, if it is applied."""

    name: str
    mask: np.ndarray
    label: int
    ink: int
    applied: bool = True


@dataclass
class Mapped:
    """A class step of the oracle."""

    before: int
    after: int


class Oracle:
    """Holds everything that was done, in order, and paints it all anew for every question."""

    def __init__(self):
        self.items = []

    def planes(self, name):
        labels = np.full(SIZE, IGNORE_INDEX, np.uint8)
        ink = np.zeros(SIZE, np.uint8)
        for item in self.items:
            if isinstance(item, Mapped):
                chosen = labels == item.before
                labels[chosen] = IGNORE_INDEX if item.after == UNLABELLED else item.after
                if item.after == UNLABELLED:
                    ink[chosen] = Ink.NOBODY
            elif item.name == name and item.applied:
                labels[item.mask], ink[item.mask] = item.label, item.ink
        return labels, ink

    def steps(self, name):
        return [i for i in self.items if isinstance(i, Painted) and i.name == name]

    def drop_undone(self, name):
        gone = [i for i in self.steps(name) if not i.applied]
        self.items = [i for i in self.items if not any(i is g for g in gone)]


class Machine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.oracle = Oracle()
        self.project = self.opened()
        self.documents = {}

    def opened(self):
        return Project(self.folder, self.folder / "home")

    def document(self, name):
        if name not in self.documents:
            stored = self.project.load(name, SIZE)
            image = np.zeros((*SIZE, 3), np.uint8)
            path = self.folder / name
            self.documents[name] = (
                Document(path, image)
                if stored is None
                else Document(
                    path,
                    image,
                    labels=stored.planes.labels,
                    ink=stored.planes.ink,
                    history=stored.history,
                )
            )
        return self.documents[name]

    def record(self, name):
        counts = self.document(name).counts
        pairs = tuple((int(i), int(counts[i])) for i in np.flatnonzero(counts))
        return ImageRecord(name, classes=pairs, height=SIZE[0], width=SIZE[1])

    @rule(
        name=st.sampled_from(NAMES),
        corner=st.tuples(st.integers(0, 5), st.integers(0, 6)),
        size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
        value=st.sampled_from(
            [(0, 3), (1, 3), (2, 3), (3, 3), (0, 1), (1, 1), (255, 0), (255, 3), (2, 2)]
        ),
    )
    def paint(self, name, corner, size, value):
        document = self.document(name)
        region = Region(*corner, corner[0] + size[0], corner[1] + size[1]).clipped(*SIZE)
        after = Planes(
            np.full((region.height, region.width), value[0], np.uint8),
            np.full((region.height, region.width), value[1], np.uint8),
        )
        before = document.planes.cut(region)
        found = difference(region, before, after)
        if found is None:
            return
        mask = np.zeros(SIZE, bool)
        mask[region.slices] = (before.labels != value[0]) | (before.ink != value[1])
        patch = assemble([found], Origin("brush", Ink(value[1]), class_index=value[0]))
        document.do(patch)
        self.project.keep_step(self.record(name), patch)
        self.oracle.drop_undone(name)
        self.oracle.items.append(Painted(name, mask, *value))

    @rule(name=st.sampled_from(NAMES))
    def undo(self, name):
        applied = [i for i in self.oracle.steps(name) if i.applied]
        patch = self.document(name).undo()
        assert (patch is not None) == bool(applied)
        if patch is not None:
            applied[-1].applied = False
            self.project.keep_travel(self.record(name), redo=False, patch=patch)

    @rule(name=st.sampled_from(NAMES))
    def redo(self, name):
        undone = [i for i in self.oracle.steps(name) if not i.applied]
        patch = self.document(name).redo()
        assert (patch is not None) == bool(undone)
        if patch is not None:
            undone[0].applied = True
            self.project.keep_travel(self.record(name), redo=True, patch=patch)

    @rule(before=st.integers(0, 3), after=st.sampled_from([0, 1, 2, 3, 255, UNLABELLED]))
    def class_step(self, before, after):
        if before == after:
            return
        self.project.add_class_step(
            "merge", "…", Mapping(((before, after),)), before=TABLE, after=TABLE
        )
        self.oracle.items.append(Mapped(before, after))
        self.documents.clear()

    @precondition(lambda self: any(isinstance(i, Mapped) for i in self.oracle.items))
    @rule()
    def take_back_class_step(self):
        self.project.take_back_class_step(TABLE)
        assert self.project.flush(10) == ""
        last = max(n for n, i in enumerate(self.oracle.items) if isinstance(i, Mapped))
        del self.oracle.items[last]
        self.documents.clear()

    @rule(name=st.sampled_from(NAMES))
    def fold(self, name):
        assert self.project.flush(10) == ""
        self.project.fold(name)

    @rule()
    def open_again(self):
        assert self.project.flush(10) == ""
        self.project.end()
        self.project = self.opened()
        self.documents.clear()

    @rule()
    def leave_images(self):
        self.documents.clear()

    @invariant()
    def labels_are_those_of_the_oracle(self):
        for name in NAMES:
            labels, ink = self.oracle.planes(name)
            document = self.document(name)
            np.testing.assert_array_equal(document.label_map, labels)
            np.testing.assert_array_equal(document.ink, ink)

    def teardown(self):
        assert self.project.flush(10) == ""
        for name in NAMES:
            labels, ink = self.oracle.planes(name)
            stored = self.project.load(name, SIZE)
            if stored is None:
                assert not self.oracle.steps(name)
                continue
            np.testing.assert_array_equal(stored.planes.labels, labels)
            np.testing.assert_array_equal(stored.planes.ink, ink)
            found = dict(stored.record.classes)
            present = labels[(labels != IGNORE_INDEX)]
            assert {i: n for i, n in found.items() if i < 255} == {
                int(i): int((present == i).sum()) for i in np.unique(present)
            }
        self.project.end()
        shutil.rmtree(self.folder)


TestProject = Machine.TestCase
TestProject.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
