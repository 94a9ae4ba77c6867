"""TIFF files of labels: any depth, the place on earth, and values that no list names."""

import format_cases
import numpy as np
import pytest
import tifffile

from segstudio.core.classes import IGNORE_INDEX, ClassTable
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.labels import Ink
from segstudio.core.patch import Planes
from segstudio.formats import export, label_tiff
from segstudio.formats.export_values import ExportItem, ExportPlan
from segstudio.formats.format_table import FORMATS

ROW = FORMATS["tiff"]
CLASSES = ClassTable.named(["water", "forest"])
LABELS = np.array([[0, 1, 255], [1, 1, 0]], np.uint8)

ON_EARTH = [
    (33550, 12, 3, (10.0, 10.0, 0.0), True),
    (33922, 12, 6, (0.0, 0.0, 0.0, 399960.0, 5300040.0, 0.0), True),
    (34735, 3, 8, (1, 1, 0, 1, 3072, 0, 1, 32633), True),
    (34736, 12, 1, (6378137.0,), True),
    (34737, 2, 0, "WGS 84 / UTM zone 33N|", True),
]


def satellite_picture(path, shape):
    values = np.zeros((*shape, 4), np.uint16)
    tifffile.imwrite(path, values, photometric="rgb", metadata=None, extratags=ON_EARTH)


def tags(path):
    with tifffile.TiffFile(path) as file:
        return {tag.code: tag.value for tag in file.pages.first.tags}


def write(folder, name, values, **options):
    (folder / "labels").mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(
        folder / "labels" / name, np.asarray(values), photometric="minisblack", **options
    )


@pytest.mark.parametrize("depth", ["8", "16"])
def test_the_place_on_earth_is_that_of_the_picture(tmp_path, depth):
    numbered = ROW.number(CLASSES)
    writer = ROW.begin(label_tiff.Target(tmp_path, numbered.classes, options={"depth": depth}))
    image = writer.image_file("a", label_tiff.Part.NONE, ".tif")
    image.parent.mkdir(parents=True)
    satellite_picture(image, LABELS.shape)
    item = label_tiff.Outgoing("a", LABELS, image=image)
    writer.write(item)
    writer.end([item])
    kept, source = tags(tmp_path / "labels/a.tif"), tags(image)
    assert {code: kept[code] for code, *_ in ON_EARTH} == {c: source[c] for c, *_ in ON_EARTH}
    assert kept[42113] == "255"
    assert np.array_equal(writer.read_back(item), LABELS)
    (found,) = ROW.read(tmp_path).images
    assert found.image == image
    assert np.array_equal(found.read(), LABELS)


def test_an_export_keeps_the_place_on_earth(tmp_path):
    satellite_picture(tmp_path / "tile.tif", LABELS.shape)
    planes = Planes(LABELS, np.full_like(LABELS, Ink.PERSON))
    item = ExportItem("tile", tmp_path / "tile.tif", lambda: planes)
    export.export([item], CLASSES, tmp_path / "set", ExportPlan(ROW))
    kept = tags(tmp_path / "set/labels/tile.tif")
    assert kept[34737] == "WGS 84 / UTM zone 33N|"


def test_a_picture_that_is_no_tiff_whatever_its_name_does_no_harm(tmp_path):
    def liar(path, shape):
        path.write_bytes(b"II*\0 and nothing else")

    numbered = ROW.number(CLASSES)
    writer = ROW.begin(label_tiff.Target(tmp_path, numbered.classes))
    image = tmp_path / "a.tif"
    liar(image, LABELS.shape)
    writer.write(label_tiff.Outgoing("a", LABELS, image=image))
    assert np.array_equal(tifffile.imread(tmp_path / "labels/a.tif"), LABELS)


