"""Labels of the image before, into what is unlabelled in this one."""

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import ImageRecord
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.session.late_steps import LateSteps
from segstudio.session.previous_labels import PreviousLabels


@pytest.fixture
def at(person, photos):
    session = person.session
    photos("c.png", size=(40, 30))
    person.open(photos("a.png", "b.png"))
    session.set_classes(ClassTable.named(["cat", "dog", "grass"]))
    person.previous = PreviousLabels(session, LateSteps(session))
    return person


def test_what_is_unlabelled_here_gets_the_labels_and_they_are_a_persons(at):
    at.paint(20, 20, index=0)
    at.paint(60, 60, index=1)
    at.show(1)
    at.paint(20, 20, index=2)
    before = at.document.label_map.copy()
    at.previous.take()
    at.until(lambda: at.document.history.position == 2)
    assert at.document.label_map[20, 20] == 2
    assert at.document.label_map[60, 60] == 1
    assert at.document.ink[60, 60] == Ink.PERSON
    at.session.undo()
    assert np.array_equal(at.document.label_map, before)


def test_labels_come_from_the_project_when_the_image_is_not_in_memory(at):
    planes = Planes(np.full((90, 120), 1, np.uint8), np.full((90, 120), Ink.MODEL, np.uint8))
    at.session.project.keep_planes(ImageRecord("a.png", width=120, height=90), planes)
    at.session.showing.shelf.clear()
    at.show(1)
    at.previous.take()
    at.until(lambda: at.document.history.can_undo)
    assert (at.document.ink == Ink.PERSON).all()
    assert at.told == ["10,800 px taken from a.png"]


def test_another_size_no_labels_and_the_first_image_are_told_in_a_sentence(at):
    at.previous.take()
    assert at.told[-1] == "This is the first image: there is none before it."
    at.show(1)
    at.previous.take()
    at.until(lambda: len(at.told) == 2)
    assert at.told[-1].startswith("Nothing taken")
    at.paint(20, 20, index=0)
    at.show(2)
    at.previous.take()
    at.until(lambda: len(at.told) == 3)
    assert at.told[-1].startswith("b.png has 120 x 90 pixels and this image 40 x 30")
    assert not at.document.history.can_undo


def test_in_a_project_that_another_window_has_nothing_is_taken(at):
    at.paint(20, 20, index=0)
    at.show(1)
    at.saved()
    at.session.editor.forbidden = "Ada has this project open."
    at.session.project._claim.lose(at.session.editor.forbidden)
    at.previous.take()
    assert at.errors == ["Ada has this project open."]
    assert not at.document.history.can_undo
