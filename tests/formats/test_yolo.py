"""YOLO's polygons: exact to the pixel where there is a class, and read as others write them."""

import shutil

import format_cases
import golden_sets
import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image as PillowImage

from segstudio.core import png
from segstudio.core.classes import ClassTable, LabelClass, Role
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import losses, numbering
from segstudio.formats.panoptic import Panoptic
from segstudio.formats.yolo import Yolo

YAML = "path: /somewhere/else\ntrain: ../train/images\nval: valid/images\nnc: 2\nnames: [cat, no]\n"


def folder_of(place, rows="0 0 0 1 0 1 1 0 1\n", yaml=YAML, label="train/labels/a.txt"):
    """Write a dataset of one picture of 8 x 4 pixels, laid out as Roboflow does."""
    (place / label).parent.mkdir(parents=True, exist_ok=True)
    (place / label).write_text(rows, "utf-8")
    (place / "data.yaml").write_text(yaml, "utf-8")
    picture = place / label.replace("labels", "images").replace(".txt", ".png")
    picture.parent.mkdir(parents=True, exist_ok=True)
    golden_sets.picture(picture, (4, 8))
    return place


@settings(max_examples=40)
@given(case=format_cases.labelled())
def test_nothing_is_lost_but_the_background(case):
    classes, maps = case
    if all(numbering.is_background(entry) for entry in classes):
        return
    for loss in losses.on_sample(Yolo(), classes, maps, {}):
        entry = classes.get(loss.index)
        is_ground = entry is None or numbering.is_background(entry)
        assert loss.is_none or is_ground


def test_joined_parts_are_one_row_and_the_loss_is_measured():
    labels = np.full((20, 40), 255, np.uint8)
    labels[2:8, 2:8] = labels[10:18, 30:38] = 0
    classes = ClassTable.named(["cat"])
    (apart,) = [x for x in losses.on_sample(Yolo(), classes, [labels], {}) if x.index == 0]
    found = losses.on_sample(Yolo(), classes, [labels], {"parts": "joined"})
    (joined,) = [x for x in found if x.index == 0]
    assert (apart.parts_after, apart.iou) == (2, 1)
    assert (joined.parts, joined.parts_after) == (2, 1)
    assert 0.7 < joined.iou < 1


def test_an_image_without_objects_has_an_empty_file(tmp_path):
    labels = np.full((3, 3), 255, np.uint8)
    format_cases.write(Yolo(), tmp_path, ClassTable.named(["cat"]), [labels])
    assert (tmp_path / "labels" / "image-0.txt").read_bytes() == b""


def test_a_table_of_background_alone_is_refused():
    classes = ClassTable((LabelClass(0, "floor", (1, 1, 1), role=Role.BACKGROUND),))
    with pytest.raises(SegstudioError, match="no background"):
        Yolo().number(classes)


def test_folders_named_from_another_machine_are_found_below_this_one(tmp_path):
    (image,) = Yolo().read(folder_of(tmp_path)).images
    assert image.part is Part.TRAINING
    assert image.image == tmp_path / "train" / "images" / "a.png"
    assert not image.read().any()


def test_a_class_called_no_is_called_no(tmp_path):
    assert [entry.name for entry in Yolo().read(folder_of(tmp_path)).classes] == ["cat", "no"]


def test_labels_outside_the_folder_are_never_read(tmp_path):
    folder_of(tmp_path, label="images/labels/b.txt")
    yaml = "train: ../images\nval: /etc\nnames: [cat]\n"
    found = Yolo().read(folder_of(tmp_path / "inner", yaml=yaml))
    assert [image.name for image in found.images] == ["a"]


