"""ISAT's objects, layer by layer."""

import json

import foreign_files
import golden_sets
import pytest

from segstudio.core.errors import SegstudioError
from segstudio.formats.isat import Isat

WHOLE = [[0, 0], [11, 0], [11, 8], [0, 8]]


def read(folder, content):
    (folder / "a.json").write_text(json.dumps(content), "utf-8")
    return Isat().read(folder)


def test_upper_layers_lie_on_top_and_the_list_gives_colours():
    found = Isat().read(golden_sets.GOLDEN / "isat")
    assert [(entry.name, entry.index) for entry in found.classes] == [
        ("background", 0),
        ("tree", 1),
        ("ground", 2),
    ]
    assert found.classes.find("tree").colour == (0, 128, 0)
    labels = found.images[0].read()
    assert labels[0, 0] == 2
    assert labels[1, 2] == 1
    assert labels[3:5, 4:6].tolist() == [[0, 0], [0, 0]]
    assert found.images[0].image is not None


def test_points_and_lines_have_no_pixels(tmp_path):
    content = foreign_files.isat("a.png", (9, 12), [("tree", 1.0, [[1, 1], [5, 5]])])
    assert (read(tmp_path, content).images[0].read() == 255).all()


@pytest.mark.parametrize(
    "row",
    [
        ("", 1.0, WHOLE),
        ("tree", "high", WHOLE),
        ("tree", 1.0, [[0, 0], [1e9, 0], [0, 5]]),
        ("tree", 1.0, [[0, 0], [1], [0, 5]]),
        ("tree", 1.0, None),
    ],
)
def test_a_damaged_object_is_told(row, tmp_path):
    (image,) = read(tmp_path, foreign_files.isat("a.png", (9, 12), [row])).images
    with pytest.raises(SegstudioError, match=r"a\.json"):
        image.read()
