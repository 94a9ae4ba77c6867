"""Small pictures with their labels, made in the background and kept on disk."""

import os

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent

from segstudio.core.errors import StorageError
from segstudio.session.jobs import JobRunner
from segstudio.session.thumbnail_cache import ThumbnailCache
from segstudio.session.thumbnails import Thumbnails, Wish, shrunk

GREY = 128


@pytest.fixture
def runner(qapp):
    """Starts jobs; all have ended and are gone before the next test."""
    runner = JobRunner()
    yield runner
    runner.stop_all()
    qapp.processEvents()
    runner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def make(qtbot, runner, tmp_path):
    """Return a function that has thumbnails made and returns the pixels of the first one."""
    red = np.zeros((256, 3), np.uint8)
    red[0] = (255, 0, 0)

    def run(*wishes, colours=red):
        cache = ThumbnailCache(tmp_path / "cache")
        thumbnails = Thumbnails(runner, (160, 120), runner, cache)
        thumbnails.set_colours(colours)
        with qtbot.waitSignal(thumbnails.made, timeout=5000) as made:
            for wish in wishes:
                thumbnails.want(wish)
        qtbot.waitUntil(lambda: not runner.running("thumbnails"))
        path, picture = made.args[0]
        assert path == wishes[0].path
        return picture

    return run


def half_red():
    labels = np.full((300, 400), 255, np.uint8)
    labels[:, :200] = 0
    return labels


@pytest.fixture
def large(photos):
    return photos("large.png", size=(400, 300)) / "large.png"


def test_labels_are_laid_over_the_image(make, large):
    picture = make(Wish(large, 1.0, half_red))
    assert picture.shape == (120, 160, 3)
    assert picture[60, 20, 0] > picture[60, 20, 1] + 100
    assert abs(int(picture[60, 140, 0]) - GREY) < 6


def test_without_labels_the_image_is_shown_bare(make, large):
    for reader in (None, lambda: None):
        assert abs(int(make(Wish(large, 1.0, reader))[60, 20, 0]) - GREY) < 6


def test_labels_that_cannot_be_read_leave_the_image_bare(make, large):
    def refuse():
        raise StorageError("damaged")

    assert abs(int(make(Wish(large, 1.0, refuse))[60, 20, 0]) - GREY) < 6


def test_a_thumbnail_is_made_once_for_the_same_labels_colours_and_file(make, large):
    read = []

    def reader():
        read.append(1)
        return half_red()

    first = make(Wish(large, 1.0, reader))
    again = make(Wish(large, 1.0, reader))
    assert len(read) == 1
    assert np.abs(first.astype(int) - again).mean() < 4
    make(Wish(large, 2.0, reader))
    assert len(read) == 2
    make(Wish(large, 1.0, reader), colours=np.full((256, 3), 9, np.uint8))
    assert len(read) == 3
    Image.new("RGB", (400, 300), "white").save(large)
    assert make(Wish(large, 1.0, reader))[60, 140].min() > 240
    assert len(read) == 4


def test_what_cannot_be_read_is_passed_over(make, large, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"nothing")
    assert make(Wish(large), Wish(tmp_path / "gone.png"), Wish(tmp_path / "bad.png")).any()


def test_every_thumbnail_pixel_is_a_label_of_its_place():
    labels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(shrunk(labels, 3, 4), labels)
    assert shrunk(labels, 1, 2).tolist() == [[5, 7]]


# On disk


def test_the_oldest_thumbnails_go_when_there_are_too_many(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)
    cache = ThumbnailCache(tmp_path, limit=30_000)
    files = lambda: list(tmp_path.rglob("*.jpg"))  # noqa: E731
    cache.put("kept", noise)
    for at in range(20):
        cache.put(f"old {at}", noise)
        for path in files():
            facts = path.stat()
            os.utime(path, (facts.st_atime, facts.st_mtime - 10))
        assert cache.get("kept") is not None
    assert sum(path.stat().st_size for path in files()) <= 30_000
    assert cache.get("old 0") is None
    assert cache.get("old 19") is not None


def test_a_damaged_thumbnail_is_made_again(tmp_path):
    cache = ThumbnailCache(tmp_path)
    cache.put("a", np.zeros((6, 8, 3), np.uint8))
    for path in tmp_path.rglob("*.jpg"):
        path.write_bytes(b"\xff\xd8 no more")
    assert cache.get("a") is None


def test_a_disk_that_refuses_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    cache = ThumbnailCache(tmp_path / "file")
    cache.put("a", np.zeros((6, 8, 3), np.uint8))
    assert cache.get("a") is None
