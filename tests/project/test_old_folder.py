"""Labels as the first versions kept them come over into a project once."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from segstudio.core.errors import StorageError
from segstudio.core.image_record import ImageState
from segstudio.project import old_folder
from segstudio.project.project import Project

GOLDEN = Path(__file__).parents[1] / "golden" / "old-folder"


@pytest.fixture
def old(tmp_path):
    """Copy a folder that version 0.1 wrote."""
    shutil.copytree(GOLDEN, tmp_path / "photos")
    return tmp_path / "photos"


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_labels_ink_classes_states_and_matches_come_over_and_the_folder_stays(old):
    before = tree(old)
    project = Project(old, old.parent / "home")
    assert old_folder.is_there(old)
    assert old_folder.holds(old, old / "sub" / "b.png")
    taken = old_folder.take_over(old, project)
    project.end()
    assert (taken.images, taken.problems) == (2, ())
    after = tree(old)
    assert before.items() <= after.items()
    assert set(after) - set(before) == {Path("project.segstudio")}
    project = Project(old, old.parent / "home")
    a, b = project.load("a.png"), project.load("sub/b.png")
    assert a.record.state is ImageState.DONE
    assert b.record.state is ImageState.IN_WORK
    assert a.planes.labels[:3].tolist() == [[0] * 8, [0, 0, 1, 1, 1, 0, 0, 0], [0] * 8]
    assert b.planes.labels[0].tolist() == [1] * 8
    assert np.unique(a.planes.ink).tolist() == [0, 1, 3]
    assert dict(a.record.classes) == {0: 21, 1: 3, 255: 16, 256: 8}
    table = project.classes()
    assert [(c.name, c.hidden) for c in table] == [("cat", False), ("dog", True)]
    assert table.next_index == 3
    assert project.matches() == {"scenes": {"animal": 0, "sky": -1}}
    project.end()


def test_labels_that_cannot_be_read_are_named_and_the_others_come_over(old):
    broken = old / "segstudio-labels" / "a.png.labels.png"
    broken.write_bytes(broken.read_bytes()[:30])
    project = Project(old, old.parent / "home")
    taken = old_folder.take_over(old, project)
    assert taken.images == 1
    assert "a.png" in taken.problems[0]
    assert project.load("a.png") is None
    assert project.load("sub/b.png") is not None
    project.end()


def test_a_class_list_that_cannot_be_read_stops_it_before_anything_is_written(old):
    (old / "segstudio-labels" / "classes.json").write_text("{")
    project = Project(old, old.parent / "home")
    with pytest.raises(StorageError, match=r"classes\.json"):
        old_folder.take_over(old, project)
    assert not project.exists
    project.end()
