"""COCO's panoptic PNGs, ours and those of others."""

import json

import format_cases
import golden_sets
import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.core import png
from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.errors import SegstudioError
from segstudio.formats.panoptic import Panoptic


def test_the_panoptic_labels_of_coco_agree_with_the_masks_made_of_them(shared_data):
    scenes = shared_data / "scenes"
    found = Panoptic().read(scenes / "other_layouts")
    assert "60 of 100 images have no PNG; left out." in found.remarks
    joint = np.zeros((256, 256), np.int64)
    for image in found.images[:12]:
        labels, merged = image.read(), png.read(scenes / "masks" / f"{image.name}.png")
        np.add.at(joint, (labels, merged), 1)
    # The masks have 12 classes for COCO's 133: each of those has to be within one of them.
    assert (joint > 0).sum(axis=1).max() == 1
    assert joint[255, 255] == joint[255].sum()


def test_classes_of_the_same_colour_are_told_apart_by_number(tmp_path):
    classes = ClassTable((LabelClass(0, "a", (9, 9, 9)), LabelClass(1, "b", (9, 9, 9))))
    labels = np.array([[0, 1, 255]], np.uint8)
    format_cases.write(Panoptic(), tmp_path, classes, [labels])
    (image,) = Panoptic().read(tmp_path).images
    assert image.read().tolist() == [[1, 2, 255]]


def damaged(folder, **changes):
    """Write a dataset whose one annotation says something else."""
    labels = np.array([[0, 0, 255]], np.uint8)
    classes = ClassTable((LabelClass(0, "a", (1, 2, 3)),))
    format_cases.write(Panoptic(), folder, classes, [labels])
    file = folder / "annotations" / "panoptic_default.json"
    content = json.loads(file.read_text("utf-8"))
    content["annotations"][0] |= changes
    file.write_text(json.dumps(content), "utf-8")
    return folder


@pytest.mark.parametrize("name", ["../secret.png", "/etc/secret.png", "C:\\secret.png"])
def test_a_mask_outside_the_folder_is_refused(name, tmp_path):
    PillowImage.new("RGB", (3, 1)).save(tmp_path / "secret.png")
    with pytest.raises(SegstudioError, match="does not lie in the folder"):
        Panoptic().read(damaged(tmp_path / "set", file_name=name))


def test_a_colour_without_a_segment_is_told(tmp_path):
    (image,) = Panoptic().read(damaged(tmp_path, segments_info=[])).images
    with pytest.raises(SegstudioError, match=r"\(1, 2, 3\)"):
        image.read()


def test_a_mask_of_another_size_than_its_annotation_is_told(tmp_path):
    folder = damaged(tmp_path)
    golden_sets.picture(folder / "annotations" / "panoptic_default" / "image-0.png", (2, 2))
    (image,) = Panoptic().read(folder).images
    with pytest.raises(SegstudioError, match="as its annotation says"):
        image.read()
