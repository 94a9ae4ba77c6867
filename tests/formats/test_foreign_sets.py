"""Datasets as other programs and people leave them: ADE20K, MMSegmentation, imagefolders, VOC."""

import json

import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.core.classes import IGNORE_INDEX, ClassTable, Role
from segstudio.core.errors import SegstudioError
from segstudio.core.image_record import Part
from segstudio.formats import format_table, mmsegmentation, voc
from segstudio.formats.format_table import FORMATS


def save(path, values, palette=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = PillowImage.fromarray(np.asarray(values, np.uint8))
    if palette is not None:
        picture.putpalette(palette)
    picture.save(path)


def names(dataset, labels):
    known = {entry.index: entry.name for entry in dataset.classes}
    return [known.get(value) for value in labels.ravel().tolist()]


# ADE20K


def test_the_benchmark_of_150_classes_needs_no_list(tmp_path):
    save(tmp_path / "annotations/training/ADE_train_00000001.png", [[0, 1, 150]])
    save(tmp_path / "images/training/ADE_train_00000001.jpg", np.zeros((1, 3, 3)))
    found = FORMATS["ade20k"].read(tmp_path)
    (image,) = found.images
    assert names(found, image.read()) == [None, "wall", "flag"]
    assert image.image.name == "ADE_train_00000001.jpg"
    assert image.part is Part.TRAINING
    assert "150 classes" in found.remarks[0]


def test_a_list_of_its_own_names_the_classes_by_the_first_word(tmp_path):
    save(tmp_path / "annotations/validation/a.png", [[2, 1]])
    (tmp_path / "objectInfo150.txt").write_text(
        "Idx\tRatio\tTrain\tVal\tName\n1\t0.1\t3\t1\tfence, fencing\n2 \t0.1\t3\t1\tseat \n"
    )
    found = FORMATS["ade20k"].read(tmp_path)
    assert names(found, found.images[0].read()) == ["seat", "fence"]


def test_the_255th_class_of_ade20k_is_refused_before_anything_is_written():
    many = ClassTable.named(f"class {number}" for number in range(255))
    with pytest.raises(SegstudioError, match="at most 254"):
        FORMATS["ade20k"].number(many)
    assert len(FORMATS["ade20k"].number(many.without(3)).classes) == 254


# MMSegmentation


def test_the_metainfo_of_a_dataset_class_is_read():
    text = (
        "from mmseg.registry import DATASETS\n"
        "@DATASETS.register_module()\n"
        "class Streets(BaseSegDataset):\n"
        '    """Streets."""\n'
        "    METAINFO = dict(classes=('road', 'sky'), palette=[[1, 2, 3], [4, 5, 6]])\n"
        "    def __init__(self, **kwargs): super().__init__(img_suffix='.png', **kwargs)\n"
    )
    assert [(c.index, c.name, c.colour) for c in mmsegmentation.parse_metainfo(text)] == [
        (0, "road", (1, 2, 3)),
        (1, "sky", (4, 5, 6)),
    ]


def test_classes_without_colours_get_some():
    table = mmsegmentation.parse_metainfo("METAINFO = {'classes': ['a', 'b']}")
    assert len({entry.colour for entry in table}) == 2


@pytest.mark.parametrize(
    "text",
    [
        "METAINFO = dict(classes=open('/etc/passwd').read())",
        "METAINFO = __import__('os').system('true')",
        "METAINFO = dict(classes=[n for n in ('a',)])",
        "METAINFO = dict(classes=('a', 3))",
        "METAINFO = dict(classes=('a',), palette=[[1, 2]])",
        "METAINFO = dict(classes=('a',), palette=[[1, 2, 256]])",
        "METAINFO = dict(classes='road')",
        "METAINFO = dict(**{'classes': ('a',)})",
        "METAINFO = {[]: 1}",
        "classes = ('a',)",
        "METAINFO = (" + "(" * 500,
        "METAINFO = " + "-" * 90_000 + "1",
        "\0",
        "",
    ],
)
def test_metainfo_that_is_no_plain_list_is_refused_and_never_run(text):
    with pytest.raises(SegstudioError):
        mmsegmentation.parse_metainfo(text)


def test_a_dataset_of_mmsegmentation_without_any_list_says_what_to_put_there(tmp_path):
    save(tmp_path / "ann_dir/train/a.png", [[0]])
    with pytest.raises(SegstudioError, match=r"classes\.txt"):
        FORMATS["mmsegmentation"].read(tmp_path)
    (tmp_path / "classes.txt").write_text("road\nsky\n")
    found = FORMATS["mmsegmentation"].read(tmp_path)
    assert names(found, found.images[0].read()) == ["road"]


# Hugging Face


def imagefolder(path, rows, names_by_number=None):
    save(path / "masks/a.png", [[0, 255, 1]])
    save(path / "images/a.jpg", np.zeros((1, 3, 3)))
    (path / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    if names_by_number is not None:
        (path / "id2label.json").write_text(json.dumps(names_by_number))


@pytest.mark.parametrize(
    "row",
    [
        {"image_file_name": "images/a.jpg", "label_file_name": "masks/a.png"},
        {"file_name": "images/a.jpg", "annotation_file_name": "masks/a.png", "caption": "x"},
        {"file_name": "images\\a.jpg", "mask_file_name": "masks\\a.png"},
    ],
)
def test_any_column_of_masks_is_found(tmp_path, row):
    imagefolder(tmp_path, [row], {"0": "road", "1": "sky"})
    found = FORMATS["huggingface"].read(tmp_path)
    (image,) = found.images
    assert names(found, image.read()) == ["road", None, "sky"]
    assert image.image.is_file()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"file_name": "images/a.jpg"}, "names 0 files beside the image"),
        ({"label_file_name": "a.png", "depth_file_name": "b.png"}, "names 2 files"),
        ({"label_file_name": "../masks/a.png"}, "does not lie in the folder"),
        ({"label_file_name": "/etc/passwd"}, "does not lie in the folder"),
        ({"label_file_name": "C:\\masks\\a.png"}, "does not lie in the folder"),
        ({"label_file_name": "masks/a\0.png"}, "does not lie in the folder"),
        ({"label_file_name": "a" * 300}, "cannot be followed"),
        ({"label_file_name": "a/" * 3000}, "cannot be followed"),
        ({"label_file_name": "masks/\ud800.png"}, "cannot be followed"),
        (["masks/a.png"], "not an object"),
    ],
)
def test_rows_that_name_no_mask_or_one_elsewhere_are_refused(tmp_path, row, sentence):
    imagefolder(tmp_path, [row], {"0": "road", "1": "sky"})
    with pytest.raises(SegstudioError, match=sentence):
        FORMATS["huggingface"].read(tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "secret.png").write_bytes(b"x")
    folder = tmp_path / "set"
    imagefolder(folder, [{"label_file_name": "masks/link.png"}], {"0": "road"})
    (folder / "masks/link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(SegstudioError, match="leads out"):
        FORMATS["huggingface"].read(folder)


def test_numbers_of_id2label_that_do_not_fit_are_named(tmp_path):
    imagefolder(tmp_path, [], {"0": "road", "300": "sky", "255": "void"})
    with pytest.raises(SegstudioError, match=r"300 \(sky\), 255 \(void\)"):
        FORMATS["huggingface"].read(tmp_path)


def test_masks_without_names_say_what_to_put_there(tmp_path):
    imagefolder(tmp_path, [])
    with pytest.raises(SegstudioError, match=r"id2label\.json"):
        FORMATS["huggingface"].read(tmp_path)


# Pascal VOC, as labelme2voc writes it


def labelme2voc(path, masks):
    save(path / "JPEGImages/a.jpg", np.zeros((1, 3, 3)))
    save(path / masks / "a.png", [[0, 1, 255]], palette=voc.colour_map().tobytes())
    (path / "class_names.txt").write_text("_background_\nperson")
    np.save(path / "a.npy", np.zeros((1, 3)))


@pytest.mark.parametrize("masks", ["SegmentationClass", "SegmentationClassPNG"])
def test_what_labelme2voc_writes_is_read(tmp_path, masks):
    labelme2voc(tmp_path, masks)
    if masks == "SegmentationClassPNG":  # arrays are where the masks are today
        (tmp_path / "SegmentationClass").mkdir()
        (tmp_path / "a.npy").rename(tmp_path / "SegmentationClass/a.npy")
    assert format_table.detected(tmp_path) is FORMATS["voc"]
    found = FORMATS["voc"].read(tmp_path)
    (image,) = found.images
    assert image.read().tolist() == [[0, 1, IGNORE_INDEX]]
    assert [(c.name, c.role) for c in found.classes] == [
        ("background", Role.BACKGROUND),
        ("person", Role.NORMAL),
    ]
    assert image.image.is_file()


def test_a_list_with_labelme_ignore_in_front_counts_from_the_background(tmp_path):
    labelme2voc(tmp_path, "SegmentationClass")
    (tmp_path / "class_names.txt").write_text("__ignore__\n_background_\nperson\n")
    found = FORMATS["voc"].read(tmp_path)
    assert names(found, found.images[0].read()) == ["background", "person", None]


def test_a_name_that_labelmap_cannot_hold_is_refused_before_anything_is_written():
    classes = ClassTable.named(["sky", "#lawn"])
    for name in ("voc", "cvat"):
        with pytest.raises(SegstudioError, match="cannot hold the name"):
            FORMATS[name].number(classes)
