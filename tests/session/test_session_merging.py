"""Merging another copy into the open project."""

import numpy as np
import pytest
import two_copies

from segstudio.project.merge_state import Choice, Side
from segstudio.session.merging import Merging

SIZE = (90, 120)


@pytest.fixture
def mine(person, photos):
    """Ann's photos, open, with a dot in each."""
    person.open(photos("a.png", "b.png", "c.png"))
    for name in ("cat", "dog", "cow"):
        person.session.add_class(name)
    for row in range(3):
        person.show(row)
        person.paint(30, 30, 0)
    person.show(0)
    person.saved()
    return person


@pytest.fixture
def ben(mine, tmp_path, monkeypatch):
    """Ben, with a copy of that."""
    monkeypatch.setattr(two_copies, "SIZE", SIZE)
    made = two_copies.copied(mine.session.project, tmp_path / "ben", "Ben")
    yield made
    made.project.end()


@pytest.fixture
def merging(mine):
    merging = Merging(mine.session)
    yield merging
    merging.close()
    mine.idle()


def compared(mine, merging, ben):
    assert ben.project.flush(10) == ""
    with mine.qtbot.waitSignal(merging.compared, timeout=5000) as found:
        merging.compare(ben.folder)
    return found.args[0]


def merged(mine, merging, choices=()):
    with mine.qtbot.waitSignal(merging.merged, timeout=5000) as found:
        merging.merge(dict(choices))
    mine.settle()
    return found.args[0]


def test_the_open_image_shows_what_came_and_undo_goes_on_through_it(mine, ben, merging):
    before = mine.document.label_map.copy()
    ben.paint("a.png", (50, 50, 60, 60), 1)
    plan = compared(mine, merging, ben)
    assert [item.name for item in plan.taken] == ["a.png"]
    merged(mine, merging)
    assert (mine.document.label_map[50:60, 50:60] == 1).all()
    assert mine.document.history.position == 2
    assert mine.session.images.record_at(0) == mine.session.project.record("a.png")
    mine.session.undo()
    assert np.array_equal(mine.document.label_map, before)


def test_a_stroke_that_is_not_stored_yet_takes_part(mine, ben, merging):
    ben.paint("a.png", (50, 50, 60, 60), 1)
    mine.paint(80, 80, 2)
    plan = compared(mine, merging, ben)
    assert [item.name for item in plan.conflicts] == ["a.png"]
    merged(mine, merging, {"a.png": Choice.BOTH})
    assert mine.document.label_map[80, 80] == 2
    assert mine.document.label_map[55, 55] == 1


def test_classes_of_the_other_copy_are_in_the_list_afterwards(mine, ben, merging):
    told = []
    mine.session.classes_changed.connect(lambda table: told.append(table))
    ben.project.keep_classes(ben.project.classes().with_class("horse"))
    ben.paint("b.png", (50, 50, 60, 60), 3)
    compared(mine, merging, ben)
    merged(mine, merging)
    assert [c.name for c in mine.session.classes] == ["cat", "dog", "cow", "horse"]
    assert told[-1] == mine.session.classes
    mine.show(1)
    assert mine.document.label_map[55, 55] == 3


def test_pictures_of_a_conflict_come_in_the_size_asked_for(mine, ben, merging):
    ben.paint("a.png", (50, 50, 60, 60), 1)
    mine.paint(80, 80, 2)
    item = compared(mine, merging, ben).conflicts[0]
    with mine.qtbot.waitSignal(merging.pictured, timeout=5000) as found:
        merging.want(item, 60)
    picture = found.args[0]
    assert (picture.name, picture.mine.shape, picture.differs.shape) == (
        *("a.png", (45, 60, 3), (45, 60)),
    )
    assert picture.differs[27, 27]
    assert picture.differs[40, 40]
    assert not picture.differs[5, 5]
    assert not np.array_equal(picture.mine[27, 27], picture.theirs[27, 27])


def test_an_image_that_cannot_be_read_still_shows_its_labels(mine, ben, merging):
    ben.paint("a.png", (50, 50, 60, 60), 1)
    mine.paint(80, 80, 2)
    item = compared(mine, merging, ben).conflicts[0]
    (mine.session.root / "a.png").write_bytes(b"no picture")
    with mine.qtbot.waitSignal(merging.pictured, timeout=5000) as found:
        merging.want(item, 60)
    assert found.args[0].mine[5, 5].tolist() == [128, 128, 128]


def test_what_is_no_project_is_told_in_a_sentence(mine, merging, tmp_path):
    with mine.qtbot.waitSignal(merging.failed, timeout=5000) as found:
        merging.compare(tmp_path / "nowhere")
    assert "no project" in found.args[0]


def test_a_merge_that_is_stopped_keeps_what_it_did_and_can_be_made_again(mine, ben, merging):
    for name in ("a.png", "b.png", "c.png"):
        ben.paint(name, (50, 50, 60, 60), 1)
    compared(mine, merging, ben)
    with mine.qtbot.waitSignal(merging.merged, timeout=5000) as found:
        merging.merge({})
        merging.cancel()
    assert found.args == [None]
    mine.settle()
    plan = compared(mine, merging, ben)
    merged(mine, merging)
    again = compared(mine, merging, ben)
    assert {item.labels for item in plan.items} <= {Side.THEIRS, Side.SAME}
    assert {item.labels for item in again.items} == {Side.SAME}
