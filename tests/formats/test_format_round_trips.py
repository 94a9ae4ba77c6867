"""Every format: what is written is read again as it was, by this program and by code of others."""

import tempfile
from dataclasses import replace
from pathlib import Path

import format_cases
import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image as PillowImage

from segstudio.core.image_record import Part
from segstudio.formats import format_table
from segstudio.formats.format_table import FORMATS

LOSSLESS = [row for row in FORMATS.values() if row.is_lossless]
PARTS = (Part.TRAINING, Part.VALIDATION, Part.TEST)


def by_name(items):
    return {item.name.rsplit("/", 1)[-1]: item for item in items}


def grey_picture(path, shape):
    PillowImage.new("RGB", (shape[1], shape[0]), (90, 120, 150)).save(path)


@pytest.fixture(params=FORMATS.values(), ids=FORMATS.keys())
def row(request):
    return request.param


@pytest.mark.parametrize("row", LOSSLESS, ids=[row.name for row in LOSSLESS])
@settings(max_examples=15, deadline=None)
@given(case=format_cases.labelled())
def test_a_label_map_comes_back_as_it_was_in_every_pixel_and_class(row, case):
    classes, maps = case
    with tempfile.TemporaryDirectory() as folder:
        writer, items, numbered = format_cases.write(
            row, Path(folder) / "set", classes, maps, picture=grey_picture
        )
        found = row.read(Path(folder) / "set")
        known = {entry.name: entry.index for entry in found.classes}
        # Numbers may be others: names tell what they mean.
        table = np.full(256, 255, np.uint8)
        for entry in numbered.classes:
            table[entry.index] = known.get(entry.name, 254)
        read = by_name(found.images)
        for item in items:
            assert np.array_equal(read[item.name].read(), table[item.labels])
            assert np.array_equal(writer.read_back(item), item.labels)


def test_colours_and_names_of_classes_come_back_where_they_are_kept(row, tmp_path):
    classes = format_cases.ClassTable.named(["road", "sky", "tree"])
    labels = np.array([[0, 1, 2, 255]], np.uint8).repeat(4, axis=0)
    format_cases.write(row, tmp_path / "set", classes, [labels], picture=grey_picture)
    names = {entry.name for entry in row.read(tmp_path / "set").classes}
    assert {"road", "sky", "tree"} <= names


def test_a_written_dataset_is_known_for_what_it_is(row, tmp_path):
    classes = format_cases.ClassTable.named(["road", "sky"])
    labels = np.zeros((4, 4), np.uint8)
    format_cases.write(row, tmp_path / "set", classes, [labels], picture=grey_picture)
    assert format_table.detected(tmp_path / "set") is row


def test_parts_and_pictures_are_found_again(row, tmp_path):
    classes = format_cases.ClassTable.named(["road", "sky"])
    maps = [np.full((5, 6), number % 2, np.uint8) for number in range(3)]
    _, items, _ = format_cases.write(
        row, tmp_path / "set", classes, maps, parts=PARTS, picture=grey_picture
    )
    found = by_name(row.read(tmp_path / "set").images)
    for item in items:
        assert found[item.name].part is item.part
        assert found[item.name].image == item.image


def test_one_pixel_is_a_picture_too(row, tmp_path):
    classes = replace(format_cases.ClassTable.named(["road"]))
    labels = np.zeros((1, 1), np.uint8)
    _, items, _ = format_cases.write(row, tmp_path / "set", classes, [labels], picture=grey_picture)
    assert by_name(row.read(tmp_path / "set").images)[items[0].name].read().shape == (1, 1)
