import math
import sys
import tempfile

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from segstudio.core.classes import ClassTable
from segstudio.core.image_record import Part
from segstudio.inference.predictor import Predictor
from segstudio.models import networks
from segstudio.models.spec import ModelSpec
from segstudio.training.cached_crops import CachedCrops
from segstudio.training.crops import CropSettings, Photos
from segstudio.training.dataset import Pair
from segstudio.training.group import Group
from segstudio.training.labelled import Labelled

CLASSES = ClassTable.named(["first", "second", "third", "fourth", "fifth", "sixth"])
SETTINGS = CropSettings(size=32, short_side=32, per_image=5, batch=2, seed=0)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Six images; every pixel of one is of the class of its number."""
    folder = tmp_path_factory.mktemp("photos")
    pairs = []
    for number in range(len(CLASSES)):
        image, mask = folder / f"{number}.png", folder / f"mask{number}.png"
        PillowImage.fromarray(np.full((48, 48, 3), 40 * number, np.uint8)).save(image)
        PillowImage.fromarray(np.full((48, 48), number, np.uint8)).save(mask)
        pairs.append(Pair(image, mask))
    return Photos(pairs, CLASSES)


@pytest.fixture(scope="module")
def predictor():
    torch.manual_seed(0)
    arguments = networks.find("deeplabv3plus").completed({"decoder_channels": 16})
    spec = ModelSpec(
        name="made",
        title="Made",
        architecture="deeplabv3plus",
        arguments=arguments,
        encoder="lite0",
        short_side=32,
        classes=CLASSES,
    )
    return Predictor(spec, networks.build(spec), torch.device("cpu"))


def cached(photos, predictor, told, **more):
    images = [0, 2, 3, 5]
    return CachedCrops(photos, predictor, SETTINGS, told.append, Group(), images=images, **more)


def numbers(crops, images, steps):
    """Return the images that some batches are of."""
    labels = [crops.batch(images, step).labels for step in range(steps)]
    found = torch.stack(labels).unique().tolist()
    return [number for number in found if number != 255]


def test_only_the_images_asked_for_are_encoded(photos, predictor):
    told = []
    crops = cached(photos, predictor, told)
    assert len(crops) == 4 * SETTINGS.per_image
    assert told == sorted(told)
    assert math.isclose(told[-1], 1.0)
    assert numbers(crops, [0, 2, 3, 5], 10) == [0, 2, 3, 5]
    assert numbers(crops, [2, 5], 5) == [2, 5]
    crops.close()


def test_when_time_is_up_fewer_crops_of_all_images_have_to_do(photos, predictor):
    told = []
    crops = cached(photos, predictor, told, seconds=1e-9)
    assert len(crops) == 8  # two of each image; the least is four batches of two
    assert numbers(crops, [0, 2, 3, 5], 4) == [0, 2, 3, 5]
    assert math.isclose(told[-1], 1.0)
    crops.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the names of mapped files")
def test_a_process_that_is_killed_leaves_no_features_behind(
    photos, predictor, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    crops = cached(photos, predictor, [])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert numbers(crops, [2, 5], 5) == [2, 5]
    crops.close()
    assert list(tmp_path.iterdir()) == []


class Scribbled:
    """A large image with a stroke, and how much each pixel of it weighs."""

    name, part = "scribbled", Part.NONE

    def __init__(self, row, column, is_weighted=True):
        labels = np.full((300, 400), 255, np.uint8)
        labels[row : row + 8, column : column + 8] = 1
        labels[row : row + 4, column : column + 4] = 0
        weights = np.where(labels == 1, 200, 100).astype(np.uint8) if is_weighted else None
        self._labelled = Labelled(np.zeros((300, 400, 3), np.uint8), labels, weights)

    def read(self, _classes):
        return self._labelled


@given(st.integers(0, 292), st.integers(0, 392), st.integers(0, 99))
def test_a_crop_that_is_aimed_shows_labelled_pixels(row, column, variant):
    photos = Photos([Scribbled(row, column)], CLASSES)
    settings = CropSettings(64, 300, 1, 1, 0, is_aimed=True)
    crop = photos.crop(0, settings, variant)
    assert (crop.labels != 255).any()
    assert (crop.weights[crop.labels == 1] == 200).all()
    assert (crop.weights[crop.labels == 0] == 100).all()


def test_weights_are_kept_with_the_features(predictor):
    photos = Photos([Scribbled(9, 9), Scribbled(200, 300, is_weighted=False)], CLASSES)
    settings = CropSettings(64, 300, 4, 2, 0, is_aimed=True)
    crops = CachedCrops(photos, predictor, settings, lambda _done: None, Group(), images=[0, 1])
    for image, expected in ((0, {100, 200}), (1, {255})):
        batches = [crops.batch([image], step) for step in range(2)]
        found = torch.cat([batch.weights[batch.labels != 255] for batch in batches])
        assert set(found.tolist()) <= expected
    crops.close()
