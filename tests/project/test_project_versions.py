"""Project files of every earlier version open; those of others and of newer ones are refused."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from unprivileged import close, place_with_rights

from segstudio.core.errors import StorageError
from segstudio.core.image_record import ImageState
from segstudio.project import backups, schema
from segstudio.project.checking import check
from segstudio.project.project import Project

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "projects"
VERSIONS = sorted(GOLDEN.glob("v*.segstudio"))

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
    """The program one version on."""

    def use(script: str = ADDED) -> int:
        scripts = (*schema.MIGRATIONS, script)
        monkeypatch.setattr(schema, "MIGRATIONS", scripts)
        monkeypatch.setattr(schema, "VERSION", len(scripts))
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


def test_a_file_of_the_present_version_is_not_written_by_opening(golden):
    before = golden.file.read_bytes()
    is_as_it_was(golden.project())
    assert golden.file.read_bytes() == before
    assert not golden.home.exists()


def test_an_older_file_is_migrated_after_a_backup(golden, later):
    present = later()
    is_as_it_was(golden.project())
    assert version_of(golden.file) == present
    with closing(sqlite3.connect(golden.file)) as connection:
        assert connection.execute("SELECT one FROM later").fetchone() == (7,)
        assert connection.execute("SELECT weather FROM image").fetchone() == ("fair; mostly",)
    (folder,) = (golden.home / "backups").iterdir()
    (backup,) = backups.found_in(folder)
    assert version_of(backup.path) == present - 1


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
