import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from segstudio.core import png
from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.models.spec import ModelSpec
from segstudio.training import dataset
from segstudio.training.crops import CropSettings, LiveCrops, Photos
from segstudio.training.group import Group
from segstudio.training.recipe import Recipe
from segstudio.training.settings import TrainSettings

CLASSES = ClassTable.named(["dark", "bright"])


@pytest.fixture
def photos(tmp_path):
    """A small dark image and a bright one that has nine times as many pixels."""
    for name, side, value in (("a", 16, 0), ("b", 48, 1)):
        for folder in ("images", "masks"):
            (tmp_path / folder).mkdir(exist_ok=True)
        picture = np.full((side, side, 3), 255 * value, np.uint8)
        PillowImage.fromarray(picture).save(tmp_path / "images" / f"{name}.png")
        png.write(tmp_path / "masks" / f"{name}.png", np.full((side, side), value, np.uint8))
    return Photos(dataset.find_pairs(tmp_path / "images", tmp_path / "masks"), CLASSES)


@pytest.mark.parametrize(("by_pixels", "share"), [(False, 0.5), (True, 0.9)])
def test_images_give_as_many_crops_or_as_many_as_they_have_pixels(photos, by_pixels, share) -> None:
    spec = ModelSpec("any", "unet", CLASSES)
    settings = CropSettings(size=32, short_side=32, per_image=1, batch=400, seed=0)
    shares = photos.pixel_counts().sum(axis=1) if by_pixels else None
    source = LiveCrops(photos, spec, torch.device("cpu"), settings, Group(), shares)
    labels = source.batch([0, 1], step=0).labels
    bright = (labels == 1).flatten(1).any(dim=1).float().mean()
    assert float(bright) == pytest.approx(share, abs=0.07)


def test_crops_that_are_made_once_cannot_be_drawn_by_pixels(tmp_path) -> None:
    with pytest.raises(ModelError, match="--frozen"):
        TrainSettings(
            tmp_path, tmp_path, CLASSES, tmp_path / "a", frozen=True, recipe=Recipe(draw="pixels")
        )
