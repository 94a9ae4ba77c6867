"""COCO's annotations, as pycocotools sees them and as others write them."""

import contextlib
import io
import json

import format_cases
import golden_sets
import numpy as np
import pytest
from hypothesis import given, settings
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import losses, rle
from segstudio.formats.coco import Coco

SIZE = (4, 6)


def dataset(annotations, categories=((1, "road"), (7, "sky")), images=((1, "a.png"),), size=SIZE):
    return {
        "images": [
            {"id": n, "file_name": name, "height": size[0], "width": size[1]} for n, name in images
        ],
        "annotations": [{"id": n, "image_id": 1} | row for n, row in enumerate(annotations)],
        "categories": [{"id": n, "name": name} for n, name in categories],
    }


def read(folder, content, name="instances_train2017.json"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content), "utf-8")
    return Coco().read(folder)


@pytest.mark.parametrize("shapes", ["masks", "polygons"])
def test_pycocotools_gets_the_same_masks(shapes, tmp_path):
    classes, maps = golden_sets.CLASSES, golden_sets.maps()
    _, items, _ = format_cases.write(Coco(), tmp_path, classes, maps, shapes=shapes)
    with contextlib.redirect_stdout(io.StringIO()):
        found = COCO(str(tmp_path / "annotations" / "instances_default.json"))
    for number, item in enumerate(items, start=1):
        labels = np.full(item.labels.shape, 255, np.uint8)
        for row in found.loadAnns(found.getAnnIds(imgIds=number)):
            mask = found.annToMask(row).astype(bool)
            assert mask.sum() == row["area"]
            assert not row["iscrowd"]
            labels[mask] = row["category_id"] - 1
        assert np.array_equal(labels, item.labels)


@settings(max_examples=25)
@given(case=format_cases.labelled())
def test_polygons_lose_nothing_where_bridges_are_understood(case):
    classes, maps = case
    found = losses.on_sample(Coco(), classes, maps, {"shapes": "polygons"})
    assert all(loss.is_none for loss in found)


def test_every_kind_of_segmentation_is_read(tmp_path):
    mask = np.zeros(SIZE, bool)
    mask[1:3, 2:5] = True
    runs = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    kinds = [
        {"size": list(SIZE), "counts": [9, 2, 2, 2, 2, 2, 5]},
        {"size": list(SIZE), "counts": runs["counts"].decode()},
        [[2, 1, 5, 1, 5, 3, 2, 3]],
    ]
    for number, kind in enumerate(kinds):
        content = dataset([{"category_id": 7, "segmentation": kind, "iscrowd": number % 2}])
        (image,) = read(tmp_path / str(number), content).images
        assert np.array_equal(image.read(), np.where(mask, 7, 255))
        assert image.part is Part.TRAINING


def test_later_annotations_lie_on_top_and_a_remark_says_so(tmp_path):
    squares = [[0, 0, 6, 0, 6, 4, 0, 4]], [[0, 0, 3, 0, 3, 4, 0, 4]]
    rows = [{"category_id": n, "segmentation": s} for n, s in zip((1, 7), squares, strict=True)]
    found = read(tmp_path, dataset([*rows, {"category_id": 1, "segmentation": []}]))
    assert found.images[0].read()[0].tolist() == [7, 7, 7, 1, 1, 1]
    assert any("overlap" in remark for remark in found.remarks)
    assert any("1 annotations have a box" in remark for remark in found.remarks)


def test_parts_of_different_files_have_one_class_table(tmp_path):
    box = [[0, 0, 6, 0, 6, 4, 0, 4]]
    read(tmp_path, dataset([{"category_id": 7, "segmentation": box}]))
    other = dataset([{"category_id": 2, "segmentation": box}], categories=((2, "sky"), (9, "sea")))
    found = read(tmp_path, other, "instances_val2017.json")
    assert [entry.name for entry in found.classes] == ["road", "sky", "sea"]
    sky = found.classes.find("sky").index
    assert {int(image.read()[0, 0]) for image in found.images} == {sky}
    assert sorted(image.name for image in found.images) == ["training/a", "validation/a"]


def test_more_classes_than_fit_are_those_that_images_have(tmp_path):
    many = [(number, f"class {number}") for number in range(1, 400)]
    box = [[0, 0, 6, 0, 6, 4, 0, 4]]
    found = read(tmp_path, dataset([{"category_id": 399, "segmentation": box}], many))
    assert [entry.name for entry in found.classes] == ["class 399"]
    rows = [{"category_id": number, "segmentation": box} for number, _ in many]
    with pytest.raises(SegstudioError, match="144 do not fit: class 256"):
        read(tmp_path, dataset(rows, many))


def test_a_picture_outside_the_folder_is_never_taken(tmp_path):
    golden_sets.picture(tmp_path / "a.png", SIZE)
    for name in ("../a.png", str(tmp_path / "a.png"), "..\\a.png"):
        (image,) = read(tmp_path / "set", dataset([], images=((1, name),))).images
        assert image.image is None
    golden_sets.picture(tmp_path / "set" / "a.png", SIZE)
    (image,) = read(tmp_path / "set", dataset([], images=((1, "D:\\photos\\a.png"),))).images
    assert image.image == tmp_path / "set" / "a.png"


@pytest.mark.parametrize(
    "counts", ["P", "35o", "0000000o0", "\x7f", "é", "", [1, 2], [-1, 25], [30], [1e300], None]
)
def test_damaged_runs_are_refused(counts):
    with pytest.raises(SegstudioError):
        rle.decoded({"size": list(SIZE), "counts": counts}, SIZE, "x.json")


@pytest.mark.parametrize("size", [(10**9, 10**9), (0, 5), (-3, 4), (2.5, 2)])
def test_a_size_that_no_image_has_is_refused_before_memory_is_taken(size, tmp_path):
    with pytest.raises(SegstudioError):
        read(tmp_path, dataset([], size=size))


def test_a_class_table_of_255_classes_is_kept(tmp_path):
    classes = ClassTable.named(f"c{number}" for number in range(255))
    labels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    format_cases.write(Coco(), tmp_path, classes, [labels])
    (image,) = Coco().read(tmp_path).images
    assert np.array_equal(image.read(), labels)


def test_images_of_one_stem_are_told_apart(tmp_path):
    images = ((1, "a.png"), (2, "a.jpg"))
    assert [i.name for i in read(tmp_path, dataset([], images=images)).images] == [
        "training/a",
        "training/a-2",
    ]
