import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image as PillowImage

from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.errors import ImageError

planes = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40))
COLOURS = ClassTable.named(["a", "b", "c"]).colour_table()


@given(planes, st.booleans())
def test_any_plane_is_read_as_it_was_written(tmp_path_factory, plane, indexed):
    path = tmp_path_factory.mktemp("png") / "plane.png"
    png.write(path, plane, COLOURS if indexed else None)
    again = png.read(path)
    assert np.array_equal(again, plane)
    assert again.dtype == np.uint8
    assert again.flags.writeable


@given(planes)
def test_others_see_an_indexed_picture_in_the_colours_of_the_classes(plane):
    with PillowImage.open(io.BytesIO(png.encode(plane, COLOURS))) as picture:
        assert picture.mode == "P"
        assert np.array_equal(np.array(picture), plane)
        assert np.array_equal(np.array(picture.convert("RGB")), COLOURS[plane])


def test_a_view_with_gaps_is_written_like_a_copy(tmp_path):
    plane = np.arange(200, dtype=np.uint8).reshape(10, 20)[::2, 1::3].T
    png.write(tmp_path / "a.png", plane, COLOURS)
    assert np.array_equal(png.read(tmp_path / "a.png"), plane)


def test_a_black_and_white_picture_has_the_classes_0_and_1(tmp_path):
    PillowImage.fromarray(np.array([[0, 255]], np.uint8)).convert("1").save(tmp_path / "a.png")
    assert png.read(tmp_path / "a.png").tolist() == [[0, 1]]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "I;16", "LA"])
def test_a_colour_picture_is_no_label_map(tmp_path, mode):
    PillowImage.new(mode, (3, 2)).save(tmp_path / "photo.png")
    with pytest.raises(ImageError, match=r"photo\.png"):
        png.read(tmp_path / "photo.png")


def test_a_damaged_file_is_named_and_left(tmp_path):
    data = png.encode(np.random.default_rng(0).integers(0, 9, (60, 60), np.uint8))
    for name, content in {"empty.png": b"", "half.png": data[: len(data) // 2]}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ImageError, match=name):
            png.read(tmp_path / name)
        assert (tmp_path / name).read_bytes() == content
    with pytest.raises(ImageError, match=r"missing\.png"):
        png.read(tmp_path / "missing.png")


def test_a_label_map_of_268_megapixels_is_not_taken_for_an_attack(tmp_path):
    # One bit a pixel keeps the file small; Pillow's own limit is 179 million pixels.
    PillowImage.new("1", (16384, 16384)).save(tmp_path / "huge.png")
    with PillowImage.open(tmp_path / "huge.png") as picture:
        assert picture.size == (16384, 16384)


def test_far_larger_than_any_image_is_refused_in_a_sentence(tmp_path, monkeypatch):
    png.write(tmp_path / "a.png", np.zeros((10, 10), np.uint8))
    monkeypatch.setattr(PillowImage, "MAX_IMAGE_PIXELS", 40)
    with pytest.raises(ImageError, match=r"a\.png"):
        png.read(tmp_path / "a.png")
