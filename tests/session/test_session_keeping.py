"""A session keeps its project safe: backups, copies, recovery, compacting."""

import shutil

import numpy as np
import pytest

from segstudio.project import backups
from segstudio.project.checking import check
from segstudio.project.project import Project
from segstudio.project.reader import Reader


@pytest.fixture
def painted(person, photos):
    """A folder of two photos with one stroke, which was left again."""
    folder = photos("a.png", "b.png")
    person.open(folder)
    person.session.add_class("cat")
    person.paint(30, 30)
    person.saved()
    return folder


def folder_of(person):
    return person.session.project.backups


def test_the_first_change_of_a_later_session_is_backed_up_before(person, painted, begin):
    person.session.close()
    later = begin()
    later.open(painted)
    later.paint(60, 60, 0)
    later.saved()
    later.until(lambda: backups.found_in(folder_of(later)))
    (backup,) = backups.found_in(folder_of(later))
    assert len(Reader(backup.path).step_ids("a.png")) == 1
    assert len(later.session.project.step_ids("a.png")) == 2


def test_work_is_backed_up_from_time_to_time_if_there_was_any(person, painted):
    person.session.keeping.back_up()
    person.until(lambda: backups.found_in(folder_of(person)))
    person.idle()
    person.session.keeping.back_up()
    person.idle()
    assert len(backups.found_in(folder_of(person))) == 1
    person.paint(60, 60)
    person.session.keeping.back_up()
    person.idle()
    assert len(backups.found_in(folder_of(person))) == 2


def test_a_damaged_project_is_told_recovered_and_opened(person, painted, begin):
    labels = person.document.label_map.copy()
    person.session.keeping.back_up()
    person.until(lambda: backups.found_in(folder_of(person)))
    person.idle()
    person.session.close()
    file = painted / "project.segstudio"
    file.write_bytes(bytes(file.stat().st_size))
    later = begin()
    later.session.open([painted])
    later.until(lambda: later.errors)
    assert "is damaged" in later.errors[0]
    damaged = later.session.keeping.damaged
    assert damaged.file == file
    found = []
    later.session.keeping.recovered.connect(lambda repaired, paths: found.append(repaired))
    later.session.keeping.recover(damaged.file, damaged.paths)
    later.until(lambda: found)
    assert "from the backup of" in found[0].report()
    later.open(painted)
    assert np.array_equal(later.document.label_map, labels)


def test_a_copy_has_the_stroke_that_was_just_made(person, painted, tmp_path):
    person.paint(60, 60)
    person.session.keeping.save_copy(tmp_path / "copy.segstudio")
    person.until(lambda: any("copy was saved" in text for text in person.told))
    assert len(Reader(tmp_path / "copy.segstudio").step_ids("a.png")) == 2


def test_what_is_packed_has_every_image(person, painted, tmp_path):
    names = [record.name for record in person.session.images.records]
    person.session.keeping.pack(tmp_path / "out.zip", names, ())
    person.until(lambda: any("2 images" in text for text in person.told))
    shutil.unpack_archive(tmp_path / "out.zip", tmp_path / "elsewhere")
    opened = Project(tmp_path / "elsewhere" / "photos", tmp_path / "home")
    assert opened.records().keys() == {"a.png"}


def test_after_compacting_the_open_image_goes_on(person, painted):
    person.session.add_class("dog")
    person.paint(60, 60, 1)
    person.merge(1, 0)
    person.settle()
    labels = person.document.label_map.copy()
    person.session.keeping.compact()
    person.until(lambda: any("The project takes" in text for text in person.told))
    person.settle()
    assert person.session.class_step == ""
    assert np.array_equal(person.document.label_map, labels)
    person.session.undo()
    person.saved()
    assert len(person.session.project.step_ids("a.png")) == 1
    assert check(person.session.project.file) == []


def test_the_open_project_is_let_go_before_it_is_recovered(person, painted):
    file = person.session.project.file
    assert person.session.leave_project(file) == ""
    assert person.session.project is None
    person.open(painted)
    assert person.document.history.position == 1
