"""The class table while it is edited."""

import pytest

from segstudio.core.classes import ClassTable
from segstudio.project.project import Project

UNLABELLED = 255


@pytest.fixture
def at(person, photo):
    person.open(photo)
    for name in ("cat", "dog", "grass"):
        person.session.add_class(name)
    return person


def names(person):
    return [entry.name for entry in person.session.classes]


def test_an_added_class_is_the_active_one(at):
    assert names(at) == ["cat", "dog", "grass"]
    assert at.session.editor.state.class_index == 2


@pytest.mark.parametrize("name", ["Dog", " dog ", "", "  "])
def test_a_name_that_is_taken_or_empty_is_refused_in_a_sentence(at, name):
    before = at.session.classes
    with at.qtbot.waitSignal(at.session.classes_changed):
        at.session.edit_classes(lambda table: table.changed(0, name=name))
    assert at.session.classes is before
    assert len(at.errors) == 1
    at.session.add_class(name)
    assert at.session.classes is before
    assert len(at.errors) == 2


def test_renaming_recolouring_and_reordering_keep_the_index(at):
    at.paint(20, 20, 1)
    edit = at.session.edit_classes
    edit(lambda table: table.changed(1, name="wolf"))
    edit(lambda table: table.changed(1, colour=(1, 2, 3)))
    edit(lambda table: table.moved(1, 0))
    assert names(at) == ["wolf", "cat", "grass"]
    assert at.session.classes.indices == (1, 0, 2)
    assert at.document.label_map[20, 20] == 1


def test_indices_are_never_given_out_twice_also_after_a_restart(begin, photo):
    person = begin()
    person.open(photo)
    for name in ("cat", "dog"):
        person.session.add_class(name)
    person.session.edit_classes(lambda table: table.without(1))
    person.session.close()
    person = begin()
    person.open(photo)
    person.session.add_class("bird")
    assert person.session.classes.indices == (0, 2)


def test_hidden_and_locked_come_back(begin, photo):
    person = begin()
    person.open(photo)
    person.session.set_classes(ClassTable.named(["cat", "dog"]))
    person.session.edit_classes(lambda table: table.changed(0, hidden=True))
    person.session.edit_classes(lambda table: table.changed(1, locked=True))
    person.session.close()
    person = begin()
    person.open(photo)
    assert person.session.classes.get(0).hidden
    assert person.session.classes.get(1).locked


def test_the_active_class_moves_on_when_it_goes(at):
    at.session.edit_classes(lambda table: table.without(2))
    assert at.session.editor.state.class_index == 0
    at.session.set_classes(ClassTable())
    assert at.session.editor.state.class_index == -1


def test_another_folder_has_its_own_classes(at, photos):
    at.open(photos("other.png", folder="others"))
    assert names(at) == []
    at.open(photos("photo.png"))
    assert names(at) == ["cat", "dog", "grass"]


def stored_with_class_7(begin, photo):
    """Store labels of a class that the class list does not have, as another program might."""
    person = begin()
    person.open(photo)
    person.session.set_classes(ClassTable.named(["cat"]))
    person.paint(20, 20)
    person.session.close()
    project = Project(photo.parent, photo.parent / "nowhere")
    stored = project.load("photo.png")
    stored.planes.labels[50:60, 50:60] = 7
    project.keep_planes(stored.record, stored.planes)
    assert project.flush(5) == ""
    project.end()
    return photo.parent / "project.segstudio"


def test_an_unknown_class_in_stored_labels_is_kept_and_named(begin, photo):
    stored_with_class_7(begin, photo)
    person = begin()
    person.open(photo)
    assert "photo.png has pixels of class 7" in person.told[0]
    assert names(person) == ["cat", "class 7"]
    assert person.document.label_map[55, 55] == 7
    person.session.add_class("next")
    assert person.session.classes.indices == (0, 7, 8)
    person.session.close()
    person = begin()
    person.open(photo)
    assert names(person) == ["cat", "class 7", "next"]
    assert person.document.label_map[55, 55] == 7


def test_looking_at_unknown_classes_writes_nothing(begin, photo):
    file = stored_with_class_7(begin, photo)
    before = file.read_bytes()
    person = begin()
    person.open(photo)
    person.session.close()
    assert file.read_bytes() == before


def test_a_damaged_class_list_is_named_and_nothing_is_opened_over_it(begin, photo):
    person = begin()
    person.open(photo)
    person.session.add_class("cat")
    person.session.close()
    project = Project(photo.parent, photo.parent / "nowhere")
    project.keep_value("classes", {"classes": 3})
    assert project.flush(5) == ""
    project.end()
    before = (photo.parent / "project.segstudio").read_bytes()
    person = begin()
    person.session.open([photo])
    person.until(lambda: person.errors)
    assert "class list of the project is damaged" in person.errors[0]
    assert (photo.parent / "project.segstudio").read_bytes() == before


def test_matches_of_another_folder_are_told_also_with_equal_classes(at):
    book = at.session.book
    with at.qtbot.waitSignal(book.match_changed, timeout=1000):
        book.open(book.table, {"scenes": {"person": 1}})
    assert book.matches == {"scenes": {"person": 1}}
