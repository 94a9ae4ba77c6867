"""Cityscapes: its own numbers for its own classes, free ones for others, and strict names."""

import json
import re

import format_cases
import numpy as np
import pytest
from hypothesis import given
from PIL import Image as PillowImage

from segstudio.core.classes import IGNORE_INDEX, ClassTable, Role
from segstudio.core.errors import ImageError, SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import cityscapes_classes
from segstudio.formats.cityscapes import Cityscapes

ROW = Cityscapes()


def test_the_table_is_that_of_the_dataset():
    from torchvision.datasets import Cityscapes as Theirs

    theirs = {c.id: (c.name, c.train_id, c.color) for c in Theirs.classes if c.id > 0}
    ours = {row.number: row[1:] for row in cityscapes_classes.ROWS}
    assert ours == theirs


def test_classes_that_it_knows_get_its_numbers_and_colours():
    own = ClassTable.named(["Traffic_Light", "my road", "road", "unlabeled", "traffic light"])
    found = ROW.number(own)
    numbers = {entry.name: entry.index for entry in found.classes}
    assert numbers == {
        "Traffic_Light": 19,
        "road": 7,
        "my road": 34,
        "unlabeled": 35,
        "traffic light": 36,  # the number of its name is taken
    }
    assert found.classes.get(7).colour == (128, 64, 128)


def test_more_classes_than_free_numbers_are_refused_with_the_number():
    names = [f"class {number}" for number in range(222)]
    with pytest.raises(SegstudioError, match="221 classes beside its own"):
        ROW.number(ClassTable.named(names))
    assert len(ROW.number(ClassTable.named([*names[:221], "road"])).classes) == 222


def test_numbers_in_training_are_its_own_and_others_follow():
    classes = ROW.number(ClassTable.named(["road", "parking", "kiosk"])).classes
    training = cityscapes_classes.in_training(classes)
    assert [training[index] for index in (7, 9, 34, 255)] == [0, 255, 19, 255]
    alone = ROW.number(ClassTable.named(["kiosk", "lamp"])).classes
    assert cityscapes_classes.in_training(alone)[[34, 35]].tolist() == [0, 1]


@given(format_cases.class_tables())
def test_no_two_classes_get_one_number(classes):
    found = ROW.number(classes)
    kept = [entry for entry in classes if entry.role is not Role.IGNORE]
    assert len(set(found.table[[entry.index for entry in kept]].tolist())) == len(kept)


def test_strict_names_are_city_sequence_and_frame_and_are_undone_by_reading(tmp_path):
    classes, labels = ClassTable.named(["road", "sky"]), np.array([[0, 1, 255]], np.uint8)
    _, _items, _ = format_cases.write(
        ROW, tmp_path, classes, [labels, labels], parts=(Part.TRAINING, Part.TEST), names="strict"
    )
    files = sorted(path.name for path in (tmp_path / "gtFine").rglob("*_labelIds.png"))
    assert len(files) == 2
    for name in files:
        assert re.fullmatch(r"own_\d{6}_\d{6}_gtFine_labelIds\.png", name)
    listed = json.loads((tmp_path / "strict_names.json").read_text("utf-8"))
    assert sorted(listed.values()) == ["image-0", "image-1"]
    assert [image.name for image in ROW.read(tmp_path).images] == [
        "test/own/image-1",
        "train/own/image-0",
    ]
    again = tmp_path / "again"
    format_cases.write(ROW, again, classes, [labels], parts=(Part.TRAINING,), names="strict")
    assert {path.name for path in (again / "gtFine/train/own").iterdir()} <= {
        path.name for path in (tmp_path / "gtFine/train/own").iterdir()
    }


@pytest.mark.parametrize("kind", ["labelTrainIds", "color"])
def test_every_one_of_the_three_masks_is_read_back(tmp_path, kind):
    writer, (item,), _ = format_cases.write(
        ROW, tmp_path, ClassTable.named(["road", "sky"]), [np.array([[0, 1, 255]], np.uint8)]
    )
    assert np.array_equal(writer.read_back(item), item.labels)
    (mask,) = tmp_path.rglob(f"*_{kind}.png")
    with PillowImage.open(mask) as picture:
        values = np.array(picture)
    values[0, 1] = 77
    PillowImage.fromarray(values).save(mask)
    with pytest.raises(SegstudioError, match="do not agree"):
        writer.read_back(item)


# As others wrote it


def save(path, values, mode=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    PillowImage.fromarray(np.asarray(values, np.uint8), mode=mode).save(path)


def test_the_dataset_itself_is_read_with_its_own_classes(tmp_path):
    stem = "aachen_000000_000019"
    save(tmp_path / f"leftImg8bit/train/aachen/{stem}_leftImg8bit.png", np.zeros((1, 4, 3)))
    save(tmp_path / f"gtFine/train/aachen/{stem}_gtFine_labelIds.png", [[7, 0, 33, 3]])
    save(tmp_path / f"gtFine/train/aachen/{stem}_gtFine_labelTrainIds.png", [[0, 255, 18, 255]])
    save(tmp_path / f"gtFine/train/aachen/{stem}_gtFine_instanceIds.png", [[7, 0, 33, 3]])
    save(tmp_path / f"gtFine/train/aachen/{stem}_gtFine_color.png", np.zeros((1, 4, 4)))
    (tmp_path / f"gtFine/train/aachen/{stem}_gtFine_polygons.json").write_text("{}")
    found = ROW.read(tmp_path)
    (image,) = found.images
    assert image.name == f"train/aachen/{stem}"
    assert image.part is Part.TRAINING
    assert image.image.is_file()
    assert image.read().tolist() == [[7, IGNORE_INDEX, 33, 3]]
    assert found.classes.get(33).name == "bicycle"
    assert found.classes.get(3).role is Role.IGNORE


def test_masks_for_training_are_read_where_there_are_no_others(tmp_path):
    mask = tmp_path / "gtFine/val/x/x_1_2_gtFine_labelTrainIds.png"
    save(mask, [[0, 255, 18]])
    (image,) = ROW.read(tmp_path).images
    assert image.read().tolist() == [[7, IGNORE_INDEX, 33]]
    save(mask, [[0, 200, 18]])
    with pytest.raises(ImageError, match="number 200"):
        image.read()


def test_coarse_masks_are_read_where_there_are_no_fine_ones(tmp_path):
    save(tmp_path / "gtCoarse/train_extra/x/x_1_2_gtCoarse_labelIds.png", [[7]])
    (image,) = ROW.read(tmp_path).images
    assert image.read().tolist() == [[7]]


def test_the_layout_of_cvat_is_read_by_its_colours(tmp_path):
    save(tmp_path / "imgsFine/leftImg8bit/train/photo_leftImg8bit.png", np.zeros((1, 3, 3)))
    colours = [[[10, 20, 30], [0, 0, 0], [1, 2, 3]]]
    save(tmp_path / "gtFine/train/photo_gtFine_color.png", colours)
    save(tmp_path / "gtFine/train/photo_gtFine_labelIds.png", [[1, 0, 2]])
    (tmp_path / "label_colors.txt").write_text("0 0 0 void\n10 20 30 lawn\n1 2 3 path way\n")
    found = ROW.read(tmp_path)
    (image,) = found.images
    assert image.image.is_file()
    names = {entry.index: entry.name for entry in found.classes}
    assert [names.get(value) for value in image.read()[0].tolist()] == ["lawn", None, "path way"]
    assert "label_colors.txt" in found.remarks[0]
