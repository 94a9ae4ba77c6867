"""From scribbles to a model of one's own: the session, the engine and the embedded encoder."""

import os
import signal

import numpy as np
import pytest
from PIL import Image
from session_person import Person
from teacher import left_behind

from segstudio import assets
from segstudio.core.classes import ClassTable
from segstudio.editing.tool import Modifiers
from segstudio.session.material import Plan
from segstudio.session.session import Session

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(os.name == "nt", reason="ends a process the POSIX way"),
]

SIZE = 256
STEPS = 20
FUR, TABLE = 0, 1
PLACES = ((90, 80), (150, 170), (80, 180), (170, 90))
"""Middles of what is fur, row and column, photo by photo."""


def photo(number):
    """A patch of a cat's fur on a table with coffee, and where the fur is."""
    cat, table = (
        np.asarray(Image.open(assets.path(f"samples/{name}.jpg")).convert("RGB"))
        for name in ("cat", "coffee")
    )
    row, column = PLACES[number]
    rows, columns = np.mgrid[:SIZE, :SIZE]
    is_fur = ((rows - row) / 60) ** 2 + ((columns - column) / 70) ** 2 < 1
    top, left = 14 * number, 60 * number
    fur, cups = cat[top:, left:][:SIZE, :SIZE], table[top:, left:][:SIZE, :SIZE]
    return np.where(is_fur[..., None], fur, cups), is_fur


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "pets"
    place.mkdir()
    for number in range(len(PLACES)):
        Image.fromarray(photo(number)[0]).save(place / f"{number}.png")
    return place


@pytest.fixture
def begin_real(qapp, qtbot):
    people = []

    def start():
        person = Person(Session(), qtbot)
        person.session.segmenting.start_engine()
        people.append(person)
        return person

    yield start
    for person in people:
        person.session.close(discard=True)
        person.session.deleteLater()
    qapp.processEvents()


def scribble(person, index, start, end):
    editor = person.session.editor
    editor.change(tool="brush", class_index=index)
    editor.set_size(8)
    editor.press(start, Modifiers())
    editor.move(end, Modifiers())
    editor.release()


def until(person, condition):
    person.qtbot.waitUntil(lambda: bool(condition()), timeout=120_000)


class Lesson:
    """One lesson of so few steps that it is short on any machine, and what comes of it."""

    def __init__(self, person) -> None:
        self.teaching = person.session.teaching
        self.news, self.found, self.failed = [], [], []
        self.teaching.progressed.connect(self.hear)
        self.teaching.found.connect(self.found.append)
        self.teaching.failed.connect(self.failed.append)
        self.teaching.start()

    def hear(self, news) -> None:
        self.news.append(news)
        if news.step >= STEPS:
            self.teaching.stop_and_keep()


def agreement(person, number):
    """Segment a photo and return which share of its pixels is right."""
    person.show(number)
    person.session.segment()
    until(person, lambda: person.document.segment_info)
    truth = np.where(photo(number)[1], FUR, TABLE)
    return (person.document.label_map == truth).mean()


@pytest.fixture
def at(begin_real, folder):
    """A new project with scribbles of two classes on three of four photos."""
    person = begin_real()
    session = person.session
    person.open(folder)
    session.set_classes(ClassTable.named(["fur", "table"]))
    for number in range(3):
        person.show(number)
        row, column = PLACES[number]
        scribble(person, FUR, (column - 40, row), (column + 40, row))
        scribble(person, TABLE, (10, 10), (10, SIZE - 10))
        scribble(person, TABLE, (10, SIZE - 10), (SIZE - 10, SIZE - 10))
    session.teaching.set_plan(Plan(minutes=1.5))
    until(person, lambda: session.segmenting.models)
    return person


def test_scribbles_on_three_photos_teach_a_model_that_knows_the_fourth(at, begin_real, folder):
    session, teaching = at.session, at.session.teaching
    killed = Lesson(at)
    until(at, lambda: killed.news)
    os.kill(session.segmenting.client.pid, signal.SIGKILL)
    until(at, lambda: killed.failed)
    assert "stopped unexpectedly" in killed.failed[0]
    assert left_behind() == []
    assert session.options().model == "scenes"

    lesson = Lesson(at)
    until(at, lambda: lesson.found or lesson.failed)
    assert not lesson.failed
    teaching.use()
    until(at, lambda: teaching.last is None)
    version = session.versions.current
    assert version.title == "pets v1"
    assert agreement(at, 3) > 0.85
    assert session.close() == ""
    assert left_behind() == []

    again = begin_real()
    again.open(folder)
    assert again.session.versions.current == version
    until(again, lambda: again.session.segmenting.models and not again.session.segmenting.awaited)
    assert again.session.options().model == version.name
