"""Versions of a taught model: on this computer where they are needed, and chosen by project."""

import os
import shutil
import time

import numpy as np
import pytest
from teacher import CAT, DOG, Teacher

from segstudio.core import taught_files
from segstudio.core.errors import StorageError
from segstudio.engine.messages import SegmentFileRequest, SegmentRequest
from segstudio.session import versions as versions_module
from segstudio.session.batch import SegmentAll
from segstudio.session.late_steps import LateSteps


@pytest.fixture
def teach(photos):
    """Return a function that has a session open a folder, and use a model that is taught there."""

    def taught(person, folder="photos", *, times=1):
        at = Teacher(person)
        at.open(photos("a.png", "b.png", folder=folder))
        at.scribble(CAT, 20)
        at.scribble(DOG, 40)
        for _ in range(times):
            at.teach()
            at.use()
        return at

    return taught


@pytest.fixture
def at(person, teach):
    return teach(person)


def segmented_with(at, engine):
    """Segment the open image and return which model was asked for."""
    before = len(engine.asked(SegmentRequest))
    at.session.segment()
    at.person.until(lambda: len(engine.asked(SegmentRequest)) > before)
    at.person.idle()
    return engine.asked(SegmentRequest)[-1].options.model


def restarted(at, begin, folder=None):
    folder = folder or at.session.root
    assert at.session.close() == ""
    again = Teacher(begin())
    again.open(folder)
    return again


def test_the_model_is_there_again_after_a_restart(at, begin, engine):
    version = at.versions.current
    again = restarted(at, begin)
    assert again.versions.current == version
    assert segmented_with(again, engine) == version.name


@pytest.mark.parametrize("is_old", [True, False])
def test_another_computer_gets_the_model_from_the_project(at, begin, engine, is_old):
    version, folder = at.versions.current, at.session.root
    assert at.session.close() == ""
    shutil.rmtree(taught_files.folder())
    if is_old:
        taught_files.folder().mkdir()
        taught_files.path_of(version.name).write_bytes(b"damaged")
    again = Teacher(begin())
    again.session.settings.set("model.name", "")  # as in settings of somebody else
    moved = folder.rename(folder.parent / "elsewhere")
    again.open(moved)
    assert again.versions.current == version
    assert segmented_with(again, engine) == version.name
    kept = taught_files.find(version.name).read_bytes()
    assert kept == again.session.project.version_content(1)


def test_a_segment_before_the_model_is_here_waits_for_it(at, begin, engine, monkeypatch):
    version, folder = at.versions.current, at.session.root
    assert at.session.close() == ""
    again = Teacher(begin())
    again.person.until(lambda: again.session.segmenting.models)
    engine.models_gate.close()
    again.person.open(folder)
    again.session.segment()
    assert "still being loaded" in again.person.told[-1]
    engine.models_gate.open()
    again.person.until(lambda: engine.asked(SegmentRequest))
    assert engine.asked(SegmentRequest)[-1].options.model == version.name


def test_segment_all_goes_on_with_the_model_after_a_restart(at, begin, engine):
    version, folder = at.versions.current, at.session.root
    everything = SegmentAll(at.session, LateSteps(at.session))
    engine.gate.close()
    everything.start(at.teaching.remaining(), at.session.options())
    assert at.session.close() == ""
    engine.gate.open()
    again = Teacher(begin())
    again.person.until(lambda: again.session.segmenting.models)
    engine.models_gate.close()
    everything = SegmentAll(again.session, LateSteps(again.session))
    before = len(engine.asked(SegmentFileRequest))
    again.person.open(folder)
    engine.models_gate.waiting.wait(5)
    assert len(engine.asked(SegmentFileRequest)) == before
    engine.models_gate.open()
    again.person.until(lambda: everything.run is None)
    asked = engine.asked(SegmentFileRequest)[before:]
    assert {request.options.model for request in asked} == {version.name}
    again.person.saved()
    labels = again.session.project.load("b.png").planes.labels
    assert np.unique(labels).tolist() == [CAT, DOG]


def test_another_project_has_the_model_that_was_chosen_before(at, teach, photos):
    version, folder = at.versions.current, at.session.root
    assert at.session.settings.get("model.name") == version.name
    at.open(photos("c.png", folder="others"))
    assert (at.model, at.versions.current, at.versions.all) == ("scenes", None, ())
    assert at.session.segmenting.model(version.name).name == "scenes"
    at.open(folder)
    assert (at.model, at.versions.current) == (version.name, version)


