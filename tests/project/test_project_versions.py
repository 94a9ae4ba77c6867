"""Project files of every earlier version open; those of others and of newer ones are refused."""

import os
import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from taught import version
from unprivileged import close, place_with_rights

from segstudio.core.errors import StorageError
from segstudio.core.image_record import ImageState
from segstudio.project import backups, holder, schema, writer
from segstudio.project.checking import check
from segstudio.project.project import Project

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "projects"
VERSIONS = sorted(GOLDEN.glob("v*.segstudio"))

LEAF = 13
"""What SQLite writes at the head of a page of rows; 5 stands before one that points to others."""

ADDED = """
-- A later version: one column more, and a table of its own.
ALTER TABLE image ADD COLUMN weather TEXT NOT NULL DEFAULT 'fair; mostly';
CREATE TABLE later (one INTEGER PRIMARY KEY);
INSERT INTO later VALUES (7);
"""


@pytest.fixture
def golden(places):
    shutil.copyfile(GOLDEN / "v1.segstudio", places.file)
    return places


@pytest.fixture
def later(monkeypatch):
    """The program one version on, which cannot read the earlier ones as they are."""

    def use(script: str = ADDED, *, oldest_read: int | None = None) -> int:
        scripts = (*schema.MIGRATIONS, script)
        monkeypatch.setattr(schema, "MIGRATIONS", scripts)
        monkeypatch.setattr(schema, "VERSION", len(scripts))
        monkeypatch.setattr(schema, "OLDEST_READ", oldest_read or len(scripts))
        return len(scripts)

    return use


def version_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def is_as_it_was(project) -> None:
    stored = project.load("a.png")
    assert [int(stored.planes.labels[row, 0]) for row in range(5)] == [0, 0, 0, 0, 255]
    assert project.step_ids("a.png") == ("step-0", "step-1")
    assert (len(stored.history.steps), stored.history.position) == (3, 2)
    assert stored.history.steps[2].origin.annotator == "Ada"
    assert [entry.name for entry in project.classes()] == ["cat", "grass"]
    records = project.records()
    assert set(records) == {"a.png", "sub/b.png"}
    assert records["sub/b.png"].state is ImageState.DONE
    assert records["a.png"].note == "golden"


def test_there_is_a_golden_file_of_every_version():
    assert [path.stem for path in VERSIONS] == [f"v{n}" for n in range(1, schema.VERSION + 1)]


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_file_of_every_version_opens_with_all_that_is_in_it(places, path):
    shutil.copyfile(path, places.file)
    is_as_it_was(places.project())
    assert check(places.file) == []


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_file_of_any_version_is_not_written_by_looking_at_it(places, path):
    shutil.copyfile(path, places.file)
    project = places.project()
    is_as_it_was(project)
    project.end()
    assert places.file.read_bytes() == path.read_bytes()
    assert list(places.images.iterdir()) == [places.file]
    assert not places.home.exists()


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_the_first_page_tells_where_all_tables_are(places, path):
    """So that a file that is cut off, or has lost any other page, can be read as far as it goes."""
    shutil.copyfile(path, places.file)
    project = places.project()
    assert project.keep_value("x", 1).wait(10)
    project.end()
    page = places.file.read_bytes()[100:]
    assert page[0] == LEAF
    tables, end = (int.from_bytes(page[at : at + 2], "big") for at in (3, 5))
    room = end - (108 + 2 * tables)
    assert room >= 9, "the numbers of pages are longer in a large file"


def test_the_first_change_of_an_older_file_migrates_it_after_a_backup(golden):
    project = golden.project()
    assert project.keep_value("x", 1).wait(10), project.state
    is_as_it_was(project)
    assert project.keep_version(version(), b"content").wait(10)
    project.end()
    assert version_of(golden.file) == schema.VERSION
    (folder,) = (golden.home / "backups").iterdir()
    (backup,) = backups.found_in(folder)
    assert version_of(backup.path) == 1
    reopened = golden.project()
    is_as_it_was(reopened)
    assert reopened.version_content(1) == b"content"
    assert check(golden.file) == []


def test_the_first_change_of_an_older_file_waits_for_room_for_a_backup(golden, monkeypatch):
    monkeypatch.setattr(writer, "RETRY_S", 0.02)
    with monkeypatch.context() as narrow:
        narrow.setattr(backups, "MOST_BYTES", 10)
        project = golden.project()
        ticket = project.keep_value("x", 1)
        assert "room for a backup" in project.flush(10)
        assert version_of(golden.file) == 1
    assert ticket.wait(10)
    assert version_of(golden.file) == schema.VERSION


