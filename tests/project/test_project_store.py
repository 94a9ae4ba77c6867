"""What a project keeps, where, and what it refuses to open."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import numpy as np
import pytest
from project_steps import blank, painted, record

from segstudio.core.classes import ClassTable
from segstudio.core.errors import StorageError
from segstudio.core.file_facts import FileFacts, facts_of
from segstudio.core.image_record import ImageState, Part
from segstudio.project import connection, journal, location, schema
from segstudio.project import project as project_module
from segstudio.project.class_steps import Mapping
from segstudio.project.location import Location


def test_looking_makes_no_file(places):
    project = places.project()
    assert project.records() == {}
    assert project.classes() is None
    assert project.load("a.png", (12, 16)) is None
    assert project.value("x", 3) == 3
    project.end()
    assert list(places.images.iterdir()) == []


def test_everything_known_of_an_image_comes_back(places):
    project = places.project()
    kept = record(
        "sub/ünï Ж.png",
        state=ImageState.CHECKED,
        flagged=True,
        note="two cats?\nlook again",
        author="Ann",
        part=Part.TEST,
        model="scenes",
        unsure=0.25,
        classes=((0, 10), (255, 182)),
        ink=(180, 2, 0, 10),
        changed_at=3.5,
        done_at=4.5,
        is_missing=True,
        is_altered=True,
    )
    assert project.keep_record(kept).wait(5)
    project.end()
    assert places.project().records() == {kept.name: kept}


def test_one_whole_file_is_left_that_opens_read_only(places):
    project = places.project()
    planes = blank()
    project.keep_step(record(planes=planes), painted(planes, 1))
    project.keep_classes(ClassTable.named(["cat", "dog"]))
    assert project.flush(5) == ""
    project.end()
    assert [path.name for path in places.images.iterdir()] == ["project.segstudio"]
    with closing(connection.connect_to_read(places.file)) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert file.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
        assert file.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
        assert file.execute("SELECT count(*) FROM holder").fetchone() == (0,)


def test_a_stroke_takes_few_bytes(places):
    project = places.project()
    planes = blank()
    project.keep_step(record(planes=planes), painted(planes, 1, slice(0, 2)))
    assert project.flush(5) == ""
    with closing(connection.connect_to_read(places.file)) as file:
        (size,) = file.execute(
            "SELECT length(data) + length(counts) + length(regions) FROM step"
        ).fetchone()
    assert size < 200


def test_confidence_comes_back_at_the_size_of_the_image(places):
    project = places.project()
    large = np.tile(np.linspace(0, 255, 1600).astype(np.uint8), (1200, 1))
    planes_record = record("big.png", height=1200, width=1600)
    project.keep_record(planes_record)
    project.keep_confidence("big.png", large)
    assert project.flush(5) == ""
    back = project.load("big.png", (1200, 1600))
    assert back is not None
    assert back.confidence is None  # nothing was labelled
    small = blank()
    project.keep_step(record(planes=small), painted(small, 1))
    project.keep_confidence("a.png", np.arange(192, dtype=np.uint8).reshape(12, 16))
    again = project.load("a.png")
    assert again.confidence.tolist() == np.arange(192).reshape(12, 16).tolist()


def test_files_are_known_again_and_names_may_be_exchanged(places):
    project = places.project()
    for name, text in (("a.png", "first"), ("b.png", "second")):
        (places.images / name).write_text(text)
        project.keep_record(record(name, note=text))
        project.keep_file(name, facts_of(places.images / name))
    assert project.rename({"a.png": "b.png", "b.png": "a.png"}).wait(5)
    assert {name: r.note for name, r in project.records().items()} == {
        "a.png": "second",
        "b.png": "first",
    }
    assert project.files()["a.png"].size == len("second")
    assert isinstance(project.files()["b.png"], FileFacts)


def test_a_name_that_is_taken_becomes_free_and_its_labels_are_put_aside(places):
    project = places.project()
    for name in ("a.png", "b.png", "c.png", "d.png"):
        planes = blank()
        if name != "d.png":
            project.keep_step(record(name, planes=planes), painted(planes, 1))
        project.keep_record(record(name, note=name))
    assert project.rename({"a.png": "b.png", "c.png": "d.png"}).wait(5), project.state
    assert {name: r.note for name, r in project.records().items()} == {
        "b.png": "a.png",
        "d.png": "c.png",
    }
    assert project.load("d.png", (12, 16)).planes.labels.min() == 1
    with closing(sqlite3.connect(places.file)) as file:
        names = [name for (name,) in file.execute("SELECT name FROM image WHERE instr(name, '//')")]
    assert [name.partition("//")[0] for name in names] == ["b.png"]


def test_a_file_of_another_program_is_refused_and_left_as_it_is(places):
    with closing(sqlite3.connect(places.file)) as other:
        other.execute("CREATE TABLE image (x)")
    before = places.file.read_bytes()
    with pytest.raises(StorageError, match="not a project of this program"):
        places.project()
    assert places.file.read_bytes() == before


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(places):
    project = places.project()
    assert project.keep_value("x", 1).wait(5)
    project.end()
    with closing(sqlite3.connect(places.file)) as file:
        file.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    before = places.file.read_bytes()
    with pytest.raises(StorageError, match="newer version"):
        places.project()
    assert places.file.read_bytes() == before


def test_a_second_window_only_looks_and_says_who_has_it(places):
    command = [sys.executable, "-c", _HOLD, str(places.images), str(places.home)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdout.readline() == "held\n"
        second = places.project()
        assert "has had this project open in another window" in second.held_by
        ticket = second.keep_record(record(note="mine"))
        assert not ticket.wait(5)
        assert ticket.error == second.held_by
        assert second.records()["a.png"].note == "theirs"
        second.end()
        child.kill()
    third = places.project()
    assert third.held_by == ""
    assert third.ended_badly > 0
    assert third.keep_record(record(note="mine")).wait(5)


_HOLD = """
import sys
from pathlib import Path
from segstudio.core.image_record import ImageRecord
from segstudio.project.project import Project
project = Project(Path(sys.argv[1]), Path(sys.argv[2]))
assert project.keep_record(ImageRecord("a.png", note="theirs")).wait(10)
print("held", flush=True)
sys.stdin.read()
"""


def test_two_windows_that_began_before_there_was_a_file_do_not_mix(places):
    first, second = places.project(), places.project()
    assert first.keep_record(record(note="first")).wait(5)
    first.end()
    ticket = second.keep_record(record(note="second"))
    assert not ticket.wait(5)
    assert "changed this project meanwhile" in ticket.error
    assert second.records()["a.png"].note == "first"


def test_a_file_that_was_removed_is_written_again(places):
    project = places.project()
    planes = blank()
    assert project.keep_step(record(planes=planes), painted(planes, 1)).wait(5)
    for path in location.files_of(places.file):
        path.unlink(missing_ok=True)
    assert project.keep_step(record(planes=planes), painted(planes, 2, slice(3, 5))).wait(5)
    project.end()
    stored = places.project().load("a.png")
    assert np.array_equal(stored.planes.labels, planes.labels)
    assert len(stored.history.steps) == 2


def test_a_file_that_was_replaced_is_never_written(places):
    project = places.project()
    assert project.keep_value("x", 1).wait(5)
    other = places.images / "other"
    other.write_bytes(b"something else")
    other.replace(places.file)
    ticket = project.keep_value("x", 2)
    assert not ticket.wait(0.5)
    assert "was replaced" in project.state.problem
    assert places.file.read_bytes() == b"something else"


def test_the_user_s_folder_goes_on_from_what_lies_beside_the_images(places, monkeypatch):
    project = places.project()
    assert project.keep_record(record(note="before")).wait(5)
    project.end()
    connect = connection.connect

    refused = sqlite3.OperationalError("attempt to write a readonly database")
    refused.sqlite_errorcode = sqlite3.SQLITE_READONLY

    def refuse(path, **named):
        if path == places.file:
            raise refused
        return connect(path, **named)

    with monkeypatch.context() as read_only:
        read_only.setattr(location, "connect", refuse)
        project = places.project()
        assert project.keep_record(record("b.png", note="after")).wait(5)
        assert project.moved_from == places.images
        assert project.file == Location.of(places.images, places.home).elsewhere
        project.end()
    project = places.project()
    assert {r.note for r in project.records().values()} == {"before", "after"}


def test_network_drives_get_a_rollback_journal(places, monkeypatch):
    monkeypatch.setattr(location, "is_on_network", lambda _path: True)
    project = places.project()
    assert project.keep_value("x", 1).wait(5)
    with closing(connection.connect_to_read(places.file)) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_folding_keeps_labels_and_steps(places):
    project = places.project()
    planes = blank()
    for index in range(5):
        project.keep_step(record(planes=planes), painted(planes, index, slice(index, index + 3)))
    assert project.flush(5) == ""
    ink = project.fold("a.png")
    assert sum(ink) == planes.labels.size
    assert project.flush(5) == ""
    with closing(connection.connect_to_read(places.file)) as file:
        assert file.execute("SELECT count(*) FROM journal").fetchone() == (0,)
    stored = project.load("a.png")
    assert np.array_equal(stored.planes.labels, planes.labels)
    assert stored.history.position == 5
    assert project.records()["a.png"].ink == ink


def test_the_oldest_steps_go_when_an_image_has_too_many(places, monkeypatch):
    monkeypatch.setattr(project_module, "STEP_BYTES", 300)
    project = places.project()
    planes = blank()
    for index in range(20):
        project.keep_step(record(planes=planes), painted(planes, index, slice(0, 9)))
    assert project.flush(5) == ""
    project.fold("a.png")
    assert project.flush(5) == ""
    stored = project.load("a.png")
    assert 1 <= len(stored.history.steps) < 20
    assert stored.history.steps[-1].origin.class_index == 19
    assert np.array_equal(stored.planes.labels, planes.labels)


def test_a_checkpoint_made_while_classes_came_apart_again_is_not_kept(places):
    project = places.project()
    table = ClassTable.named(["cat", "dog"])
    planes = blank()
    project.keep_step(record(planes=planes), painted(planes, 0))
    project.add_class_step("merge", "…", Mapping(((0, 1),)), before=table, after=table)
    assert project.flush(5) == ""
    with project.connection() as file:
        folded = journal.fold(file, 1, (12, 16))
    project.take_back_class_step(table)
    assert project._writer.put(
        "a.png", lambda file: journal.keep_folded(file, folded, step_bytes=2**20)
    ).wait(5)
    assert (project.load("a.png").planes.labels == 0).all()


def test_labels_from_elsewhere_since_a_class_step_stay_when_it_is_taken_back(places):
    project = places.project()
    table = ClassTable.named(["cat", "dog"])
    before = blank()
    project.keep_step(record(planes=before), painted(before, 0))
    project.add_class_step("merge", "…", Mapping(((0, 1),)), before=table, after=table)
    planes = blank()
    painted(planes, 1, slice(2, 5))
    project.keep_planes(record(planes=planes), planes)
    project.take_back_class_step(table)
    assert np.array_equal(project.load("a.png").planes.labels, planes.labels)
