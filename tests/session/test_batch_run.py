"""What a run of Segment all keeps, and what it makes of what it finds."""

import json

import pytest

from segstudio.engine.options import Options
from segstudio.project.project import Project
from segstudio.session import batch_run
from segstudio.session.batch_run import Run


@pytest.fixture
def project(tmp_path):
    (tmp_path / "photos").mkdir()
    project = Project(tmp_path / "photos", tmp_path / "home")
    yield project
    project.end()


def begun(project, count=6):
    names = tuple(f"{number}.png" for number in range(count))
    run = Run(project, names, Options("scenes", "crf", 0.3, "2"))
    run.begin()
    return run


def again(project):
    assert project.flush(10) == ""
    return batch_run.restored(project, "cpu")


def test_a_run_begins_again_behind_the_last_image_before_which_all_are_over(project):
    run = begun(project)
    for index in (0, 2, 1, 4):
        run.end(index, "broken" if index == 2 else "")
    run.set_paused(True)
    found = again(project)
    assert (found.settled, found.next, found.done, found.total) == (3, 3, 3, 6)
    assert found.failed == {"2.png": "broken"}
    assert found.paused
    assert found.options == Options("scenes", "crf", 0.3, "2", "cpu")
    assert run.done == 4


def test_what_is_written_with_every_image_does_not_grow_with_their_number(project):
    run = begun(project, 5000)
    run.end(0)
    assert again(project).total == 5000
    assert len(json.dumps(project.value(batch_run.STATE, None))) < 300


def test_a_run_that_is_over_or_of_another_version_is_none(project):
    run = begun(project)
    run.forget()
    assert again(project) is None
    begun(project)
    project.keep_value(batch_run.STATE, {"settled": "many"})
    assert again(project) is None


def test_the_pace_is_told_from_the_last_images_and_forgotten_over_a_pause(project, monkeypatch):
    clock = iter([10.0, 12.0, 14.0, 100.0])
    monkeypatch.setattr(batch_run, "monotonic", lambda: next(clock))
    run = begun(project, 10)
    run.end(0)
    run.end(1)
    assert run.seconds_left() is None
    run.end(2)
    assert run.seconds_left() == 14.0
    run.set_paused(True)
    run.set_paused(False)
    run.end(3)
    assert run.seconds_left() is None
