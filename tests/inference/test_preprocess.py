from dataclasses import replace

import numpy as np
import pytest
import torch

from segstudio.core.classes import ClassTable
from segstudio.core.errors import ModelError
from segstudio.inference import device, preprocess
from segstudio.models.spec import ModelSpec

SPEC = ModelSpec("m", "fpn", ClassTable.named(["a", "b"]), short_side=448, multiple=32)
CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("size", "detail", "working"),
    [
        ((3000, 4000), "1", (448, 597)),
        ((448, 600), "1", (448, 600)),
        ((224, 300), "1", (448, 600)),
        ((3000, 4000), "2", (896, 1195)),
        ((3000, 4000), "native", (3000, 4000)),
        ((600, 800), "4", (600, 800)),
        ((224, 300), "4", (448, 600)),
        ((1, 1), "1", (8, 8)),
        ((1, 3000), "1", (8, 24000)),
    ],
)
def test_the_working_size(size, detail, working):
    assert preprocess.working_size(*size, SPEC, detail) == working


def test_the_working_size_keeps_the_probabilities_within_their_budget(monkeypatch):
    monkeypatch.setattr(preprocess, "PROBABILITIES_BUDGET_BYTES", 4_000_000)
    height, width = preprocess.working_size(3000, 4000, SPEC, "native")
    assert 3_900_000 <= 2 * 2 * height * width <= 4_010_000


def test_a_batch_is_normalised_and_padded_with_its_border():
    image = np.full((33, 40, 3), 255, np.uint8)
    batch = preprocess.to_batch([image, image], SPEC, CPU)
    assert batch.shape == (2, 3, 64, 64)
    assert batch.is_contiguous(memory_format=torch.channels_last)
    expected = (1 - torch.tensor(SPEC.mean)) / torch.tensor(SPEC.std)
    torch.testing.assert_close(batch, expected.view(1, 3, 1, 1).expand_as(batch))


def test_models_of_odd_channels_are_refused():
    spec = ModelSpec(
        "m", "fpn", ClassTable.named(["a"]), channels=5, mean=(0.0,) * 5, std=(1.0,) * 5
    )
    with pytest.raises(ModelError, match="5 channels"):
        preprocess.to_batch([np.zeros((4, 4, 3), np.uint8)], spec, CPU)


def test_devices():
    assert device.pick("cpu") == CPU
    assert device.pick("auto").type in device.CHOICES
    with pytest.raises(ModelError, match="Choose one of"):
        device.pick("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(ModelError, match="no cuda device"):
            device.pick("cuda")


def test_a_network_of_the_other_order_of_colours_gets_it():
    image = np.random.default_rng(0).integers(0, 256, (32, 64, 3), np.uint8)
    mean, std = (0.1, 0.2, 0.3), (0.5, 0.6, 0.7)
    spec = replace(SPEC, channel_order="bgr", mean=mean, std=std)
    batch = preprocess.to_batch([image], spec, CPU)
    blue = (image[..., 2] / 255.0 - 0.1) / 0.5
    np.testing.assert_allclose(batch[0, 0].numpy(), blue, atol=1e-5)
