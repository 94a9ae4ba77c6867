"""Pictures found by names from other machines."""

import pytest

from segstudio.formats.picture_search import PictureSearch


@pytest.fixture
def root(photos):
    return photos("a.png", "train/a.png", "val/a.png", "deep/val/b.JPG", size=(2, 2))


@pytest.fixture
def search(root):
    return PictureSearch(root)


@pytest.mark.parametrize(
    ("name", "near", "wanted"),
    [
        ("a.png", "", "a.png"),
        ("a.png", "val", "val/a.png"),
        ("train/a.png", "val", "train/a.png"),
        ("D:\\old\\train\\A.PNG", "", "train/a.png"),
        ("/mnt/b.jpg", "", "deep/val/b.JPG"),
        ("../../../val/a.png", "", "val/a.png"),
        ("c.png", "", None),
        ("..", "", None),
        ("", "", None),
    ],
)
def test_the_file_name_counts_first_and_then_the_folders(root, search, name, near, wanted):
    found = search.find(name, near)
    assert (found and found.relative_to(root).as_posix()) == wanted


def test_a_picture_is_found_by_its_stem(search):
    assert search.find_stem("images/b", "").name == "b.JPG"
    assert search.find_stem("a", "train").parent.name == "train"
    assert search.find_stem("b.jpg") is None
