import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image as PillowImage

from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.errors import StorageError
from segstudio.core.image_record import ImageState
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.project.folder import FOLDER_NAME, FolderStore

CLASSES = ClassTable.named(["sky", "tree", "road"])
DONE, IN_WORK, SEGMENTED = ImageState.DONE, ImageState.IN_WORK, ImageState.SEGMENTED
SIZE = (4, 6)


@settings(max_examples=40)
@given(st.data(), st.sampled_from(ImageState))
def test_labels_ink_and_state_come_back(tmp_path_factory, data, state):
    root = tmp_path_factory.mktemp("store")
    size = data.draw(array_shapes(min_dims=2, max_dims=2, max_side=20))
    labels = data.draw(arrays(np.uint8, size))
    ink = data.draw(arrays(np.uint8, size, elements=st.integers(0, 3)))
    ink[(labels != 255) & (ink == Ink.NOBODY)] = Ink.MODEL  # nobody writes no class
    image = root / "a.png"
    FolderStore(root, root / "data").keep(image, Planes(labels, ink), state, CLASSES)
    fresh = FolderStore(root, root / "data")
    loaded = fresh.load(image, size)
    assert loaded is not None
    assert np.array_equal(loaded.planes.labels, labels)
    assert np.array_equal(loaded.planes.ink, ink)
    assert loaded.planes.labels.flags.writeable
    assert loaded.planes.ink.flags.writeable
    assert loaded.state == state
    assert fresh.states() == {image: state}


def test_looking_writes_nothing(places):
    store = places.store()
    assert store.classes() is None
    assert store.states() == {}
    assert store.load(places.images / "a.png", SIZE) is None
    assert store.location == places.images / FOLDER_NAME
    assert store.moved_from is None
    assert list(places.images.parent.rglob("*")) == [places.images]


def test_labels_are_kept_in_the_colours_of_the_classes(places):
    places.store().keep(places.images / "a.jpg", places.painted(1), DONE, CLASSES)
    path = places.images / FOLDER_NAME / "a.jpg.labels.png"
    with PillowImage.open(path) as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == CLASSES.classes[1].colour


def test_a_class_table_comes_back_with_all_that_is_set_in_it(places):
    table = CLASSES.changed(1, hidden=True, colour=(1, 2, 3)).changed(2, locked=True, name="Straße")
    table = table.with_class("last").without(3).moved(2, 0)
    places.store().keep_classes(table)
    again = places.store().classes()
    assert again == table
    assert again is not None
    assert again.with_class("new").classes[-1].index == 4, "3 has been used up"


NAMES = [
    ("a.png", "a.jpg"),
    ("a.png", "a.png.labels.png"),
    ("part/a.png", "a.png"),
    ("part/deep/a.png", "part/a.png"),
    ("Straße 写真 😀.png", "Strasse.png"),
    ("x" * 251 + ".png", "x" * 250 + "y.png"),
    ("写" * 83 + ".png", "写" * 82 + "w.png"),
]


@pytest.mark.parametrize("names", NAMES, ids=range(len(NAMES)))
def test_images_of_like_names_are_kept_apart(places, names):
    store = places.store()
    for index, name in enumerate(names):
        store.keep(places.images / name, places.painted(index), DONE, CLASSES)
    assert [places.index_of(name) for name in names] == [0, 1]
    assert places.store().states() == {places.images / name: DONE for name in names}


@pytest.mark.skipif(os.name != "posix", reason="such names exist on Unix only")
def test_a_name_that_is_not_utf_8_is_kept(places):
    name = os.fsdecode(b"caf\xe9.png")
    try:
        (places.images / name).touch()
    except OSError:
        pytest.skip("the file system allows UTF-8 names only")
    places.store().keep(places.images / name, places.painted(1), DONE, CLASSES)
    assert places.index_of(name) == 1
    assert places.store().states() == {places.images / name: DONE}


def test_keeping_again_replaces_and_leaves_no_other_file(places):
    store = places.store()
    store.keep(places.images / "a.png", places.painted(0), IN_WORK, CLASSES)
    store.keep(places.images / "b.png", places.painted(1), IN_WORK, CLASSES)
    store.keep(places.images / "a.png", places.painted(2), DONE, CLASSES)
    assert places.index_of("a.png") == 2
    assert places.store().states() == {
        places.images / "a.png": DONE,
        places.images / "b.png": IN_WORK,
    }
    assert len(places.files()) == 5


def test_labels_without_ink_count_as_a_persons(places):
    places.store().keep(places.images / "a.png", places.painted(1, Ink.MODEL), DONE, CLASSES)
    (places.images / FOLDER_NAME / "a.png.ink.png").unlink()
    loaded = places.store().load(places.images / "a.png", SIZE)
    assert loaded is not None
    assert (loaded.planes.ink == Ink.PERSON).all()