def test_two_projects_each_have_their_own_and_one_choice_beside_them(at, teach, engine, begin):
    first, folder = at.versions.current, at.session.root
    second = teach(at.person, "others").versions.current
    assert second.name != first.name
    at.open(folder)
    assert at.model == first.name
    at.session.settings.set("model.name", "scenes")
    again = restarted(at, begin)
    assert again.model == "scenes"
    others = folder.parent / "others"
    again.open(others)
    assert again.model == second.name
    again.versions.use(1)
    again.open(folder)
    assert again.model == "scenes"


def test_a_saved_copy_has_the_model(at, begin, tmp_path):
    version, target = at.versions.current, tmp_path / "copy of Ann.segstudio"
    at.session.keeping.save_copy(target)
    at.person.until(lambda: any("copy was saved" in text for text in at.person.told))
    assert at.session.close() == ""
    shutil.rmtree(taught_files.folder())
    again = Teacher(begin())
    again.open(target)
    assert again.session.project.file == target
    assert (again.versions.current, again.model) == (version, version.name)


def test_one_click_goes_back_to_an_older_version(person, teach):
    at = teach(person, times=2)
    assert at.model == at.versions.all[1].name
    at.versions.use(1)
    at.person.idle()
    at.ready()
    assert at.versions.current == at.versions.all[0]
    assert at.model == at.versions.all[0].name
    assert at.person.told[-1] == "photos v1 segments from now on"


def test_old_versions_are_brought_when_they_are_wanted(person, teach, begin, monkeypatch):
    monkeypatch.setattr(versions_module, "NEWEST", 1)
    at = teach(person, times=3)
    shutil.rmtree(taught_files.folder())
    again = restarted(at, begin)
    assert [taught_files.find(v.name) is not None for v in again.versions.all] == [0, 0, 1]
    again.versions.use(1)
    again.person.idle()
    again.ready()
    assert again.model == again.versions.all[0].name


def test_a_version_whose_file_cannot_be_written_says_so(at, begin, monkeypatch):
    version, folder = at.versions.current, at.session.root
    assert at.session.close() == ""
    shutil.rmtree(taught_files.folder())

    def refuse(*_):
        raise StorageError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(taught_files, "keep", refuse)
        again = Teacher(begin())
        again.open(folder)
        assert (
            "photos v1 could not be brought from the project: The disk is full."
            in (again.person.errors[-1])
        )
        assert again.model == "scenes"
        again.versions.use(1)
        again.person.idle()
        assert "The disk is full" in again.person.errors[-1]
        assert again.model == "scenes"
    later = restarted(again, begin)
    assert later.versions.current == version


def test_a_version_in_use_is_not_deleted_and_another_one_is_for_good(person, teach, begin):
    at = teach(person, times=2)
    at.versions.remove(2)
    assert "in use" in at.person.errors[-1]
    at.versions.remove(1)
    at.person.until(lambda: len(at.versions.all) == 1)
    again = restarted(at, begin)
    assert [v.number for v in again.versions.all] == [2]
    again.teach()
    again.use()
    assert [v.title for v in again.versions.all] == ["photos v2", "photos v3"]


def test_a_version_is_copied_to_the_models_of_ones_own(at, engine):
    at.versions.keep_in_my_models(1)
    at.person.until(lambda: any(m.kind == "own" for m in at.session.segmenting.known))
    (own,) = [m for m in at.session.segmenting.known if m.kind == "own"]
    assert (own.name, own.title) == ("photos-v1", "photos v1")
    at.person.idle()
    at.versions.keep_in_my_models(1)
    at.person.until(lambda: any(m.name == "photos-v1-2" for m in at.session.segmenting.known))


def test_copies_that_nobody_uses_any_more_go_and_others_stay(own_user_folders):
    names = ("used", "fresh", "old")
    for name in names:
        taught_files.keep(name, name.encode())
    long_ago = time.time() - taught_files.UNUSED_S - 1
    for name in ("used", "old"):
        os.utime(taught_files.path_of(name), (long_ago, long_ago))
    left = taught_files.new_lesson("left")
    os.utime(left.parent, (long_ago, long_ago))
    running = taught_files.new_lesson("running")
    taught_files.prune({"used"})
    assert sorted(path.name for path in taught_files.folder().iterdir()) == sorted(
        ["used.safetensors", "fresh.safetensors", running.parent.name]
    )
    assert taught_files.find("../secret") is None
