"""Class steps while the disk takes its time: the window lives, and nothing is lost."""

import numpy as np
import pytest
from disk import Disk

from segstudio.core.classes import ClassTable
from segstudio.core.labels import Ink
from segstudio.core.merge import carried_writing
from segstudio.core.patch import Origin, Planes
from segstudio.editing.tool import Modifiers
from segstudio.project.project import Project
from segstudio.session.late_steps import LateSteps, prepared


class Slow:
    """A person with two painted photos and a disk that can be held."""

    def __init__(self, person, photos, monkeypatch) -> None:
        self.person, self.session = person, person.session
        self.disk = Disk(monkeypatch)
        person.open(photos("a.png", "b.png"))
        self.session.set_classes(ClassTable.named(["cat", "dog", "cow"]))
        for row in (1, 0):
            person.show(row)
            person.paint(20, 20, 0)
            person.paint(60, 20, 1)
        person.saved()

    def begin_merge(self) -> None:
        self.disk.hold()
        self.session.merge_classes(0, 1)

    def go_on(self) -> None:
        self.disk.go.set()
        self.person.classes_settled()
        self.person.settle()

    @property
    def dots(self):
        labels = self.person.document.label_map
        return int(labels[20, 20]), int(labels[20, 60])

    @property
    def names(self):
        return [entry.name for entry in self.session.classes]


@pytest.fixture
def slow(person, photos, monkeypatch):
    found = Slow(person, photos, monkeypatch)
    yield found
    found.disk.go.set()


def test_a_merge_does_not_wait_for_the_disk(slow):
    slow.begin_merge()
    assert slow.session.class_steps.under_way == "Merging: cat → dog"
    assert slow.names == ["cat", "dog", "cow"]
    assert slow.dots == (0, 1)
    slow.session.show_image(1)
    assert slow.session.images.current == 1
    slow.session.show_image(0)
    slow.go_on()
    assert slow.names == ["dog", "cow"]
    assert slow.dots == (1, 1)
    assert slow.session.class_step == "cat → dog"
    assert any("was merged into dog" in text for text in slow.person.told)


def test_a_stroke_during_a_step_is_refused_in_words_and_works_afterwards(slow):
    refused = []
    slow.session.editor.refused.connect(refused.append)
    slow.begin_merge()
    before = slow.person.document.label_map.copy()
    slow.person.paint(90, 60, 2)
    assert np.array_equal(slow.person.document.label_map, before)
    assert "cat → dog" in refused[-1]
    slow.go_on()
    slow.person.paint(90, 60, 2)
    assert slow.person.document.label_map[60, 90] == 2


def test_undo_and_edits_of_classes_wait_for_the_step(slow):
    slow.begin_merge()
    slow.session.undo()
    slow.session.add_class("pig")
    slow.session.delete_class(2)
    slow.session.undo_class_step()
    assert slow.dots == (0, 1)
    assert "cat → dog" in slow.person.told[-1]
    slow.go_on()
    assert slow.names == ["dog", "cow"]
    slow.session.undo()
    assert slow.dots == (1, 255)


def test_a_stroke_in_progress_belongs_to_the_classes_before(slow):
    editor = slow.session.editor
    editor.change(tool="brush", class_index=0)
    editor.press((90.5, 60.5), Modifiers())
    slow.begin_merge()
    editor.move((95.5, 60.5))
    editor.release()
    slow.go_on()
    assert slow.person.document.label_map[60, 90] == 1


def test_taking_back_does_not_wait_either(slow):
    slow.person.merge(0, 1)
    slow.person.settle()
    slow.person.idle()
    slow.disk.hold()
    slow.session.undo_class_step()
    assert slow.names == ["dog", "cow"]
    slow.session.show_image(1)
    slow.go_on()
    assert slow.names == ["cat", "dog", "cow"]
    assert slow.dots == (0, 1)
    assert not any("did not have" in text for text in slow.person.told)


