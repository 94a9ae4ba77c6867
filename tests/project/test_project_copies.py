"""A project saved elsewhere, packed to be sent, and made small."""

import shutil
import zipfile

import numpy as np
import pytest
from project_steps import SIZE, blank, painted, record

from segstudio.core.classes import ClassTable
from segstudio.core.errors import Cancelled, StorageError
from segstudio.core.history import History
from segstudio.project.checking import check
from segstudio.project.class_steps import UNLABELLED, Mapping
from segstudio.project.compacting import compact
from segstudio.project.packing import pack_to_send
from segstudio.project.project import Project
from segstudio.project.saving_copies import save_copy

TABLE = ClassTable.named(["cat", "dog", "grass"])


def opened(file, tmp_path) -> Project:
    """Open a copy as the project of a folder of its own."""
    folder = tmp_path / "opened"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(file, folder / "project.segstudio")
    return Project(folder, tmp_path / "opened-home")


def labels_of(project: Project, name: str = "a.png"):
    stored = project.load(name)
    return None if stored is None else stored.planes.labels.tolist()


def silent(_done, _total):
    pass


def test_a_copy_has_everything_and_is_nobodys(places, make_step, tmp_path):
    project = places.project()
    planes = make_step(project)
    assert save_copy(project, tmp_path / "copy.segstudio") == ()
    copy = opened(tmp_path / "copy.segstudio", tmp_path)
    assert labels_of(copy) == planes.labels.tolist()
    assert copy.step_ids("a.png") == project.step_ids("a.png")
    assert not copy.held_by
    assert check(copy.file) == []


def test_a_copy_has_what_the_disk_refuses(places, make_step, tmp_path, disk):
    project = places.project()
    make_step(project)
    planes = project.load("a.png").planes
    disk.fill()
    patch = painted(planes, 2)
    ticket = project.keep_step(record("a.png", planes), patch)
    assert not ticket.wait(0.3)
    save_copy(project, tmp_path / "copy.segstudio")
    assert labels_of(opened(tmp_path / "copy.segstudio", tmp_path)) == planes.labels.tolist()
    disk.free()
    project.save_now()
    assert ticket.wait(10)
    assert len(project.step_ids("a.png")) == 2, "saving a copy changes nothing here"


def test_a_copy_has_what_another_window_forbids(places, make_step, tmp_path):
    project, other = places.project(), places.project()
    make_step(other, index=1)
    planes = blank()
    patch = painted(planes, 2)
    assert not project.keep_step(record("b.png", planes), patch).wait(10)
    assert project.state.is_over
    project.keep_value("later", 3)
    assert save_copy(project, tmp_path / "copy.segstudio") == ()
    copy = opened(tmp_path / "copy.segstudio", tmp_path)
    assert labels_of(copy, "b.png") == planes.labels.tolist()
    assert labels_of(copy, "a.png") == labels_of(other, "a.png")
    assert copy.value("later", 0) == 3


def test_a_copy_can_be_made_when_the_file_is_gone(places, make_step, tmp_path):
    project = places.project()
    planes = make_step(project)
    shutil.rmtree(places.images)
    save_copy(project, tmp_path / "copy.segstudio")
    assert labels_of(opened(tmp_path / "copy.segstudio", tmp_path)) == planes.labels.tolist()


def test_a_copy_over_the_project_itself_is_refused(places, make_step):
    project = places.project()
    make_step(project)
    with pytest.raises(StorageError, match="itself"):
        save_copy(project, project.file)


def test_what_is_packed_opens_from_the_unpacked_folder(places, make_step, tmp_path):
    (places.images / "sub").mkdir()
    for name in ("a.png", "sub/b.png"):
        (places.images / name).write_bytes(name.encode())
    model = tmp_path / "cats.pt"
    model.write_bytes(b"weights")
    project = places.project()
    planes = make_step(project, "sub/b.png")
    shares = []
    packed = pack_to_send(
        project,
        tmp_path / "out.zip",
        ["a.png", "sub/b.png", "gone.png"],
        models=[model],
        report=lambda done, total: shares.append(done / total),
    )
    assert (packed.images, packed.missing) == (2, ("gone.png",))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    with zipfile.ZipFile(packed.file) as archive:
        archive.extractall(tmp_path / "elsewhere")
    folder = tmp_path / "elsewhere" / "photos"
    assert (folder / "sub" / "b.png").read_bytes() == b"sub/b.png"
    assert (folder / "models" / "cats.pt").read_bytes() == b"weights"
    assert labels_of(Project(folder, tmp_path / "new"), "sub/b.png") == planes.labels.tolist()


def test_packing_that_is_cancelled_leaves_nothing(places, make_step, tmp_path):
    (places.images / "a.png").write_bytes(b"pixels")
    project = places.project()
    make_step(project)
    out = tmp_path / "out"

    def stop(done, _total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        pack_to_send(project, out / "out.zip", ["a.png"], models=[], report=stop)
    assert list(out.iterdir()) == []


def test_compacting_keeps_labels_and_steps_and_makes_class_steps_permanent(places):
    project = places.project()
    project.keep_classes(TABLE)
    planes = blank()
    noise = np.random.default_rng(1)
    for index in (0, 1, 2, 1, 0, 2):
        rows = slice(int(noise.integers(0, 6)), int(noise.integers(7, 12)))
        keep(project, planes, index, rows)
    merged = Mapping(((1, 0),))
    project.add_class_step("merge", "dog → cat", merged, before=TABLE, after=TABLE.without(1))
    planes = merged.planes(planes)
    keep(project, planes, 2, slice(0, 2))
    gone = Mapping(((2, UNLABELLED),))
    left = TABLE.without(1).without(2)
    project.add_class_step("delete", "grass", gone, before=TABLE.without(1), after=left)
    planes = gone.planes(planes)
    assert project.flush(10) == ""
    before = everything(project)
    result = compact(project, report=silent)
    assert result.class_steps == 2
    assert result.after <= result.before
    assert everything(project) == before
    assert project.class_steps() == ()
    assert check(project.file) == []
    assert keep(project, planes, 0, slice(0, 5)).wait(10)
    assert labels_of(project) == planes.labels.tolist()


def keep(project: Project, planes, index: int, rows: slice):
    patch = painted(planes, index, rows)
    return project.keep_step(record("a.png", planes), patch)


def everything(project: Project):
    """The labels of an image after each of its steps, and the steps."""
    stored = project.load("a.png")
    history: History = stored.history
    planes, found = stored.planes, []
    for position in range(history.position, 0, -1):
        found.append((planes.labels.tolist(), planes.ink.tolist()))
        history.steps[position - 1].ready().revert(planes)
    assert planes.labels.shape == SIZE
    return found, project.step_ids("a.png"), [s.origin.class_index for s in history.steps]


def test_compacting_makes_a_file_of_many_steps_smaller(places, make_step):
    project = places.project()
    for index in range(120):
        make_step(project, index=index % 2)
    project.keep_value("large", "x" * 300_000).wait(5)
    project.keep_value("large", "").wait(5)
    result = compact(project, report=silent)
    assert result.after < result.before
    assert check(project.file) == []


def test_what_another_window_has_is_not_compacted(places, make_step):
    make_step(places.project())
    second = places.project()
    second._claim.lose("Somebody else has it.")
    with pytest.raises(StorageError, match="Somebody else"):
        compact(second, report=silent)
