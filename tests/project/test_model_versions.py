"""Models that were taught here: kept whole under numbers that rise, and never written over."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from project_steps import record
from taught import content, keep, version

from segstudio.core.errors import StorageError
from segstudio.project.reader import Reader
from segstudio.project.saving_copies import save_copy


def test_a_version_comes_back_with_all_that_is_known_of_it(places):
    project = places.project()
    data = content("flowers-v1-1a2b3c")
    assert project.versions() == []
    assert project.keep_version(version(), data).wait(10)
    project.end()
    reopened = places.project()
    assert reopened.versions() == [replace(version(), number=1, size_bytes=len(data))]
    assert reopened.version_content(1) == data


def test_versions_are_listed_without_reading_their_contents(places):
    project = places.project()
    keep(project, "large", 2_000_000)
    asked = []
    with project.connection() as connection:
        connection.set_trace_callback(asked.append)
    assert [found.size_bytes for found in project.versions()] == [2_000_000]
    assert not any("content" in text.replace("length(content)", "") for text in asked)


def test_numbers_rise_and_are_never_given_again(places):
    project = places.project()
    keep(project, "one")
    keep(project, "two")
    assert project.remove_version(2).wait(10)
    keep(project, "three")
    assert [(v.number, v.name) for v in project.versions()] == [(1, "one"), (3, "three")]
    with pytest.raises(StorageError, match="not in the project"):
        project.version_content(2)


def test_a_model_is_never_written_over(places):
    project = places.project()
    keep(project, "one")
    keep(project, "one")
    assert len(project.versions()) == 1
    ticket = project.keep_version(version("one"), b"another")
    assert not ticket.wait(10)
    assert "Another model named one" in ticket.error
    assert project.version_content(1) == content("one")
    assert project.keep_record(record("b.png")).wait(10), "everything else is stored"
    assert project.keep_value("x", 1).wait(10)


def test_a_version_that_a_full_disk_refuses_waits_and_comes_whole(places, disk):
    project = places.project()
    keep(project, "one")
    disk.fill()
    ticket = project.keep_version(version("two"), content("two"))
    assert not ticket.wait(0.2)
    assert [v.name for v in project.versions()] == ["one"]
    disk.free()
    project.save_now()
    assert ticket.wait(10)
    assert project.version_content(2) == content("two")


def test_a_version_that_waits_is_in_a_copy(places, disk, tmp_path):
    project = places.project()
    keep(project, "one")
    disk.fill()
    project.keep_version(version("two"), content("two"))
    target = tmp_path / "copy.segstudio"
    assert save_copy(project, target) == ()
    copy = Reader(target)
    assert [copy.version_content(v.number) for v in copy.versions()] == [
        content("one"),
        content("two"),
    ]
    copy.close()
    disk.free()


def test_a_content_that_has_changed_is_not_handed_out(places):
    project = places.project()
    keep(project, "one", 200_000)
    project.end()
    data = places.file.read_bytes()
    at = data.rindex(content("one", 3000))
    places.file.write_bytes(data[:at] + b"X" + data[at + 1 :])
    reopened = places.project()
    assert [v.name for v in reopened.versions()] == ["one"]
    with pytest.raises(StorageError, match="one is damaged"):
        reopened.version_content(1)


def test_a_file_of_the_first_version_has_none(places):
    golden = Path(__file__).resolve().parents[1] / "golden" / "projects"
    shutil.copyfile(golden / "v1.segstudio", places.file)
    reader = Reader(places.file)
    assert (reader.versions(), reader.first_looks()) == ([], [])
    assert reader.first_look_map("a.png") is None
    with pytest.raises(StorageError, match="not in the project"):
        reader.version_content(1)
    reader.close()


@pytest.mark.parametrize("name", ["../../out", "C:\\out", "", "a" * 300])
def test_the_name_of_a_model_is_fit_for_a_file_whatever_a_project_says(places, name):
    project = places.project()
    keep(project, "one")
    project.end()
    with closing(sqlite3.connect(places.file)) as connection, connection:
        connection.execute("UPDATE model_version SET name = ?", (name,))
    (found,) = places.project().versions()
    assert Path(found.name).name == found.name != ".."
    assert 0 < len(found.name) <= 200
