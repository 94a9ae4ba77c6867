import cv2
import numpy as np
import pytest
import torch
from torch import nn

from segstudio import assets
from segstudio.core.classes import ClassTable, LabelClass
from segstudio.formats import images
from segstudio.inference import predictor as predictors
from segstudio.inference import segmenter
from segstudio.inference.predictor import Predictor
from segstudio.inference.progress import drained
from segstudio.inference.segmenter import SegmentSettings
from segstudio.models import catalogue
from segstudio.models.network import SegmentationNetwork
from segstudio.models.spec import ModelSpec

TABLE = ClassTable((LabelClass(4, "dark", (0, 0, 0)), LabelClass(9, "bright", (255, 255, 255))))
SPEC = ModelSpec("stub", "stub", TABLE, short_side=64, multiple=16, mean=(0.5,) * 3, std=(0.5,) * 3)
NONE = SegmentSettings(refine="none")


class Brightness(SegmentationNetwork):
    """Says "bright" where a pixel is bright, with no view of its surroundings."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def encode(self, batch):
        assert batch.shape[2] % 16 == batch.shape[3] % 16 == 0
        return [batch]

    def decode(self, features):
        return features[-1]

    def score(self, decoded):
        bright = decoded.mean(dim=1, keepdim=True) * 8
        return torch.cat([-bright, bright], dim=1)

    def enlarge(self, logits, size):
        assert logits.shape[2:] == size
        return logits


@pytest.fixture(scope="module")
def stub():
    return Predictor(SPEC, Brightness(), torch.device("cpu"))


def halves(height, width):
    image = np.zeros((height, width, 3), np.uint8)
    image[:, width // 2 :] = 255
    return image


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (33, 65), (200, 300)])
@pytest.mark.parametrize("refine", ["none", "guided"])
def test_every_size_is_segmented(stub, size, refine):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    result = drained(segmenter.segment(image, stub, SegmentSettings(refine=refine)))
    assert result.label_map.shape == result.confidence.shape == size
    assert result.label_map.dtype == result.confidence.dtype == np.uint8
    assert set(np.unique(result.label_map)) <= {4, 9}
    assert result.probabilities.dtype == np.float16
    assert result.refined_by == refine


def test_labels_are_class_indices_in_place(stub):
    result = drained(segmenter.segment(halves(120, 160), stub, NONE))
    assert (result.label_map[:, :76] == 4).all()
    assert (result.label_map[:, 84:] == 9).all()
    assert result.confidence[:, :70].min() > 250
    assert not result.tiled


@pytest.mark.parametrize("detail", ["2", "native"])
def test_tiles_give_what_the_whole_gives(stub, detail):
    image = cv2.GaussianBlur(
        np.random.default_rng(1).integers(0, 256, (150, 210, 3), np.uint8), (0, 0), 5
    )
    tiled = drained(segmenter.segment(image, stub, SegmentSettings("none", detail)))
    assert tiled.tiled
    size = tiled.probabilities.shape[1:]
    whole = stub.predict(cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA))
    np.testing.assert_allclose(tiled.probabilities, whole, atol=3e-3)


def test_progress_rises_and_every_stage_is_timed(stub):
    steps = segmenter.segment(halves(300, 400), stub, SegmentSettings("guided", "native"))
    done, stages = [], []
    try:
        while True:
            progress = next(steps)
            done.append(progress.done)
            stages.append(progress.stage)
    except StopIteration as end:
        result = end.value
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert list(dict.fromkeys(stages)) == ["scale", "tiles", "refine", "labels"]
    assert set(result.stages) == set(stages)
    assert all(ms >= 0 for ms in result.stages.values())


def test_many_tiles_are_most_of_the_progress(stub):
    settings = SegmentSettings("none", "native", tile=32)
    seen = list(segmenter.segment(halves(300, 400), stub, settings))
    tiles = [progress.done for progress in seen if progress.stage == "tiles"]
    assert len(tiles) > 16
    assert tiles[0] < 0.15
    assert tiles[-1] > 0.85
    assert max(np.diff(tiles)) < 0.15


def test_closing_the_steps_cancels(stub):
    steps = segmenter.segment(halves(300, 400), stub, NONE)
    next(steps)
    steps.close()
    with pytest.raises(StopIteration):
        next(steps)


def test_pausing_does_not_leave_inference_mode_behind(stub):
    steps = segmenter.segment(halves(60, 80), stub, NONE)
    for _ in steps:
        assert not torch.is_inference_mode_enabled()


def test_another_refine_step_can_be_given(stub):
    seen = {}

    def step(image, probabilities, mode, *, sharpness):
        seen.update(shape=image.shape, mode=mode, sharpness=sharpness)
        yield from ()
        return segmenter.refine.Refinement(probabilities[::-1].astype(np.float32), "none", 0.0)

    settings = SegmentSettings(refine="crf", sharpness=0.9)
    result = drained(segmenter.segment(halves(50, 70), stub, settings, refine_step=step))
    assert seen == {"shape": (50, 70, 3), "mode": "crf", "sharpness": 0.9}
    assert (result.label_map[:, :30] == 9).all()


@pytest.fixture(scope="module")
def scenes():
    return predictors.load(catalogue.find("scenes"), "cpu")


@pytest.mark.model
@pytest.mark.parametrize("refine", ["none", "guided", "crf"])
def test_one_photo_at_three_sizes_gives_the_same_labels(scenes, refine):
    photo = images.read_image(assets.path("samples/photographer.jpg"))
    settings = SegmentSettings(refine=refine)
    maps = []
    for megapixels in (0.3, 3, 12):
        scale = (megapixels * 1e6 / (photo.shape[0] * photo.shape[1])) ** 0.5
        size = round(photo.shape[1] * scale), round(photo.shape[0] * scale)
        image = cv2.resize(photo, size, interpolation=cv2.INTER_CUBIC)
        result = drained(segmenter.segment(image, scenes, settings))
        small = (photo.shape[1], photo.shape[0])
        maps.append(cv2.resize(result.label_map, small, interpolation=cv2.INTER_NEAREST_EXACT))
    assert (maps[0] == maps[1]).mean() >= 0.95
    assert (maps[0] == maps[2]).mean() >= 0.95
    assert (maps[1] == maps[2]).mean() >= 0.95


@pytest.mark.model
def test_the_scenes_model_says_what_it_is(scenes):
    assert len(scenes.spec.classes) == 12
    assert scenes.spec.metrics["miou"] >= 0.5
    assert not scenes.spec.encoder_inside
    assert scenes.spec.licence
