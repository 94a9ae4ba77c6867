"""A damaged project is noticed, and recovered from what is left of it and a backup."""

import random
import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from project_steps import blank, painted, record

from segstudio.core.classes import ClassTable
from segstudio.core.errors import DamagedError, StorageError
from segstudio.core.image_record import ImageState
from segstudio.project import backups
from segstudio.project.checking import check
from segstudio.project.project import Project
from segstudio.project.repair import repair

NAMES = [f"{number:02d}.png" for number in range(12)]
PAGE = 4096


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project file of twelve images with four steps each, and its labels by name."""
    folder = tmp_path_factory.mktemp("made")
    project = Project(folder, folder / "home")
    project.keep_classes(ClassTable.named(["cat", "dog"]))
    labels = {}
    for name in NAMES:
        planes = labels[name] = blank()
        for step in range(4):
            patch = painted(planes, step % 2, slice(step, step + 7))
            project.keep_step(record(name, planes), patch)
    assert project.flush(10) == ""
    for name in NAMES[:6]:
        project.fold(name)
    assert project.flush(10) == ""
    project.end()
    return project.file, labels


@pytest.fixture
def whole(places, made):
    """The labels by name of a project that is there."""
    shutil.copyfile(made[0], places.file)
    return made[1]


def is_same(places, labels, name) -> bool:
    stored = Project(places.images, places.home).load(name)
    if stored is None:
        return False
    one, two = stored.planes, labels[name]
    return np.array_equal(one.labels, two.labels) and np.array_equal(one.ink, two.ink)


def damage(places, change) -> None:
    data = bytearray(places.file.read_bytes())
    changed = change(data)
    places.file.write_bytes(data if changed is None else changed)


def pages_of(places, table) -> list[int]:
    with closing(sqlite3.connect(places.file)) as connection:
        try:
            rows = connection.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,))
            return [number for (number,) in rows]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not tell where its tables are")


def backup_of(places):
    return backups.make(places.file, places.project().backups)


def recovered(places):
    found = places.home / "backups"
    folder = next(found.iterdir()) if found.is_dir() else found
    before = places.file.read_bytes()
    result = repair(places.file, folder)
    assert result.kept_as.read_bytes() == before
    assert check(places.file) == []
    return result


def test_a_whole_project_has_no_findings(places, whole):
    assert check(places.file) == []


def test_repairing_a_whole_project_changes_no_label_and_no_step(places, whole):
    before = {name: places.project().step_ids(name) for name in NAMES}
    result = recovered(places)
    assert all(outcome.text == "whole" for outcome in result.outcomes)
    assert all(is_same(places, whole, name) for name in NAMES)
    project = places.project()
    assert {name: project.step_ids(name) for name in NAMES} == before
    assert project.classes() == ClassTable.named(["cat", "dog"])


@pytest.mark.parametrize(
    "change",
    [
        lambda data: bytes(len(data)),
        lambda data: b"",
        lambda data: b"not a project at all" * 500,
    ],
    ids=["zeros", "empty", "other"],
)
def test_a_file_without_content_comes_back_from_the_backup(places, whole, change):
    backup = backup_of(places)
    damage(places, change)
    with pytest.raises(DamagedError) as caught:
        places.project()
    assert caught.value.file == places.file
    result = recovered(places)
    assert all(backup.title in outcome.text for outcome in result.outcomes)
    assert all(is_same(places, whole, name) for name in NAMES)


def test_without_content_and_backup_the_file_stays_as_it_is(places, whole):
    damage(places, lambda data: bytes(len(data)))
    with pytest.raises(StorageError, match="no backup"):
        repair(places.file, places.home / "backups")
    assert not any(places.file.read_bytes())


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_loses_only_what_was_cut_off(places, whole, share):
    damage(places, lambda data: data[: int(len(data) * share)])
    with pytest.raises(DamagedError):
        places.project()
    result = recovered(places)
    by_name = {outcome.name: outcome for outcome in result.outcomes}
    assert set(NAMES) <= set(by_name) or share < 0.5
    for name, outcome in by_name.items():
        if outcome.is_whole:
            assert is_same(places, whole, name), outcome


def test_with_a_backup_a_truncated_file_loses_nothing_that_is_in_it(places, whole):
    backup_of(places)
    damage(places, lambda data: data[: len(data) // 3])
    recovered(places)
    assert all(is_same(places, whole, name) for name in NAMES)


def test_a_broken_first_page_is_taken_from_the_backup(places, whole, make_step):
    backup_of(places)
    project = places.project()
    later = make_step(project, NAMES[0], 1, slice(0, 3))
    project.end()
    damage(places, lambda data: data.__setitem__(slice(0, PAGE), bytes(PAGE)))
    recovered(places)
    assert is_same(places, {NAMES[0]: later}, NAMES[0])
    assert all(is_same(places, whole, name) for name in NAMES[1:])


def test_a_broken_step_costs_what_came_after_it_and_the_report_says_so(places, whole):
    name = NAMES[8]
    with closing(sqlite3.connect(places.file)) as connection, connection:
        (step,) = connection.execute(
            "SELECT step.id FROM step JOIN image ON image.id = image WHERE name = ? "
            "ORDER BY step.id LIMIT 1 OFFSET 2",
            (name,),
        ).fetchone()
        connection.execute("UPDATE step SET data = x'00' WHERE id = ?", (step,))
    assert {finding.image for finding in check(places.file)} == {name}
    result = recovered(places)
    (bad,) = [outcome for outcome in result.outcomes if not outcome.is_whole]
    assert bad.name == name
    assert bad.text.startswith("2 steps lost")
    assert f"  {name}: 2 steps lost" in result.report()
    assert all(is_same(places, whole, other) for other in NAMES if other != name)


def test_steps_after_a_broken_checkpoint_go_on_from_the_backup(places, whole, make_step):
    backup_of(places)
    project = places.project()
    later = make_step(project, NAMES[0], 1, slice(0, 3))
    project.end()
    with closing(sqlite3.connect(places.file)) as connection, connection:
        connection.execute("UPDATE checkpoint SET labels = x'0102' WHERE image = 1")
    recovered(places)
    assert is_same(places, {NAMES[0]: later}, NAMES[0])


def test_a_log_of_another_project_is_left_out(places, whole, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    foreign = Project(other, places.home)
    foreign.keep_classes(ClassTable.named(["alien"])).wait(5)
    log = foreign.file.with_name(foreign.file.name + "-wal").read_bytes()
    foreign.end()
    places.file.with_name(places.file.name + "-wal").write_bytes(log)
    recovered(places)
    assert all(is_same(places, whole, name) for name in NAMES)
    assert places.project().classes() == ClassTable.named(["cat", "dog"])


@pytest.mark.parametrize("table", ["image", "step", "journal", "checkpoint", "value"])
def test_a_broken_page_of_any_table_is_made_good_by_the_backup(places, whole, table):
    pages = pages_of(places, table)
    backup_of(places)
    page = pages[len(pages) // 2]
    damage(
        places, lambda data: data.__setitem__(slice((page - 1) * PAGE, page * PAGE), b"\7" * PAGE)
    )
    recovered(places)
    assert all(is_same(places, whole, name) for name in NAMES)
    assert places.project().classes() == ClassTable.named(["cat", "dog"])


@pytest.mark.parametrize("with_backup", [True, False])
def test_labels_that_nobody_counted_are_not_lost_in_silence(places, whole, with_backup):
    with closing(sqlite3.connect(places.file)) as connection, connection:
        connection.execute("UPDATE image SET classes = '[]', state = 'in work'")
        connection.execute("DELETE FROM journal WHERE image <= 6")
    pages = pages_of(places, "checkpoint")
    if with_backup:
        backup_of(places)
    for page in pages:
        region = slice((page - 1) * PAGE, page * PAGE)
        damage(places, lambda data, region=region: data.__setitem__(region, bytes(PAGE)))
    result = recovered(places)
    by_name = {outcome.name: outcome for outcome in result.outcomes}
    for name in NAMES[:6]:
        assert not by_name[name].is_whole
        assert is_same(places, whole, name) == with_backup


def test_flipped_bits_anywhere_are_never_a_silent_loss(places, whole):
    """Every image that the report calls whole has the labels it had."""
    original = places.file.read_bytes()
    chance = random.Random(3)
    regions = range(0, len(original), 2048)
    for start in regions:
        data = bytearray(original)
        data[min(start + chance.randrange(2048), len(data) - 1)] ^= 1 << chance.randrange(8)
        places.file.write_bytes(data)
        findings = _findings(places)
        result = repair(places.file, places.home / "backups")
        assert check(places.file) == [], start
        by_name = {outcome.name: outcome for outcome in result.outcomes}
        for name in NAMES:
            if name in by_name and by_name[name].is_whole:
                assert is_same(places, whole, name), (start, by_name[name], findings)
        result.kept_as.unlink()


def _findings(places):
    try:
        return check(places.file)
    except StorageError as error:
        return [str(error)]


def test_a_state_that_nobody_knows_does_not_keep_a_project_from_opening(places, whole):
    with closing(sqlite3.connect(places.file)) as connection, connection:
        connection.execute("UPDATE image SET classes = '[[0,1' WHERE id = 1")
    with pytest.raises(DamagedError):
        places.project().records()
    recovered(places)
    assert places.project().records()[NAMES[0]].state is ImageState.NEW
    assert is_same(places, whole, NAMES[0])