def test_a_class_that_nobody_wrote_counts_as_a_persons(places):
    """So it is after a crash between the two files: new labels beside old ink."""
    place = places.images / FOLDER_NAME
    places.store().keep(places.images / "a.png", places.painted(255, Ink.NOBODY), DONE, CLASSES)
    labels = np.full(SIZE, 255, np.uint8)
    labels[0, 0] = 2
    png.write(place / "a.png.labels.png", labels)
    loaded = places.store().load(places.images / "a.png", SIZE)
    assert loaded is not None
    assert np.argwhere(loaded.planes.ink == Ink.PERSON).tolist() == [[0, 0]]


def test_an_ink_that_does_not_exist_counts_as_a_persons(places):
    places.store().keep(places.images / "a.png", places.painted(1, 77), DONE, CLASSES)
    loaded = places.store().load(places.images / "a.png", SIZE)
    assert loaded is not None
    assert (loaded.planes.ink == Ink.PERSON).all()


def damaged_labels(place: Path) -> None:
    (place / "a.png.labels.png").write_bytes(b"no picture")


def damaged_ink(place: Path) -> None:
    path = place / "a.png.ink.png"
    path.write_bytes(path.read_bytes()[:50])


def wrong_size(place: Path) -> None:
    png.write(place / "a.png.labels.png", np.zeros((9, 9), np.uint8))


def wrong_ink_size(place: Path) -> None:
    png.write(place / "a.png.ink.png", np.zeros((9, 9), np.uint8))


@pytest.mark.parametrize("spoil", [damaged_labels, damaged_ink, wrong_size, wrong_ink_size])
def test_labels_that_cannot_be_used_are_told_and_put_aside(places, spoil):
    image, place = places.images / "a.png", places.images / FOLDER_NAME
    places.store().keep(image, places.painted(1), DONE, CLASSES)
    for time in (1, 2):
        spoil(place)
        before = places.files()
        store = places.store()
        with pytest.raises(StorageError, match=r"a\.png.*stay in the folder"):
            store.load(image, SIZE)
        assert places.files() == before
        store.keep(image, places.painted(2), IN_WORK, CLASSES)
        for name in ("a.png.labels.png", "a.png.ink.png"):
            assert places.files()[f"{name}.old-{time}"] == before[name]
        assert places.index_of("a.png") == 2
        store.keep(image, places.painted(0), IN_WORK, CLASSES)
        assert len(places.files()) == 3 + 2 * time, "good labels are replaced, not put aside"


def test_labels_that_can_be_used_again_are_not_put_aside(places):
    image, store = places.images / "a.png", places.store()
    store.keep(image, places.painted(1), DONE, CLASSES)
    with pytest.raises(StorageError, match="9 x 9"):
        store.load(image, (9, 9))
    assert store.load(image, SIZE) is not None
    store.keep(image, places.painted(2), DONE, CLASSES)
    assert len(places.files()) == 3


@pytest.mark.parametrize("content", ["", "[1]", "{", "\x00"])
@pytest.mark.parametrize("name", ["classes.json", "images.json"])
def test_a_damaged_list_is_named_and_left(places, name, content):
    store = places.store()
    store.keep(places.images / "a.png", places.painted(1), DONE, CLASSES)
    path = store.location / name
    path.write_text(content, "utf-8")
    fresh = places.store()
    with pytest.raises(StorageError, match=f"{name}.*Rename it"):
        fresh.classes() if name == "classes.json" else fresh.states()
    assert path.read_text("utf-8") == content


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"classes": 3},
        {"classes": [{"index": 0}]},
        {"classes": [], "next_index": None},
        {"classes": [], "next_index": "many"},
    ],
)
def test_a_list_that_holds_no_classes_is_named(places, content):
    store = places.store()
    store.keep_classes(CLASSES)
    (store.location / "classes.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(StorageError, match=r"classes\.json"):
        places.store().classes()


def test_an_unknown_state_is_in_work(places):
    store = places.store()
    store.keep(places.images / "a.png", places.painted(1), DONE, CLASSES)
    path = store.location / "images.json"
    path.write_text('{"a.png": {"state": "painted by mice"}, "b.png": 7}', "utf-8")
    assert places.store().states() == {places.images / "a.png": IN_WORK}


def test_labels_without_a_record_are_in_work(places):
    store = places.store()
    store.keep(places.images / "a.png", places.painted(1), DONE, CLASSES)
    (store.location / "images.json").unlink()
    loaded = places.store().load(places.images / "a.png", SIZE)
    assert loaded is not None
    assert loaded.state == IN_WORK


@pytest.mark.parametrize("name", ["a.png", "part/b.png", "n" * 230 + ".png"])
def test_labels_without_a_record_are_listed_as_in_work(places, name):
    image = places.images / name
    image.parent.mkdir(exist_ok=True)
    image.touch()
    places.store().keep(image, places.painted(1), DONE, CLASSES)
    places.store().keep(places.images / "other.png", places.painted(1), DONE, CLASSES)
    (places.images / FOLDER_NAME / "images.json").write_text(
        '{"other.png": {"state": "done"}}', "utf-8"
    )
    assert places.store().states() == {image: IN_WORK, places.images / "other.png": DONE}
