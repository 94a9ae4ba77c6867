import numpy as np
import pytest
from PIL import Image as PillowImage

from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.errors import ImageError, ModelError
from segstudio.training import dataset
from segstudio.training.dataset import Pair

CLASSES = ClassTable.named(["zero", "one", "two"]).without(1)


def write(folder, stem, mask, size=None):
    (folder / "images").mkdir(exist_ok=True)
    (folder / "masks").mkdir(exist_ok=True)
    height, width = size or mask.shape
    PillowImage.new("RGB", (width, height), (9, 8, 7)).save(folder / "images" / f"{stem}.jpg")
    png.write(folder / "masks" / f"{stem}.png", mask)
    return Pair(folder / "images" / f"{stem}.jpg", folder / "masks" / f"{stem}.png")


def test_pairs_are_found_by_stem_and_unlabelled_images_left_out(tmp_path):
    first = write(tmp_path, "b", np.zeros((3, 4), np.uint8))
    second = write(tmp_path, "a", np.zeros((3, 4), np.uint8))
    PillowImage.new("RGB", (2, 2)).save(tmp_path / "images" / "c.png")
    assert dataset.find_pairs(tmp_path / "images", tmp_path / "masks") == [second, first]


def test_a_mask_without_image_is_named(tmp_path):
    pair = write(tmp_path, "lonely", np.zeros((3, 4), np.uint8))
    write(tmp_path, "other", np.zeros((3, 4), np.uint8))
    pair.image.unlink()
    with pytest.raises(ImageError, match=r"lonely\.png"):
        dataset.find_pairs(tmp_path / "images", tmp_path / "masks")


def test_two_images_of_one_stem_are_refused(tmp_path):
    write(tmp_path, "a", np.zeros((3, 4), np.uint8))
    PillowImage.new("RGB", (4, 3)).save(tmp_path / "images" / "a.png")
    with pytest.raises(ImageError, match="same stem"):
        dataset.find_pairs(tmp_path / "images", tmp_path / "masks")


def test_empty_folders_are_refused(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    with pytest.raises(ImageError, match="No mask"):
        dataset.find_pairs(tmp_path / "images", tmp_path / "masks")


def test_masks_become_channels_in_the_order_of_the_table(tmp_path):
    mask = np.array([[0, 2, 255]], np.uint8)
    _, channels = dataset.read_pair(write(tmp_path, "a", mask), CLASSES)
    np.testing.assert_array_equal(channels, [[0, 1, 255]])


def test_a_mask_of_another_size_is_named_with_both_sizes(tmp_path):
    pair = write(tmp_path, "a", np.zeros((3, 4), np.uint8), size=(5, 6))
    with pytest.raises(ImageError, match=r"a\.png is 4 x 3 .* 6 x 5"):
        dataset.read_pair(pair, CLASSES)


def test_an_unknown_class_is_named_with_its_file(tmp_path):
    pair = write(tmp_path, "odd", np.array([[0, 1]], np.uint8))
    with pytest.raises(ImageError, match=r"odd\.png holds the value 1"):
        dataset.read_pair(pair, CLASSES)


def test_images_that_teach_nothing_are_a_sentence():
    with pytest.raises(ModelError, match="No pixel"):
        dataset.check_variety(np.array([0, 0]), CLASSES)
    with pytest.raises(ModelError, match="“two”"):
        dataset.check_variety(np.array([0, 5]), CLASSES)
    dataset.check_variety(np.array([1, 5]), CLASSES)
