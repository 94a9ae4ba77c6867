"""A project that another computer has, or of which there are two files."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from segstudio.core import places
from segstudio.core.classes import ClassTable
from segstudio.project import holder
from segstudio.project.location import Location
from segstudio.project.project import Project


@pytest.fixture
def folder(photos):
    """Return a folder of images with a project."""
    made = photos("a.png")
    project = Project(made, places.user_folder())
    assert project.keep_classes(ClassTable.named(["cat", "dog"])).wait(5)
    project.end()
    return made


def write_value(root, fallback):
    project = Project(root, fallback)
    assert project.keep_value("x", 1).wait(5)
    project.end()


def test_a_computer_that_is_silent_is_followed_by_painting(person, folder, monkeypatch):
    monkeypatch.setattr(holder, "_last_seen", {})
    with closing(sqlite3.connect(folder / "project.segstudio")) as file, file:
        file.execute("INSERT INTO holder VALUES (1, 'there', 'Ann', 'lab-3', 1, 0.0, 0.0, 0.0)")
    person.open(folder)
    assert "Ann on lab-3" in person.errors[-1]
    person.paint(20, 20, 1)
    assert person.document.label_map[20, 20] == 255
    monkeypatch.setattr(holder, "SILENT_S", 0.0)
    person.paint(20, 20, 1)  # hears that it may
    assert "can be changed here now" in person.told[-1]
    person.paint(20, 20, 1)
    person.saved()
    assert Project(folder, places.user_folder()).load("a.png").planes.labels[20, 20] == 1


def test_other_work_in_the_users_folder_is_told_with_its_path(person, folder):
    elsewhere = Location.of(folder, places.user_folder()).elsewhere
    elsewhere.parent.mkdir(parents=True)
    aside = folder.parent / "aside"
    aside.mkdir()
    shutil.copyfile(folder / "project.segstudio", aside / "project.segstudio")
    for root in (aside, folder):
        write_value(root, places.user_folder())
    shutil.copyfile(aside / "project.segstudio", elsewhere)
    person.open(folder)
    assert [text for text in person.told if str(elsewhere) in text and "Merge another" in text]