def test_values_of_16_bits_become_classes_of_their_own(tmp_path):
    write(
        tmp_path,
        "a.tif",
        np.array([[1000, 65535, 7]], np.uint16),
        extratags=[(42113, 2, 0, "7", True)],
    )
    write(tmp_path, "b.tif", np.array([[2000, 1000]], np.uint16))
    found = ROW.read(tmp_path)
    names = {entry.index: entry.name for entry in found.classes}
    values = [[names.get(v) for v in image.read()[0].tolist()] for image in found.images]
    assert values == [["class 1000", "class 65535", None], ["class 2000", "class 1000"]]
    assert "no list of classes" in found.remarks[0]


def test_small_values_keep_their_numbers(tmp_path):
    write(tmp_path, "a.tif", np.array([[3, 7, 255]], np.uint8))
    found = ROW.read(tmp_path)
    assert [(c.index, c.name) for c in found.classes] == [(3, "class 3"), (7, "class 7")]
    assert found.images[0].read().tolist() == [[3, 7, IGNORE_INDEX]]


def test_values_that_do_not_fit_are_named_and_some_can_be_chosen(tmp_path):
    values = np.concatenate([np.arange(1, 301), np.arange(1, 254)])[None].astype(np.uint16)
    write(tmp_path, "a.tif", values)
    with pytest.raises(
        ImageError, match=r"300 values.*256, 257, 258, 259, 260, … .45 values, 8\.14%"
    ):
        ROW.read(tmp_path)
    found = label_tiff.read_chosen(tmp_path, [300, 2])
    labels = found.images[0].read()[0]
    assert [c.name for c in found.classes] == ["class 2", "class 300"]
    assert labels[[0, 1, 299]].tolist() == [IGNORE_INDEX, 0, 1]


def test_a_value_that_the_list_lacks_is_told(tmp_path):
    write(tmp_path, "a.tif", np.array([[0, 1, 900]], np.uint16))
    (tmp_path / "classes.txt").write_text("water\nforest\n")
    with pytest.raises(ImageError, match="value 900"):
        ROW.read(tmp_path).images[0].read()


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.int32, np.float32])
def test_any_kind_of_whole_number_is_read(tmp_path, kind):
    write(tmp_path, "a.tif", np.array([[0, 1]], kind))
    (tmp_path / "classes.txt").write_text("water\nforest\n")
    assert ROW.read(tmp_path).images[0].read().tolist() == [[0, 1]]


def test_fractions_and_colours_are_no_labels(tmp_path):
    write(tmp_path, "a.tif", np.array([[0.5]], np.float32))
    tifffile.imwrite(tmp_path / "labels/b.tif", np.zeros((2, 2, 3), np.uint8), photometric="rgb")
    (tmp_path / "classes.txt").write_text("water\n")
    first, second = ROW.read(tmp_path).images
    with pytest.raises(ImageError, match="fractions"):
        first.read()
    with pytest.raises(ImageError, match="3 bands"):
        second.read()


def test_a_huge_size_in_the_head_is_refused(tmp_path):
    write(tmp_path, "a.tif", np.zeros((1, 1), np.uint8))
    path = tmp_path / "labels/a.tif"
    with tifffile.TiffFile(path, mode="r+") as file:
        for code in (256, 257):
            file.pages.first.tags[code].overwrite(60_000, dtype=3)
    (tmp_path / "classes.txt").write_text("water\n")
    with pytest.raises(SegstudioError):
        ROW.read(tmp_path).images[0].read()


def test_two_files_of_labels_for_one_picture_are_refused(tmp_path):
    write(tmp_path, "a.tif", np.zeros((1, 1), np.uint8))
    write(tmp_path, "a.tiff", np.zeros((1, 1), np.uint8))
    with pytest.raises(ImageError, match="the same picture"):
        ROW.read(tmp_path)


def test_classes_with_high_numbers_fit_into_both_depths(tmp_path):
    classes = ClassTable.named(f"class {number}" for number in range(255))
    labels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for depth in ("8", "16"):
        format_cases.write(ROW, tmp_path / depth, classes, [labels], depth=depth)
        assert np.array_equal(ROW.read(tmp_path / depth).images[0].read(), labels)
