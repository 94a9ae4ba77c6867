"""Labels of images in a place that cannot be written, at least for a while."""

import os

import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.errors import StorageError
from segstudio.core.image_record import ImageState
from segstudio.project.folder import FOLDER_NAME, FolderStore

CLASSES = ClassTable.named(["sky", "tree", "road"])
DONE, IN_WORK, SEGMENTED = ImageState.DONE, ImageState.IN_WORK, ImageState.SEGMENTED


def test_a_read_only_folder_is_replaced_by_the_users_own(places, read_only):
    store = places.store()
    store.keep(places.images / "part" / "a.png", places.painted(1), DONE, CLASSES)
    assert store.moved_from == places.images
    assert store.location.is_relative_to(places.fallback)
    assert list(places.images.iterdir()) == []
    again = places.store()
    assert again.location == store.location
    assert again.moved_from == places.images
    assert places.index_of("part/a.png") == 1
    assert again.states() == {places.images / "part" / "a.png": DONE}


def test_classes_of_a_read_only_folder_are_kept_too(places, read_only):
    store = places.store()
    store.keep_classes(CLASSES)
    assert store.moved_from == places.images
    assert places.store().classes() == CLASSES


def test_two_read_only_folders_of_one_name_are_kept_apart(places, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_args, **_options: False)
    stores = []
    for parent in ("a", "b"):
        (tmp_path / parent / "photos").mkdir(parents=True)
        (tmp_path / parent / "photos" / FOLDER_NAME).touch()  # a file: no folder can be made
        stores.append(FolderStore(tmp_path / parent / "photos", tmp_path / "data"))
    for index, (parent, store) in enumerate(zip("ab", stores, strict=True)):
        store.keep(tmp_path / parent / "photos" / "x.png", places.painted(index), DONE, CLASSES)
    assert len({store.location for store in stores}) == 2


def test_a_folder_that_turns_read_only_hides_none_of_its_labels(places, read_only):
    read_only(on=False)
    store = places.store()
    store.keep_classes(CLASSES)
    for number, name in enumerate(("a.png", "b.png")):
        store.keep(places.images / name, places.painted(number), DONE, CLASSES)
    beside = places.files()
    read_only(on=True)
    store = places.store()
    store.keep(places.images / "a.png", places.painted(2), IN_WORK, CLASSES)
    assert store.moved_from == places.images
    assert places.files() == beside
    for again in (store, places.store()):
        assert again.classes() == CLASSES
        assert again.states() == {places.images / "a.png": IN_WORK, places.images / "b.png": DONE}
    assert [places.index_of(name) for name in ("a.png", "b.png")] == [2, 1]


def test_a_folder_that_turns_writable_again_hides_none_of_the_others(places, read_only):
    places.store().keep(places.images / "a.png", places.painted(1), SEGMENTED, CLASSES)
    read_only(on=False)
    store = places.store()
    assert store.moved_from is None
    assert places.index_of("a.png") == 1
    store.keep(places.images / "b.png", places.painted(2), DONE, CLASSES)
    assert store.location == places.images / FOLDER_NAME
    store.keep(places.images / "a.png", places.painted(0), DONE, CLASSES)
    assert [places.index_of(name) for name in ("a.png", "b.png")] == [0, 2]
    assert set(places.store().states().values()) == {DONE}


def test_labels_that_cannot_be_used_in_a_read_only_folder_stay_there(places, read_only):
    read_only(on=False)
    image = places.images / "a.png"
    places.store().keep(image, places.painted(1), DONE, CLASSES)
    (places.images / FOLDER_NAME / "a.png.labels.png").write_bytes(b"no picture")
    before = places.files()
    read_only(on=True)
    store = places.store()
    with pytest.raises(StorageError, match="stay in the folder"):
        store.load(image, (4, 6))
    store.keep(image, places.painted(2), DONE, CLASSES)
    assert places.files() == before
    assert places.index_of("a.png") == 2


def test_a_full_disk_is_told_and_moves_nothing(places, monkeypatch):
    store = places.store()
    store.keep(places.images / "a.png", places.painted(1), DONE, CLASSES)
    before = places.files()

    def refuse(*_args: object, **_options: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StorageError, match="No space left"):
        store.keep(places.images / "a.png", places.painted(2), DONE, CLASSES)
    monkeypatch.undo()
    assert store.moved_from is None
    assert places.files() == before
    assert not places.fallback.exists()


def test_neither_place_writable_is_an_error_in_a_sentence(places, read_only):
    places.fallback.write_text("a file in its place", "utf-8")
    with pytest.raises(StorageError, match="could not be written"):
        places.store().keep(places.images / "a.png", places.painted(1), DONE, CLASSES)