def test_notes_written_during_a_step_are_kept(slow):
    slow.begin_merge()
    slow.session.change_record(1, note="look")
    slow.go_on()
    slow.person.saved()
    record = slow.session.project.record("b.png")
    assert record.note == "look"
    assert 0 not in dict(record.classes)


def test_a_refusal_in_the_middle_takes_the_step_back_and_says_so_once(slow):
    slow.begin_merge()
    slow.session.show_image(1)
    slow.disk.fill()
    slow.go_on()
    assert slow.names == ["cat", "dog", "cow"]
    assert slow.session.class_step == ""
    assert slow.dots == (0, 1)
    assert len(slow.person.errors) == 1
    assert "The disk is full." in slow.person.errors[0]
    slow.person.paint(90, 60, 0)
    slow.disk.free()
    slow.person.saved()
    stored = Project(slow.session.root, slow.session.root / "home").load("b.png")
    assert np.array_equal(stored.planes.labels, slow.person.document.label_map)
    slow.person.merge(0, 1)
    slow.person.settle()
    assert slow.person.document.label_map[60, 90] == 1


def test_ending_the_program_during_a_step_waits_for_it(slow, begin):
    slow.begin_merge()
    slow.disk.go.set()
    assert slow.session.close() == ""
    person = begin()
    person.open(slow.session.root)
    assert [entry.name for entry in person.session.classes] == ["dog", "cow"]
    assert person.session.class_step == "cat → dog"
    assert person.document.label_map[20, 20] == 1


def test_ending_the_program_although_the_disk_refuses_leaves_the_classes_as_they_were(slow, begin):
    slow.disk.fill()
    slow.session.merge_classes(0, 1)
    slow.session.close(discard=True)
    slow.disk.free()
    person = begin()
    person.open(slow.session.root)
    assert [entry.name for entry in person.session.classes] == ["cat", "dog", "cow"]
    assert person.document.label_map[20, 20] == 0


def test_the_same_folder_opened_again_during_a_step_has_the_new_classes(slow):
    slow.begin_merge()
    with slow.person.qtbot.waitSignal(slow.session.images_changed, timeout=5000):
        slow.session.open([slow.session.root])
        slow.disk.go.set()
    slow.person.settle()
    assert slow.names == ["dog", "cow"]
    assert slow.dots == (1, 1)
    assert slow.session.class_step == "cat → dog"
    slow.person.paint(90, 60, 2)
    assert slow.person.document.label_map[60, 90] == 2


def test_another_folder_can_be_opened_after_a_step(slow, photos):
    other = photos("x.png", folder="others")
    slow.begin_merge()
    with slow.person.qtbot.waitSignal(slow.session.images_changed, timeout=5000):
        slow.session.open([other])
        slow.disk.go.set()
    slow.person.settle()
    assert slow.session.class_step == ""
    slow.session.set_classes(ClassTable.named(["tree"]))
    slow.person.paint(20, 20, 0)
    assert slow.person.document.label_map[20, 20] == 0


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_prepared_edit_waits_for_the_step_and_is_never_written_in_old_classes(slow, is_refused):
    late, session = LateSteps(slow.session), slow.session
    applied, lost = [], []
    late.applied.connect(lambda step, _patch: applied.append(step))
    late.lost.connect(lost.append)
    slow.begin_merge()
    cats = np.zeros((session.document.height, session.document.width), np.uint8)
    writing = carried_writing(Planes(cats, np.full_like(cats, Ink.PERSON)))
    step = prepared(session.document, writing, Origin("take_labels", Ink.PERSON))
    late.put(step)
    assert not applied
    if is_refused:
        slow.disk.fill()
    slow.go_on()
    slow.disk.free()
    slow.person.saved()
    assert (applied, lost) == (([step], []) if is_refused else ([], [step]))
    assert (session.document.label_map == 0).any() == is_refused
