"""Listing the image files below a folder."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.errors import Cancelled, ImageError
from segstudio.core.file_facts import FileStamp
from segstudio.formats.image_scan import natural, order, scan_images


def make(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())


def test_images_are_listed_with_size_and_time_in_the_order_shown(tmp_path):
    make(tmp_path, "b/1.png", "img10.jpg", "img2.JPG", "a/z.png", "a/deep/1.tif", "note.txt")
    scan = scan_images(tmp_path)
    assert list(scan.files) == ["img2.JPG", "img10.jpg", "a/z.png", "a/deep/1.tif", "b/1.png"]
    stat = (tmp_path / "a/z.png").stat()
    assert scan.files["a/z.png"] == FileStamp(stat.st_size, stat.st_mtime_ns)
    assert set(scan.folders) == {"", "a", "a/deep", "b"}
    assert scan.unreadable == ()


def test_hidden_and_own_folders_and_the_project_file_are_left_out(tmp_path):
    make(tmp_path, ".git/a.png", "segstudio-labels/a.png", ".hidden.png", "project.segstudio")
    make(tmp_path, "project.segstudio-wal", "project.segstudio.1.backup", "a.png")
    (tmp_path / "folder.png").mkdir()
    assert list(scan_images(tmp_path, skip=frozenset({"segstudio-labels"})).files) == ["a.png"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_to_folders_are_followed_and_circles_end(tmp_path):
    root, other = tmp_path / "root", tmp_path / "other"
    make(root, "a/1.png")
    make(other, "2.png")
    (other / "back").symlink_to(root)
    (root / "a" / "up").symlink_to(root)
    (root / "linked").symlink_to(other)
    (root / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (root / "itself.png").symlink_to(root / "itself.png")
    (root / "same.png").symlink_to(root / "a/1.png")
    scan = scan_images(root)
    assert list(scan.files) == ["same.png", "a/1.png", "linked/2.png"]
    assert scan.unreadable == ("itself.png",)


def test_folders_that_cannot_be_listed_are_told(tmp_path, monkeypatch):
    make(tmp_path, "a/1.png", "b/2.png")
    scandir = os.scandir

    def refuse(place):  # what no system refuses to the root user of a test machine
        if os.path.basename(os.path.normpath(place)) == "a":  # noqa: PTH119
            raise PermissionError(13, "Permission denied")
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)
    scan = scan_images(tmp_path)
    assert (list(scan.files), scan.unreadable) == (["b/2.png"], ("a",))


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path):
    with pytest.raises(ImageError, match="nowhere"):
        scan_images(tmp_path / "nowhere")


def test_a_scan_can_be_ended(tmp_path):
    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        scan_images(tmp_path, check=stop)


parts = st.text("ab1092_ü", min_size=1, max_size=4)
paths = st.lists(parts, min_size=1, max_size=3).map(lambda p: "/".join(p) + ".png")


@given(st.sets(paths, max_size=12))
def test_the_order_of_names_is_the_order_of_a_scan(tmp_path_factory, names):
    root = tmp_path_factory.mktemp("scan")
    make(root, *names)
    assert list(scan_images(root).files) == sorted(names, key=order)


@given(parts, parts)
def test_only_equal_names_have_equal_keys(one, other):
    assert (natural(one) == natural(other)) == (one == other)
