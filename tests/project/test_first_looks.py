"""First looks: one for each image, read in the classes of today."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project_places import Places
from project_steps import SIZE, record

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.first_look import FirstLook
from segstudio.project.class_steps import UNLABELLED, Mapping
from segstudio.project.compacting import compact

TABLE = ClassTable.named(["cat", "dog", "cow", "sky"])
MAP = (np.arange(SIZE[0] * SIZE[1]) % 5).astype(np.uint8).reshape(SIZE)
MAP[MAP == 4] = IGNORE_INDEX


def look(name: str = "a.png", made_at: float = 1.0, **fields) -> FirstLook:
    return FirstLook(name, "flowers-v1-1a2b3c", made_at, **fields)


@pytest.fixture
def project(places):
    made = places.project()
    made.keep_classes(TABLE)
    return made


def test_a_first_look_comes_back_and_takes_its_score(project, places):
    project.keep_first_look(look(), MAP)
    assert np.array_equal(project.first_look_map("a.png"), MAP)
    assert project.first_looks() == [look()]
    scored = look(scored_at=5.0, miou=0.75, accuracy=0.5)
    assert project.score_first_look(scored).wait(10)
    project.end()
    reopened = places.project()
    assert reopened.first_looks() == [scored]
    assert np.array_equal(reopened.first_look_map("a.png"), MAP)
    assert reopened.first_look_map("b.png") is None


def test_the_last_one_before_the_score_is_kept(project):
    newer = replace(look(), model="later", made_at=9.0)
    project.keep_first_look(look(), MAP[::-1])
    project.keep_first_look(newer, MAP)
    assert np.array_equal(project.first_look_map("a.png"), MAP)
    assert project.first_looks() == [newer]
    scored = replace(newer, scored_at=10.0, miou=0.5, accuracy=0.5)
    project.score_first_look(scored)
    project.keep_first_look(replace(look(), made_at=11.0), MAP[::-1])
    assert np.array_equal(project.first_look_map("a.png"), MAP)
    assert project.first_looks() == [scored]


def test_they_are_told_in_the_order_of_work(project):
    for name, made_at in (("c.png", 3.0), ("a.png", 2.0), ("b.png", 1.0)):
        project.keep_first_look(look(name, made_at), MAP)
    assert project.flush(10) == ""
    assert [found.name for found in project.first_looks()] == ["b.png", "a.png", "c.png"]


def test_what_changes_after_it_was_handed_over_is_not_in_it(project, disk):
    labels = MAP.copy()
    disk.hold()
    ticket = project.keep_first_look(look(), labels)
    labels[:] = 0
    disk.go.set()
    assert ticket.wait(10)
    assert np.array_equal(project.first_look_map("a.png"), MAP)


def test_it_follows_its_image_to_another_name(project):
    project.keep_first_look(look(), MAP)
    project.keep_first_look(look("b.png", 2.0), MAP[::-1])
    project.rename({"a.png": "b.png", "b.png": "a.png"})
    assert np.array_equal(project.first_look_map("b.png"), MAP)
    assert np.array_equal(project.first_look_map("a.png"), MAP[::-1])


def test_it_goes_aside_with_labels_that_cannot_be_used(project):
    project.keep_first_look(look(), MAP)
    assert project.put_aside("a.png").wait(10)
    assert project.first_looks() == []
    assert project.first_look_map("a.png") is None


def test_an_image_without_labels_makes_room_with_its_first_look(project, make_step):
    make_step(project, "a.png")
    project.keep_first_look(look("a.png"), MAP)
    project.keep_first_look(look("b.png"), MAP[::-1])
    assert project.rename({"a.png": "b.png"}).wait(10), project.state
    assert np.array_equal(project.first_look_map("b.png"), MAP)
    assert project.keep_record(record("a.png")).wait(10)


_STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.integers(0, 3), st.sampled_from((0, 1, 2, 3, IGNORE_INDEX, UNLABELLED))
        ).filter(lambda pair: pair[0] != pair[1]),
        st.sampled_from(("undo", "look", "compact")),
    ),
    max_size=7,
)


@settings(max_examples=15, deadline=None)
@given(steps=_STEPS)
def test_maps_are_read_through_the_class_steps_in_force(tmp_path_factory, steps):
    """An oracle that keeps every step and maps anew; a look is as old as where it stands."""
    places = Places(tmp_path_factory.mktemp("looks"))
    project = places.project()
    project.keep_classes(TABLE)
    done: list = ["look a.png"]
    project.keep_first_look(look("a.png"), MAP)
    for number, step in enumerate(steps):
        if step == "look":
            name = f"{number}.png"
            project.keep_first_look(look(name), MAP)
            done.append(f"look {name}")
        elif step == "compact":
            compact(project, report=lambda _done, _total: None)
            done = [
                tuple([*entry, "for good"][:3]) if isinstance(entry, tuple) else entry
                for entry in done
            ]
        elif step == "undo":
            project.take_back_class_step(TABLE)
            last = max(
                (at for at, entry in enumerate(done) if isinstance(entry, tuple)), default=None
            )
            if last is not None and len(done[last]) == 2:
                del done[last]
        else:
            mapping = Mapping((step,))
            project.add_class_step("merge", "a step", mapping, before=TABLE, after=TABLE)
            done.append(step)
    expected: dict[str, np.ndarray] = {}
    for entry in done:
        if isinstance(entry, str):
            expected[entry.removeprefix("look ")] = MAP.copy()
            continue
        before, after = entry[:2]
        for labels in expected.values():
            labels[labels == before] = IGNORE_INDEX if after == UNLABELLED else after
    for name, labels in expected.items():
        assert np.array_equal(project.first_look_map(name), labels), (name, steps)
    places.end_all()
