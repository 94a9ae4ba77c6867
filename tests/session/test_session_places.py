"""Going on where one was."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.session import place_keeper
from segstudio.session.crash_marker import CrashMarker
from segstudio.session.place_keeper import PICTURE_SIZE, small_picture
from segstudio.session.whereabouts import INDEX, KEPT, PlaceBook, View, Whereabouts

PICTURE = np.zeros((4, 6, 3), np.uint8)


@pytest.fixture
def book(tmp_path):
    return PlaceBook(tmp_path / "places")


def place(name, at=1.0, **fields):
    return Whereabouts(f"/{name}", (f"/{name}",), "a.png", left_at=at, **fields)


def pixels(file):
    with Image.open(file) as picture:
        return np.array(picture)


# The book


def test_places_come_back_whole_and_the_latest_first(book):
    first = place("a", 1.0, view=View(2.5, 10.5, 20), tool="brush", class_index=3, done=1, total=9)
    book.keep(first, PICTURE)
    book.keep(place("b", 2.0), PICTURE)
    assert book.read() == [place("b", 2.0), first]
    assert pixels(book.picture_file(first)).shape == (4, 6, 3)


def test_a_place_replaces_that_of_the_same_project_unless_it_is_older(book):
    book.keep(place("a", 2.0, done=2), PICTURE)
    book.keep(place("a", 1.0, done=1), PICTURE)
    assert [p.done for p in book.read()] == [2]
    book.keep(place("a", 3.0, done=3), PICTURE)
    assert [p.done for p in book.read()] == [3]


def test_the_oldest_places_go_with_their_pictures(book):
    for at in range(KEPT + 3):
        book.keep(place(f"p{at}", float(at)), PICTURE)
    assert len(book.read()) == KEPT
    assert not book.picture_file(place("p0")).exists()
    assert book.picture_file(place(f"p{KEPT}")).exists()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["root", "view", "opened", "zoom", "x", "y"]), inner)
    ),
    max_leaves=8,
)


@given(json_values)
def test_a_damaged_file_of_places_is_no_obstacle(tmp_path_factory, content):
    book = PlaceBook(tmp_path_factory.mktemp("places"))
    (book.picture_file(place("a")).parent / INDEX).write_text(json.dumps(content), encoding="utf-8")
    for found in book.read():
        assert isinstance(found.root, str)
        assert isinstance(found.view, View)
    book.keep(place("a", 1e12), PICTURE)
    assert book.read()[0] == place("a", 1e12)


def test_a_disk_that_refuses_is_no_obstacle(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    book = PlaceBook(tmp_path / "file")
    book.keep(place("a"), PICTURE)
    assert book.read() == []


@pytest.mark.parametrize("size", [(90, 120), (1, 400), (400, 1), (1, 1)])
def test_the_picture_of_a_card_shows_the_labels(size):
    labels = np.zeros(size, np.uint8)
    image = np.full((*size, 3), 100, np.uint8)
    table = ClassTable.named(["cat"])
    document = Document(None, image, labels=labels, ink=labels + 3)
    shown = small_picture(document, table)
    assert shown.shape == (PICTURE_SIZE[1], PICTURE_SIZE[0], 3)
    assert not (shown == 100).all()


# The session


def test_the_last_image_tool_and_class_come_back_and_looking_writes_nothing(begin, photos):
    folder = photos("a.png", "b.png", "c.png")
    person = begin()
    person.open(folder)
    person.session.set_classes(ClassTable.named(["cat", "dog"]))
    person.saved()
    person.show(1)
    person.session.editor.change(tool="fill", class_index=1)
    person.session.close()
    files = sorted(folder.rglob("*"))
    again = begin()
    again.open(folder)
    assert again.document.path.name == "b.png"
    state = again.session.editor.state
    assert (state.tool, state.class_index) == ("fill", 1)
    again.session.close()
    assert sorted(folder.rglob("*")) == files


def test_the_view_is_kept_and_asked_for_with_the_image(begin, photos, qtbot):
    folder = photos("a.png", "b.png")
    person = begin()
    person.session.places.read_view_with(lambda: View(3.0, 40.0, 50.0))
    person.open(folder)
    person.show(1)
    person.session.close()
    again = begin()
    with qtbot.waitSignal(again.session.places.view_wanted) as wish:
        again.open(folder)
    assert wish.args == [View(3.0, 40.0, 50.0)]
    with qtbot.assertNotEmitted(again.session.places.view_wanted):
        again.show(0)


def test_without_the_last_image_the_first_one_is_shown_as_it_is(begin, photos, qtbot):
    folder = photos("a.png", "b.png")
    person = begin()
    person.session.places.read_view_with(lambda: View(3.0, 40.0, 50.0))
    person.open(folder)
    person.show(1)
    person.session.close()
    (folder / "b.png").unlink()
    again = begin()
    with qtbot.assertNotEmitted(again.session.places.view_wanted):
        again.open(folder)
    assert again.document.path.name == "a.png"


def test_the_place_is_written_while_one_works_on(begin, photos, monkeypatch, own_user_folders):
    monkeypatch.setattr(place_keeper, "WRITE_AFTER_MS", 10)
    folder = photos("a.png", "b.png")
    person = begin()
    person.open(folder)
    book = person.session.places.book
    person.until(lambda: book.of(folder) and book.of(folder).image == "a.png")
    person.show(1)
    person.until(lambda: book.of(folder).image == "b.png")
    person.paint(60, 45)
    person.session.close()
    assert np.ptp(pixels(book.picture_file(book.of(folder)))) > 0
    assert book.of(folder).opened == (str(folder),)


# After a crash


_BEGIN_AND_DIE = """
import os, sys
from pathlib import Path
from segstudio.session.crash_marker import CrashMarker
folder, reopened, *opened = sys.argv[1:]
marker = CrashMarker(Path(folder))
if reopened == "True":
    marker.take_left()