def test_an_older_file_that_an_earlier_program_has_open_is_only_looked_at(golden):
    with closing(sqlite3.connect(golden.file)) as connection:
        parent = os.getppid()
        connection.execute(
            "INSERT INTO holder VALUES (1, 'token', 'Ada', ?, ?, ?, 1.8e9, 1.8e9)",
            (socket.gethostname(), parent, holder.process_start(parent)),
        )
        connection.commit()
    project = golden.project()
    is_as_it_was(project)
    assert "Ada" in project.held_by
    assert not project.keep_value("x", 1).wait(10)
    assert version_of(golden.file) == 1


def test_models_and_first_looks_of_the_second_version_open(places):
    shutil.copyfile(GOLDEN / "v2.segstudio", places.file)
    project = places.project()
    assert [(v.number, v.title) for v in project.versions()] == [(1, "pets v1"), (2, "pets v2")]
    assert project.version_content(2) == b"golden 2"
    (look,) = project.first_looks()
    assert (look.name, look.miou, look.accuracy) == ("a.png", 0.5, 0.75)
    assert project.first_look_map("a.png")[:4, 0].tolist() == [0, 0, 0, 0]
    assert project.keep_version(version(), b"content").wait(10)
    assert project.versions()[-1].number == 4, "the third was removed"


def test_an_older_file_is_migrated_after_a_backup(golden, later):
    present = later()
    is_as_it_was(golden.project())
    assert version_of(golden.file) == present
    with closing(sqlite3.connect(golden.file)) as connection:
        assert connection.execute("SELECT one FROM later").fetchone() == (7,)
        assert connection.execute("SELECT weather FROM image").fetchone() == ("fair; mostly",)
    (folder,) = (golden.home / "backups").iterdir()
    (backup,) = backups.found_in(folder)
    assert version_of(backup.path) == 1


def test_a_migration_that_fails_leaves_the_file_as_it_was(golden, later):
    later("CREATE TABLE later (one INTEGER);\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(StorageError, match="earlier version"):
        golden.project()
    assert version_of(golden.file) == 1
    assert check_tables(golden.file) == check_tables(GOLDEN / "v1.segstudio")


def check_tables(file):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT sql FROM sqlite_master ORDER BY sql").fetchall()


def test_an_older_file_without_room_for_a_backup_says_so(golden, later, monkeypatch):
    later()
    monkeypatch.setattr(backups, "MOST_BYTES", 10)
    with pytest.raises(StorageError, match="room for a backup"):
        golden.project()
    assert version_of(golden.file) == 1


def test_an_older_file_in_a_read_only_folder_goes_on_in_the_users_folder(later):
    present = later()
    with place_with_rights() as folder:
        images, home = folder / "photos", folder / "home"
        images.mkdir()
        shutil.copyfile(GOLDEN / "v1.segstudio", images / "project.segstudio")
        close(images)
        project = Project(images, home)
        is_as_it_was(project)
        assert project.moved_from == images
        assert version_of(images / "project.segstudio") == 1
        assert version_of(project.file) == present
        project.end()


def test_an_older_file_in_a_read_only_folder_is_looked_at_there_until_it_is_changed():
    with place_with_rights() as folder:
        images, home = folder / "photos", folder / "home"
        images.mkdir()
        shutil.copyfile(GOLDEN / "v1.segstudio", images / "project.segstudio")
        close(images)
        project = Project(images, home)
        is_as_it_was(project)
        assert project.moved_from is None
        assert project.keep_version(version(), b"content").wait(10), project.state
        is_as_it_was(project)
        assert project.version_content(1) == b"content"
        assert project.moved_from == images
        assert version_of(images / "project.segstudio") == 1
        assert version_of(project.file) == schema.VERSION
        project.end()


def test_an_older_file_that_nobody_may_write_says_so(later):
    later()
    with place_with_rights() as folder:
        images, home = folder / "photos", folder / "home"
        images.mkdir()
        home.mkdir()
        shutil.copyfile(GOLDEN / "v1.segstudio", images / "project.segstudio")
        close(images)
        close(home)
        with pytest.raises(StorageError, match="earlier version"):
            Project(images, home)


def test_a_file_of_a_newer_version_is_refused(golden):
    with closing(sqlite3.connect(golden.file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="newer version"):
        golden.project()


def test_a_file_of_another_program_is_refused(places):
    with closing(sqlite3.connect(places.file)) as connection:
        connection.execute("CREATE TABLE bookmarks (one)")
    with pytest.raises(StorageError, match="not a project of this program"):
        places.project()


def test_a_file_in_which_nothing_was_stored_yet_opens(places, make_step):
    places.file.touch()
    project = places.project()
    assert project.records() == {}
    make_step(project)