def test_a_label_file_without_picture_is_told(tmp_path):
    folder_of(tmp_path)
    shutil.rmtree(tmp_path / "train" / "images")
    found = Yolo().read(tmp_path)
    assert any("1 label files have no picture" in remark for remark in found.remarks)
    with pytest.raises(SegstudioError, match="no picture beside it"):
        found.images[0].read()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("0 0.5 0.5 0.2 0.2", "is a box"),
        ("0 0.5 0.5 0.2 0.2 0.3", "three points"),
        ("5 0 0 1 0 1 1", "class 5"),
        ("0 0 0 1 0 7 1", "between 0 and 1"),
        ("0 0 0 nan 0 1 1", "between 0 and 1"),
        ("cat 0 0 1 0 1 1", "not a class number"),
        ("1e400 0 0 1 0 1 1", "not a class number"),
    ],
)
def test_a_row_that_is_no_polygon_is_told_with_its_line(rows, sentence, tmp_path):
    (image,) = Yolo().read(folder_of(tmp_path, rows)).images
    with pytest.raises(SegstudioError, match=sentence) as caught:
        image.read()
    assert "a.txt, line 1" in str(caught.value)


@pytest.mark.parametrize(
    "yaml",
    [
        "names: &a [x, *a]",
        "a: &a [x]\nb: &b [*a, *a]\nnames: [*b, *b]",
        "names: " + "[" * 500,
        "names: {0: {1: 2}}",
        "names: {-1: cat}",
        "names: []",
        "- 1",
    ],
)
def test_a_yaml_that_no_dataset_needs_is_refused(yaml, tmp_path):
    with pytest.raises(SegstudioError):
        Yolo().read(folder_of(tmp_path, yaml=yaml))


def test_a_yaml_makes_nothing_but_text(tmp_path):
    yaml = "names: !!python/object/apply:os.mkdir [made]"
    assert [c.name for c in Yolo().read(folder_of(tmp_path, yaml=yaml)).classes] == ["made"]


def test_polygons_lie_on_the_upright_picture(tmp_path):
    folder_of(tmp_path, "0 0 0 1 0 1 0.2 0 0.2\n")
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # the top of what one sees is the left of what is stored
    PillowImage.new("RGB", (4, 8)).save(tmp_path / "train" / "images" / "a.png", exif=exif)
    (image,) = Yolo().read(tmp_path).images
    assert (image.read() == 0).tolist() == [[True] * 8, *[[False] * 8] * 3]


def test_the_polygons_of_coco_agree_with_its_panoptic_labels(shared_data, tmp_path):
    scenes = shared_data / "scenes"
    layouts = scenes / "other_layouts"
    panoptic = {image.name: image for image in Panoptic().read(layouts).images}
    shutil.copytree(layouts / "yolo_seg", tmp_path / "set")
    names = [p.stem for p in sorted((tmp_path / "set").glob("*.txt")) if p.stem in panoptic][:6]
    (tmp_path / "set" / "images").mkdir()
    for name in names:
        shutil.copy(scenes / "images" / f"{name}.jpg", tmp_path / "set" / "images")
    found = {image.name: image for image in Yolo().read(tmp_path / "set").images}
    both = either = within = 0
    for name in names:
        read, truth = found[name].read(), panoptic[name].read()
        is_thing = truth <= 90  # YOLO has no polygons of what COCO calls stuff
        both += int(((read == truth) & is_thing).sum())
        either += int(((read != 255) | is_thing).sum())
        merged = png.read(scenes / "masks" / f"{name}.png")
        within += int(((read == truth) & (merged != 255) & is_thing).sum())
    # Outlines are coarse, and of what overlaps COCO has decided by hand.
    assert both / either > 0.9
    assert within == both


def test_of_polygons_that_overlap_the_smaller_one_lies_on_top(tmp_path):
    whole, left = "0 0 1 0 1 1 0 1", "0 0 0.4 0 0.4 1 0 1"
    for rows in (f"0 {whole}\n1 {left}\n", f"1 {left}\n0 {whole}\n"):
        found = Yolo().read(folder_of(tmp_path, rows))
        assert found.images[0].read()[0].tolist() == [1, 1, 1, 1, 0, 0, 0, 0]
    assert any("smaller one counts" in remark for remark in found.remarks)
