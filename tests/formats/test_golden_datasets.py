"""Datasets of every format as they were written once: read still, and written still."""

import shutil

import golden_sets
import numpy as np
import pytest

from segstudio.core.image_record import Part
from segstudio.formats import format_table

WRITTEN = golden_sets.NAMES


def files(folder):
    return sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("name", WRITTEN)
def test_a_dataset_is_written_as_before(name, tmp_path):
    golden_sets.write(name, tmp_path / name)
    golden = golden_sets.GOLDEN / name
    assert files(tmp_path / name) == files(golden)
    for file in files(golden):
        assert golden_sets.content(tmp_path / name / file) == golden_sets.content(golden / file)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_dataset_of_old_is_read(name):
    found = format_table.find_source(name).read(golden_sets.GOLDEN / name)
    images = {item.part: item for item in found.images}
    assert set(images) == {Part.TRAINING, Part.VALIDATION}
    for part, labels in zip(golden_sets.PARTS, golden_sets.maps(), strict=True):
        read = images[part].read()
        assert read.shape == labels.shape
        for entry in golden_sets.CLASSES:
            own = found.classes.find(entry.name)
            if own is not None:
                assert np.array_equal(read == own.index, labels == entry.index)
            else:
                assert name == "yolo"
                assert entry.name == "background"


@pytest.mark.parametrize("name", ["coco", "coco-panoptic", "datumaro"])
def test_colours_are_kept_where_the_format_has_them(name):
    found = format_table.find_source(name).read(golden_sets.GOLDEN / name)
    colours = {entry.name: entry.colour for entry in found.classes}
    assert colours == {entry.name: entry.colour for entry in golden_sets.CLASSES}


@pytest.mark.parametrize("name", [*WRITTEN, "label-studio", "isat"])
def test_a_dataset_is_known_for_what_it_is(name):
    assert format_table.detected(golden_sets.GOLDEN / name).name == name


@pytest.mark.parametrize("name", WRITTEN)
def test_the_list_of_classes_beside_an_export_changes_nothing(name, tmp_path):
    shutil.copytree(golden_sets.GOLDEN / name, tmp_path / name)
    (tmp_path / name / "classes.json").write_text("[]", "utf-8")
    assert format_table.detected(tmp_path / name).name == name


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("coco", "annotations/instances_train.json"),
        ("coco-panoptic", "annotations/panoptic_train.json"),
        ("yolo", "data.yaml"),
        ("labelme", "train/image-0.json"),
        ("label-studio", "export.json"),
        ("isat", "image-0.json"),
    ],
)
def test_one_file_of_a_dataset_is_enough(name, file):
    path = golden_sets.GOLDEN / name / file
    assert format_table.detected(path).name == name
    first = format_table.find_source(name).read(path).images[0]
    assert first.read().shape == (9, 12)
    assert first.image is not None
