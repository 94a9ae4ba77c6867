"""Taught models, and what models first made of images, in two copies of a project."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from taught import content, keep
from two_copies import SIZE, Annotator, TwoCopies

from segstudio.core.classes import ClassTable
from segstudio.core.first_look import FirstLook
from segstudio.project.merging import compare, open_copy


@pytest.fixture
def two(tmp_path):
    """Two copies of a project with a stroke in each of a.png, b.png and c.png."""
    made = TwoCopies(tmp_path)
    yield made
    made.end()


def first_look(name):
    return FirstLook(name, "one", 1.0, 2.0, 0.5, 0.75)


def test_models_and_first_looks_that_only_they_have_come_along(two):
    keep(two.ann.project, "mine")
    for name in ("mine", "theirs"):
        keep(two.ben.project, name)
    labels = np.full(SIZE, 2, np.uint8)
    two.ann.project.keep_first_look(first_look("b.png"), labels)
    two.ben.project.keep_first_look(first_look("a.png"), labels)
    two.ben.project.keep_first_look(first_look("b.png"), labels - 1)
    plan, done = two.ann.merge(two.ben)
    assert [version.name for version in plan.models] == ["theirs"]
    assert (plan.first_looks, plan.taken, done) == ((("a.png", "a.png"),), (), ())
    project = two.ann.project
    assert [(v.number, v.name) for v in project.versions()] == [(1, "mine"), (2, "theirs")]
    assert project.version_content(2) == content("theirs")
    assert project.first_looks() == [first_look("a.png"), first_look("b.png")]
    assert (project.first_look_map("b.png") == 2).all(), "mine stays"
    again, _ = two.ann.merge(two.ben)
    assert (again.models, again.first_looks) == ((), ())


def test_a_first_look_of_theirs_is_read_in_the_classes_here(two):
    theirs = ClassTable.named(["rose", "dog"])
    two.ben.project.keep_classes(theirs)
    labels = np.zeros(SIZE, np.uint8)
    labels[0] = 1
    two.ben.project.keep_first_look(first_look("a.png"), labels)
    two.ann.merge(two.ben)
    found = two.ann.project.first_look_map("a.png")
    table = two.ann.project.classes()
    assert table.name_of(int(found[0, 0])) == "dog"
    assert table.name_of(int(found[1, 0])) == "rose"


def test_a_damaged_model_of_theirs_is_named_and_all_else_is_taken(two):
    keep(two.ben.project, "broken")
    keep(two.ben.project, "sound")
    two.ben.project.end()
    with closing(sqlite3.connect(two.ben.project.file)) as connection, connection:
        connection.execute("UPDATE model_version SET content = x'00' WHERE name = 'broken'")
    two.ben = Annotator(two.ben.folder, "Ben")
    _, done = two.ann.merge(two.ben)
    assert [(outcome.name, "damaged" in outcome.problem) for outcome in done] == [
        ("flowers v1", True)
    ]
    assert [v.name for v in two.ann.project.versions()] == ["sound"]


def test_a_copy_of_the_first_version_can_be_merged(two, tmp_path):
    golden = Path(__file__).resolve().parents[1] / "golden" / "projects" / "v1.segstudio"
    before = golden.read_bytes()
    copy = tmp_path / "old.segstudio"
    copy.write_bytes(before)
    theirs = open_copy(copy, two.ann.project, tmp_path / "home")
    plan = compare(two.ann.project, theirs)
    theirs.close()
    assert (plan.models, plan.first_looks) == ((), ())
    assert {item.their_name for item in plan.items} == {"a.png", "sub/b.png"}
    assert copy.read_bytes() == before