marker.begin()
marker.note([Path(path) for path in opened])
os._exit(1)
"""


def die(folder, *opened, after_reopening=False):
    values = [str(folder), str(after_reopening), *map(str, opened)]
    done = subprocess.run([sys.executable, "-c", _BEGIN_AND_DIE, *values], timeout=60, check=False)
    assert done.returncode == 1


def test_what_a_killed_program_had_open_is_opened_again_once(tmp_path, photos):
    folder, running = photos("a.png"), tmp_path / "running"
    die(running, folder)
    assert CrashMarker(running).take_left() == [folder]
    assert CrashMarker(running).take_left() == []
    assert list(running.iterdir()) == []


def test_a_clean_end_and_a_window_that_still_runs_are_no_crash(tmp_path, photos):
    folder, running = photos("a.png"), tmp_path / "running"
    ended, other = CrashMarker(running), CrashMarker(running)
    for marker in (ended, other):
        marker.begin()
        marker.note([folder])
    ended.end()
    assert CrashMarker(running).take_left() == []
    assert len(list(running.glob("*.lock"))) == 1
    other.end()
    assert list(running.iterdir()) == []


def test_what_ends_the_program_on_being_opened_does_so_once(tmp_path, photos):
    folder, running = photos("a.png"), tmp_path / "running"
    die(running, folder)
    die(running, folder, after_reopening=True)
    assert CrashMarker(running).take_left() == []
    die(running, folder)
    assert CrashMarker(running).take_left() == [folder]


def test_a_lock_with_our_own_number_from_before_a_restart_is_a_crash(tmp_path, photos):
    folder, running = photos("a.png"), tmp_path / "running"
    die(running, folder)
    (lock,) = running.glob("*.lock")
    stem = f"{os.getpid()}-00"
    content = lock.read_text().splitlines()
    lock.unlink()
    (running / f"{stem}.lock").write_text("\n".join([str(os.getpid()), *content[1:]]) + "\n")
    next(running.glob("*.json")).rename(running / f"{stem}.json")
    assert CrashMarker(running).take_left() == [folder]


@pytest.mark.parametrize("notes", [None, "", "[]", '{"opened": 3, "reopened": 0}'])
def test_damaged_notes_of_a_killed_program_open_nothing(tmp_path, photos, notes):
    running = tmp_path / "running"
    die(running, photos("a.png"))
    file = next(running.glob("*.json"))
    if notes is None:
        file.unlink()
    else:
        file.write_text(notes, encoding="utf-8")
    assert CrashMarker(running).take_left() == []


def test_what_is_gone_since_is_not_opened(tmp_path, photo):
    running = tmp_path / "running"
    die(running, tmp_path / "gone")
    assert CrashMarker(running).take_left() == []
    die(running, photo, tmp_path / "gone")
    assert CrashMarker(running).take_left() == [photo]


def test_of_several_photos_those_that_are_left_are_opened(photo):
    assert Whereabouts("/r", (str(photo), "/gone.png")).to_open() == [photo]


def test_two_places_differ_by_their_roots(book):
    assert place("a").key != place("b").key
    assert place("a").key == replace(place("a"), image="b.png").key
