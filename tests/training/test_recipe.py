import numpy as np
import pytest
import torch

from segstudio.core.errors import ModelError
from segstudio.models import backbones
from segstudio.training import blocks, learner
from segstudio.training.labelled import Labelled
from segstudio.training.recipe import Recipe, terms
from segstudio.training.variety import varied


def test_a_loss_is_a_sum_of_terms():
    assert terms("ce") == ((1.0, "ce"),)
    assert terms("ce + 0.5*dice+2 * lovasz") == ((1.0, "ce"), (0.5, "dice"), (2.0, "lovasz"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"loss": "ce+"},
        {"loss": "0*ce"},
        {"loss": "x*ce"},
        {"loss": "hinge"},
        {"optimizer": "lion"},
        {"schedule": "step"},
        {"norms": "thawed"},
        {"variety": "wild"},
        {"class_weights": "odd"},
        {"draw": "straws"},
        {"warm_up": 1.0},
        {"encoder_rate": 0.0},
        {"last_blocks": 0},
        {"accumulate": 0},
        {"average": 1.0},
    ],
)
def test_impossible_recipes_are_refused(wrong):
    with pytest.raises(ModelError):
        Recipe(**wrong)


@pytest.mark.parametrize("schedule", ["cosine", "poly"])
@pytest.mark.parametrize("warm_up", [0.0, 0.05, 0.3])
def test_the_learning_rate_rises_and_falls(schedule, warm_up):
    recipe = Recipe(schedule=schedule, warm_up=warm_up)
    rates = [learner.schedule(done, recipe) for done in np.linspace(0, 1, 101)]
    top = int(np.argmax(rates))
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] < 1e-6
    assert top == round(100 * warm_up)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


def test_the_last_blocks_of_an_encoder_are_those_that_are_trained():
    encoder = backbones.build("test_resnet", 3)
    assert len(blocks.blocks_of(encoder)) == 5  # stem with its norm, and four stages
    blocks.freeze(encoder.train(), 2)
    trained = {name.split(".")[1] for name, p in encoder.named_parameters() if p.requires_grad}
    assert trained == {"layer3", "layer4"}
    assert not encoder.model.layer2.training
    assert encoder.model.layer3[0].bn1.training
    blocks.hold_statistics(encoder)
    assert not encoder.model.layer3[0].bn1.training
    with pytest.raises(ModelError, match="5 blocks"):
        blocks.freeze(encoder, 6)


def test_stages_in_a_row_are_blocks_of_their_own():
    encoder = backbones.build("efficientnet_lite0", 3)
    assert len(blocks.blocks_of(encoder)) == 8


@pytest.mark.parametrize("variety", ["light", "turned", "microscope", "strong"])
def test_a_mask_moves_with_its_crop(variety):
    mask = np.zeros((48, 48), np.uint8)
    mask[8:30, 12:40] = 1
    image = np.repeat((40 + 160 * mask)[..., None], 3, axis=2)
    before = torch.get_rng_state()
    agreed = moved = 0
    for seed in range(12):
        found = varied(Labelled(image, mask, mask), variety, seed)
        again = varied(Labelled(image, mask, mask), variety, seed)
        crop, labels = found.image, found.labels
        np.testing.assert_array_equal(crop, again.image)
        np.testing.assert_array_equal(labels, again.labels)
        np.testing.assert_array_equal(labels, found.weights)
        assert set(np.unique(labels)) <= {0, 1, 255}
        known = labels != 255
        agreed += float(((crop[..., 1] > 118) == (labels == 1))[known].mean()) / 12
        moved += not np.array_equal(labels, mask)
    assert agreed > 0.93
    assert (moved > 0) is (variety != "light")
    assert torch.equal(before, torch.get_rng_state())
