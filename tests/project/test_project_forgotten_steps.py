"""Undo and redo of steps that the window remembers and the file has forgotten."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project_steps import SIZE, blank, painted, record

from segstudio.core.document import Document
from segstudio.core.region import whole
from segstudio.project import project as project_module
from segstudio.project.checking import check
from segstudio.project.project import Project

NAME = "a.png"
DEEDS = st.one_of(
    st.tuples(st.just("paint"), st.integers(0, 3), st.integers(0, SIZE[0] - 2)),
    st.tuples(st.sampled_from(["undo", "redo"]), st.integers(1, 5), st.just(0)),
    st.tuples(st.sampled_from(["forget", "reopen"]), st.just(0), st.just(0)),
)


class Work:
    """An image that is painted, left and opened again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open()

    def open(self) -> None:
        self.project = Project(self.folder, self.folder / "home")
        stored = self.project.load(NAME)
        planes = stored.planes if stored is not None else blank()
        self.document = Document(
            self.folder / NAME,
            np.zeros((*SIZE, 3), np.uint8),
            labels=planes.labels,
            ink=planes.ink,
            history=stored.history if stored is not None else None,
        )
        self.document.history.ready_budget = 2**20
        self.document.history.rebalance()
        self.document.journal = self

    def stepped(self, document, patch):
        self.project.keep_step(record(NAME, document.planes), patch)

    def travelled(self, document, patch, *, redo):
        self.project.keep_travel(record(NAME, document.planes), redo=redo, patch=patch)

    def do(self, deed, number, row):
        if deed == "paint":
            planes = self.document.planes.cut(whole(self.document.label_map))
            rows = slice(row, row + 3)
            if (planes.labels[rows] != number).any() or (planes.ink[rows] != 3).any():
                self.document.do(painted(planes, number, rows))
        elif deed in ("undo", "redo"):
            for _ in range(number):
                getattr(self.document, deed)()
        elif deed == "forget":
            assert self.project.flush(5) == ""
            self.project.fold(NAME)
        else:
            assert self.project.flush(5) == ""
            self.project.end()
            self.open()

    def is_as_stored(self):
        assert self.project.flush(5) == "", self.project.state
        stored = self.project.load(NAME)
        if stored is not None:
            assert np.array_equal(stored.planes.labels, self.document.label_map)
            assert np.array_equal(stored.planes.ink, self.document.ink)


@settings(max_examples=60, deadline=None)
@given(st.lists(DEEDS, max_size=25))
def test_labels_are_those_seen_whatever_the_file_has_forgotten(deeds):
    kept = project_module.STEP_BYTES
    project_module.STEP_BYTES = 150
    work = None
    try:
        with tempfile.TemporaryDirectory() as folder:
            work = Work(Path(folder))
            for deed in deeds:
                work.do(*deed)
                work.is_as_stored()
            work.do("reopen", 0, 0)
            seen = work.document.label_map.copy()
            position = work.document.history.position
            while work.document.undo() is not None:
                work.is_as_stored()
            while work.document.redo() is not None:
                work.is_as_stored()
            while work.document.history.position > position:
                work.document.undo()
            assert np.array_equal(work.document.label_map, seen)
            work.is_as_stored()
            assert not work.project.exists or check(work.project.file) == []
            work.project.end()
    finally:
        project_module.STEP_BYTES = kept


def test_undo_beyond_what_the_file_remembers_is_stored(places, monkeypatch):
    monkeypatch.setattr(project_module, "STEP_BYTES", 150)
    work = Work(places.images)
    for number in range(12):
        work.do("paint", number % 3, 0)
    work.do("forget", 0, 0)
    assert work.project.flush(5) == ""
    assert 0 < len(work.project.step_ids(NAME)) < 12
    work.do("undo", 11, 0)
    assert work.document.label_map[0, 0] == 0
    work.is_as_stored()
    work.do("redo", 4, 0)
    work.is_as_stored()
    assert len(set(work.project.step_ids(NAME))) == len(work.project.step_ids(NAME))
    work.project.end()


@pytest.mark.parametrize("step_bytes", [0, 60, 120, 180, 240, 300, 400])
def test_what_can_be_done_again_follows_on_what_is_there(places, monkeypatch, step_bytes):
    monkeypatch.setattr(project_module, "STEP_BYTES", step_bytes)
    work = Work(places.images)
    seen = []
    for row in range(9):
        work.do("paint", row % 4, row)
        seen.append(work.document.label_map.copy())
    work.do("undo", 7, 0)
    work.do("forget", 0, 0)
    work.do("reopen", 0, 0)
    for expected in seen[2:]:
        if work.document.redo() is None:
            break
        assert np.array_equal(work.document.label_map, expected)
    work.is_as_stored()
    work.project.end()
