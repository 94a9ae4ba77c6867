"""Opening, going from image to image, and coming back."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from disk import Disk

from segstudio.core.errors import StorageError
from segstudio.core.image_record import ImageState
from segstudio.project.project import Project
from segstudio.session import shelf
from segstudio.session.image_order import ImageOrder

UNLABELLED = 255


def test_a_folder_opens_with_all_below_it(person, photos):
    folder = photos("b.png", "a.png", "deep/c.png")
    person.open(folder)
    names = [path.relative_to(folder).as_posix() for path in person.session.images.paths]
    assert names == ["a.png", "b.png", "deep/c.png"]
    assert person.session.images.current == 0
    assert person.session.root == folder
    assert person.document.image.shape == (90, 120, 3)


def test_files_open_in_the_order_given(person, photos):
    folder = photos("b.png", "a.png")
    person.open(folder / "b.png", folder / "a.png", folder / "b.png")
    assert [path.name for path in person.session.images.paths] == ["b.png", "a.png"]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_missing_path_or_an_empty_folder_is_a_sentence_and_what_is_open_stays(
    person, photo, tmp_path, name
):
    person.open(photo)
    document = person.document
    (tmp_path / "empty").mkdir()
    person.session.open([tmp_path / name])
    person.until(lambda: person.errors)
    assert str(tmp_path / name) in person.errors[0]
    assert person.document is document


def test_a_bad_image_is_named_and_the_next_one_works(person, photos):
    folder = photos("b.png", "c.png")
    (folder / "a.png").write_bytes(b"not an image at all")
    with person.qtbot.waitSignal(person.session.noticed):
        person.session.open([folder])
    assert "a.png" in person.errors[0]
    assert "The other 2 images are unaffected." in person.errors[0]
    assert person.document is None
    person.session.step_image(+1)
    person.settle()
    assert person.document.path.name == "b.png"
    person.session.step_image(-1)
    person.until(lambda: len(person.errors) == 2)
    assert person.session.images.current == 0


def test_the_last_of_several_wishes_wins(person, photos):
    first, second = photos("a.png"), photos("b.png", folder="others")
    person.session.open([first])
    person.session.open([second])
    person.settle()
    person.idle()
    assert person.session.root == second
    person.open(photos("a.png", "b.png", "c.png"))
    for row in (1, 2, 0, 2):
        person.session.show_image(row)
    person.settle()
    person.idle()
    assert person.document.path.name == "c.png"


def test_steps_stop_at_the_ends(person, photos):
    person.open(photos("a.png", "b.png"))
    person.session.step_image(-1)
    assert person.session.images.current == 0
    person.show(1)
    person.session.step_image(+1)
    assert person.session.images.current == 1


def test_histories_survive_switching_images(person, photos):
    person.open(photos("a.png", "b.png"))
    person.paint(20, 20)
    person.paint(60, 60)
    painted = person.document.label_map.copy()
    person.show(1)
    person.paint(20, 20)
    person.show(0)
    assert np.array_equal(person.document.label_map, painted)
    person.session.undo()
    assert person.document.label_map[60, 60] == UNLABELLED
    person.session.redo()
    assert np.array_equal(person.document.label_map, painted)


def test_histories_survive_when_the_document_went_from_memory(person, photos, monkeypatch):
    monkeypatch.setattr(shelf, "KEPT_BYTES", 0)
    person.open(photos("a.png", "b.png"))
    first = person.document
    person.paint(20, 20)
    person.paint(60, 60)
    person.session.undo()
    person.show(1)
    person.idle()
    person.saved()
    person.show(0)
    person.idle()
    person.saved()
    person.show(1)
    person.show(0)
    assert person.document is not first
    assert person.document.label_map[20, 20] == 0
    person.session.redo()
    assert person.document.label_map[60, 60] == 0
    person.session.undo()
    person.session.undo()
    assert (person.document.label_map == UNLABELLED).all()
    assert person.document.counts[UNLABELLED] == person.document.label_map.size


def test_an_unsaved_document_is_never_let_go(person, photos, monkeypatch):
    monkeypatch.setattr(shelf, "KEPT_BYTES", 0)
    person.open(photos("a.png", "b.png"))
    first = person.document
    person.paint(20, 20)
    Disk(monkeypatch).fill()
    person.paint(60, 60)
    person.show(1)
    person.idle()
    person.show(0)
    assert person.document is first


# States


def test_states_follow_the_work(person, photos):
    person.open(photos("a.png", "b.png"))
    session = person.session
    assert session.images.state(session.images.path) is ImageState.NEW
    person.paint(20, 20)
    assert person.document.state is ImageState.IN_WORK
    session.undo()
    assert person.document.state is ImageState.NEW
    session.redo()
    session.set_done(True)
    assert person.document.state is ImageState.DONE
    person.paint(60, 60)
    assert person.document.state is ImageState.DONE
    session.set_done(False)
    assert person.document.state is ImageState.IN_WORK


def test_done_and_next_goes_to_the_next_that_is_not_done(person, photos):
    person.open(photos("a.png", "b.png", "c.png"))
    session = person.session
    session.set_done(True, row=1)
    person.idle()
    assert session.images.state(session.images.paths[1]) is ImageState.DONE
    session.done_and_next()
    person.settle()
    assert session.images.current == 2
    session.done_and_next()
    assert person.told == ["Every other image is done."]
    assert session.images.done == 3


def test_marking_a_closed_image_keeps_its_labels(begin, photos):
    person = begin()
    folder = photos("a.png", "b.png")
    person.open(folder)
    person.show(1)
    person.paint(20, 20)
    person.saved()
    person.session.close()
    person = begin()
    person.open(folder)
    person.session.set_done(True, row=1)
    person.idle()
    person.saved()
    assert person.session.images.state(folder / "b.png") is ImageState.DONE
    person.show(1)
    assert person.document.state is ImageState.DONE
    assert person.document.label_map[20, 20] == 0


def damage(folder, name):
    """Cut the label map that the project file holds of an image."""
    project = Project(folder, folder / "nowhere")
    project.fold(name)
    assert project.flush(5) == ""
    project.end()
    with closing(sqlite3.connect(folder / "project.segstudio")) as file, file:
        file.execute("UPDATE checkpoint SET labels = substr(labels, 1, 40)")


def test_damaged_labels_of_a_closed_image_are_not_replaced_by_marking_it(begin, photos):
    person = begin()
    folder = photos("a.png", "b.png")
    person.open(folder)
    person.show(1)
    person.paint(20, 20)
    person.show(0)
    person.session.close()
    damage(folder, "b.png")
    person = begin()
    person.open(folder)
    person.session.set_done(True, row=1)
    person.saved()
    person.show(1)
    assert "b.png" in person.errors[0]
    with pytest.raises(StorageError, match="damaged"):
        person.session.project.load("b.png")


def test_a_done_image_that_was_replaced_by_one_of_another_size_is_new(begin, photos):
    person = begin()
    folder = photos("a.png", "b.png")
    person.open(folder)
    person.paint(20, 20)
    person.session.set_done(True)
    assert person.session.close() == ""
    photos("a.png", size=(60, 40))
    person = begin()
    person.session.open([folder])
    person.until(lambda: person.errors)
    person.settle()
    assert "60 x 40" in person.errors[0]
    assert person.session.images.state(folder / "a.png") is ImageState.NEW
    assert person.session.images.done == 0


def test_damaged_labels_are_named_and_put_aside_by_the_next_change(begin, photos):
    person = begin()
    folder = photos("a.png")
    person.open(folder)
    person.paint(20, 20)
    person.session.close()
    damage(folder, "a.png")
    person = begin()
    person.open(folder)
    assert "a.png" in person.errors[0]
    assert (person.document.label_map == UNLABELLED).all()
    person.paint(60, 60)
    person.session.close()
    with closing(sqlite3.connect(folder / "project.segstudio")) as file:
        names = [row[0] for row in file.execute("SELECT name FROM image ORDER BY id")]
    assert names[0].startswith("a.png//")
    person = begin()
    person.open(folder)
    assert not person.errors
    assert person.document.label_map[60, 60] == 0
    assert list(person.session.project.records()) == ["a.png"]


def test_reopening_brings_everything_back(begin, photos):
    folder = photos("a.png", "b.png")
    person = begin()
    person.open(folder)
    person.session.add_class("cat")
    person.session.add_class("dog")
    person.paint(20, 20, 1)
    person.paint(60, 60, UNLABELLED)
    person.session.set_done(True)
    labels, ink = person.document.label_map.copy(), person.document.ink.copy()
    classes = person.session.classes
    assert person.session.close() == ""
    person = begin()
    person.open(folder)
    assert np.array_equal(person.document.label_map, labels)
    assert np.array_equal(person.document.ink, ink)
    assert person.session.classes == classes
    assert person.document.state is ImageState.DONE
    person.paint(70, 20, 0)
    assert person.document.label_map[20, 70] == 0


def test_recent_places_are_remembered(begin, photos):
    first, second = photos("a.png"), photos("b.png", folder="others")
    person = begin()
    person.open(first)
    person.open(second)
    person.open(first)
    person.session.close()
    assert begin().session.settings.get("recent") == [str(first), str(second)]


# Which folder keeps the labels


@pytest.fixture
def painted(begin):
    """Return a function that opens paths, paints the first image and ends the program."""

    def paint(*paths):
        person = begin()
        person.open(*paths)
        person.paint(20, 20)
        assert person.session.close() == ""

    return paint


def test_labels_of_a_folder_above_are_found_from_an_image_of_its_own(begin, photos, painted):
    folder = photos("sub/a.png", "sub/b.png")
    painted(folder)
    for place in (folder / "sub" / "a.png", folder / "sub"):
        person = begin()
        person.open(place)
        assert person.session.root == folder
        assert person.document.label_map[20, 20] == 0
        assert person.session.images.state(folder / "sub" / "a.png") is ImageState.IN_WORK
        person.paint(60, 60)
        assert person.session.close() == ""
    assert not (folder / "sub" / "project.segstudio").exists()


def test_a_folder_below_with_labels_of_its_own_is_left_out_and_named(begin, photos, painted):
    folder = photos("b.png", "sub/a.png", "sub/deep/c.png", "sub-2/d.png")
    painted(folder / "sub" / "a.png")
    person = begin()
    person.open(folder)
    assert [path.name for path in person.session.images.paths] == ["b.png", "d.png"]
    assert person.told == ["sub has labels of its own and was left out; open it by itself."]
    person.open(folder / "sub")
    assert person.document.label_map[20, 20] == 0


def test_where_all_images_are_in_one_folder_with_labels_that_one_is_opened(begin, photos, painted):
    folder = photos("sub/a.png", "sub/deep/c.png")
    painted(folder / "sub" / "a.png")
    person = begin()
    person.open(folder)
    assert person.session.root == folder / "sub"
    assert len(person.session.images) == 2
    assert person.document.label_map[20, 20] == 0
    photos("other/x.png")
    painted(folder / "other")
    person.session.open([folder])
    person.until(lambda: person.errors)
    assert "one by one" in person.errors[0]


def test_images_that_the_folder_above_keeps_labels_of_stay_in(begin, photos, painted):
    folder = photos("sub/a.png", "sub/b.png")
    painted(folder)
    (folder / "sub" / "segstudio-labels").mkdir()  # of the first versions, and empty
    person = begin()
    person.open(folder)
    assert person.document.path == folder / "sub" / "a.png"
    assert person.document.label_map[20, 20] == 0


def test_only_states_of_open_images_count(begin, photos, painted):
    folder = photos("a.png", "b.png")
    painted(folder)
    person = begin()
    person.open(folder / "b.png")
    assert all(r.state is ImageState.NEW for r in person.session.images.records)


def test_images_are_walked_through_in_the_order_that_is_shown(person, photos):
    person.open(photos("a.png", "b.png", "c.png", "d.png"))
    session = person.session
    session.images.order = ImageOrder([3, 0, 2], 4)
    session.step_image(-1)
    person.settle()
    assert session.images.current == 3
    session.step_image(-1)
    assert session.images.current == 3
    session.set_state(0, ImageState.SKIPPED)
    session.set_state(2, ImageState.CHECKED)
    person.idle()
    session.step_not_done(+1)
    assert session.images.current == 3


def test_what_is_known_of_an_image_is_changed_and_told(person, photos):
    person.open(photos("a.png", "b.png"))
    session = person.session
    with person.qtbot.waitSignal(session.record_changed) as told:
        session.change_record(1, note="too dark", flagged=True)
    assert told.args == [1]
    with person.qtbot.assertNotEmitted(session.record_changed):
        session.change_record(1, note="too dark")
    session.set_state(0, ImageState.CHECKED)
    assert session.images.record_at(0).done_at > 0
    session.set_state(0, ImageState.DONE)
    assert session.images.record_at(0).done_at > 0
    session.set_done(False, 0)
    assert session.images.record_at(0).done_at == 0


def test_an_image_that_was_removed_stays_away_until_it_is_opened_by_itself(begin, photos):
    person = begin()
    folder = photos("a.png", "b.png", "c.png", "d.png")
    person.open(folder)
    person.paint(20, 20)
    person.session.remove_images([0])
    person.settle()
    person.session.remove_images([1])
    person.settle()
    assert [path.name for path in person.session.images.paths] == ["b.png", "d.png"]
    assert person.document.path.name == "b.png"
    assert person.session.close() == ""
    person = begin()
    person.open(folder)
    assert [path.name for path in person.session.images.paths] == ["b.png", "d.png"]
    person.open(folder / "a.png")
    assert person.document.label_map[20, 20] != UNLABELLED
