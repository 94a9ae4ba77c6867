"""Taught models and first looks of damaged projects, in backups and in small files."""

import random
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from project_steps import SIZE
from taught import content, keep

from segstudio.core.first_look import FirstLook
from segstudio.project import backups
from segstudio.project.checking import check
from segstudio.project.compacting import compact
from segstudio.project.location import backups_of
from segstudio.project.packing import pack_to_send
from segstudio.project.reader import Reader
from segstudio.project.repair import repair

LENGTH = 40_000
MAP = (np.arange(SIZE[0] * SIZE[1]) % 3).astype(np.uint8).reshape(SIZE)


@pytest.fixture
def made(places, make_step):
    """A project of two images with a first look each, and of models one, two and (removed) gone."""
    project = places.project()
    for at, name in enumerate(("a.png", "b.png")):
        make_step(project, name, 1, slice(0, 5))
        project.keep_first_look(FirstLook(name, "one", at + 1.0, 9.0, 0.5, 0.75), MAP)
    for name in ("one", "two", "gone"):
        keep(project, name, LENGTH)
    project.remove_version(3)
    assert project.flush(10) == ""
    project.end()
    return places


def spoil(places, data: bytes) -> None:
    """Change one byte in the middle of some data of the file."""
    found = bytearray(places.file.read_bytes())
    at = found.index(data) + len(data) // 2
    found[at] ^= 0x10
    places.file.write_bytes(found)


def spoil_look(places, name: str) -> None:
    with closing(sqlite3.connect(places.file)) as connection, connection:
        connection.execute(
            "UPDATE first_look SET labels = x'0102' WHERE image = "
            "(SELECT id FROM image WHERE name = ?)",
            (name,),
        )


def backup_of(places):
    return backups.make(places.file, backups_of(places.file, places.home))


def repaired(places):
    result = repair(places.file, backups_of(places.file, places.home))
    assert check(places.file) == []
    return result


def models_of(file) -> dict[str, bytes]:
    reader = Reader(file)
    found = {v.name: reader.version_content(v.number) for v in reader.versions()}
    reader.close()
    return found


def test_a_whole_project_keeps_models_and_first_looks_through_a_repair(made):
    result = repaired(made)
    assert result.remarks == ()
    assert models_of(made.file) == {name: content(name, LENGTH) for name in ("one", "two")}
    project = made.project()
    assert [(look.name, look.miou) for look in project.first_looks()] == [
        ("a.png", 0.5),
        ("b.png", 0.5),
    ]
    assert np.array_equal(project.first_look_map("b.png"), MAP)
    keep(project, "three")
    assert project.versions()[-1].number == 4, "numbers of removed models are not given again"


def test_a_damaged_model_is_found_and_dropped_with_a_word(made):
    spoil(made, content("two", 2000))
    (finding,) = check(made.file)
    assert "two is damaged" in finding.text
    result = repaired(made)
    assert result.remarks == ("The model flowers v1 could not be read and is lost.",)
    assert "could not be read and is lost" in result.report()
    assert models_of(made.file) == {"one": content("one", LENGTH)}
    assert all(outcome.is_whole for outcome in result.outcomes)


def test_a_damaged_model_comes_whole_from_the_backup(made):
    backup_of(made)
    spoil(made, content("two", 2000))
    assert repaired(made).remarks == ()
    assert set(models_of(made.file)) == {"one", "two"}


def test_what_is_told_of_a_model_may_be_lost_but_not_the_model(made):
    with closing(sqlite3.connect(made.file)) as connection, connection:
        connection.execute("UPDATE model_version SET about = '{\"title' WHERE number = 1")
    assert "is known of a model" in check(made.file)[0].text
    repaired(made)
    assert models_of(made.file)["one"] == content("one", LENGTH)
    assert made.project().versions()[0].title == "one"


@pytest.mark.parametrize("with_backup", [True, False])
def test_models_whose_table_cannot_be_read_come_from_the_backup(made, with_backup):
    with closing(sqlite3.connect(made.file)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'model_version'"
        ).fetchone()
    if with_backup:
        backup_of(made)
    data = bytearray(made.file.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    made.file.write_bytes(data)
    result = repaired(made)
    assert result.remarks[-1].startswith("If other models were taught")
    assert set(models_of(made.file)) == ({"one", "two"} if with_backup else set())


@pytest.mark.parametrize("with_backup", [True, False])
def test_a_damaged_first_look_comes_from_the_backup_or_is_dropped_with_a_word(made, with_backup):
    if with_backup:
        backup_of(made)
    spoil_look(made, "b.png")
    assert [(f.image, f.text) for f in check(made.file)] == [
        ("b.png", "what a model first made of it is damaged")
    ]
    result = repaired(made)
    lost = () if with_backup else ("What a model first made of 1 image is lost.",)
    assert result.remarks == lost
    found = made.project().first_look_map("b.png")
    assert found is None or np.array_equal(found, MAP)
    assert (found is not None) == with_backup


def test_a_project_of_the_first_version_is_repaired_without_a_word_of_models(places):
    golden = Path(__file__).resolve().parents[1] / "golden" / "projects" / "v1.segstudio"
    places.file.write_bytes(golden.read_bytes())
    assert repaired(places).remarks == ()


def test_backups_have_the_models_while_a_row_of_them_finds_room(made, monkeypatch):
    assert set(models_of(backup_of(made).path)) == {"one", "two"}
    size = made.file.stat().st_size
    monkeypatch.setattr(backups, "MOST_BYTES", size * backups.MOST - 1)
    backup = backup_of(made)
    assert models_of(backup.path) == {}
    assert backup.path.stat().st_size < size - 2 * LENGTH
    assert backups.is_usable(backup)
    assert check(backup.path) == []
    before, after = Reader(made.file), Reader(backup.path)
    assert after.records() == before.records()
    assert after.step_ids("a.png") == before.step_ids("a.png")
    assert after.first_looks() == before.first_looks()
    before.close()
    after.close()
    with closing(sqlite3.connect(backup.path)) as connection:
        numbers = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
    assert (numbers["model_version"], numbers["step"]) == (3, 2)
    assert len(numbers) == len({*numbers})


def test_models_do_not_keep_labels_from_being_backed_up(made, monkeypatch):
    monkeypatch.setattr(backups, "MOST_BYTES", made.file.stat().st_size - 1)
    assert models_of(backup_of(made).path) == {}


def test_compacting_and_packing_keep_models_and_first_looks(made, tmp_path):
    project = made.project()
    compact(project, report=lambda _done, _total: None)
    (made.images / "a.png").write_bytes(b"any")
    target = tmp_path / "pack.zip"
    pack_to_send(project, target, ["a.png"], models=(), report=lambda _done, _total: None)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "unpacked")
    file = tmp_path / "unpacked" / "photos" / "project.segstudio"
    assert set(models_of(file)) == {"one", "two"}
    reader = Reader(file)
    assert np.array_equal(reader.first_look_map("b.png"), MAP)
    reader.close()


def test_flipped_bits_never_change_a_model_that_is_handed_out(made):
    original = made.file.read_bytes()
    chance = random.Random(5)
    for _ in range(10):
        data = bytearray(original)
        data[chance.randrange(100, len(data))] ^= 1 << chance.randrange(8)
        made.file.write_bytes(data)
        result = repaired(made)
        found = models_of(made.file)
        assert all(found[name] == content(name, LENGTH) for name in found)
        assert set(found) == {"one", "two"} or result.remarks
        result.kept_as.unlink()
